"""From a path and its options to the document that answers."""

import re
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
        entity_set, many, ids = self._walk(segments)
        if not many:
            entity = self._entity(entity_set, ids[0] if ids else "")
            last = _SEGMENT.fullmatch(segments[-1])
            is_property = last is not None and last[1] in entity and last[2] is None and last[3] is None
            if is_property and last is not None and last[1] not in LINKS:
                return {last[1]: entity[last[1]]}
            return selected(self._expanded(entity_set, entity, options), options.select)
        entities, total = self._collection(entity_set, ids, options)
        told = [selected(self._expanded(entity_set, one, options), options.select) for one in entities]
        document: dict[str, Any] = {"@iot.count": total} if options.count else {}
        shown = options.skip + len(told)
        if told and shown < total:
            document["@iot.nextLink"] = self._next(path, query, shown)
        return document | {"value": told}

    def _walk(self, segments: list[str]) -> tuple[str, bool, list[str] | None]:
        """Follow a path: entity set, whether it is a collection, and the identifiers; None for all there are."""
        entity_set, many, ids = "", True, None
        for place, segment in enumerate(segments):
            match = _SEGMENT.fullmatch(segment)
            name = match[1] if match else segment
            if name.startswith("$"):
                raise UnsupportedError(f"path: {name[:20]} is not answered here")
            if place == 0:
                entity_set, many, ids = name, True, None
                if name not in LINKS:
                    raise NotThereError(f"path: found {segment[:80]!r}, wanted one of: {', '.join(LINKS)}")
            elif many:
                raise NotThereError(f"path: found {segment[:80]!r} after a collection, wanted an entity before it")
            elif name in LINKS[entity_set]:
                link = LINKS[entity_set][name]
                ids = self._related(entity_set, ids[0] if ids else "", name)
                entity_set, many = link.target, link.many
            elif place == len(segments) - 1 and name in self._entity(entity_set, ids[0] if ids else ""):
                return entity_set, False, ids
            else:
                raise NotThereError(f"path: found {segment[:80]!r}, wanted one of: {', '.join(LINKS[entity_set])}")
            identifier = (match[2] or match[3]) if match else None
            if identifier is not None:
                if ids is not None and entity_set != "Observations" and identifier not in ids:
                    raise NotThereError(f"path: found {segment[:80]!r}, which is not there")
                many, ids = False, [identifier]
                self._entity(entity_set, identifier)
        return entity_set, many, ids

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
