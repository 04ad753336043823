"""res-ml download, and build and rebuild without a CSV file, against the emulated platform."""

import base64
import datetime
import json
import re
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from .command_case import RES_ML
from .download_faults import download_through_faults
from .soar_emulator import EVERY_TIME, QUERY_PAGED, Fault, FaultKind, SoarEmulator
from .soar_emulator.platform import Settings
from .soar_emulator.samples import DAY_MS, sample_incidents
from .soar_folder import Folder

K = FaultKind
# Of a download that met its end behind the first page.
LEFT = ["a.csv", "a.csv.partial", "a.csv.partial.json", "ml.config", "res-ml.log"]
# What somebody else does while we read, and what passes when it is tried again.
HARMLESS = (
    K.ROWS_MOVED, K.ROW_CREATED, K.ROW_DELETED, K.ROW_CHANGED, K.ROWS_REPEATED, K.SLOW_BYTES,
    K.TOO_MANY_REQUESTS, K.BAD_GATEWAY, K.UNAVAILABLE, K.GATEWAY_TIMEOUT, K.RESET_IN_BODY,
    K.STALL_IN_BODY, K.LENGTH_TOO_LONG, K.TRUNCATED_GZIP, K.MALFORMED_JSON, K.CLOSE_BEFORE_ANSWER,
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, soar: SoarEmulator) -> Folder:
    return Folder(tmp_path, soar)


def test_a_download_is_whole(folder: Folder) -> None:
    done = folder.res_ml("download", "-o", "a.csv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Saved 250 samples into a.csv\n", "")
    assert folder.rows() == folder.soar.final_rows()
    assert list(folder.rows()[0]) == [field.name for field in folder.soar.fields]
    assert folder.names() == [
        "a.csv", "a.csv.fields.json", "a.csv.state.json", "ml.config", "res-ml.log",
    ]  # fmt: skip
    for name in folder.names():
        assert stat.S_IMODE((folder.path / name).stat().st_mode) == 0o600, name
    text = (folder.path / "a.csv").read_bytes()
    assert text.count(b"\r\n") == text.count(b"\n") == 251
    # Log-in, fields, three pages and an empty one, the closing count, what changed meanwhile.
    assert (len(folder.soar.requests), folder.soar.n_connections) == (8, 1)


def test_the_fields_stand_beside_it(folder: Folder) -> None:
    assert folder.res_ml("download", "-o", "a.csv").returncode == 0
    told = json.loads((folder.path / "a.csv.fields.json").read_text())
    assert [one["name"] for one in told["fields"]] == list(folder.rows()[0])
    (severity,) = (one for one in told["fields"] if one["name"] == "severity_code")
    assert {key: severity[key] for key in ("label", "input_type", "kind")} == {
        "label": "Severity", "input_type": "select", "kind": "category",
    }  # fmt: skip
    assert {"value": "4", "label": "Low", "enabled": True} in severity["values"]


def test_an_account_downloads_too(folder: Folder) -> None:
    folder.configure("email")
    folder.soar.faults.add(Fault(K.SESSION_EXPIRED, path=QUERY_PAGED, after=1))
    assert folder.res_ml("download", "-o", "a.csv").returncode == 0
    assert folder.soar.wrong_rows(folder.rows()) == []


def test_max_count_and_times_are_asked_of_the_platform(folder: Folder) -> None:
    dates = sorted(int(row["create_date"]) for row in folder.soar.final_rows())
    first, last = dates[10], dates[19]
    assert (first % DAY_MS, (last - first) % DAY_MS) == (dates[0] % DAY_MS, 0)
    start, end = (str(_day(one)) for one in (first, last))
    flags = ["--set", f"time_start={start}", "--set", f"time_end={end}"]
    done = folder.res_ml("download", "-o", "a.csv", *flags)
    assert done.stdout == "Saved 10 samples into a.csv\n"
    # The day at either end is wholly in it.
    assert [int(row["create_date"]) for row in folder.rows()] == dates[10:20]
    done = folder.res_ml("download", "-o", "a.csv", *flags, "--set", "max_count=4")
    assert done.stdout == "Truncated samples at 4\nSaved 4 samples into a.csv\n"
    assert [int(row["create_date"]) for row in folder.rows()] == dates[10:14]
    done = folder.res_ml("download", "-o", "b.csv", *flags, "--set", "max_count=4", "--dry-run")
    names = [field.name for field in folder.soar.fields]
    assert done.stdout == (
        f"File:      b.csv\nFilter:    create_date from {start} to {end}\n"
        f"Incidents: 10, at most 4 are saved\nFields:    {len(names)}: {', '.join(names)}\n"
    )
    assert "b.csv" not in folder.names()


def _day(milliseconds: int) -> str:
    moment = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
    return moment.date().isoformat()


