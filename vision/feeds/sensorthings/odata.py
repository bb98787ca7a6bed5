"""The query options of OData 4 that SensorThings asks for, as far as they are answered here."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import eq, ge, gt, le, lt, ne
from typing import Any

MOST_ROWS = 1000
"""Of one page; a link leads to the next."""
USUAL_ROWS = 100

Entity = dict[str, Any]
Value = str | float | datetime

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {"eq": eq, "ne": ne, "gt": gt, "ge": ge, "lt": lt, "le": le}

_COMPARISON = re.compile(r"\s*([\w@./]+)\s+(eq|ne|gt|ge|lt|le)\s+('(?:[^']|'')*'|[^\s()]+)\s*", re.ASCII)
_INTEGER = re.compile(r"[0-9]{1,9}")


class BadOptionError(ValueError):
    """An option is not what OData has it to be; one line says what was found and what was wanted."""


class UnsupportedError(ValueError):
    """An option is sound, but not answered here."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One condition of a filter."""

    name: str
    operator: str
    value: Value

    def holds(self, entity: Mapping[str, Any]) -> bool:
        """Tell whether an entity fulfils it; what has no such value, or one of another kind, does not."""
        found = value_of(entity, self.name)
        if isinstance(found, bool) or not isinstance(
            found, type(self.value) | (int if _is_number(self.value) else str)
        ):
            return False
        if isinstance(self.value, datetime) != isinstance(found, datetime):
            return False
        return OPERATORS[self.operator](found, self.value)


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of a collection.

    Attributes:
        filter: conditions that must all hold.
        order: names to sort by, the first goes first, and whether downwards.
        top: at most so many.
        skip: leave out so many first.
        count: say how many there are in all.
        select: names that are told; empty for all.
        expand: by name of a link what is asked of the entities there.
    """

    filter: tuple[Comparison, ...] = ()
    order: tuple[tuple[str, bool], ...] = ()
    top: int = USUAL_ROWS
    skip: int = 0
    count: bool = False
    select: tuple[str, ...] = ()
    expand: Mapping[str, "Options"] | None = None


def parse(options: Iterable[tuple[str, str]], *, nested: bool = False) -> Options:
    """Read query options.

    Args:
        options: names with their `$`, and values.
        nested: they stand within an `$expand`, which may hold no other.

    Raises:
        BadOptionError: a value is wrong, or a name is given twice or has no meaning.
        UnsupportedError: it is not answered here.
    """
    found: dict[str, Any] = {}
    for name, text in options:
        key = name.removeprefix("$")
        if key in found:
            raise BadOptionError(f"{name}: found twice, wanted once")
        if name not in {f"${known}" for known in _PARSERS}:
            if name in {"$search", "$apply", "$compute", "$resultFormat"}:
                raise UnsupportedError(f"{name} is not answered here")
            raise BadOptionError(f"{name}: unknown option, wanted one of: {', '.join(f'${one}' for one in _PARSERS)}")
        if nested and key == "expand":
            raise UnsupportedError("$expand is answered to one level only")
        found[key] = _PARSERS[key](text)
    if "orderby" in found:
        found["order"] = found.pop("orderby")
    return Options(**found)


def value_of(entity: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401  # whatever stands there
    """Return what an entity says under a name, such as `result`, `id` or `parameters/coverage`.

    A time is a `datetime`, and of a period its begin.
    """
    found: Any = entity
    for part in ("@iot.id" if name == "id" else name).split("/"):
        found = found.get(part) if isinstance(found, Mapping) else None
    return _time(found.split("/")[0]) or found if isinstance(found, str) and name.endswith("Time") else found


def arranged(entities: Iterable[Entity], options: Options) -> list[Entity]:
    """Return those that a filter lets through, in the order asked for; before any page is cut."""
    chosen = [one for one in entities if all(condition.holds(one) for condition in options.filter)]
    for name, downwards in reversed(options.order):
        chosen.sort(key=lambda one, name=name: _sortable(value_of(one, name)), reverse=downwards)  # type: ignore[misc]
    return chosen


def selected(entity: Entity, names: tuple[str, ...]) -> Entity:
    """Return an entity with the names asked for only, or whole."""
    if not names:
        return entity
    kept = {("@iot.id" if name == "id" else name).split("/")[0] for name in names}
    return {name: value for name, value in entity.items() if name in kept or name == "@iot.selfLink"}


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float)


def _sortable(value: Any) -> tuple[bool, Any]:  # noqa: ANN401  # whatever stands there
    return (value is not None, 0 if value is None else value if not isinstance(value, dict) else 0)


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _literal(text: str) -> Value:
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    found = _time(text)
    if found is not None:
        return found
    try:
        return float(text)
    except ValueError:
        raise BadOptionError(
            f"$filter: found {text!r}, wanted a number, a time with its offset or a text in '…'"
        ) from None


def _filter(text: str) -> tuple[Comparison, ...]:
    conditions, rest = [], text
    while True:
        match = _COMPARISON.match(rest)
        if match is None:
            raise UnsupportedError(
                f"$filter: {rest.strip()[:80]!r} is not answered here, but comparisons (eq, ne, gt, ge, lt, le) "
                "joined by and"
            )
        conditions.append(Comparison(match[1], match[2], _literal(match[3])))
        rest = rest[match.end() :]
        if not rest:
            return tuple(conditions)
        if not rest.startswith("and "):
            raise UnsupportedError(f"$filter: {rest.strip()[:80]!r} is not answered here, only and joins comparisons")
        rest = rest.removeprefix("and ")


def _order(text: str) -> tuple[tuple[str, bool], ...]:
    order = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*([\w@./]+)(?:\s+(asc|desc))?\s*", part, re.ASCII)
        if match is None:
            raise BadOptionError(f"$orderby: found {part[:80]!r}, wanted a name and perhaps asc or desc")
        order.append((match[1], match[2] == "desc"))
    return tuple(order)


def _whole(name: str) -> Callable[[str], int]:
    def parse_whole(text: str) -> int:
        if not _INTEGER.fullmatch(text):
            raise BadOptionError(f"{name}: found {text[:80]!r}, wanted a whole number from 0")
        return min(int(text), MOST_ROWS) if name == "$top" else int(text)

    return parse_whole


def _count(text: str) -> bool:
    if text not in {"true", "false"}:
        raise BadOptionError(f"$count: found {text[:80]!r}, wanted true or false")
    return text == "true"


def _select(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def _expand(text: str) -> dict[str, Options]:
    expanded = {}
    for part in re.split(r",(?![^()]*\))", text):
        match = re.fullmatch(r"\s*(\w+)(?:\((.*)\))?\s*", part, re.ASCII)
        if match is None:
            if "/" in part:
                raise UnsupportedError("$expand is answered to one level only")
            raise BadOptionError(f"$expand: found {part[:80]!r}, wanted the name of a link")
        pairs = [one.partition("=") for one in (match[2] or "").split(";") if one]
        expanded[match[1]] = parse([(name.strip(), value) for name, _, value in pairs], nested=True)
    return expanded


_PARSERS: dict[str, Callable[[str], Any]] = {
    "filter": _filter,
    "orderby": _order,
    "top": _whole("$top"),
    "skip": _whole("$skip"),
    "count": _count,
    "select": _select,
    "expand": _expand,
}
