"""res-ml predict --incident, against the emulated platform."""

import json
from pathlib import Path

import pytest

from .soar_emulator import EVERY_TIME, Fault, FaultKind, SoarEmulator
from .soar_folder import Folder

KEPT = ("--keep", "id,score,incident_type_ids")


@pytest.fixture
def folder(tmp_path: Path, soar: SoarEmulator) -> Folder:
    folder = Folder(tmp_path, soar)
    assert folder.res_ml("build", "-o", "m.ml").returncode == 0
    return folder


@pytest.mark.parametrize("form", [("--probabilities",), ("--probabilities", "--json")])
def test_answers_are_those_of_the_file_to_the_last_bit(folder: Folder, form: tuple[str]) -> None:
    numbers = sorted(folder.soar.incidents.ids())[:40]
    asked = ("predict", "-i", "m.ml", *KEPT, *form)
    from_file = folder.res_ml(*asked, "-c", "resilient_incidents.csv").stdout.splitlines()
    done = folder.res_ml(*asked, "--incident", ",".join(map(str, numbers)))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == from_file[: len(done.stdout.splitlines())]
    assert len(done.stdout.splitlines()) == 40 + ("--json" not in form)


def test_they_come_in_the_order_asked_and_nothing_is_written_there(folder: Folder) -> None:
    folder.soar.requests.clear()
    done = folder.res_ml("predict", "-i", "m.ml", "--incident", "2007,2001", "--incident", "2003",
                         "--incident", "2001", "-o", "p.csv", "--keep", "id")  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [row["id"] for row in folder.rows("p.csv")] == ["2007", "2001", "2003", "2001"]
    assert {one.request.method for one in folder.soar.requests} == {"GET"}


def test_one_that_is_not_there_is_named_and_the_others_answer(folder: Folder) -> None:
    done = folder.res_ml("predict", "-i", "m.ml", "--incident", "2001,7,2003,99", "--json",
                         "--keep", "id")  # fmt: skip
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["2001", "2003"]
    assert (done.returncode, done.stderr) == (1, "predict: the platform has no incident 7, 99\n")


def test_what_cannot_be_is_refused(folder: Folder) -> None:
    asked = ("predict", "-i", "m.ml", "--incident", "2001")
    done = folder.res_ml(*asked, "--keep", "scores")
    told = 'predict: the platform has no field "scores"; did you mean "score"?\n'
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)
    for wrong in ((*asked, "-c", "resilient_incidents.csv"), asked[:3], (*asked[:4], "0")):
        assert folder.res_ml(*wrong).returncode == 2
    done = folder.res_ml(*asked[:4], "2001,a")
    told = 'res-ml: --incident: expected an incident\'s id, got "a"'
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, told)
    folder.soar.faults.add(Fault(FaultKind.FORBIDDEN, path="*/incidents/2001", times=EVERY_TIME))
    done = folder.res_ml(*asked, "-o", "p.csv")
    assert done.returncode == 1
    assert "GET /rest/orgs/201/incidents/2001: answered 403" in done.stderr
    assert "p.csv" not in folder.names()
