"""Calls as the platform sends them, answered by resilient-circuits as it runs at a customer's."""

import json
import shutil
import threading
from pathlib import Path

from ..command_case import ROOT
from .conftest import MODEL, Expected, any_id, check_each_answered_once, results_of
from .rig import Rig

N_SENDERS, N_CALLS = 4, 250
SAMPLE = ROOT / "packaging" / "app" / "payload_samples" / "ml_predict" / "output_json_example.json"


def shape(value: object) -> object:
    return (
        {key: shape(one) for key, one in value.items()} if isinstance(value, dict) else type(value)
    )


def test_one_call(rig: Rig, expected: dict[str, Expected]) -> None:
    """Answered as the app's sample of a payload shows it."""
    number = any_id(rig)
    call = rig.workflow.call(ml_incident_id=number, ml_model_file=MODEL)
    results = results_of(rig.workflow.wait(call))
    assert expected[MODEL].is_answer(number, results)
    assert shape(results) == shape(json.loads(SAMPLE.read_text()))


def test_a_thousand_calls_of_four_senders(rig: Rig, expected: dict[str, Expected]) -> None:
    ids = sorted(rig.soar.incidents.ids())
    asked: dict[str, int] = {}

    def send(first: int) -> None:
        with rig.workflow.connect() as connection:
            for i in range(N_CALLS):
                number = ids[(first + i) % len(ids)]
                call = rig.workflow.call(connection, ml_incident_id=number,
                                         ml_model_file=MODEL)  # fmt: skip
                asked[call] = number

    senders = [threading.Thread(target=send, args=(50 * n,)) for n in range(N_SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(asked) == N_SENDERS * N_CALLS
    check_each_answered_once(rig, asked, expected[MODEL])


def replace(path: Path, by: Path, step: int) -> None:
    """In turns as `mv` and as `cp` do it; the copy is half there for a while."""
    if step % 2:
        shutil.copy(by, path.with_suffix(".new"))
        path.with_suffix(".new").rename(path)
        return
    content = by.read_bytes()
    with path.open("wb", buffering=0) as file:
        file.write(content[: len(content) // 2])
        threading.Event().wait(0.2)
        file.write(content[len(content) // 2 :])


def test_a_model_that_is_replaced_while_calls_run(
    rig: Rig, built: Path, expected: dict[str, Expected]
) -> None:
    """Each answer is that of the one model or of the other, and in the end that of the last."""
    ids = sorted(rig.soar.incidents.ids())
    asked: dict[str, int] = {}
    with rig.workflow.connect() as connection:
        for step in range(6):
            for number in ids[:40]:
                call = rig.workflow.call(connection, ml_incident_id=number,
                                         ml_model_file=MODEL)  # fmt: skip
                asked[call] = number
            rig.workflow.wait_for_start(list(asked)[:-30])
            name = ("other.ml", MODEL)[step // 2 % 2]
            replace(rig.models / MODEL, built / name, step)
    check_each_answered_once(rig, asked, *expected.values())
    answers = [rig.workflow.replies(call)[-1]["results"] for call in asked]
    assert {one["model"]["hash"] for one in answers} == {one.hash for one in expected.values()}
    call = rig.workflow.call(ml_incident_id=ids[0], ml_model_file=MODEL)
    check_each_answered_once(rig, {call: ids[0]}, expected[name])


def test_a_configuration_that_changes_is_used_without_restart(
    rig: Rig, built: Path, expected: dict[str, Expected]
) -> None:
    number = any_id(rig)
    rig.circuits.configure(rig.configuration(built))
    rig.circuits.wait_for("Reload completed successfully!")
    call = rig.workflow.call(ml_incident_id=number, ml_model_file="other.ml")
    assert expected["other.ml"].is_answer(number, results_of(rig.workflow.wait(call)))
    rig.circuits.configure(rig.configuration())
    rig.circuits.wait_for("Reload completed successfully!")
    call = rig.workflow.call(ml_incident_id=number, ml_model_file="other.ml")
    assert rig.workflow.wait(call)[-1]["message"] == (
        f'ml_model_file: there is no "other.ml" in {rig.models}; it has "severity.ml"'
    )


def test_two_apps_share_the_queue(rig: Rig, expected: dict[str, Expected]) -> None:
    ids = sorted(rig.soar.incidents.ids())[:100]
    with rig.process() as second, rig.workflow.connect() as connection:
        asked = {
            rig.workflow.call(connection, ml_incident_id=number, ml_model_file=MODEL): number
            for number in ids
        }
        check_each_answered_once(rig, asked, expected[MODEL])
        second.wait_for("Returning results")
