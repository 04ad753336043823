"""From an incident's id and a model's name to the results of the function ml_predict.

Needs no framework: anything that answers `get(uri)` as the platform's REST does will do.
"""

from typing import Any, Protocol
from urllib.parse import quote

import resml

from fn_machine_learning.errors import NotFoundError, PredictionError, quoted
from fn_machine_learning.model_store import ModelStore

LARGEST_ID = 2**53  # up to which every whole number has its own floating-point number


class Platform(Protocol):
    """Reads from the platform."""

    def get(self, uri: str) -> Any:
        """The JSON under `uri`, which is relative to the organisation."""


def predict_incident(
    platform: Platform, models: ModelStore, incident_id: object, model_file: object
) -> dict[str, Any]:
    """What the function answers for one incident.

    prediction    the label of the predicted value, or the value where the platform has no label
    value         the predicted value itself, as text
    label         its label, None where the platform has none
    probability   that the prediction is right, 0 to 1
    probabilities the same for every label, or value where there is none
    notes         what was missing or new in the incident, "" if nothing
    model         the file that answered: its name, when it was built, its SHA-256, its accuracy
    majority_baseline   the accuracy of always answering the commonest value
    """
    number = _checked_id(incident_id)
    stored = models.read(_checked_file(model_file))
    answer = _answer(platform, stored.model, number)
    labels = _value_labels(platform, stored.predicts)
    probabilities: dict[str, float] = {}
    for value, probability in answer.probabilities.items():
        label = labels.get(value, value)
        probabilities[label] = probabilities.get(label, 0.0) + probability
    return {
        "prediction": labels.get(answer.prediction, answer.prediction),
        "value": answer.prediction,
        "label": labels.get(answer.prediction),
        "probability": answer.probability,
        "probabilities": probabilities,
        "notes": answer.notes,
        "model": {
            "file": stored.file,
            "build_time": stored.build_time,
            "hash": stored.sha256,
            "accuracy": stored.accuracy,
        },
        "majority_baseline": stored.majority_accuracy,
    }


def _checked_id(incident_id: object) -> int:
    if incident_id is None:
        raise PredictionError(
            "ml_incident_id: no value; set it to the incident's id in the pre-process script"
        )
    if (
        isinstance(incident_id, int | float)
        and not isinstance(incident_id, bool)
        and 0 < incident_id <= LARGEST_ID  # where not-a-number is not either
        and incident_id == int(incident_id)
    ):
        return int(incident_id)
    raise PredictionError(
        f"ml_incident_id: expected the id of an incident, got {quoted(incident_id)}"
    )


def _checked_file(model_file: object) -> str | None:
    if model_file is None or isinstance(model_file, str):
        return model_file
    raise PredictionError(f"ml_model_file: expected a file name, got {quoted(model_file)}")


def _answer(platform: Platform, model: resml.Model, number: int) -> resml.Answer:
    uri = f"/incidents/{number}"
    incident = platform.get(uri)
    if not isinstance(incident, dict):
        raise PredictionError(
            f"GET {uri}: expected one incident, the platform sent {quoted(incident)}"
        )
    try:
        return model.answer(incident)
    except resml.InputError as error:
        raise PredictionError(f"incident {number}: {error}") from None


def _value_labels(platform: Platform, field: str) -> dict[str, str]:
    """Labels of a field by the text of their value; disabled ones too, old models know them.

    Empty for a field that is none of the platform's: its values are labels already. What the
    platform says in another form has no label.
    """
    try:
        definition = platform.get(f"/types/incident/fields/{quote(field, safe='')}")
    except NotFoundError:
        return {}
    if not isinstance(definition, dict):
        return {}
    values = definition.get("values")
    listed = [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []
    labels = {"True": definition.get("label_true"), "False": definition.get("label_false")}
    labels |= {str(one.get("value")): one.get("label") for one in listed}
    return {value: label for value, label in labels.items() if isinstance(label, str) and label}
