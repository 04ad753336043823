"""A click on the rule "ML Predict": what the platform does around the function's call, with the
workflow that `resilient-circuits customize` imported."""

import json
from types import SimpleNamespace
from typing import Any, NamedTuple
from xml.etree import ElementTree

from ..soar_emulator import SoarEmulator
from .circuits_process import CircuitsProcess
from .rig import Rig
from .workflow import is_last

FUNCTION_TAG = "{http://resilient.ibm.com/bpmn}function"
FIELD = "ml_prediction"
RULE = "ML Predict"


class RefusedError(Exception):
    """What the action status of the incident shows instead of an answer."""


class Step(NamedTuple):
    """The workflow's one step: its fixed inputs, and the scripts around it."""

    inputs: dict[str, str]
    before: str
    after: str


def customize(process: CircuitsProcess) -> str:
    """What an administrator runs once; returns what it says."""
    done = process.command("customize", "-y", "-l", "fn_machine_learning")
    if done.returncode != 0:
        raise RuntimeError(f"resilient-circuits customize: {done.stdout}")
    return done.stdout


def imported_step(soar: SoarEmulator) -> Step:
    """Of the workflow that the rule runs, as it stands in the platform."""
    there = soar.customizations
    (rule,) = [one for one in there.rules if one["name"] == RULE]
    (workflow,) = [one for one in there.workflows if one["programmatic_name"] in rule["workflows"]]
    names = {one["uuid"]: one["name"] for one in there.inputs}
    (function,) = ElementTree.fromstring(workflow["content"]["xml"]).iter(FUNCTION_TAG)
    step = json.loads(function.text or "")
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
