"""Changes that a client asks for: checked against the fields, and against what others changed."""

from typing import Any

from .fields import SECTIONS, Field, FieldMap
from .incidents import Incident
from .message import RefusedError, status_body
from .platform import Platform


def plain_value(field: Field, typed: Any) -> Any:
    """{"object": …} as the platform's own client sends it, or one of the typed members that other
    clients use; labels become ids, whatever the handle format."""
    if isinstance(typed, dict):
        names = ("object", "text", "id", "ids", "boolean", "date", "textarea")
        typed = next((typed[name] for name in names if name in typed), None)
    if isinstance(typed, dict) and "content" in typed:
        typed = typed["content"]
    return field.to_ids(typed)


def checked(field: Field, value: Any) -> Any:
    if not field.accepts(value):
        raise RefusedError(400, f"Invalid value for the field {field.name}")
    return value


def same(field: Field, one: Any, other: Any) -> bool:
    if field.input_type == "multiselect":
        return sorted(one or []) == sorted(other or [])
    return bool(one == other)


def validated(fields: FieldMap, given: Incident) -> Incident:
    """An incident as a client sends it, with every value as the platform holds it."""
    known = {**given, **{name: dict(given[name]) for name in SECTIONS if given.get(name)}}
    for field in fields:
        section = known.get(field.prefix) if field.prefix else known
        if isinstance(section, dict) and section.get(field.name) is not None:
            section[field.name] = checked(field, plain_value(field, section[field.name]))
    return known


def patch_incident(platform: Platform, number: int, patch: dict[str, Any]) -> dict[str, Any]:
    """All changes or none. A stale old value is no error of the request: success is false in an
    answer with status 200, which says what the value is now."""
    with platform.incidents.lock:
        incident = platform.incidents.read(number)
        changes, failures = [], []
        for change in patch.get("changes", []):
            field = changed_field(platform.fields, change.get("field"))
            new = checked(field, plain_value(field, change.get("new_value")))
            old, current = plain_value(field, change.get("old_value")), field.value_in(incident)
            if "old_value" in change and not same(field, old, current):
                failures.append({"field": change["field"], "your_original_value": old,
                                 "actual_current_value": field.to_label(current)})  # fmt: skip
            changes.append((field, new))
        if failures:
            return {**status_body("The incident was changed"), "field_failures": failures}
        for field, new in changes:
            section = incident[field.prefix] if field.prefix else incident
            section[field.name] = new
        refuse_to_close(platform.fields, incident)
        platform.incidents.replace(incident)
        return status_body(None, success=True)


def changed_field(fields: FieldMap, key: Any) -> Field:
    """A name, a full name, an id, or an object with the name."""
    key = key.get("name", key.get("id")) if isinstance(key, dict) else key
    field = fields.find(str(key))
    if field is None:
        raise RefusedError(400, f"Unable to find Field with name {key}")
    return field


def refuse_to_close(fields: FieldMap, incident: Incident) -> None:
    """A closed incident needs a value in every field that is required for closing."""
    if incident["plan_status"] != "C":
        return
    missing = [f.name for f in fields if f.required == "close" and not f.value_in(incident)]
    if missing:
        raise RefusedError(400, f"To close the incident, fill in: {', '.join(missing)}")
