"""The component's selftest asks res-ml doctor about the framework's own configuration."""

import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fn_machine_learning.util import doctor
from fn_machine_learning.util.selftest import selftest_function
from resilient_circuits import rest_helper

from .soar_emulator import EVERY_TIME, Fault, FaultKind, SoarEmulator
from .soar_folder import Folder

MODELS = "[machine_learning_predict]\nmodel_dir = models\n\n"


@pytest.fixture
def opts(
    tmp_path: Path, soar: SoarEmulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Any]]:
    folder = Folder(tmp_path, soar)
    (tmp_path / "models").mkdir()
    for name in ("a.ml", "b.ml"):
        assert folder.res_ml("build", "-o", f"models/{name}").returncode == 0
    config = soar.app_config(tmp_path / "app.config", before=MODELS)
    monkeypatch.setenv("APP_CONFIG_FILE", str(config))
    monkeypatch.chdir(tmp_path)
    account = soar.settings.account
    yield {
        "host": "127.0.0.1", "port": soar.port, "org": soar.settings.org.name,
        "api_key_id": account.api_key_id, "api_key_secret": account.api_key_secret,
        "cafile": str(soar.ca_file), "request_max_retries": 1, "max_connection_retries": 1,
        "machine_learning_predict": {"model_dir": str(tmp_path / "models")},
    }  # fmt: skip
    rest_helper.reset_resilient_client()


def test_all_is_well(opts: dict[str, Any], soar: SoarEmulator) -> None:
    before = len(soar.requests)
    assert selftest_function(opts) == {
        "state": "success", "reason": "2 model(s) can be used: a.ml, b.ml",
    }  # fmt: skip
    asked = [one.request for one in soar.requests[before:]]
    agents = [one.header("user-agent") or "" for one in asked if one.path == "/rest/session"]
    # The command, once for each model beside the framework's own client.
    assert sum(agent.startswith("fn-machine-learning/") for agent in agents) == 4


def test_what_failed_is_the_reason(opts: dict[str, Any], soar: SoarEmulator) -> None:
    soar.faults.add(Fault(FaultKind.FORBIDDEN, path="*/query_paged", times=EVERY_TIME))
    assert selftest_function(opts) == {
        "state": "failure",
        "reason": "FAILED  incidents: 127.0.0.1: POST /rest/orgs/201/incidents/query_paged: answered "
        '403: "The user does not have the permission to read incidents"; give the API key the '
        "permission to read incidents and fields",
    }


def test_a_certificate_that_is_not_trusted(opts: dict[str, Any], soar: SoarEmulator) -> None:
    soar.faults.add(Fault(FaultKind.EXPIRED_CERTIFICATE, times=EVERY_TIME))
    said = selftest_function(opts)
    assert said["state"] == "failure"
    assert said["reason"].startswith("FAILED  TLS: certificate ")
    assert " expired on " in said["reason"]


def test_without_the_command_it_says_so(
    opts: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path / name))
    program = tmp_path / "scripts" / "res-ml"
    assert selftest_function(opts) == {
        "state": "failure",
        "reason": f"{program}: No such file or directory; reinstall fn_machine_learning",
    }


def test_a_command_that_does_not_answer(
    opts: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "scripts" / "res-ml"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path / name))
    monkeypatch.setattr(doctor, "TIMEOUT_SECONDS", 0.1)
    assert selftest_function(opts) == {
        "state": "failure", "reason": "res-ml doctor: no answer within 0.1 s",
    }  # fmt: skip


def test_the_package_with_the_same_command_is_named(
    opts: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "site" / "fn_machine_learning_nlp-1.0.0.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: fn-machine-learning-nlp\n")
    (other / "entry_points.txt").write_text("[console_scripts]\nres-ml = other.bin:main\n")
    monkeypatch.syspath_prepend(other.parent)
    assert selftest_function(opts) == {
        "state": "failure",
        "reason": "fn-machine-learning-nlp is installed here too and brings a command res-ml as well; "
        "move one of the two into another environment and install the other again",
    }


def test_in_the_container_the_secrets_are_gone_by_then(
    opts: dict[str, Any], soar: SoarEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APP_HOST_CONTAINER", "1")
    before = len(soar.requests)
    assert selftest_function(opts)["state"] == "success"
    agents = [one.request.header("user-agent") or "" for one in soar.requests[before:]]
    assert not any(agent.startswith("fn-machine-learning/") for agent in agents)
