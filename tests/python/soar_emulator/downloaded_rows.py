"""What a download of all incidents has to write: one row of cells for each."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from .fields import FieldMap
from .incidents import Incident, Incidents

CUSTOM = "properties"
# Looked into only where the incident itself and its custom fields gave null.
FALL_BACK = ("gdpr", "pii", "hipaa", "regulator_risk")


def downloaded_row(incident: Incident, fields: FieldMap) -> dict[str, str]:
    """By the names and in the order of the platform's field list; Python's text of each value."""
    return {field.name: str(value_of(incident, field.name)) for field in fields}


def value_of(incident: Incident, name: str) -> Any:
    """Which value the original wrote into the CSV (OB-CSV-02)."""
    value = incident[name] if name in incident else (incident[CUSTOM] or {}).get(name)
    if value is not None:
        return value
    below = (incident[section].get(name) for section in FALL_BACK)
    return next((one for one in below if one is not None), None)


def wrong_rows(rows: Iterable[Mapping[str, str]], incidents: Incidents) -> list[str]:
    """One line for each row that is missing, repeated, unknown or not as it was at any time.

    An incident that was added or deleted since the start may be missing.
    """
    rows = list(rows)
    by_id = {row.get("id", ""): dict(row) for row in rows}
    counts = Counter(row.get("id", "") for row in rows)
    wrong = [f"incident {one}: {count} rows" for one, count in counts.items() if count > 1]
    with incidents.lock:
        for number in sorted({*incidents.ids(), *incidents.touched()}):
            wrong += wrong_row(by_id.pop(str(number), None), number, incidents)
    return wrong + [f"incident {one}: never was there" for one in by_id]


def wrong_row(row: dict[str, str] | None, number: int, incidents: Incidents) -> list[str]:
    states = incidents.states(number)
    if row is None:
        return [] if None in states else [f"incident {number}: missing"]
    may_be = [downloaded_row(state, incidents.fields) for state in states if state is not None]
    if row in may_be:
        return []
    different = [name for name in row | may_be[-1] if row.get(name) != may_be[-1].get(name)]
    return [f"incident {number}: differs in {', '.join(different)}"]
