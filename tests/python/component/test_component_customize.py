"""What `resilient-circuits customize` imports: names of version 1.1, and parts that fit together."""

import base64
import json
from importlib.metadata import entry_points
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

FUNCTION_TAG = "{http://resilient.ibm.com/bpmn}function"
BPMN = {"bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL"}


@pytest.fixture(scope="module")
def export() -> dict[str, Any]:
    (entry,) = entry_points(group="resilient.circuits.customize", name="customize")
    (definition,) = entry.load()(client=None)
    loaded: dict[str, Any] = json.loads(base64.b64decode(definition.value))
    return loaded


@pytest.fixture(scope="module")
def step(export: dict[str, Any]) -> dict[str, Any]:
    """The workflow's one step."""
    (workflow,) = export["workflows"]
    (function,) = ElementTree.fromstring(workflow["content"]["xml"]).iter(FUNCTION_TAG)
    assert function.get("uuid") == export["functions"][0]["uuid"]
    loaded: dict[str, Any] = json.loads(function.text or "")
    return loaded


def names(export: dict[str, Any], what: str, key: str = "name") -> list[str]:
    return [thing[key] for thing in export[what]]


def test_the_names_are_those_that_workflows_use(export: dict[str, Any]) -> None:
    assert names(export, "functions") == ["ml_predict"]
    assert names(export, "functions", "display_name") == ["ML Predict"]
    assert names(export, "workflows", "programmatic_name") == ["ml_predict"]
    assert names(export, "actions") == ["ML Predict"]
    assert names(export, "message_destinations", "programmatic_name") == ["fn_machine_learning"]
    assert names(export, "fields", "export_key") == [
        "__function/ml_incident_id", "__function/ml_model_file", "incident/ml_prediction",
        "incident/internal_customizations_field",
    ]  # fmt: skip


def test_the_parts_refer_to_each_other(export: dict[str, Any]) -> None:
    (function,) = export["functions"]
    inputs = [field["uuid"] for field in export["fields"] if field["type_id"] == 11]
    assert [item["content"] for item in function["view_items"]] == inputs
    (destination,) = export["message_destinations"]
    assert function["destination_handle"] == destination["programmatic_name"]
    assert destination["expect_ack"] is True
    assert export["actions"][0]["workflows"] == names(export, "workflows", "programmatic_name")


def test_the_workflow_runs_from_its_start_to_its_end(export: dict[str, Any]) -> None:
    process = ElementTree.fromstring(export["workflows"][0]["content"]["xml"])[0]
    flows = {flow.get("sourceRef"): flow.get("targetRef")
             for flow in process.findall("bpmn:sequenceFlow", BPMN)}  # fmt: skip
    (start,) = process.findall("bpmn:startEvent", BPMN)
    (end,) = process.findall("bpmn:endEvent", BPMN)
    assert flows[flows[start.get("id")]] == end.get("id")


def test_the_step_asks_the_model_of_the_guide(export: dict[str, Any], step: dict[str, Any]) -> None:
    by_uuid = {field["uuid"]: field["name"] for field in export["fields"]}
    static = {by_uuid[uuid]: value["static_input"]["text_value"]
              for uuid, value in step["inputs"].items()}  # fmt: skip
    assert static == {"ml_model_file": "incident_prediction.ml"}
    inputs = SimpleNamespace()
    exec(step["pre_processing_script"], {"inputs": inputs, "incident": SimpleNamespace(id=2095)})
    assert inputs == SimpleNamespace(ml_incident_id=2095)


def test_the_step_stores_the_prediction(step: dict[str, Any]) -> None:
    incident = SimpleNamespace(properties=SimpleNamespace())
    results = SimpleNamespace(prediction="Low")
    exec(step["post_processing_script"], {"incident": incident, "results": results})
    assert incident.properties.ml_prediction == "Low"


def test_the_line_for_the_confidence_works_where_it_is_wanted(step: dict[str, Any]) -> None:
    lines = step["post_processing_script"].splitlines()
    (line,) = [line.removeprefix("# ") for line in lines if "addNote" in line]
    notes: list[str] = []
    results = {"prediction": "Low", "label": "Low", "probability": 0.816}
    exec(line, {"incident": SimpleNamespace(addNote=notes.append), "results": results})
    assert notes == ["Low (82%)"]
