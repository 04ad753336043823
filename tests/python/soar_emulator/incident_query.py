"""Filters, order and pages of lists of incidents.

Conditions of one filter must all hold, of several filters one must; `logic_type` turns either
around. A page holds no more rows than the platform's limit, whatever the client asks for.
"""

import bisect
import operator
from collections.abc import Callable
from typing import Any

import orjson

from .fields import Field
from .incidents import Incident, Incidents
from .message import RefusedError

KEPT_LISTS = 8
BY_ID = [{"field_name": "id", "type": "asc"}]

Condition = dict[str, Any]
Holds = Callable[[Any, Any], bool]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def ordered(compare: Callable[[Any, Any], bool]) -> Holds:
    return lambda have, want: have is not None and want is not None and compare(have, want)


def equals(have: Any, want: Any) -> bool:
    return sorted(have) == sorted(as_list(want)) if isinstance(have, list) else bool(have == want)


def contains(have: Any, want: Any) -> bool:
    if isinstance(have, str):
        return str(want).casefold() in have.casefold()
    return set(as_list(want)) <= set(as_list(have))


def is_in(have: Any, want: Any) -> bool:
    return not set(as_list(want)).isdisjoint(as_list(have))


def has_a_value(have: Any, _: Any) -> bool:
    return have not in (None, "", [])


METHODS: dict[str, Holds] = {
    "equals": equals,
    "not_equals": lambda have, want: not equals(have, want),
    "contains": contains,
    "not_contains": lambda have, want: not contains(have, want),
    "in": is_in,
    "not_in": lambda have, want: not is_in(have, want),
    "has_a_value": has_a_value,
    "not_has_a_value": lambda have, want: not has_a_value(have, want),
    "lt": ordered(operator.lt),
    "lte": ordered(operator.le),
    "gt": ordered(operator.gt),
    "gte": ordered(operator.ge),
}


class Query:
    """Answers the same question again without looking at each incident, until one changes."""

    def __init__(
        self, incidents: Incidents, unknown: frozenset[tuple[str, str]] = frozenset()
    ) -> None:
        self._incidents = incidents
        self._unknown = unknown
        self._lists: dict[bytes, list[int]] = {}

    def ids(self, request: dict[str, Any]) -> list[int]:
        """The ids of all incidents that fit, in the order asked for."""
        filters = request.get("filters") or []
        sorts = request.get("sorts") or []
        with self._incidents.lock:
            try:
                return self._ids(filters, sorts, request.get("logic_type") or "ANY")
            except (TypeError, KeyError, AttributeError) as error:
                raise RefusedError(400, f"Unable to parse the query: {error!r}") from None

    def _ids(self, filters: list[Any], sorts: list[Any], logic: str) -> list[int]:
        # A client that pages by "id greater than the last one" asks something new each time; the
        # rest of its question stays the same.
        by_id: list[Condition] = []
        if len(filters) == 1 and filters[0].get("logic_type") != "ANY":
            conditions = filters[0]["conditions"]
            by_id = [one for one in conditions if one["field_name"] == "id"]
            rest = [one for one in conditions if one["field_name"] != "id"]
            filters = [{**filters[0], "conditions": rest}] if rest else []
        ids = self._listed(filters, sorts, logic)
        for condition in by_id:
            holds, want = self._compiled(condition)[1:]
            if condition["method"] == "gt" and sorts == BY_ID:
                ids = ids[bisect.bisect_right(ids, want) :]
            elif condition["method"] == "lte" and sorts == BY_ID:
                ids = ids[: bisect.bisect_right(ids, want)]
            else:
                ids = [one for one in ids if holds(one, want)]
        return ids

    def _listed(self, filters: list[Any], sorts: list[Any], logic: str) -> list[int]:
        key = orjson.dumps([self._incidents.version, filters, sorts, logic])
        if key not in self._lists:
            while len(self._lists) >= KEPT_LISTS:
                del self._lists[next(iter(self._lists))]
            self._lists[key] = self._sorted(self._filtered(filters, logic), sorts)
        return self._lists[key]

    def _filtered(self, filters: list[Any], logic: str) -> list[int]:
        ids = self._incidents.ids()
        if not filters:
            return ids
        any_filter = any if logic != "ALL" else all
        compiled = [
            (
                any if one.get("logic_type") == "ANY" else all,
                list(map(self._compiled, one["conditions"])),
            )
            for one in filters
        ]

        def fits(incident: Incident) -> bool:
            return any_filter(
                quantor(holds(field.value_in(incident), want) for field, holds, want in conditions)
                for quantor, conditions in compiled
            )

        return [one for one in ids if fits(self._incidents.values(one))]

    def _compiled(self, condition: Condition) -> tuple[Field, Holds, Any]:
        field = self._field(condition["field_name"])
        method = condition["method"]
        if method not in METHODS or (field.name, method) in self._unknown:
            raise RefusedError(400, f"{field.name} does not have the method {method}")
        return field, METHODS[method], field.to_ids(condition.get("value"))

    def _sorted(self, ids: list[int], sorts: list[Any]) -> list[int]:
        for sort in reversed(sorts):
            field = self._field(sort["field_name"])
            descending = sort.get("type", "asc") == "desc"
            if field.name == "id":
                ids = sorted(ids, reverse=descending)
                continue
            keys = {one: sort_key(field.value_in(self._incidents.values(one))) for one in set(ids)}
            ids = sorted(ids, key=keys.__getitem__, reverse=descending)
        return ids

    def _field(self, name: Any) -> Field:
        field = self._incidents.fields.find(str(name))
        if field is None:
            raise RefusedError(400, f"Unable to find Field with name {name}")
        return field


def sort_key(value: Any) -> tuple[bool, str, Any]:
    """Nulls first, then values of one type together."""
    comparable = value if isinstance(value, int | float | str) else orjson.dumps(value)
    kind = "number" if isinstance(value, int | float) else type(comparable).__name__
    return value is not None, kind, comparable


def page_bounds(request: dict[str, Any], max_page_size: int) -> tuple[int, int]:
    start, length = request.get("start") or 0, request.get("length") or max_page_size
    if not isinstance(start, int) or not isinstance(length, int) or start < 0 or length < 0:
        raise RefusedError(400, f"Invalid page: start {start}, length {length}")
    return start, start + min(length, max_page_size)
