"""What a model takes, what it gives back, and what it says of itself."""

import datetime
import json
import math
import random
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
import resml

from .conftest import FEATURES, make_incident

Incident = dict[str, Any]


def bits(model: resml.Model, incidents: Any) -> bytes:
    return model.predict_proba(incidents).tobytes()


def flat(incident: Incident) -> Incident:
    """The same fields, all on the top level."""
    nested = incident["properties"] | incident["pii"]
    return {name: incident.get(name, nested.get(name)) for name in [*FEATURES, "create_date"]}


def test_one_incident_gives_one_answer(model: resml.Model, incidents: list[Incident]) -> None:
    probabilities = model.predict_proba(incidents[0])
    answer = model.answer(incidents[0])
    assert probabilities.shape == (3,)
    assert probabilities.dtype == np.float64
    assert math.isclose(probabilities.sum(), 1, abs_tol=1e-12)
    assert model.predict(incidents[0]) == answer.prediction
    assert answer.probabilities == dict(zip(model.classes, probabilities.tolist(), strict=True))
    assert answer.probability == answer.probabilities[answer.prediction]


def test_many_incidents_give_answers_in_order(
    model: resml.Model, incidents: list[Incident]
) -> None:
    alone = [model.answer(incident) for incident in incidents]
    assert model.answer(incidents) == alone
    assert model.predict(incidents) == [answer.prediction for answer in alone]
    assert model.predict_proba(incidents).shape == (400, 3)
    assert model.predict(iter(incidents)) == model.predict(incidents)
    assert model.predict([]) == []
    assert model.predict_proba([]).shape == (0, 3)


def test_the_probabilities_are_not_copied(model: resml.Model, incidents: list[Incident]) -> None:
    probabilities = model.predict_proba(incidents)
    assert not probabilities.flags.owndata
    assert type(probabilities.base).__name__ == "PyCapsule"
    assert probabilities.flags.c_contiguous


def test_columns_and_frames_are_the_same_incidents(
    model: resml.Model, incidents: list[Incident]
) -> None:
    rows = [flat(incident) for incident in incidents]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    expected = bits(model, incidents)
    assert bits(model, rows) == expected
    assert bits(model, columns) == expected
    assert bits(model, pd.DataFrame(rows)) == expected
    assert bits(model, {name: tuple(column) for name, column in columns.items()}) == expected
    assert bits(model, {name: pd.Series(column) for name, column in columns.items()}) == expected


def test_gaps_do_not_turn_whole_numbers_into_other_values(model: resml.Model) -> None:
    frame = pd.DataFrame([{"category_id": 1} | dict.fromkeys(FEATURES[2:]),
                          {"category_id": None}])  # fmt: skip
    frame["category_text"] = None
    assert frame["category_id"].dtype == np.float64
    assert bits(model, frame) == bits(model, [{"category_id": 1}, {}])
    assert bits(model, {name: np.array([3.0, np.nan]) for name in FEATURES}) == bits(
        model, [dict.fromkeys(FEATURES, 3), {}]
    )


