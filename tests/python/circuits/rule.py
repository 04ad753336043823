"""A click on the rule "ML Predict": what the platform does around the function's call, with the
workflow that `resilient-circuits customize` imports."""

import base64
import json
from types import SimpleNamespace
from typing import Any, NamedTuple
from xml.etree import ElementTree

from fn_machine_learning.util.customize import customization_data

from .rig import Rig
from .workflow import is_last

FUNCTION_TAG = "{http://resilient.ibm.com/bpmn}function"
FIELD = "ml_prediction"


class RefusedError(Exception):
    """What the action status of the incident shows instead of an answer."""


class Step(NamedTuple):
    """The workflow's one step: its fixed inputs, and the scripts around it."""

    inputs: dict[str, str]
    before: str
    after: str


def shipped_step() -> Step:
    (definition,) = customization_data()
    export = json.loads(base64.b64decode(definition.value))
    names = {field["uuid"]: field["name"] for field in export["fields"]}
    workflow = ElementTree.fromstring(export["workflows"][0]["content"]["xml"])
    step = json.loads(next(workflow.iter(FUNCTION_TAG)).text or "")
    inputs = {names[key]: one["static_input"]["text_value"] for key, one in step["inputs"].items()}
    return Step(inputs, step["pre_processing_script"], step["post_processing_script"])


def click(rig: Rig, number: int, step: Step) -> dict[str, Any]:
    """The results of the function, after the workflow has put them into the incident."""
    incident = SimpleNamespace(id=number, properties=SimpleNamespace())
    inputs = SimpleNamespace(**step.inputs)
    exec(step.before, {"incident": incident, "inputs": inputs})
    last = next(filter(is_last, rig.workflow.wait(rig.workflow.call(**vars(inputs)))))
    if last["message_type"] != 0:
        raise RefusedError(last["message"])
    results: dict[str, Any] = last["results"]
    exec(step.after, {"incident": incident, "results": SimpleNamespace(**results)})
    rig.soar.incidents.change(number, **vars(incident.properties))
    return results
