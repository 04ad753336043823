"""Incidents with every kind of field, and models of them by every algorithm."""

import random
from pathlib import Path
from typing import Any

import pytest
import resml

from ..command_case import small_incidents
from ..soar_emulator.samples import DAY_MS

TYPES = {
    "category_text": "category",
    "category_id": "category",
    "types_ids": "multi-select",
    "tags": "multi-select",
    "confirmed": "boolean",
    "amount": "number",
    "discovered_date": "date",
}
FEATURES = list(TYPES)
START_MS = 1_500_000_000_000


def make_incident(number: int, draw: random.Random) -> dict[str, Any]:
    """A platform's incident whose severity_code leans on its fields."""
    confirmed = draw.choice([True, False, None])
    types = draw.sample([17, 19, 21, 22], draw.randint(0, 3))
    created = START_MS + number * DAY_MS
    severity = 4 if confirmed else 5 if 21 in types else 6
    return {
        "id": number,
        "name": f"incident {number}",
        "create_date": created,
        "discovered_date": created - draw.randint(0, 30) * DAY_MS,
        "category_id": draw.choice([1, 2, 3, None]),
        "types_ids": types,
        "confirmed": confirmed,
        "severity_code": draw.choice([4, 5, 6]) if draw.random() < 0.2 else severity,
        "properties": {
            "category_text": draw.choice(["Low", "High", "a, b", 'say "x"', None]),
            "tags": draw.sample(["red", "it's", "a,b"], draw.randint(0, 2)),
        },
        "pii": {"amount": draw.choice([None, draw.randint(0, 100), draw.random() * 100])},
        "gdpr": {},
        "hipaa": {},
        "regulator_risk": {},
    }


@pytest.fixture(scope="session")
def incidents() -> list[dict[str, Any]]:
    draw = random.Random(1)
    return [make_incident(number, draw) for number in range(1, 401)]


@pytest.fixture(scope="session")
def models(incidents: list[dict[str, Any]]) -> dict[str, resml.Model]:
    """By algorithm."""
    return {
        algorithm.name: resml.build(
            incidents, "severity_code", FEATURES, algorithm=algorithm.name, types=TYPES
        )
        for algorithm in resml.algorithms()
    }


@pytest.fixture(scope="session")
def model(models: dict[str, resml.Model]) -> resml.Model:
    return models["Logistic Regression"]


@pytest.fixture
def small_csv(tmp_path: Path) -> Path:
    path = tmp_path / "incidents.csv"
    path.write_text("\n".join(small_incidents()) + "\n")
    return path