def test_bad_settings_are_refused_before_anything_is_asked(folder: Folder) -> None:
    done = folder.res_ml("download", "-o", "a.csv", "--set", "time_start=yesterday")
    assert (done.returncode, done.stderr) == (
        1, '--set time_start=yesterday: Exception in casting "yesterday" into datetime: expected a day as '
        "YYYY-mm-dd\n",
    )  # fmt: skip
    done = folder.res_ml("download", "-o", "a.csv", "--set", "max_cout=10")
    assert (done.returncode, done.stderr) == (
        1, '--set max_cout=10: unknown key "max_cout"; did you mean "max_count"?\n',
    )  # fmt: skip
    done = folder.res_ml("download", "-o", "none/a.csv")
    assert done.stderr == "none/a.csv: cannot be written: No such file or directory\n"
    done = folder.res_ml("build", "-o", "m.ml", "--set", "algorithm=Tree")
    assert done.returncode == 1
    assert folder.soar.requests == []


def test_build_and_rebuild_need_no_file(folder: Folder) -> None:
    done = folder.res_ml("build", "-o", "m.ml")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:3] == [
        "Saved 250 samples into resilient_incidents.csv",
        "Download and save samples to resilient_incidents.csv",
        "Using 125 samples to train. ",
    ]
    assert "    confirmed: boolean (defined by the platform)\n" in done.stdout
    assert "    score: number (defined by the platform)\n" in done.stdout
    assert folder.soar.wrong_rows(folder.rows("resilient_incidents.csv")) == []
    folder.soar.incidents.add({"name": "New"})
    done = folder.res_ml("rebuild", "-i", "m.ml")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Saved 251 samples into resilient_incidents.csv\n")
    assert "m.ml.previous" in folder.names()


def test_types_win_over_the_platform(folder: Folder) -> None:
    done = folder.res_ml("build", "-o", "m.ml", "--set", "types=score:category")
    assert "    score: category (set by types)\n" in done.stdout
    (folder.path / "resilient_incidents.csv.fields.json").unlink()
    done = folder.res_ml("build", "-o", "m.ml", "-c", "resilient_incidents.csv")
    assert "    score: number (numbers with a decimal point)\n" in done.stdout
    (folder.path / "resilient_incidents.csv.fields.json").write_text("{")
    done = folder.res_ml("build", "-o", "m.ml", "-c", "resilient_incidents.csv")
    assert (done.returncode, done.stderr) == (
        1, "resilient_incidents.csv.fields.json: is no JSON from byte 2 on; download again, "
        "or remove the file\n",
    )  # fmt: skip


def test_labels_stand_behind_the_numbers(folder: Folder) -> None:
    assert folder.res_ml("build", "-o", "m.ml").returncode == 0
    view = folder.res_ml("view", "-i", "m.ml").stdout
    assert re.search(r"^    4: +[\d.]+  Low$", view, re.MULTILINE), view
    assert re.search(r"^    6: +[\d.]+  High$", view, re.MULTILINE), view
    asked = ("predict", "-i", "m.ml", "-c", "resilient_incidents.csv", "--keep", "id")
    assert folder.res_ml(*asked, "-o", "p.csv").returncode == 0
    answers = folder.rows("p.csv")
    assert list(answers[0]) == ["id", "prediction", "label", "probability", "notes"]
    words = {"4": "Low", "5": "Medium", "6": "High"}
    assert {(row["prediction"], row["label"]) for row in answers} <= set(words.items())
    line = json.loads(folder.res_ml(*asked, "--json").stdout.splitlines()[0])
    assert line["label"] == words[line["prediction"]]
    assert isinstance(line["probability"], float)


def test_what_came_while_as_many_went_is_found(folder: Folder) -> None:
    soar = folder.soar
    soar.incidents.delete(2003)
    soar.faults.add(Fault(K.ROW_DELETED, after=1), Fault(K.ROW_CREATED, after=1))
    # The one that is created meanwhile gets a low id, behind the pages that were read.
    add = soar.incidents.add
    soar.incidents.add = lambda incident: add({**incident, "id": 2003})  # type: ignore[method-assign]
    done = folder.res_ml("-v", "download", "-o", "a.csv")
    assert done.returncode == 0, done.stderr
    assert "comparing the ids" not in done.stderr
    assert [row["id"] for row in folder.rows()][-1] == "2003"


def test_a_platform_without_conditions_on_ids_is_read_too(tmp_path: Path) -> None:
    settings = Settings(unknown_conditions=frozenset({("id", "gt")}))
    with SoarEmulator(sample_incidents(250), settings=settings) as soar:
        folder = Folder(tmp_path, soar)
        assert folder.res_ml("download", "-o", "a.csv").returncode == 0
        assert folder.rows() == soar.final_rows()
        soar.faults.add(*(Fault(kind, after=2) for kind in HARMLESS[:5]))
        assert folder.res_ml("download", "-o", "a.csv").returncode == 0
        assert soar.wrong_rows(folder.rows()) == []


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_passes_does_no_harm(folder: Folder, kind: FaultKind) -> None:
    folder.soar.faults.add(Fault(kind, path=QUERY_PAGED, after=1, seconds=0.1))
    done = folder.res_ml("-v", "download", "-o", "a.csv")
    assert done.returncode == 0, done.stderr
    assert folder.soar.wrong_rows(folder.rows()) == []


