"""res-ml download --resume, against the emulated platform."""

import signal
import stat
import subprocess
from pathlib import Path

import pytest

from .command_case import RES_ML
from .soar_emulator import EVERY_TIME, QUERY_PAGED, Fault, FaultKind, SoarEmulator
from .soar_folder import Folder

RESUME = ("download", "-o", "a.csv", "--resume")
LEFT = ["a.csv.partial", "a.csv.partial.json", "ml.config", "res-ml.log"]


@pytest.fixture
def folder(tmp_path: Path, soar: SoarEmulator) -> Folder:
    return Folder(tmp_path, soar)


def break_off(folder: Folder, n_pages: int, *flags: str) -> None:
    fault = Fault(FaultKind.FORBIDDEN, path=QUERY_PAGED, after=n_pages, times=EVERY_TIME)
    folder.soar.faults.add(fault)
    assert folder.res_ml("download", "-o", "a.csv", *flags).returncode == 1
    folder.soar.faults.clear()
    folder.soar.requests.clear()


def first_condition(folder: Folder) -> object:
    asked = folder.soar.requests_to(QUERY_PAGED)[0].request.json()
    return asked["filters"][0]["conditions"][-1]


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_what_was_killed_goes_on_behind_what_is_on_disk(folder: Folder, sign: int) -> None:
    folder.soar.faults.add(Fault(FaultKind.STALL_IN_BODY, path=QUERY_PAGED, after=2))
    process = subprocess.Popen([RES_ML, "download", "-o", "a.csv"], cwd=folder.path, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    while len(folder.soar.requests_to(QUERY_PAGED)) < 3:
        assert process.poll() is None
    other = folder.res_ml(*RESUME)
    assert other.stderr == "a.csv.partial: is being written by another process\n"
    process.send_signal(sign)
    process.communicate(timeout=30)
    assert folder.names() == LEFT
    assert stat.S_IMODE((folder.path / "a.csv.partial").stat().st_mode) == 0o600
    folder.soar.requests.clear()
    done = folder.res_ml(*RESUME)
    assert (done.returncode, done.stdout) == (0, "Saved 250 samples into a.csv\n")
    assert done.stderr == "continuing behind 200 incidents\n"
    assert first_condition(folder) == {"field_name": "id", "method": "gt", "value": 2399}
    assert folder.is_as_anew()
    assert not [name for name in folder.names() if "partial" in name]


def test_a_row_that_is_not_whole_is_read_again(folder: Folder) -> None:
    break_off(folder, 1)
    partial = folder.path / "a.csv.partial"
    whole = partial.read_bytes()
    for size, value in ((len(whole) - 5, 2197), (len(whole), 2199)):
        partial.write_bytes(whole[:size] + b"\0" * 100)
        (folder.path / "a.csv").unlink(missing_ok=True)
        folder.soar.requests.clear()
        assert folder.res_ml(*RESUME).returncode == 0
        assert first_condition(folder) == {"field_name": "id", "method": "gt", "value": value}
        assert folder.is_as_anew()
        break_off(folder, 1)


def test_what_changed_between_the_runs_is_as_it_is_now(folder: Folder) -> None:
    break_off(folder, 2)
    folder.soar.incidents.change(2001, name="Changed")
    folder.soar.incidents.delete(2003)
    folder.soar.incidents.add({"id": 2100, "name": "Late"})
    folder.soar.incidents.change(2499, name="Changed")
    assert folder.res_ml(*RESUME).returncode == 0
    assert folder.is_as_anew()


def test_it_may_break_off_more_than_once(folder: Folder) -> None:
    break_off(folder, 1)
    break_off(folder, 1, "--resume")
    done = folder.res_ml(*RESUME)
    assert done.stderr == "continuing behind 200 incidents\n"
    assert folder.is_as_anew()


def test_other_settings_are_refused_by_name(folder: Folder) -> None:
    break_off(folder, 2)
    done = folder.res_ml(*RESUME, "--set", "max_count=220")
    assert (done.returncode, done.stderr) == (
        1, "a.csv.partial: max_count is another one; download anew, without --resume\n",
    )  # fmt: skip
    state = folder.path / "a.csv.partial.json"
    state.write_text(state.read_text().replace('"score"', '"scores"'))
    done = folder.res_ml(*RESUME)
    assert (done.returncode, done.stderr) == (
        1, 'a.csv.partial: the field "score" is new; download anew, without --resume\n',
    )  # fmt: skip
    assert folder.names() == LEFT
    assert folder.res_ml("download", "-o", "a.csv").returncode == 0
    assert folder.is_as_anew()


def test_max_count_counts_what_is_there(folder: Folder) -> None:
    flags = ("--set", "max_count=220")
    break_off(folder, 2, *flags)
    done = folder.res_ml(*RESUME, *flags)
    assert done.stdout == "Truncated samples at 220\nSaved 220 samples into a.csv\n"
    assert folder.is_as_anew(*flags)


def test_without_anything_to_continue_it_is_a_download(folder: Folder) -> None:
    break_off(folder, 0)
    assert folder.names() == ["ml.config", "res-ml.log"]
    done = folder.res_ml(*RESUME)
    assert (done.returncode, done.stderr) == (0, "")
    assert folder.is_as_anew()
