"""From a path and its options to the document that answers."""

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from vision.feeds.sensorthings.entities import LINKS, Model
from vision.feeds.sensorthings.observations import Observations
from vision.feeds.sensorthings.odata import Entity, Options, UnsupportedError, arranged, selected

CONFORMANCE = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
_SEGMENT = re.compile(r"(\$?\w+)(?:\((?:'([^']*)'|([^'()]+))\))?", re.ASCII)
_MOST_SEGMENTS = 6


class NotThereError(LookupError):
    """A path leads nowhere; one line says what was found and what was wanted."""


@dataclass(frozen=True, slots=True)
class _Target:
    """Whither a path leads.

    Attributes:
        ids: of the entities; None for all of the set, and of Observations that of their Datastream.
        many: whether it is a collection.
        said: the name of one thing that the entity says.
    """

    entity_set: str
    ids: list[str] | None
    many: bool
    said: str | None = None

    @property
    def one(self) -> str:
        """The identifier of what is no collection."""
        return self.ids[0] if self.ids else ""


def index(root: str) -> dict[str, Any]:
    """Return which entity sets there are, and what of the standard is answered."""
    sets = [{"name": name, "url": f"{root}/{name}"} for name in LINKS]
    answered = ("datamodel", "resource-path/resource-path-to-entities", "request-data")
    return {"value": sets, "serverSettings": {"conformance": [CONFORMANCE + one for one in answered]}}


