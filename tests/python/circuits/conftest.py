"""One rig for all tests of a process; each leaves it running as it found it."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..command_case import set_flags
from ..soar_emulator import SoarEmulator
from ..soar_emulator.samples import sample_incidents
from .rig import Rig, read_csv, res_ml, write_csv
from .workflow import is_last

FEATURES = "incident_type_ids, confirmed, nist_attack_vectors, site, affected_hosts, data_encrypted"
MODEL = "severity.ml"
ALGORITHMS = {MODEL: "Random Forest", "other.ml": "Dummy Classifier"}


class Expected:
    """What `res-ml predict` says of every incident with one model."""

    def __init__(self, platform: SoarEmulator, model: Path, incidents: Path) -> None:
        self._field = platform.fields["severity_code"]
        told = res_ml("predict", "-i", model, "-c", incidents, "--keep", "id", "--probabilities",
                      "-o", model.with_suffix(".csv"))  # fmt: skip
        assert told == ""
        self.by_id = {int(row["id"]): row for row in read_csv(model.with_suffix(".csv"))}
        self.hash = hashlib.sha256(model.read_bytes()).hexdigest()

    def is_answer(self, number: int, results: dict[str, Any]) -> bool:
        """The same to the last bit."""
        told = self.by_id[number]
        label = self._field.to_label(int(told["prediction"]))
        probabilities = {
            self._field.to_label(int(name.removeprefix("probability_"))): float(text)
            for name, text in told.items()
            if name.startswith("probability_")
        }
        return (
            results["value"], results["prediction"], results["label"], results["probability"],
            results["probabilities"], results["notes"], results["model"]["hash"],
        ) == (
            told["prediction"], label, label, float(told["probability"]), probabilities,
            told["notes"], self.hash,
        )  # fmt: skip


def any_id(rig: Rig) -> int:
    return min(rig.soar.incidents.ids())


def results_of(replies: list[dict[str, Any]]) -> dict[str, Any]:
    """The results of a call that went as it should."""
    said = [(reply["message_type"], reply["message"], reply["complete"]) for reply in replies]
    assert said == [(0, "starting...", False), (0, "done...", False), (0, "Completed", True)], said
    return dict(replies[-1]["results"])


def refusal_of(replies: list[dict[str, Any]]) -> str:
    """The reason in the action status."""
    assert [(reply["message_type"], reply["complete"]) for reply in replies][-1] == (1, True)
    assert [reply["message"] for reply in replies[:-1]] in ([], ["starting..."])
    return str(replies[-1]["message"])


def check_each_answered_once(rig: Rig, asked: dict[str, int], *expected: Expected) -> None:
    """With what `res-ml predict` says. Status messages may be missing or there twice: under load the
    framework loses its connection now and then, and keeps only the last message of a call."""
    rig.workflow.wait_for_all(asked)
    for call, number in asked.items():
        last = [reply for reply in rig.workflow.replies(call) if is_last(reply)]
        assert [reply["message"] for reply in last] == ["Completed"]
        assert any(one.is_answer(number, last[0]["results"]) for one in expected), number


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("circuits")


@pytest.fixture(scope="session")
def platform() -> Iterator[SoarEmulator]:
    with SoarEmulator(sample_incidents(250)) as soar:
        yield soar


@pytest.fixture(scope="session")
def built(platform: SoarEmulator, folder: Path) -> Path:
    """The folder of what res-ml made; tests leave it alone."""
    made = folder / "built"
    made.mkdir()
    write_csv(made / "incidents.csv", platform.final_rows())
    for name, algorithm in ALGORITHMS.items():
        settings = ("prediction=severity_code", f"features={FEATURES}", f"algorithm={algorithm}")
        res_ml("build", "-o", made / name, "-c", made / "incidents.csv", *set_flags(*settings))
    return made


@pytest.fixture(scope="session")
def expected(platform: SoarEmulator, built: Path) -> dict[str, Expected]:
    return {name: Expected(platform, built / name, built / "incidents.csv") for name in ALGORITHMS}


@pytest.fixture(scope="session")
def running_rig(platform: SoarEmulator, folder: Path) -> Iterator[Rig]:
    models = folder / "models"
    models.mkdir()
    with Rig(platform, folder, models) as rig, rig.circuits:
        yield rig


@pytest.fixture
def rig(running_rig: Rig, built: Path) -> Rig:
    """Running, with the one model that the tests ask for, whatever the test before left behind."""
    running_rig.soar.faults.clear()
    if not running_rig.circuits.is_running:
        running_rig.circuits.start()
    running_rig.circuits.forget()
    for path in running_rig.models.iterdir():
        path.unlink()
    shutil.copy2(built / MODEL, running_rig.models)
    return running_rig
