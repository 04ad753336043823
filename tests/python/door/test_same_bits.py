"""One incident, three doors: a dict, JSON text, and a CSV as the original wrote it."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest
import resml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ..soar_emulator.downloaded_rows import FALL_BACK, value_of
from .conftest import FEATURES

NAMES = [*FEATURES, "create_date"]

# NUL is refused by the CSV reader, and half a surrogate pair is no character: no CSV can hold it.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
awkward = st.sampled_from([
    "", " ", "  x", "x  ", "nan", "None", "null", "N/A", "True", "false", "[1, 2]", "['a', 'b']",
    '["a", "b"]', "[", "[]", '"', "'", 'a "b" c', "a, b", "a\nb", "a\r\nb", "\r", "\t", "1", "1.0",
    "01", "+1", "1e3", "\ufeff", "🔥 火", "{'a': 1}", "Low", "High", 'say "x"',
])  # fmt: skip
# Beyond 64 bits too.
integers = st.one_of(st.integers(-5, 40), st.integers(-(2**80), 2**80))
floats = st.floats(allow_infinity=False)
dates = st.integers(0, 4_000_000_000_000)
members = st.one_of(st.sampled_from([17, 19, 21, 99]), integers, awkward, texts, st.none(),
                    st.booleans())  # fmt: skip
lists = st.one_of(
    st.lists(st.sampled_from([17, 19, 21, 22, 99]), max_size=4),
    st.lists(st.one_of(st.sampled_from(["red", "it's", "a,b", "new"]), texts), max_size=4),
    st.lists(members, max_size=4),
)
values = st.one_of(st.none(), awkward, texts, integers, floats, st.booleans(), dates, lists)


@st.composite
def platform_incidents(draw: st.DrawFn) -> dict[str, Any]:
    """Fields at any of the places where the platform may have them, several at once."""
    incident: dict[str, Any] = {"id": 1, "properties": draw(st.sampled_from([{}, None]))}
    incident |= {section: {} for section in FALL_BACK}
    for name in NAMES:
        places = draw(st.sets(st.sampled_from(["top", "properties", *FALL_BACK]), max_size=3))
        for place in sorted(places):
            target = incident if place == "top" else incident[place]
            if target is None:
                target = incident[place] = {}
            target[name] = draw(values)
    return incident


def write_csv(path: Path, incident: dict[str, Any]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *NAMES])
        writer.writerow([1, *(str(value_of(incident, name)) for name in NAMES)])


@pytest.fixture(scope="session")
def csv_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("same_bits") / "one.csv"


def check_doors(model: resml.Model, incident: dict[str, Any], path: Path) -> None:
    write_csv(path, incident)
    by_dict = model.predict_proba([incident])
    by_json = model.predict_proba([json.loads(json.dumps(incident))])
    by_csv = model.predict_proba(resml.read_csv(path))
    assert by_dict.tobytes() == by_json.tobytes() == by_csv.tobytes()
    assert math.isclose(by_dict.sum(), 1, abs_tol=1e-12)
    assert model.answer([incident]) == model.answer(resml.read_csv(path))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(incident=platform_incidents())
@example(incident={"id": 1, "properties": {}, "gdpr": {}, "pii": {}, "hipaa": {},
                   "regulator_risk": {}})  # fmt: skip
def test_the_same_incident_gives_the_same_bits(
    incident: dict[str, Any], models: dict[str, resml.Model], csv_path: Path
) -> None:
    for model in models.values():
        check_doors(model, incident, csv_path)


def test_real_shaped_incidents(
    incidents: list[dict[str, Any]], models: dict[str, resml.Model], csv_path: Path
) -> None:
    for incident in incidents[:50]:
        for model in models.values():
            check_doors(model, incident, csv_path)


def test_columns_of_text_are_the_same_incidents(
    incidents: list[dict[str, Any]], model: resml.Model
) -> None:
    columns = {name: [str(value_of(i, name)) for i in incidents] for name in NAMES}
    assert model.predict_proba(columns).tobytes() == model.predict_proba(incidents).tobytes()


def test_an_incident_does_not_depend_on_those_beside_it(
    incidents: list[dict[str, Any]], models: dict[str, resml.Model]
) -> None:
    for model in models.values():
        together = model.predict_proba(incidents)
        for first in range(100):
            some = model.predict_proba(incidents[first : first + 1 + first % 4])
            assert some.tobytes() == together[first : first + 1 + first % 4].tobytes()