class Answers:
    """What a site answers to reading clients.

    Args:
        model: all entities but the observations.
        observations: those.
    """

    def __init__(self, model: Model, observations: Observations) -> None:
        self._model = model
        self._observations = observations

    def at(self, path: str, options: Options, query: list[tuple[str, str]]) -> dict[str, Any]:
        """Return the entity, the collection or the property that a path leads to.

        Args:
            path: below the root.
            options: what is asked of it.
            query: the same as it was written, for the link to the next page.

        Raises:
            NotThereError: it leads nowhere.
            UnsupportedError: it leads to something that is not told that way.
        """
        segments = [segment for segment in path.split("/") if segment]
        if not segments or len(segments) > _MOST_SEGMENTS:
            raise NotThereError(f"path: found {path[:80]!r}, wanted one of: {', '.join(LINKS)}")
        target = self._start(segments[0])
        for segment in segments[1:]:
            target = self._follow(target, segment)
        if target.said is not None:
            return {target.said: self._entity(target.entity_set, target.one)[target.said]}
        if not target.many:
            entity = self._entity(target.entity_set, target.one)
            return selected(self._expanded(target.entity_set, entity, options), options.select)
        entities, total = self._collection(target.entity_set, target.ids, options)
        told = [selected(self._expanded(target.entity_set, one, options), options.select) for one in entities]
        document: dict[str, Any] = {"@iot.count": total} if options.count else {}
        shown = options.skip + len(told)
        if told and shown < total:
            document["@iot.nextLink"] = self._next(path, query, shown)
        return document | {"value": told}

    def _start(self, segment: str) -> _Target:
        name, identifier = _split(segment)
        if name not in LINKS:
            raise NotThereError(f"path: found {segment[:80]!r}, wanted one of: {', '.join(LINKS)}")
        return self._picked(_Target(name, None, many=True), identifier)

    def _follow(self, target: _Target, segment: str) -> _Target:
        """Return whither a further segment leads: along a link, or to something that the entity says."""
        name, identifier = _split(segment)
        if target.many or target.said is not None:
            raise NotThereError(f"path: found {segment[:80]!r} where there is no entity before it")
        if name in LINKS[target.entity_set]:
            link = LINKS[target.entity_set][name]
            ids = self._related(target.entity_set, target.one, name)
            return self._picked(_Target(link.target, ids, link.many), identifier)
        if identifier is None and name in self._entity(target.entity_set, target.one):
            return replace(target, said=name)
        wanted = ", ".join(LINKS[target.entity_set]) or "no further link"
        raise NotThereError(f"path: found {segment[:80]!r}, wanted one of: {wanted}")

    def _picked(self, target: _Target, identifier: str | None) -> _Target:
        if identifier is None:
            return target
        known = identifier.rpartition(":")[0] if target.entity_set == "Observations" else identifier
        if target.ids is not None and known not in target.ids:
            raise NotThereError(f"path: found {target.entity_set}({identifier[:80]!r}), which is not there")
        self._entity(target.entity_set, identifier)
        return _Target(target.entity_set, [identifier], many=False)

    def _related(self, entity_set: str, identifier: str, link: str) -> list[str]:
        if entity_set == "Observations":
            camera, line = self._model.channels[identifier.rpartition(":")[0]].series[:2]
            return [identifier.rpartition(":")[0]] if link == "Datastream" else [f"{camera}:{line}"]
        if link == "Observations":
            return [identifier]  # of the Datastream; its observations are too many to name
        return list(self._model.related.get((entity_set, identifier), {}).get(link, ()))

    def _entity(self, entity_set: str, identifier: str) -> Entity:
        found: Entity | None
        if entity_set == "Observations":
            stream, _, start = identifier.rpartition(":")
            channel = self._model.channels.get(stream)
            is_bin = channel is not None and start.isascii() and start.isdigit() and len(start) <= 12
            found = self._observations.one(channel, int(start)) if channel and is_bin else None
        else:
            found = self._model.sets[entity_set].get(identifier)
        if found is None:
            raise NotThereError(f"path: found {entity_set}({identifier[:80]!r}), which is not there")
        return found

    def _collection(self, entity_set: str, ids: list[str] | None, options: Options) -> tuple[list[Entity], int]:
        if entity_set == "Observations":
            if ids is None:
                raise UnsupportedError(
                    "Observations of all at once are not answered, wanted Datastreams(…)/Observations"
                )
            return self._observations.page(self._model.channels[ids[0]], options)
        entities = self._model.sets[entity_set]
        found = arranged(entities.values() if ids is None else [entities[one] for one in ids], options)
        return found[options.skip : options.skip + options.top], len(found)

    def _expanded(self, entity_set: str, entity: Entity, options: Options) -> Entity:
        """Return an entity with what its links lead to in their stead, where that is asked for."""
        told = dict(entity)
        for name, nested in (options.expand or {}).items():
            if name not in LINKS[entity_set]:
                raise NotThereError(f"$expand: found {name[:80]!r}, wanted one of: {', '.join(LINKS[entity_set])}")
            link = LINKS[entity_set][name]
            ids = self._related(entity_set, str(entity["@iot.id"]), name)
            if not link.many:
                told[name] = selected(self._entity(link.target, ids[0]), nested.select)
                continue
            entities, total = self._collection(link.target, ids, nested)
            told[name] = [selected(one, nested.select) for one in entities]
            if nested.count:
                told[f"{name}@iot.count"] = total
            if entities and nested.skip + len(entities) < total:
                path = f"{entity_set}('{entity['@iot.id']}')/{name}"
                told[f"{name}@iot.nextLink"] = self._next(path, [], nested.skip + len(entities))
        return told

    def _next(self, path: str, query: list[tuple[str, str]], skip: int) -> str:
        others = [(name, value) for name, value in query if name != "$skip"]
        asked = urlencode([*others, ("$skip", str(skip))], quote_via=quote, safe="$'(),:")
        return f"{self._model.root}/{path.strip('/')}?{asked}"


def _split(segment: str) -> tuple[str, str | None]:
    """Return the name and the identifier of a segment of a path."""
    match = _SEGMENT.fullmatch(segment)
    if match is None:
        return segment, None
    if match[1].startswith("$"):
        raise UnsupportedError(f"path: {match[1][:20]} is not answered here")
    return match[1], match[2] if match[2] is not None else match[3]
