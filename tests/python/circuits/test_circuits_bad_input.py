"""What no workflow should send, and incidents as no platform should have them: the reason of a
failure is in the action status, and the next call is answered."""

import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from .conftest import MODEL, Expected, any_id, check_each_answered_once, refusal_of, results_of
from .rig import Rig
from .workflow import function_message, is_last

NO_VALUE = "ml_incident_id: no value; set it to the incident's id in the pre-process script"
NO_ID = "ml_incident_id: expected the id of an incident, got "
MEGABYTE = 1 << 20


def check_still_answering(rig: Rig, expected: dict[str, Expected]) -> None:
    number = any_id(rig)
    call = rig.workflow.call(ml_incident_id=number, ml_model_file=MODEL)
    check_each_answered_once(rig, {call: number}, expected[MODEL])


def hostile_files(folder: Path) -> None:
    """Beside the model, and outside of its folder."""
    os.mkfifo(folder / "pipe.ml")
    (folder / "folder.ml").mkdir()
    (folder.parent / "outside.ml").write_bytes((folder / MODEL).read_bytes())
    (folder / "link.ml").symlink_to("../outside.ml")
    (folder / "device.ml").symlink_to("/dev/zero")
    (folder / "above.ml").symlink_to("..")
    (folder / "pickle.ml").write_bytes(pickle.dumps({"algorithm": "SVM"}))
    (folder / "damaged.ml").write_bytes((folder / MODEL).read_bytes()[:-1])
    for name in ("pickle.ml", "damaged.ml"):
        os.utime(folder / name, (1_700_000_000, 1_700_000_000))


@pytest.fixture
def hostile_rig(rig: Rig) -> Any:
    hostile_files(rig.models)
    yield rig
    (rig.models / "folder.ml").rmdir()


def test_hostile_names_of_a_model(hostile_rig: Rig, expected: dict[str, Expected]) -> None:
    rig = hostile_rig
    models = rig.models
    known = 'it has "damaged.ml", "link.ml", "pickle.ml", "severity.ml"'
    reasons = {
        None: f"No valid model file found in {models}",
        "": f"No valid model file found in {models}",
        " / ": f"No valid model file found in {models}",
        "..": f'ml_model_file: ".." is not inside {models}',
        "a/../..": f'ml_model_file: ".." is not inside {models}',
        "/etc/passwd": f'ml_model_file: there is no "passwd" in {models}; {known}',
        "..\\..\\etc\\shadow": f'ml_model_file: there is no "shadow" in {models}; {known}',
        "severity.ml\0.txt": 'ml_model_file: "severity.ml\\u0000.txt" is not the name of a file',
        "$HOME": f'ml_model_file: there is no "$HOME" in {models}; {known}',
        "${HOME}x": f'ml_model_file: there is no "${{HOME}}x" in {models}; {known}',
        "pipe.ml": f'ml_model_file: "pipe.ml" in {models} is not a file',
        "folder.ml": f'ml_model_file: "folder.ml" in {models} is not a file',
        "link.ml": f'ml_model_file: "link.ml" is not inside {models}',
        "device.ml": f'ml_model_file: "device.ml" is not inside {models}',
        "above.ml": f'ml_model_file: "above.ml" is not inside {models}',
        ".": f'ml_model_file: "." is not inside {models}',
        "x" * 300: f'ml_model_file: "{"x" * 80}..." is not the name of a file',
        "x" * 5 * MEGABYTE: f'ml_model_file: "{"x" * 80}..." is not the name of a file',
        7: 'ml_model_file: expected a file name, got "7"',
        "pickle.ml": f"{models}/pickle.ml: a pickle of Machine Learning Function 1.x, which could run code ",
        "damaged.ml": f"{models}/damaged.ml: ",
    }  # fmt: skip
    calls = {
        rig.workflow.call(ml_incident_id=any_id(rig), ml_model_file=name): reason
        for name, reason in reasons.items()
    }
    told = {call: refusal_of(rig.workflow.wait(call)) for call in calls}
    wrong = [told[call] for call, reason in calls.items() if not told[call].startswith(reason)]
    assert wrong == []
    assert [text for text in told.values() if len(text) > 500] == []
    check_still_answering(rig, expected)


def test_hostile_ids_of_an_incident(rig: Rig, expected: dict[str, Expected]) -> None:
    reasons = {
        "null": NO_VALUE,
        '"2001"': f'{NO_ID}"2001"', "-1": f'{NO_ID}"-1"', "0": f'{NO_ID}"0"',
        "1.5": f'{NO_ID}"1.5"', "1e300": f'{NO_ID}"1e+300"', "NaN": f'{NO_ID}"nan"',
        "1" * 4000: f'{NO_ID}"{"1" * 80}..."', "true": f'{NO_ID}"True"',
        '{"id": 2001}': f"{NO_ID}\"{{'id': 2001}}\"", "[2001]": f'{NO_ID}"[2001]"',
        "9": "GET /incidents/9: the platform answered 404 Not Found: "
             '"Unable to find Incident with ID 9"',
    }  # fmt: skip
    calls = {}
    for number, reason in reasons.items():
        body = json.dumps(function_message("ml_predict", {"ml_incident_id": 4711,
                                                          "ml_model_file": MODEL}))  # fmt: skip
        calls[rig.workflow.send(body.replace("4711", number).encode())] = reason
    told = {call: refusal_of(rig.workflow.wait(call)) for call in calls}
    assert told == calls
    check_still_answering(rig, expected)