def test_rows_that_come_and_go_all_the_time_are_neither_lost_nor_doubled(folder: Folder) -> None:
    # One of them before each page from the second on.
    folder.soar.faults.add(*(Fault(kind, after=1) for _ in range(2) for kind in HARMLESS[:5]))
    done = folder.res_ml("download", "-o", "a.csv")
    assert done.returncode == 0, done.stderr
    assert folder.soar.wrong_rows(folder.rows()) == []


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (K.FORBIDDEN, "answered 403"),
        (K.UNAVAILABLE, "answered 503"),
        (K.MALFORMED_JSON, "is no JSON from byte"),
        (K.HTML_PAGE, "expected JSON, got"),
        (K.REDIRECT, "answered 307, a redirect to"),
    ],
)
def test_what_lasts_leaves_the_old_file(folder: Folder, kind: FaultKind, reason: str) -> None:
    (folder.path / "a.csv").write_text("old")
    folder.soar.faults.add(Fault(kind, path=QUERY_PAGED, after=1, times=EVERY_TIME))
    done = folder.res_ml("download", "-o", "a.csv")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("127.0.0.1: POST /rest/orgs/201/incidents/query_paged: "), line
    assert reason in line
    assert (folder.path / "a.csv").read_text() == "old"
    assert folder.names() == LEFT
    assert folder.soar.credentials_sent_elsewhere() == []


def test_a_failed_download_leaves_the_old_model(folder: Folder) -> None:
    assert folder.res_ml("build", "-o", "m.ml").returncode == 0
    before = (folder.path / "m.ml").read_bytes()
    folder.soar.faults.add(Fault(K.FORBIDDEN, path=QUERY_PAGED, times=EVERY_TIME))
    for args in (("build", "-o", "m.ml"), ("rebuild", "-i", "m.ml")):
        assert folder.res_ml(*args).returncode == 1
    assert (folder.path / "m.ml").read_bytes() == before


def test_ctrl_c_leaves_the_old_file(folder: Folder) -> None:
    (folder.path / "a.csv").write_text("old")
    folder.soar.faults.add(Fault(K.STALL_IN_BODY, path=QUERY_PAGED, after=1))
    process = subprocess.Popen([RES_ML, "download", "-o", "a.csv"], cwd=folder.path, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    while len(folder.soar.requests_to(QUERY_PAGED)) < 2:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    told, why = process.communicate(timeout=30)
    assert (process.returncode, told, why) == (130, "", "stopped\n")
    assert folder.names() == LEFT
    assert (folder.path / "a.csv").read_text() == "old"


def test_no_secret_is_left_anywhere(folder: Folder) -> None:
    account = folder.soar.settings.account
    config = folder.path / "ml.config"
    hidden = config.read_text().replace(account.api_key_secret, "$SOAR_SECRET")
    config.write_text(hidden)
    temporary = folder.path / "temporary"
    temporary.mkdir()
    folder.environment |= {"SOAR_SECRET": account.api_key_secret, "TMPDIR": str(temporary)}
    folder.soar.faults.add(Fault(K.UNAVAILABLE), Fault(K.HTML_PAGE, path=QUERY_PAGED, after=1))
    told = ""
    for args in (("download", "-o", "a.csv"), ("build", "-o", "m.ml"), ("rebuild", "-i", "m.ml")):
        done = folder.res_ml("-v", *args)
        assert done.returncode == 0, done.stderr
        told += done.stdout + done.stderr
    folder.soar.faults.add(Fault(K.UNAUTHORIZED, times=EVERY_TIME))
    done = folder.res_ml("-v", "download", "-o", "a.csv")
    assert done.returncode == 1
    told += done.stdout + done.stderr
    encoded = _basic(account.api_key_id, account.api_key_secret)
    places = [path.read_bytes() for path in folder.path.rglob("*") if path.is_file()]
    for secret in (account.api_key_secret, encoded):
        assert all(secret.encode() not in place for place in (told.encode(), *places))


def _basic(name: str, secret: str) -> str:
    return base64.b64encode(f"{name}:{secret}".encode()).decode()


@pytest.mark.parametrize("seed", range(10))
def test_random_faults_end_as_their_plan_says(tmp_path: Path, seed: int) -> None:
    """Many more of them: python -m tests.python.fault_run"""
    met = download_through_faults(seed, tmp_path)
    assert met.wrong == [], met
    assert met.is_as_planned, met
