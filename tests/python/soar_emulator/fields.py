"""Fields of the incident type: their definitions, and values between id and label."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

SECTIONS = ("properties", "pii", "gdpr", "hipaa", "regulator_risk")
WITH_VALUES = ("select", "multiselect", "select_owner")
DATES = ("datepicker", "datetimepicker")
NAMESPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")

OF_TEXT = ["equals", "not_equals", "contains", "not_contains", "has_a_value", "not_has_a_value"]
OF_NUMBER = ["equals", "not_equals", "lt", "lte", "gt", "gte", "has_a_value", "not_has_a_value"]
OF_SELECT = ["equals", "not_equals", "in", "not_in", "has_a_value", "not_has_a_value"]
OF_MULTISELECT = [*OF_SELECT, "contains", "not_contains"]
OF_BOOLEAN = ["equals", "not_equals", "has_a_value", "not_has_a_value"]
OPERATIONS = {
    "text": OF_TEXT, "textarea": OF_TEXT, "number": OF_NUMBER, "boolean": OF_BOOLEAN,
    "datepicker": OF_NUMBER, "datetimepicker": OF_NUMBER, "select": OF_SELECT,
    "select_owner": OF_SELECT, "multiselect": OF_MULTISELECT,
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """A value of a select field. A disabled one is no longer offered, but old incidents have it."""

    value: int | str
    label: str
    enabled: bool = True


@dataclass(frozen=True)
class Field:
    id: int
    name: str
    input_type: str
    text: str = ""
    prefix: str | None = None  # of SECTIONS: where in the incident the value stands
    required: str | None = None  # "always", "close"
    choices: tuple[Choice, ...] = ()
    tooltip: str = ""
    uuid: str | None = None  # made from the name if None

    def value_in(self, incident: dict[str, Any]) -> Any:
        section = incident.get(self.prefix) if self.prefix else incident
        return section.get(self.name) if isinstance(section, dict) else None

    @cached_property
    def _labels(self) -> dict[int | str, str]:
        return {choice.value: choice.label for choice in self.choices}

    @cached_property
    def _values(self) -> dict[str, int | str]:
        return {choice.label: choice.value for choice in self.choices}

    def to_ids(self, value: Any) -> Any:
        """Labels become ids; ids, and what is neither, stay."""
        if isinstance(value, list):
            return [self.to_ids(one) for one in value]
        if isinstance(value, dict):  # as handle_format=objects shows it
            return value.get("id", value)
        return value if value in self._labels else self._values.get(value, value)

    def to_label(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.to_label(one) for one in value]
        return self._labels.get(value, value)

    def accepts(self, value: Any) -> bool:
        """Whether an incident may hold this, in ids."""
        if value is None:
            return self.required != "always"
        if self.input_type == "multiselect":
            return isinstance(value, list) and (
                not self.choices or all(one in self._labels for one in value)
            )
        if self.choices:
            return value in self._labels
        if self.input_type == "boolean":
            return isinstance(value, bool)
        if self.input_type in ("number", *DATES):
            return isinstance(value, int | float) and not isinstance(value, bool)
        return not self.input_type.startswith("text") or isinstance(value, str)

    def definition(self) -> dict[str, Any]:
        built_in = self.prefix is None
        made = {
            "id": self.id, "name": self.name, "text": self.text or self.name, "prefix": self.prefix,
            "type_id": 0, "tooltip": self.tooltip, "placeholder": "", "input_type": self.input_type,
            "hide_notification": False, "chosen": False, "default_chosen_by_server": False,
            "blank_option": False, "internal": built_in, "uuid": self.uuid or self._uuid(""),
            "operations": OPERATIONS.get(self.input_type, OF_TEXT), "operation_perms": {},
            "perms": {"delete": not built_in, "modify_name": not built_in, "modify_values": True},
            "values": [self._choice(choice, i) for i, choice in enumerate(self.choices)],
            "read_only": False, "changeable": True, "rich_text": self.input_type == "textarea",
            "templates": [], "deprecated": False, "tags": [], "calculated": False,
            "is_tracked": True, "allow_default_value": False, "x_unknown": {"since": 52},
        }  # fmt: skip
        if self.required:
            made["required"] = self.required
        if self.input_type == "boolean":
            made.update(label_true="Yes", label_false="No")
        return made

    def _choice(self, choice: Choice, index: int) -> dict[str, Any]:
        return {
            "value": choice.value, "label": choice.label, "enabled": choice.enabled,
            "properties": None, "uuid": self._uuid(f"/{choice.value}"), "hidden": False,
            "default": index == 0, "x_unknown": None,
        }  # fmt: skip

    def _uuid(self, suffix: str) -> str:
        return str(uuid.uuid5(NAMESPACE, f"incident/{self.name}{suffix}"))


class FieldMap:
    """The fields by name, in the order in which the platform lists them; ids are unique."""

    def __init__(self, fields: Iterable[Field]) -> None:
        self._by_name = {field.name: field for field in fields}

    def __iter__(self) -> Iterator[Field]:
        return iter(self._by_name.values())

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> Field:
        return self._by_name[name]

    def add(self, field: Field) -> None:
        """One of the same name is renewed; the id is the platform's to give."""
        there = self._by_name.get(field.name)
        number = there.id if there else max(one.id for one in self) + 1
        self._by_name = {**self._by_name, field.name: replace(field, id=number)}

    def find(self, key: str) -> Field | None:
        """By name, by full name ("properties.name") or by id."""
        if key.isdigit():
            return next((field for field in self if field.id == int(key)), None)
        prefix, _, name = key.rpartition(".")
        field = self._by_name.get(name)
        return field if field and prefix in ("", field.prefix or "") else None