def test_inputs_that_are_not_there(rig: Rig, expected: dict[str, Expected]) -> None:
    no_file = f"No valid model file found in {rig.models}"
    for inputs, reason in (
        ({}, NO_VALUE), ({"ml_model_file": MODEL}, NO_VALUE),
        ({"ml_incident_id": any_id(rig)}, no_file),
    ):  # fmt: skip
        call = rig.workflow.send(function_message("ml_predict", inputs))
        assert refusal_of(rig.workflow.wait(call)) == reason
    check_still_answering(rig, expected)


def test_incidents_as_no_platform_has_them(rig: Rig, expected: dict[str, Expected]) -> None:
    incidents, number = rig.soar.incidents, any_id(rig)
    usual = incidents.read(number)

    def ask(**values: Any) -> list[dict[str, Any]]:
        incidents.replace({**incidents.read(number), **values})
        return rig.workflow.wait(rig.workflow.call(ml_incident_id=number, ml_model_file=MODEL))

    said = expected[MODEL].by_id[number]
    try:
        results = results_of(ask(description="ä" * 5 * MEGABYTE))
        assert (results["value"], results["notes"]) == (said["prediction"], said["notes"])
        notes = results_of(ask(incident_type_ids=[99, 17], nist_attack_vectors=[1]))["notes"]
        assert 'incident_type_ids: new value "[99, 17]"' in notes
        wrong: dict[str, Any] = {"incident_type_ids": "text", "confirmed": [1], "pii": "none",
                                 "properties": [], "nist_attack_vectors": {"a": 1}}  # fmt: skip
        for replies in (ask(**wrong), ask(properties={"affected_hosts": {}, "site": 1e308})):
            told = replies[-1]
            if told["message_type"] == 1:
                assert refusal_of(replies).startswith(f"incident {number}: ")
            else:
                assert told["results"]["value"] in {"4", "5", "6"}
                assert told["results"]["notes"]
    finally:
        incidents.replace({**incidents.read(number), **usual})
    check_still_answering(rig, expected)


def test_inputs_that_the_function_does_not_know(rig: Rig, expected: dict[str, Expected]) -> None:
    number = any_id(rig)
    good = {"ml_incident_id": number, "ml_model_file": MODEL}
    more: list[dict[str, Any]] = [
        {
            "other": "x",
            "list": [{"id": 1, "name": "a"}],
            "text": {"format": "html", "content": "b"},
        },
        {"padding": "x" * 10 * MEGABYTE},
    ]
    for inputs in more:
        call = rig.workflow.call(**good, **inputs)
        check_each_answered_once(rig, {call: number}, expected[MODEL])
    # Names that are none in Python are refused by the framework, before the function is reached.
    for name in ("class", "a-b", "_x", "event", "self", "f"):
        call = rig.workflow.send(function_message("ml_predict", {**good, name: 1}))
        # For some it is refused twice, and something that is not complete comes behind.
        (first, *_) = filter(is_last, rig.workflow.wait(call))
        assert (first["message_type"], repr(name) in first["message"]) == (1, True)
    check_still_answering(rig, expected)


def test_messages_that_are_no_calls(rig: Rig, expected: dict[str, Expected]) -> None:
    """What is not JSON, or no object, the framework neither answers nor acknowledges."""
    inputs = {"ml_incident_id": any_id(rig), "ml_model_file": MODEL}
    unknown = rig.workflow.send(function_message("other_function", inputs))
    no_function = rig.workflow.send({"function": None, "inputs": inputs})
    rig.workflow.wait_for_all([unknown, no_function])
    unheard = [
        rig.workflow.send(b"\xff\xfe{"), rig.workflow.send(b""), rig.workflow.send([1, 2]),
        rig.workflow.send(function_message("ml_predict", inputs), reply_to=None),
    ]  # fmt: skip
    for odd in (None, [1], "text"):
        rig.workflow.send(function_message("ml_predict", odd))
    try:
        check_still_answering(rig, expected)
        assert rig.workflow.unanswered(unheard) == unheard
    finally:
        # What is left would come again with every connection.
        assert rig.circuits.stop() == 0
        assert rig.workflow.drain() >= 3
        rig.circuits.start()
    check_still_answering(rig, expected)
