"""The service and the timer that keep a model current, and what their command does."""

import configparser
import shlex
import subprocess
from pathlib import Path

import pytest

from .command_case import RES_ML, ROOT
from .soar_emulator import EVERY_TIME, Fault, FaultKind, SoarEmulator
from .soar_folder import Folder

UNITS = ROOT / "packaging" / "systemd"
SERVICE = UNITS / "res-ml-rebuild@.service"
TIMER = UNITS / "res-ml-rebuild@.timer"


def section(unit: Path, name: str) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=True, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(unit)
    return parser[name]


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    for unit in (SERVICE, TIMER):
        text = unit.read_text().replace("/usr/local/bin/res-ml", str(RES_ML))
        (tmp_path / unit.name).write_text(text)
    named = [tmp_path / one.name.replace("@", "@soar") for one in (SERVICE, TIMER)]
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *named], capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_the_timer_starts_the_service() -> None:
    assert TIMER.stem == SERVICE.stem
    assert section(TIMER, "Install")["WantedBy"] == "timers.target"
    assert "OnCalendar" in section(TIMER, "Timer")


@pytest.fixture
def folder(tmp_path: Path, soar: SoarEmulator) -> Folder:
    folder = Folder(tmp_path, soar)
    assert folder.res_ml("build", "-o", "soar.ml").returncode == 0
    return folder


def start_service(folder: Folder) -> subprocess.CompletedProcess[str]:
    service = section(SERVICE, "Service")
    program, *arguments = shlex.split(service["ExecStart"].replace("%i", "soar"))
    assert (program, service["WorkingDirectory"]) == ("/usr/local/bin/res-ml", "/var/lib/res-ml")
    config = arguments.index("/etc/res-ml/ml.config")
    return folder.res_ml(*arguments[:config], "ml.config", *arguments[config + 1 :])


def test_the_service_replaces_the_model_by_a_good_one(folder: Folder) -> None:
    before = (folder.path / "soar.ml").read_bytes()
    assert start_service(folder).returncode == 0
    assert (folder.path / "soar.ml.previous").read_bytes() == before


def test_the_service_fails_at_the_gate(folder: Folder) -> None:
    # By now severity has nothing to do with what it was learnt from.
    for i, number in enumerate(folder.soar.incidents.ids()):
        folder.soar.incidents.change(number, severity_code=4 + i % 3)
    before = (folder.path / "soar.ml").read_bytes()
    done = start_service(folder)
    assert done.returncode == 1
    assert "soar.ml: not replaced: " in done.stderr
    assert (folder.path / "soar.ml").read_bytes() == before


def test_the_service_fails_without_the_platform(folder: Folder) -> None:
    folder.soar.faults.add(Fault(FaultKind.FORBIDDEN, times=EVERY_TIME))
    before = (folder.path / "soar.ml").read_bytes()
    done = start_service(folder)
    assert done.returncode == 1
    assert "answered 403" in done.stderr
    assert (folder.path / "soar.ml").read_bytes() == before
