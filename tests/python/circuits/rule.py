"""A click on the rule "ML Predict": what the platform does around the function's call."""

from types import SimpleNamespace
from typing import Any

from .rig import Rig
from .workflow import is_last

# The scripts of the workflow's step, as version 1.1 came with them.
BEFORE = "inputs.ml_incident_id = incident.id"
AFTER = "incident.properties.ml_prediction = results.prediction"
FIELD = "ml_prediction"


class RefusedError(Exception):
    """What the action status of the incident shows instead of an answer."""


def click(rig: Rig, number: int, model_file: str, after: str = AFTER) -> dict[str, Any]:
    """The results of the function, after the workflow has put them into the incident."""
    incident = SimpleNamespace(id=number, properties=SimpleNamespace())
    inputs = SimpleNamespace(ml_model_file=model_file)
    run_script(BEFORE, incident=incident, inputs=inputs)
    last = next(filter(is_last, rig.workflow.wait(rig.workflow.call(**vars(inputs)))))
    if last["message_type"] != 0:
        raise RefusedError(last["message"])
    results: dict[str, Any] = last["results"]
    run_script(after, incident=incident, results=SimpleNamespace(**results))
    rig.soar.incidents.change(number, **vars(incident.properties))
    return results


def run_script(text: str, **names: object) -> None:
    exec(text, names)
