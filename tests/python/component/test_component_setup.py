"""What resilient-circuits asks an app for besides its function."""

import sys
from configparser import ConfigParser
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from fn_machine_learning.errors import PredictionError
from fn_machine_learning.util.config import config_section_data, model_dir
from fn_machine_learning.util.selftest import selftest_function
from resilient_circuits import rest_helper

from .conftest import FEATURES, ORG, PlatformAnswers, PlatformMock, long_ago


@pytest.fixture
def opts(
    model_dir: Path, platform: PlatformAnswers, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    assert platform.requests == []
    monkeypatch.setattr(sys, "path", list(sys.path))  # the framework puts the mock's folder there
    rest_helper.reset_resilient_client()
    return {
        "host": "soar.example", "org": "Test Org", "email": None, "api_key_id": "id",
        "api_key_secret": "secret", "max_connection_retries": 1, "request_max_retries": 1,
        "resilient_mock": f"{PlatformMock.__module__}.{PlatformMock.__qualname__}",
        "machine_learning_predict": {"model_dir": str(model_dir)},
    }  # fmt: skip


def test_every_entry_point_is_real() -> None:
    points = distribution("fn_machine_learning").entry_points.select()
    groups = {point.group: point.load() for point in points if "circuits" in point.group}
    assert sorted(groups) == [
        "resilient.circuits.components",
        "resilient.circuits.configsection",
        "resilient.circuits.customize",
        "resilient.circuits.selftest",
    ]
    assert groups["resilient.circuits.configsection"] is config_section_data
    assert groups["resilient.circuits.selftest"] is selftest_function


def test_the_section_of_the_configuration() -> None:
    assert config_section_data() == (
        "[machine_learning_predict]\n"
        "# Folder with the model files that res-ml built. The function's input ml_model_file names "
        "one of\n"
        "# them. A file that is replaced is used from the next call on.\n"
        "model_dir = /path/to/models\n"
    )
    parser = ConfigParser()
    parser.read_string(config_section_data())
    assert model_dir({name: dict(parser[name]) for name in parser}) == "/path/to/models"


def test_both_names_of_the_folder() -> None:
    assert model_dir({"machine_learning_predict": {"model_folder": "/a"}}) == "/a"
    both = {"machine_learning_predict": {"model_folder": "/a", "model_dir": "/b"}}
    assert model_dir(both) == "/b"


@pytest.mark.parametrize("opts", [{}, {"machine_learning_predict": {"model_dir": ""}}])
def test_no_folder_is_named(opts: dict[str, Any]) -> None:
    message = (
        'app.config: [machine_learning_predict] has no "model_dir"; '
        "set it to the folder with the model files"
    )
    with pytest.raises(PredictionError) as caught:
        model_dir(opts)
    assert str(caught.value) == message
    assert selftest_function(opts) == {"state": "failure", "reason": message}


def test_the_selftest_of_a_working_app(opts: dict[str, Any]) -> None:
    assert selftest_function(opts) == {
        "state": "success",
        "reason": "2 model(s) can be used: confirmed.ml, severity.ml",
    }


def test_the_selftest_names_what_is_wrong(
    opts: dict[str, Any], model_dir: Path, platform: PlatformAnswers
) -> None:
    def reason() -> str:
        said = selftest_function(opts)
        assert said["state"] == "failure"
        return said["reason"]

    fields = [{"name": name} for name in [*FEATURES[1:], "confirmed", "severity_code"]]
    platform.answers[f"{ORG}/types/incident/fields"] = (200, fields)
    assert reason() == (
        'severity.ml: the platform has no incident field "incident_type_ids", which the model uses'
    )
    platform.answers[f"{ORG}/types/incident/fields"] = (500, {})
    assert reason() == (
        "GET /types/incident/fields: the platform answered 500 Internal Server Error"
    )
    (model_dir / "a.ml").write_bytes(b"")
    long_ago(model_dir / "a.ml")
    platform.answers[f"{ORG}/types/incident/fields"] = (200, fields)
    assert reason() == f"{model_dir}/a.ml: too short for a model file, got 0 bytes"
    for path in model_dir.glob("*.ml"):
        path.unlink()
    assert reason() == (
        f"model_dir: no model file (*.ml) in {model_dir}; make one with res-ml build"
    )
    model_dir.rmdir()
    assert reason() == f'model_dir: there is no folder "{model_dir}"'
