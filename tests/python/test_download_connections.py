"""res-ml download with several pages in flight, against the emulated platform."""

import signal
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from .command_case import RES_ML
from .soar_emulator import EVERY_TIME, QUERY_PAGED, Fault, FaultKind, SoarEmulator
from .soar_emulator.platform import Settings
from .soar_emulator.samples import sample_incidents
from .soar_folder import Folder

K = FaultKind
FOUR = ("download", "-o", "a.csv", "--connections", "4")
N_INCIDENTS = 1500  # in 15 pages


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with SoarEmulator(sample_incidents(N_INCIDENTS)) as soar:
        yield Folder(tmp_path, soar)


def test_the_file_is_the_same_whatever_their_number_is(folder: Folder) -> None:
    written = set()
    for connections in (1, 2, 4, 16):
        folder.soar.requests.clear()
        n_before = folder.soar.n_connections
        done = folder.res_ml("download", "-o", "a.csv", "--connections", str(connections))
        assert (done.returncode, done.stderr) == (0, "")
        written.add((folder.path / "a.csv").read_bytes())
        assert folder.soar.n_connections - n_before <= connections
        # Few windows are asked for that hold nothing, or more than a page.
        assert len(folder.soar.requests_to(QUERY_PAGED)) < 1.6 * N_INCIDENTS / 100 + connections
    assert len(written) == 1
    assert folder.rows() == folder.soar.final_rows()


def test_their_number_is_set_in_the_configuration_too(folder: Folder) -> None:
    done = folder.res_ml("download", "-o", "a.csv", "--set", "connections=3")
    assert done.returncode == 0
    assert folder.soar.n_connections == 3
    done = folder.res_ml("download", "-o", "a.csv", "--set", "connections=none")
    assert done.stderr == (
        '--set connections=none: expected a whole number from 1 to 16, got "none"\n'
    )
    assert folder.res_ml("download", "-o", "a.csv", "--connections", "17").returncode == 2


def test_a_session_is_renewed_once_for_all(folder: Folder) -> None:
    folder.configure("email")
    folder.soar.faults.add(Fault(K.SESSION_EXPIRED, path=QUERY_PAGED, after=3))
    assert folder.res_ml(*FOUR).returncode == 0
    assert folder.soar.sessions.n_logins == 2
    assert folder.rows() == folder.soar.final_rows()


def test_a_session_may_end_again_at_once(folder: Folder) -> None:
    folder.configure("email")
    folder.soar.faults.add(Fault(K.SESSION_EXPIRED, path=QUERY_PAGED, after=3, times=2))
    assert folder.res_ml("download", "-o", "a.csv").returncode == 0
    assert folder.soar.sessions.n_logins == 3


def test_a_pause_that_the_server_asks_for_is_kept_by_all(folder: Folder) -> None:
    fault = Fault(K.TOO_MANY_REQUESTS, path=QUERY_PAGED, after=5, retry_after="1")
    folder.soar.faults.add(fault)
    assert folder.res_ml(*FOUR).returncode == 0
    asked = folder.soar.requests
    refused = next(i for i, one in enumerate(asked) if one.fault is not None)
    # Those that were on their way aside.
    times = [one.request.time for one in asked[refused:]]
    assert max(after - before for before, after in pairwise(times)) > 0.9
    assert sum(one.request.time < asked[refused].request.time + 0.5 for one in asked[refused:]) <= 4
    assert folder.rows() == folder.soar.final_rows()


@pytest.mark.parametrize("refused", [{("id", "gt"), ("id", "lte")}, {("id", "lte")}])
def test_a_platform_that_refuses_conditions_is_read_page_by_page(
    tmp_path: Path, refused: set[tuple[str, str]]
) -> None:
    settings = Settings(unknown_conditions=frozenset(refused))
    with SoarEmulator(sample_incidents(N_INCIDENTS), settings=settings) as soar:
        folder = Folder(tmp_path, soar)
        assert folder.res_ml(*FOUR).returncode == 0
        assert folder.rows() == soar.final_rows()


def test_what_was_killed_goes_on_with_any_number(folder: Folder) -> None:
    folder.soar.faults.add(Fault(K.STALL_IN_BODY, path=QUERY_PAGED, after=9))
    with subprocess.Popen([RES_ML, *FOUR], cwd=folder.path, env=folder.environment) as process:
        while len(folder.soar.requests_to(QUERY_PAGED)) < 10:
            assert process.poll() is None
        process.kill()
    assert folder.names() == ["a.csv.partial", "a.csv.partial.json", "ml.config", "res-ml.log"]
    done = folder.res_ml("download", "-o", "a.csv", "--connections", "3", "--resume")
    assert (done.returncode, done.stdout) == (0, f"Saved {N_INCIDENTS} samples into a.csv\n")
    assert folder.rows() == folder.soar.final_rows()


def test_since_last_reads_with_them_too(folder: Folder) -> None:
    assert folder.res_ml(*FOUR).returncode == 0
    folder.soar.incidents.delete(2001)
    folder.soar.incidents.change(2101, name="Another name")
    done = folder.res_ml(*FOUR, "--since-last")
    assert done.stdout.startswith("0 new, 1 changed, 1 deleted since the last download\n")
    assert folder.rows() == folder.soar.final_rows()


def test_ctrl_c_ends_all_of_them(folder: Folder) -> None:
    stall = Fault(K.STALL_BEFORE_ANSWER, path=QUERY_PAGED, after=2, times=EVERY_TIME)
    folder.soar.faults.add(stall)
    process = subprocess.Popen([RES_ML, *FOUR], cwd=folder.path, env=folder.environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    while len(folder.soar.requests_to(QUERY_PAGED)) < 5:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    told, why = process.communicate(timeout=30)
    assert (process.returncode, told, why) == (130, "", "stopped\n")