@pytest.mark.parametrize(
    ("value", "same_as"),
    [
        (np.int64(3), 3),
        (np.float64(2.5), 2.5),
        (np.bool_(True), True),
        (np.str_("Low"), "Low"),
        ([np.int64(21), np.int64(17)], [21, 17]),
        (np.array([21, 17]), [21, 17]),
        ((21, 17), [21, 17]),
        (math.nan, None),
        (np.float64("nan"), None),
        (pd.NaT, None),
        (pd.NA, None),
        (np.datetime64("NaT"), None),
        (datetime.datetime(2017, 7, 14, 2, 40), 1_500_000_000_000),
        (datetime.datetime(2017, 7, 14, 2, 40, tzinfo=datetime.UTC), 1_500_000_000_000),
        (pd.Timestamp("2017-07-14 04:40", tz="Europe/Berlin"), 1_500_000_000_000),
        (np.datetime64("2017-07-14T02:40"), 1_500_000_000_000),
        (np.datetime64("2017-07-14T02:40:00.000000000"), 1_500_000_000_000),
        (datetime.date(2017, 7, 14), 1_499_990_400_000),
        (datetime.datetime(1969, 12, 31, 23, 59, 59), -1000),
        (2**70, str(2**70)),
        (Path("Low"), "Low"),
        ({"b": 1, "a": [None, "x"]}, "{'b': 1, 'a': [None, 'x']}"),
        ([{"b": 1, "a": 2}], "[{'b': 1, 'a': 2}]"),
    ],
)
def test_values_mean_what_they_mean_in_a_csv(
    value: object, same_as: object, models: dict[str, resml.Model]
) -> None:
    for name in FEATURES:
        for model in models.values():
            assert model.answer({name: value, "id": 1}) == model.answer({name: same_as, "id": 1})
        column = pd.Series([value, None], dtype=object)
        assert bits(model, dict.fromkeys(FEATURES, column)) == bits(
            model, [dict.fromkeys(FEATURES, same_as), {}]
        )


def test_columns_of_dates(model: resml.Model) -> None:
    stamps = pd.Series(pd.to_datetime(["2017-07-14 02:40", None]))
    expected = bits(model, [{"discovered_date": 1_500_000_000_000}, {}])
    rest: dict[str, Any] = {name: [None, None] for name in FEATURES}
    for column in (stamps, stamps.dt.tz_localize("UTC"), stamps.to_numpy(), stamps.dt.as_unit("s")):
        assert bits(model, rest | {"discovered_date": column}) == expected


def test_a_dict_of_lists_is_columns_and_a_list_makes_it_an_incident(model: resml.Model) -> None:
    lists = {name: [21, 17] for name in FEATURES}
    assert model.predict_proba(lists).shape == (2, 3)
    assert model.predict_proba([lists]).shape == (1, 3)
    assert model.predict_proba({}).shape == (3,)


def test_notes_say_what_was_missing_or_new(model: resml.Model) -> None:
    incident = {"types_ids": [21, 99], "category_id": 77, "confirmed": True, "amount": 5,
                "discovered_date": 1_500_000_000_000}  # fmt: skip
    assert model.answer(incident).notes == (
        'category_text: no value; category_id: new value "77"; types_ids: new value "[21, 99]"; '
        "tags: no value"
    )


SURROGATE = 'field "tags": the text holds half of a surrogate pair, which is no character'
NOT_INCIDENTS = (
    "expected an incident (dict), a list of incidents, or columns (dict of lists, data frame), got "
)
FULL = {name: ["1", "2"] for name in FEATURES}


@pytest.mark.parametrize(
    ("not_incidents", "message"),
    [
        (None, NOT_INCIDENTS + "NoneType"),
        (7, NOT_INCIDENTS + "int"),
        ("incidents.csv", NOT_INCIDENTS + "str"),
        ([{}, "x"], "incident 2: expected a dict, got str"),
        ([None], "incident 1: expected a dict, got NoneType"),
        ([{}, {"tags": "\ud800"}], f"incident 2: {SURROGATE}"),
        ({"id": 1, "tags": "\udfff"}, SURROGATE),
        (FULL | {"tags": ["\ud800", "1"]}, SURROGATE),
        (FULL | {"tags": ["1"]}, 'columns: "tags" has 1 rows, "category_text" has 2'),
        ({"tags": ["1"]}, 'columns: there is no "category_text"; the columns are tags'),
        (
            {("confirmd" if name == "confirmed" else name): ["1"] for name in FEATURES},
            'columns: there is no "confirmed"; did you mean "confirmd"?',
        ),
        (
            FULL | {"tags": np.zeros((2, 2))},
            'column "tags": expected one value a row, got 2 dimensions',
        ),
    ],
)  # fmt: skip
def test_what_is_no_incident_is_refused(
    not_incidents: Any, message: str, model: resml.Model
) -> None:
    for method in (model.predict, model.predict_proba, model.answer):
        with pytest.raises(resml.InputError) as caught:
            method(not_incidents)
        assert str(caught.value) == message
        assert isinstance(caught.value, ValueError)


