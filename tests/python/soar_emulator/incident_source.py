"""Makes fields and incidents out of a CSV file in the form of a download, or of a test's objects."""

import ast
import csv
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .built_in_fields import BUILT_IN
from .fields import SECTIONS, WITH_VALUES, Choice, Field, FieldMap
from .incidents import Incident

FIELD_ORDER_SEED = 7
MAX_CHOICES = 60  # of texts that are taken for labels of a select field
FIRST_DATE_MS = 86_400_000_000  # smaller numbers are not taken for dates
FIRST_CUSTOM_ID = 1001
CHOICES_PER_FIELD = 1000

Row = dict[str, Any]


@dataclass
class Source:
    fields: FieldMap
    incidents: list[Incident]


def from_csv(path: Path, kinds: Mapping[str, str] | None = None) -> Source:
    """A column is one field: a built-in one if the platform has one of that name, else a custom
    one. `kinds` names input types that the cells do not tell, by column.

    Texts with few different values become labels of a select field, lists of texts those of a
    multiselect; the incidents hold the ids.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = [
            {name: cell_value(cell) for name, cell in row.items()} for row in csv.DictReader(file)
        ]
    columns = list(rows[0]) if rows else []
    fields = dict(BUILT_IN)
    for i, name in enumerate(columns):
        kind = (kinds or {}).get(name)
        fields[name] = column_field(name, FIRST_CUSTOM_ID + i, [row[name] for row in rows], kind)
    return Source(in_some_order(fields.values()), [as_incident(row, fields) for row in rows])


def from_objects(incidents: Iterable[Incident], fields: Iterable[Field] = ()) -> Source:
    """Incidents as the platform holds them: select values as ids, custom fields in `properties`.
    `fields` are added to the built-in ones; what neither names gets a field by its values."""
    incidents = list(incidents)
    known = {**BUILT_IN, **{field.name: field for field in fields}}
    found: dict[str, tuple[str, list[Any]]] = {}
    for incident in incidents:
        for section in SECTIONS:
            for name, value in incident.get(section, {}).items():
                found.setdefault(name, (section, []))[1].append(value)
    for i, (name, (section, values)) in enumerate(found.items()):
        if name not in known:
            known[name] = Field(FIRST_CUSTOM_ID + i, name, plain_type(values), name, section)
    return Source(in_some_order(known.values()), incidents)


def in_some_order(fields: Iterable[Field]) -> FieldMap:
    """Not that of the alphabet, and not that of the CSV file."""
    shuffled = list(fields)
    random.Random(FIELD_ORDER_SEED).shuffle(shuffled)
    return FieldMap(shuffled)


def cell_value(cell: str | None) -> Any:
    """A download writes Python's text of a value."""
    if cell in (None, "", "None"):
        return None
    if cell in ("True", "False"):
        return cell == "True"
    if re.fullmatch(r"-?(0|[1-9]\d{0,17})", cell or ""):
        return int(cell or "")
    if re.fullmatch(r"-?\d+\.\d+(e[-+]?\d+)?", cell or ""):
        return float(cell or "")
    if cell and cell.startswith("[") and cell.endswith("]"):
        try:
            return ast.literal_eval(cell)
        except (ValueError, SyntaxError):
            return cell
    return cell


def plain_type(values: list[Any]) -> str:
    """Of values as they are; a select field needs more than that."""
    present = [value for value in values if value is not None]
    if present and all(isinstance(value, bool) for value in present):
        return "boolean"
    if present and all(isinstance(value, int | float) for value in present):
        dates = all(value >= FIRST_DATE_MS for value in present)
        return "datetimepicker" if dates else "number"
    return "multiselect" if any(isinstance(value, list) for value in present) else "text"


def guessed_type(values: list[Any]) -> str:
    plain = plain_type(values)
    texts = [value for value in values if isinstance(value, str)]
    few = len(set(texts)) <= min(MAX_CHOICES, len(texts) / 2)
    return "select" if plain == "text" and texts and few else plain


def column_field(name: str, number: int, values: list[Any], kind: str | None) -> Field:
    field = BUILT_IN.get(name)
    if field is None:
        kind = kind or guessed_type(values)
        field = Field(number, name, kind, name.replace("_", " ").title(), "properties")
    elif kind is not None:
        field = replace(field, input_type=kind)
    if field.input_type in WITH_VALUES:
        return replace(field, choices=all_choices(field, values))
    return field


def all_choices(field: Field, values: list[Any]) -> tuple[Choice, ...]:
    """Those of the field, and one for each other value; the last of several is a disabled one."""
    each = {one for value in values for one in (value if isinstance(value, list) else [value])}
    each -= {None, *(c.value for c in field.choices), *(c.label for c in field.choices)}
    first = field.id * CHOICES_PER_FIELD
    if any(isinstance(one, str) for one in each):
        labels = sorted({str(one) for one in each})
        added = [Choice(first + i, label) for i, label in enumerate(labels)]
    else:
        added = [Choice(one, f"{field.text} {one}") for one in sorted(each)]
    if len(added) > 1:
        added[-1] = replace(added[-1], enabled=False)
    return (*field.choices, *added)


def as_incident(row: Row, fields: Mapping[str, Field]) -> Incident:
    incident: Incident = {"properties": {}}
    for name, value in row.items():
        field = fields[name]
        section = incident.setdefault(field.prefix, {}) if field.prefix else incident
        section[name] = typed(field, value)
    return incident


def typed(field: Field, value: Any) -> Any:
    if field.choices:
        found = field.to_ids(value)
        return found if field.accepts(found) else field.to_ids(str(value))
    wants_text = field.input_type in ("text", "textarea")
    return str(value) if wants_text and value is not None else value
