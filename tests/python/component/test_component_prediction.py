"""From an incident's id to the results, without the framework."""

import math
from pathlib import Path
from typing import Any

import pytest
import resml
from fn_machine_learning.errors import NotFoundError, PredictionError
from fn_machine_learning.model_store import ModelStore
from fn_machine_learning.prediction import predict_incident

from .conftest import CONFIRMED_FIELD, SEVERITY_FIELD

FIELDS = "/types/incident/fields/"


class Answers:
    """A platform that is a dict."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def get(self, uri: str) -> Any:
        if uri not in self.answers:
            raise NotFoundError(f"GET {uri}: nothing there")
        return self.answers[uri]


@pytest.fixture
def answers(samples: list[dict[str, Any]]) -> Answers:
    incidents = {f"/incidents/{incident['id']}": incident for incident in samples}
    return Answers(incidents | {FIELDS + "severity_code": SEVERITY_FIELD,
                                FIELDS + "confirmed": CONFIRMED_FIELD})  # fmt: skip


@pytest.fixture
def store(model_dir: Path) -> ModelStore:
    return ModelStore(str(model_dir))


def refusal(answers: Answers, store: ModelStore, number: object, name: object) -> str:
    with pytest.raises(PredictionError) as caught:
        predict_incident(answers, store, number, name)
    return str(caught.value)


def test_the_results_agree_with_the_model(
    answers: Answers, store: ModelStore, samples: list[dict[str, Any]]
) -> None:
    labels = {"4": "Low", "5": "Medium", "6": "High"}
    model = store.read("severity.ml").model
    for incident in samples[:50]:
        results = predict_incident(answers, store, incident["id"], "severity.ml")
        said = model.answer(incident)
        assert results["value"] == said.prediction
        assert results["prediction"] == labels[said.prediction]
        assert results["probability"] == said.probability
        assert results["probabilities"] == {
            labels[value]: probability for value, probability in said.probabilities.items()
        }


def test_the_probability_is_that_of_the_prediction_not_of_the_likeliest(
    answers: Answers, store: ModelStore, model_dir: Path
) -> None:
    rows = [{"kind": "ab"[i % 2], "severity_code": 6 if i % 8 == 0 else 4} for i in range(400)]
    resml.build(
        rows, "severity_code", ["kind"], algorithm="BernoulliNB", class_weight={"6": 20}
    ).save(model_dir / "weighted.ml")
    answers.answers["/incidents/1"] = {"id": 1, "kind": "a"}
    results = predict_incident(answers, store, 1, "weighted.ml")
    assert results["prediction"] == "High"
    assert results["probability"] == results["probabilities"]["High"] < 0.5


@pytest.mark.parametrize("number", [7, 7.0])
def test_ids_may_be_any_whole_number(number: float, answers: Answers, store: ModelStore) -> None:
    assert predict_incident(answers, store, number, "severity.ml")["value"] in "456"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0"), (-1, "-1"), (10**20, f"{10**20}"), (1e300, "1e+300"), (1.5, "1.5"), (True, "True"), ("7", "7"), ("", ""), ([7], "[7]"),
     (math.nan, "nan"), (math.inf, "inf"), ({"id": 7}, "{'id': 7}")],
)  # fmt: skip
def test_what_is_no_id_is_refused(
    number: object, shown: str, answers: Answers, store: ModelStore
) -> None:
    assert refusal(answers, store, number, "severity.ml") == (
        f'ml_incident_id: expected the id of an incident, got "{shown}"'
    )


def test_a_file_name_must_be_text(answers: Answers, store: ModelStore) -> None:
    assert refusal(answers, store, 7, 12) == 'ml_model_file: expected a file name, got "12"'


def test_text_that_is_no_text_is_named(answers: Answers, store: ModelStore) -> None:
    answers.answers["/incidents/8"] = {"id": 8, "properties": {"site": "\ud800"}}
    assert refusal(answers, store, 8, "severity.ml") == (
        'incident 8: field "site": the text holds half of a surrogate pair, which is no character'
    )


def test_labels_of_a_boolean_field(answers: Answers, store: ModelStore) -> None:
    results = predict_incident(answers, store, 1, "confirmed.ml")
    assert results["label"] == {"True": "Yes", "False": "No"}[results["value"]]
    assert results["prediction"] == results["label"]
    assert sorted(results["probabilities"]) == ["No", "Yes"]


def test_labels_of_text_values(answers: Answers, store: ModelStore) -> None:
    field = {"values": [{"value": value, "label": f"level {value}"} for value in "456"]}
    answers.answers[FIELDS + "severity_code"] = field
    results = predict_incident(answers, store, 1, "severity.ml")
    assert results["prediction"] == f"level {results['value']}"


def test_values_of_one_label_are_added_up(answers: Answers, store: ModelStore) -> None:
    same = [{"value": value, "label": "Any", "enabled": True} for value in (4, 5)]
    answers.answers[FIELDS + "severity_code"] = {"values": same}
    results = predict_incident(answers, store, 1, "severity.ml")
    assert sorted(results["probabilities"]) == ["6", "Any"]
    assert math.isclose(sum(results["probabilities"].values()), 1, abs_tol=1e-12)


@pytest.mark.parametrize(
    "field",
    [{}, {"values": None}, {"values": []}, [], {"values": 5}, {"values": {"4": "Low"}},
     {"values": ["Low", None, {}, {"value": 4}, {"label": "Low"}, {"value": 5, "label": None}]}],
)  # fmt: skip
def test_fields_without_values_have_no_labels(
    field: object, answers: Answers, store: ModelStore
) -> None:
    answers.answers[FIELDS + "severity_code"] = field
    results = predict_incident(answers, store, 1, "severity.ml")
    assert results["prediction"] == results["value"]
    assert results["label"] is None
