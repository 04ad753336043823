"""res-ml download --since-last, against the emulated platform."""

import json
import random
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from .soar_emulator import EVERY_TIME, QUERY_PAGED, Fault, FaultKind, SoarEmulator
from .soar_emulator.platform import Settings
from .soar_emulator.samples import sample_incidents
from .soar_folder import Folder

AGAIN = ("download", "-o", "a.csv", "--since-last")


@pytest.fixture(params=[0, -3e7, 3e7], ids=["same clock", "a year behind", "a year ahead"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Folder]:
    settings = Settings(clock_ahead=request.param)
    with SoarEmulator(sample_incidents(250), settings=settings) as soar:
        folder = Folder(tmp_path, soar)
        assert folder.res_ml("download", "-o", "a.csv").returncode == 0
        yield folder


def full_pages(folder: Folder) -> list[int]:
    asked = [one.request for one in folder.soar.requests_to(QUERY_PAGED)]
    return [one.json()["start"] for one in asked if "return_level=full" in one.target]


def test_the_result_is_that_of_a_new_download(folder: Folder) -> None:
    incidents = folder.soar.incidents
    incidents.change(2001, name='Changed, "twice"\r\n')
    incidents.change(2499, severity_code=5)
    for gone in (2003, 2251):
        incidents.delete(gone)
    incidents.add({"name": "New"})
    incidents.add({"id": 2100, "name": "Late"})
    folder.soar.requests.clear()
    done = folder.res_ml(*AGAIN)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "2 new, 2 changed, 2 deleted since the last download\nSaved 250 samples into a.csv\n"
    )
    assert len(full_pages(folder)) == 2  # one with what changed, one that is empty
    assert folder.is_as_anew()
    state = json.loads((folder.path / "a.csv.state.json").read_text())
    assert state["deleted"] == [2003, 2251]
    for name in folder.names():
        assert stat.S_IMODE((folder.path / name).stat().st_mode) == 0o600, name


@pytest.mark.parametrize("seed", range(3))
def test_many_times_in_a_row(folder: Folder, seed: int) -> None:
    draw, incidents = random.Random(seed), folder.soar.incidents
    for _ in range(4):
        for one in draw.sample(sorted(incidents.ids()), 12):
            if draw.random() < 0.5:
                incidents.delete(one)
            else:
                incidents.change(one, name=f"Now {one}")
        for _ in range(draw.randrange(5)):
            incidents.add({"name": "New"})
        assert folder.res_ml(*AGAIN).returncode == 0
        assert folder.is_as_anew()


def test_nothing_new_is_said(folder: Folder) -> None:
    before = (folder.path / "a.csv").read_bytes()
    done = folder.res_ml(*AGAIN)
    assert done.stdout.startswith("0 new, 0 changed, 0 deleted since the last download\n")
    assert (folder.path / "a.csv").read_bytes() == before


def test_filters_and_max_count_hold(folder: Folder) -> None:
    flags = ("--set", "time_field=discovered_date", "--set", "time_start=2023-02-01",
             "--set", "max_count=60")  # fmt: skip
    assert folder.res_ml("download", "-o", "a.csv", *flags).returncode == 0
    first = int(folder.rows()[0]["id"])
    folder.soar.incidents.delete(first)
    folder.soar.incidents.change(first + 2, discovered_date=1_000_000_000_000)
    folder.soar.incidents.change(first + 4, name="Changed")
    folder.soar.incidents.change(first - 2, discovered_date=1_800_000_000_000)
    done = folder.res_ml(*AGAIN, *flags)
    assert done.stdout.splitlines() == [
        "2 new, 1 changed, 2 deleted since the last download",
        "Truncated samples at 60", "Saved 60 samples into a.csv",
    ]  # fmt: skip
    assert folder.is_as_anew(*flags)


def test_what_cannot_be_brought_up_to_date_is_downloaded_anew_and_said(folder: Folder) -> None:
    def told(*flags: str) -> str:
        folder.soar.requests.clear()
        done = folder.res_ml(*AGAIN, *flags)
        assert done.returncode == 0, done.stderr
        assert len(full_pages(folder)) > 2
        return done.stderr

    again = "; downloading everything\n"
    assert told("--set", "max_count=240") == "a.csv: max_count is another one" + again
    assert told() == "a.csv: max_count is another one" + again
    (folder.path / "a.csv.state.json").unlink()
    assert told() == "a.csv: there is no a.csv.state.json" + again
    (folder.path / "a.csv").unlink()
    assert told() == "a.csv: there is no such file yet" + again
    state = json.loads((folder.path / "a.csv.state.json").read_text())
    state["columns"].remove("score")
    (folder.path / "a.csv.state.json").write_text(json.dumps(state))
    assert told() == 'a.csv: the field "score" is new' + again
    assert folder.is_as_anew()


def test_a_state_that_does_not_fit_is_refused(folder: Folder) -> None:
    remedy = "; download anew, without --since-last or --resume\n"
    with (folder.path / "a.csv").open("a") as file:
        file.write("\r\n")
    done = folder.res_ml(*AGAIN)
    assert done.returncode == 1
    (folder.path / "a.csv").write_bytes(folder.anew().replace(b"Incident 2001", b"Incident 1002"))
    before = (folder.path / "a.csv").read_bytes()
    done = folder.res_ml(*AGAIN)
    assert (done.returncode, done.stderr) == (
        1, "a.csv: was changed since it was downloaded" + remedy,
    )  # fmt: skip
    (folder.path / "a.csv.state.json").write_text('{"format": 9}')
    done = folder.res_ml(*AGAIN)
    assert (done.returncode, done.stderr) == (
        1, "a.csv.state.json: expected the state of a download, format 1" + remedy,
    )  # fmt: skip
    assert (folder.path / "a.csv").read_bytes() == before


def test_a_failure_leaves_everything_as_it_was(folder: Folder) -> None:
    folder.soar.incidents.change(2001, name="Changed")
    before = {name: (folder.path / name).read_bytes() for name in folder.names() if "csv" in name}
    for after in range(4):
        folder.soar.faults.clear()
        fault = Fault(FaultKind.FORBIDDEN, path=QUERY_PAGED, after=after, times=EVERY_TIME)
        folder.soar.faults.add(fault)
        assert folder.res_ml(*AGAIN).returncode == 1
        assert {name: (folder.path / name).read_bytes() for name in before} == before
    assert folder.names() == [*before, "ml.config", "res-ml.log"]