def test_text_that_the_model_does_not_read_may_be_anything(model: resml.Model) -> None:
    assert model.predict({"id": 1, "description": "\ud800"}) in model.classes


def test_eight_threads_get_the_same_bits(
    models: dict[str, resml.Model], incidents: list[Incident]
) -> None:
    expected = {name: bits(model, incidents) for name, model in models.items()}
    different: list[str] = []

    def work(order: int) -> None:
        names = list(models)
        for turn in range(10):
            name = names[(order + turn) % len(names)]
            if bits(models[name], incidents) != expected[name]:
                different.append(name)
            if models[name].predict(incidents[turn]) not in models[name].classes:
                different.append(name)

    threads = [threading.Thread(target=work, args=(order,)) for order in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert different == []


def test_features_classes_and_repr(model: resml.Model) -> None:
    assert model.classes == ["4", "5", "6"]
    assert [feature.name for feature in model.features] == FEATURES
    assert model.features[2] == resml.Feature("types_ids", "multi-select", "set by types")
    accuracy = model.evaluation["accuracy"]["value"]
    assert repr(model) == (
        f"<resml.Model predicts severity_code (3 values) from {', '.join(FEATURES)}: "
        f"Logistic Regression, accuracy {accuracy:.4g}>"
    )


def test_evaluation_settings_and_provenance(model: resml.Model) -> None:
    evaluation = model.evaluation
    assert evaluation["n_rows"] == 200
    assert evaluation["accuracy"]["low"] < evaluation["accuracy"]["value"]
    assert evaluation["accuracy"]["value"] > evaluation["majority_accuracy"]["value"]
    assert [scores["label"] for scores in evaluation["classes"]] == ["4", "5", "6"]
    assert model.settings["prediction"] == "severity_code"
    assert model.settings["split"] == 0.5
    assert model.provenance["rows"]["read"] == 400
    assert model.provenance["version"] == resml.__version__
    evaluation["accuracy"]["value"] = 2
    assert model.evaluation["accuracy"]["value"] <= 1


def test_a_saved_model_says_the_same(
    models: dict[str, resml.Model], incidents: list[Incident], tmp_path: Path
) -> None:
    for number, model in enumerate(models.values()):
        path = tmp_path / f"{number}.ml"
        model.save(path)
        loaded = resml.load(str(path))
        assert bits(loaded, incidents) == bits(model, incidents)
        assert loaded.answer(incidents) == model.answer(incidents)
        assert loaded.evaluation == model.evaluation
        assert loaded.settings == model.settings
        assert loaded.provenance == model.provenance
        assert loaded.features == model.features


def test_files_that_are_no_model(tmp_path: Path, model: resml.Model) -> None:
    path = tmp_path / "m.ml"
    with pytest.raises(resml.InputError) as missing:
        resml.load(path)
    assert str(missing.value) == f"{path}: cannot be read: No such file or directory"
    path.write_bytes(b"short")
    with pytest.raises(resml.ModelFileError) as short:
        resml.load(path)
    assert str(short.value) == f"{path}: too short for a model file, got 5 bytes"
    assert isinstance(short.value, ValueError)
    with pytest.raises(resml.InputError) as folder:
        model.save(tmp_path / "no" / "m.ml")
    assert str(folder.value) == (
        f"{tmp_path}/no/m.ml: cannot be written: No such file or directory"
    )


def test_a_json_document_needs_no_preparation(model: resml.Model) -> None:
    document = json.dumps({"data": [make_incident(7, random.Random(7))]})
    assert len(model.predict(json.loads(document)["data"])) == 1
