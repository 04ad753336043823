"""ml_predict as the platform calls it: what goes back over the broker, word by word."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import requests
import resml
from resilient_circuits import rest_helper

from .conftest import ORG, PlatformAnswers, RunningApp, StartApp

STARTING = {"message_type": 0, "message": "starting...", "complete": False}
DONE = {"message_type": 0, "message": "done...", "complete": False}
NEW_INCIDENT: dict[str, Any] = {
    "id": 2095, "name": "new", "incident_type_ids": [21], "confirmed": True, "severity_code": None,
    "properties": {"site": "Berlin"}, "pii": {"data_encrypted": False},
    "gdpr": None, "hipaa": {}, "regulator_risk": {},
}  # fmt: skip


def serve(platform: PlatformAnswers, incident: dict[str, Any]) -> None:
    platform.answers[f"{ORG}/incidents/{incident['id']}"] = (200, incident)


def answer_of(replies: list[Any]) -> dict[str, Any]:
    """The results, where everything else went as it should: acknowledged before the results."""
    assert replies[:3] == [STARTING, DONE, "ACK"]
    assert len(replies) == 4
    results: dict[str, Any] = replies[3].pop("results")
    assert replies[3] == {"message_type": 0, "message": "Completed", "complete": True}
    return results


def failure(text: str) -> list[Any]:
    return [STARTING, "ACK", {"message_type": 1, "message": text, "complete": True}]


def test_a_call_is_answered(
    app: RunningApp, platform: PlatformAnswers, severity_model: resml.Model, model_dir: Path
) -> None:
    serve(platform, NEW_INCIDENT)
    results = answer_of(app.call(ml_incident_id=2095, ml_model_file="severity.ml"))
    said = severity_model.answer(NEW_INCIDENT)
    assert said.prediction == "6"
    assert results == {
        "prediction": "High",
        "value": "6",
        "label": "High",
        "probability": said.probability,
        "probabilities": dict(zip(["Low", "Medium", "High"], said.probabilities.values(),
                                  strict=True)),
        "notes": "",
        "model": {
            "file": "severity.ml",
            "build_time": severity_model.provenance["created"],
            "hash": hashlib.sha256((model_dir / "severity.ml").read_bytes()).hexdigest(),
            "accuracy": severity_model.evaluation["accuracy"]["value"],
        },
        "majority_baseline": severity_model.evaluation["majority_accuracy"]["value"],
    }  # fmt: skip


def test_the_platform_is_asked_twice_and_within_a_time_limit(
    app: RunningApp, platform: PlatformAnswers
) -> None:
    serve(platform, NEW_INCIDENT)
    app.call(ml_incident_id=2095, ml_model_file="severity.ml")
    assert platform.requests[-2:] == [
        (f"{ORG}/incidents/2095", 30),
        (f"{ORG}/types/incident/fields/severity_code", 30),
    ]


def test_booleans_are_answered_by_their_labels(app: RunningApp, platform: PlatformAnswers) -> None:
    serve(platform, NEW_INCIDENT)
    results = answer_of(app.call(ml_incident_id=2095, ml_model_file="confirmed.ml"))
    assert (results["prediction"], results["value"], results["label"]) == ("Yes", "True", "Yes")
    assert sorted(results["probabilities"]) == ["No", "Yes"]


def test_a_field_that_is_not_the_platforms_is_answered_as_it_is(
    app: RunningApp, platform: PlatformAnswers
) -> None:
    serve(platform, NEW_INCIDENT)
    del platform.answers[f"{ORG}/types/incident/fields/severity_code"]
    results = answer_of(app.call(ml_incident_id=2095, ml_model_file="severity.ml"))
    assert (results["prediction"], results["label"]) == ("6", None)
    assert platform.asked("/types/incident/fields/severity_code") == 1


def test_missing_and_new_values_are_answered_and_named(
    app: RunningApp, platform: PlatformAnswers
) -> None:
    serve(platform, {"id": 1, "incident_type_ids": [99, 21], "confirmed": None,
                     "properties": {"site": "Rome"}})  # fmt: skip
    results = answer_of(app.call(ml_incident_id=1, ml_model_file="severity.ml"))
    assert results["prediction"] in {"Low", "Medium", "High"}
    assert results["notes"] == (
        'incident_type_ids: new value "[99, 21]"; confirmed: no value; site: new value "Rome"; '
        "data_encrypted: no value"
    )


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        (
            {"ml_model_file": "severity.ml"},
            "ml_incident_id: no value; set it to the incident's id in the pre-process script",
        ),
        (
            {"ml_incident_id": "abc", "ml_model_file": "severity.ml"},
            'ml_incident_id: expected the id of an incident, got "abc"',
        ),
        (
            {"ml_incident_id": 2095, "ml_model_file": "$PATH"},
            'ml_model_file: there is no "$PATH" in {models}; it has "confirmed.ml", "severity.ml"',
        ),
        ({"ml_incident_id": 2095}, "No valid model file found in {models}"),
        (
            {"ml_incident_id": 2095, "ml_model_file": "../severty.ml"},
            'ml_model_file: there is no "severty.ml" in {models}; '
            'it has "confirmed.ml", "severity.ml"',
        ),
        (
            {"ml_incident_id": 7, "ml_model_file": "severity.ml"},
            "GET /incidents/7: the platform answered 404 Not Found: "
            f'"Unable to find {ORG}/incidents/7"',
        ),
    ],
)
def test_the_reason_of_a_failure_is_in_the_action_status(
    inputs: dict[str, Any], text: str, app: RunningApp, platform: PlatformAnswers, model_dir: Path
) -> None:
    serve(platform, NEW_INCIDENT)
    assert app.call(**inputs) == failure(text.format(models=model_dir))
    answer_of(app.call(ml_incident_id=2095, ml_model_file="severity.ml"))


@pytest.mark.parametrize(
    ("status", "body", "tries", "text"),
    [
        (401, {"message": "Unauthorized"}, 1,
         "the platform refused the credentials (401); "
         "check api_key_id and api_key_secret in app.config"),
        (403, {"message": "No \"read\"\npermission"}, 1,
         'the platform answered 403 Forbidden: "No \\"read\\"\\npermission"'),
        (400, b"<html>", 1, "the platform answered 400 Bad Request"),
        (409, {"success": False}, 1, "the platform answered 409 Conflict"),
        (500, {"message": "Internal Server Error"}, 2,
         'the platform answered 500 Internal Server Error: "Internal Server Error"'),
        (503, ["x"], 2, "the platform answered 503 Service Unavailable"),
        (200, b"<html>login</html>", 1, "the platform's answer is not JSON"),
        (200, [{"id": 2095}], 1, 'expected one incident, the platform sent "[{\'id\': 2095}]"'),
    ],
)  # fmt: skip
def test_what_the_platform_refuses_is_said_and_never_hangs(
    status: int, body: object, tries: int, text: str, app: RunningApp, platform: PlatformAnswers
) -> None:
    platform.answers[f"{ORG}/incidents/2095"] = (status, body)
    replies = app.call(ml_incident_id=2095, ml_model_file="severity.ml")
    assert replies == failure(f"GET /incidents/2095: {text}")
    assert platform.asked("/incidents/2095") == tries
    # There is one worker: it must have survived.
    serve(platform, NEW_INCIDENT)
    answer_of(app.call(ml_incident_id=2095, ml_model_file="severity.ml"))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (requests.ReadTimeout(), "no answer within 30 s"),
        (requests.ConnectTimeout(), "no answer within 30 s"),
        (requests.ConnectionError("refused"), "no connection to the platform"),
    ],
)
def test_a_platform_that_does_not_answer(
    error: Exception, text: str, app: RunningApp, platform: PlatformAnswers
) -> None:
    platform.failures[f"{ORG}/incidents/2095"] = error
    replies = app.call(ml_incident_id=2095, ml_model_file="severity.ml")
    assert replies == failure(f"GET /incidents/2095: {text}")


def test_labels_that_cannot_be_read_are_a_failure(
    app: RunningApp, platform: PlatformAnswers
) -> None:
    serve(platform, NEW_INCIDENT)
    platform.answers[f"{ORG}/types/incident/fields/severity_code"] = (401, {})
    assert app.call(ml_incident_id=2095, ml_model_file="severity.ml") == failure(
        "GET /types/incident/fields/severity_code: the platform refused the credentials (401); "
        "check api_key_id and api_key_secret in app.config"
    )


def test_a_call_that_the_broker_repeats_is_answered_again(
    app: RunningApp, platform: PlatformAnswers
) -> None:
    """Acknowledgement and answer went into a connection that was breaking."""
    serve(platform, NEW_INCIDENT)
    inputs = {"ml_incident_id": 2095, "ml_model_file": "severity.ml"}
    number = app.submit(**inputs)
    first = answer_of(list(app.broker.wait_for_end(number)))
    app.deliver(number, inputs, redelivered="true")
    assert answer_of(app.broker.wait_for_end(number, times=2)[4:]) == first


LOST = ("lost", True)


def test_an_answer_that_breaks_off_behind_its_acknowledgement_is_sent_again(
    app: RunningApp, platform: PlatformAnswers
) -> None:
    """The broker will not deliver that message again."""
    serve(platform, NEW_INCIDENT)
    app.broker.is_broken = True
    number = app.submit(ml_incident_id=2095, ml_model_file="severity.ml")
    app.broker.wait_for(number, LOST)
    app.reconnect()
    sent = app.broker.wait_for_end(number)
    assert [one for one in sent if one == "ACK"] == ["ACK"]
    assert sent[-1]["results"]["value"] == "6"


def test_a_call_that_is_delivered_again_runs_again_where_only_its_answer_is_known_to_be_lost(
    app: RunningApp, platform: PlatformAnswers
) -> None:
    """Its acknowledgement was lost unnoticed; the framework would answer, but not acknowledge."""
    serve(platform, NEW_INCIDENT)
    inputs = {"ml_incident_id": 2095, "ml_model_file": "severity.ml"}
    app.broker.is_broken = True
    number = app.submit(**inputs)
    app.broker.wait_for(number, LOST)
    app.broker.is_broken = False
    app.deliver(number, inputs, redelivered="true")
    sent = app.broker.wait_for_end(number)
    assert [one for one in sent if one == "ACK"] == ["ACK", "ACK"]
    assert sent[-1]["results"]["value"] == "6"


def test_an_api_key_logs_in_once(app: RunningApp, platform: PlatformAnswers) -> None:
    """Also where the framework has dropped its own client, as it does after ten idle minutes."""
    serve(platform, NEW_INCIDENT)
    n_log_ins = [path for path, _ in platform.requests].count("/rest/session")
    rest_helper.reset_resilient_client()
    answer_of(app.call(ml_incident_id=2095, ml_model_file="severity.ml"))
    assert [path for path, _ in platform.requests].count("/rest/session") == n_log_ins


def test_a_new_file_is_used_at_once(
    app: RunningApp, platform: PlatformAnswers, model_dir: Path, confirmed_model: resml.Model
) -> None:
    serve(platform, NEW_INCIDENT)
    assert answer_of(app.call(ml_incident_id=2095, ml_model_file="severity.ml"))["value"] == "6"
    confirmed_model.save(model_dir / "new.ml")
    (model_dir / "new.ml").rename(model_dir / "severity.ml")
    assert answer_of(app.call(ml_incident_id=2095, ml_model_file="severity.ml"))["value"] == "True"


def test_a_reloaded_configuration_is_used_at_once(
    app: RunningApp, platform: PlatformAnswers, tmp_path: Path, confirmed_model: resml.Model
) -> None:
    serve(platform, NEW_INCIDENT)
    other = tmp_path / "other"
    other.mkdir()
    confirmed_model.save(other / "severity.ml")
    assert answer_of(app.call(ml_incident_id=2095, ml_model_file="severity.ml"))["value"] == "6"
    app.reload(f"[machine_learning_predict]\nmodel_folder = {other}\n")
    assert answer_of(app.call(ml_incident_id=2095, ml_model_file="severity.ml"))["value"] == "True"


@pytest.mark.parametrize("section", ["", "[machine_learning_predict]\nmodel_dir =\n"])
def test_a_missing_section_stops_no_other_app(
    section: str, start_app: StartApp, platform: PlatformAnswers
) -> None:
    serve(platform, NEW_INCIDENT)
    app = start_app(section)
    assert app.call(ml_incident_id=2095, ml_model_file="severity.ml") == failure(
        'app.config: [machine_learning_predict] has no "model_dir"; '
        "set it to the folder with the model files"
    )


def test_many_calls_at_once(
    app: RunningApp, platform: PlatformAnswers, samples: list[dict[str, Any]],
    severity_model: resml.Model,
) -> None:  # fmt: skip
    for incident in samples[:40]:
        serve(platform, incident)
    calls = [app.submit(ml_incident_id=n + 1, ml_model_file="severity.ml") for n in range(40)]
    for call, incident in zip(calls, samples[:40], strict=True):
        results = answer_of(app.broker.wait_for_end(call))
        assert results["value"] == severity_model.predict(incident)


def test_the_framework_finds_the_component(app: RunningApp) -> None:
    loaded = {type(component).__module__ for component in app.app.component_loader.components}
    assert "fn_machine_learning.components.funct_ml_predict" in loaded
