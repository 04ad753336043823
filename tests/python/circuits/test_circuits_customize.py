"""`resilient-circuits customize`, as an administrator runs it: what stands in the platform then."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import resilient

from ..command_case import ROOT
from ..soar_emulator import Fault, FaultKind, Settings, SoarEmulator
from ..soar_emulator.emulator import LogIn
from .circuits_process import CircuitsProcess
from .rule import FIELD, customize

EXPORT = ROOT / "python" / "fn_machine_learning" / "util" / "data" / "export.res"
QUEUE = "fn_machine_learning"
# Of version 1.1: an import renews what it brought, and workflows that call it go on.
FUNCTION_UUID = "ad1cf161-cb25-46d8-92b0-43731cba5ed3"
INPUT_UUIDS = {
    "ml_incident_id": "e465c18d-7dd7-4826-af85-164868e14614",
    "ml_model_file": "3c744d8a-bf79-4393-afc1-b6f9c5f1a6f0",
}


@pytest.fixture
def bare() -> Iterator[SoarEmulator]:
    """A platform that never saw this app."""
    with SoarEmulator(settings=Settings(functions={})) as soar:
        yield soar


def process_at(soar: SoarEmulator, folder: Path, log_in: LogIn = "api_key") -> CircuitsProcess:
    return CircuitsProcess(folder, f"{soar.config_section(log_in)}logdir = log\n")


@pytest.mark.parametrize("log_in", get_args(LogIn))
def test_everything_of_the_app_stands_in_the_platform(
    bare: SoarEmulator, tmp_path: Path, log_in: LogIn
) -> None:
    customize(process_at(bare, tmp_path, log_in))
    there = bare.customizations
    (destination,) = there.destinations
    assert (destination["name"], destination["expect_ack"]) == (QUEUE, True)
    # Whoever imports may read the queue from then on.
    members = (destination["api_keys"], destination["users"])
    assert members == (([27], []) if log_in == "api_key" else ([], [3]))
    assert {one["name"]: (one["uuid"], one["input_type"]) for one in there.inputs} == {
        name: (uuid, kind)
        for (name, uuid), kind in zip(INPUT_UUIDS.items(), ("number", "text"), strict=True)
    }
    (function,) = there.functions
    assert (function["name"], function["display_name"], function["uuid"]) == (
        "ml_predict", "ML Predict", FUNCTION_UUID,
    )  # fmt: skip
    assert function["destination_handle"] == QUEUE
    assert [item["content"] for item in function["view_items"]] == list(INPUT_UUIDS.values())
    (workflow,) = there.workflows
    assert (workflow["programmatic_name"], workflow["object_type"]) == ("ml_predict", "incident")
    assert f'<resilient:function uuid="{FUNCTION_UUID}">' in workflow["content"]["xml"]
    (rule,) = there.rules
    assert (rule["name"], rule["object_type"], rule["conditions"], rule["workflows"]) == (
        "ML Predict", "incident", [], ["ml_predict"],
    )  # fmt: skip
    field = bare.fields[FIELD].definition()
    assert (field["text"], field["input_type"], field["prefix"], field["tooltip"]) == (
        "ml prediction", "text", "properties", "machine learning prediction returned from function",
    )  # fmt: skip


def test_a_second_import_renews_and_leaves_no_second_of_anything(
    bare: SoarEmulator, tmp_path: Path
) -> None:
    process = process_at(bare, tmp_path)
    customize(process)
    there = bare.customizations
    shelves = (there.destinations, there.functions, there.inputs, there.workflows, there.rules)
    first = [list(shelf) for shelf in shelves]
    field = bare.fields[FIELD]
    there.functions.put({**first[1][0], "display_name": "somebody's"})
    there.destinations.put({**first[0][0], "users": [3, 5]})
    customize(process)
    assert [list(shelf) for shelf in shelves][1:] == first[1:]
    assert list(there.destinations) == [{**first[0][0], "users": [3, 5]}]
    assert bare.fields[FIELD] == field


def test_nothing_is_there_before_somebody_agrees(bare: SoarEmulator, tmp_path: Path) -> None:
    process = process_at(bare, tmp_path)
    done = process.command("customize", "-l", QUEUE, answers="y\nn\n")
    assert done.returncode == 0, done.stdout
    (decided,) = bare.requests_to("*/configurations/imports/*", "PUT")
    assert decided.request.json()["status"] == "REJECTED"
    assert (list(bare.customizations.functions), FIELD in bare.fields) == ([], False)


def test_a_key_that_may_not_import_is_told(bare: SoarEmulator, tmp_path: Path) -> None:
    bare.faults.add(Fault(FaultKind.FORBIDDEN, path="*/configurations/imports", times=None))
    process = process_at(bare, tmp_path)
    process.configure(process.config.read_text() + "request_max_retries = 1\n")
    done = process.command("customize", "-y", "-l", QUEUE)
    assert done.returncode == 1
    assert "does not have the permission" in done.stdout
    assert list(bare.customizations.functions) == []


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("message_destinations", "a message destination fn_machine_learning"),
        ("functions", f"a function {FUNCTION_UUID}"),
        ("workflows", "a workflow ml_predict"),
    ],
)
def test_an_export_whose_parts_do_not_fit_together_is_refused(
    bare: SoarEmulator, tmp_path: Path, kind: str, missing: str
) -> None:
    """The emulator sees it, so that the tests above mean something."""
    document = json.loads(EXPORT.read_text())
    config = bare.app_config(tmp_path / "app.config")
    options = resilient.ArgumentParser(config_file=str(config)).parse_args([])
    client = resilient.get_client(options, request_max_retries=1, max_connection_retries=1)
    with client.session, pytest.raises(resilient.SimpleHTTPException, match=missing):
        client.post("/configurations/imports", {**document, kind: []})
