"""The forms in which an incident is shown: ids or labels, all of it or a part."""

from dataclasses import dataclass
from typing import Any

from .built_in_fields import PARTIAL
from .fields import WITH_VALUES, Field, FieldMap
from .incidents import Incident
from .message import RefusedError, Request

HANDLE_FORMATS = ("ids", "names", "objects")


@dataclass(frozen=True)
class Form:
    """`handle_format` and `text_content_output_format` are taken as header and as parameter; ids
    and text as text are what comes if neither is there."""

    handles: str = "ids"
    text_objects: bool = False
    partial: bool = False

    @property
    def is_plain(self) -> bool:
        return self == Form()

    def show(self, incident: Incident, fields: FieldMap) -> Incident:
        for field in fields:
            section = incident.get(field.prefix) if field.prefix else incident
            if isinstance(section, dict) and section.get(field.name) is not None:
                section[field.name] = self._value(field, section[field.name])
        if self.partial:
            return {name: incident.get(name) for name in PARTIAL}
        return incident

    def _value(self, field: Field, value: Any) -> Any:
        if field.input_type == "textarea" and self.text_objects:
            return {"format": "html", "content": value}
        # plan_status is "A" or "C" in every form.
        if field.input_type not in WITH_VALUES or field.name == "plan_status":
            return value
        if self.handles == "names":
            return field.to_label(value)
        if self.handles == "objects":
            if isinstance(value, list):
                return [{"id": one, "name": field.to_label(one)} for one in value]
            return {"id": value, "name": field.to_label(value)}
        return value


def form_of(request: Request, return_level: str | None = "full") -> Form:
    handles = request.option("handle_format") or "ids"
    if handles not in HANDLE_FORMATS:
        raise RefusedError(400, f"Invalid handle_format {handles}")
    text = request.option("text_content_output_format") or "always_text"
    return Form(
        handles=handles,
        text_objects=text.startswith("objects_convert") and not text.endswith("_text"),
        partial=return_level in (None, "partial"),
    )
