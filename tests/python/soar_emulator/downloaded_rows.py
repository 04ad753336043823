"""What a download of all incidents has to write: one row of cells for each."""

from typing import Any

from .fields import FieldMap
from .incidents import Incident

CUSTOM = "properties"
# Looked into only where the incident itself and its custom fields gave null.
FALL_BACK = ("gdpr", "pii", "hipaa", "regulator_risk")


def downloaded_row(incident: Incident, fields: FieldMap) -> dict[str, str]:
    """By the names and in the order of the platform's field list; Python's text of each value."""
    return {field.name: str(value_of(incident, field.name)) for field in fields}


def value_of(incident: Incident, name: str) -> Any:
    value = incident[name] if name in incident else incident[CUSTOM].get(name)
    if value is not None:
        return value
    below = (incident[section].get(name) for section in FALL_BACK)
    return next((one for one in below if one is not None), None)
