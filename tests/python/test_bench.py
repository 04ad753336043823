"""The benchmarks' own code: the incidents they make, and what they read out of other programs."""

import csv
import json
import subprocess
from pathlib import Path

import pytest

from tests.bench import circuits, incidents, report, suite
from tests.bench.process import parse_run

from .command_case import RES_ML

N_ROWS = 2000


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "incidents.csv"
    incidents.write_incidents(path, N_ROWS)
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def distinct(rows: list[dict[str, str]], columns: list[str]) -> int:
    return len({tuple(row[name] for name in columns) for row in rows})


def test_the_same_seed_makes_the_same_bytes(samples: Path, tmp_path: Path) -> None:
    incidents.write_incidents(tmp_path / "again.csv", N_ROWS)
    incidents.write_incidents(tmp_path / "other.csv", N_ROWS, seed=2)
    assert (tmp_path / "again.csv").read_bytes() == samples.read_bytes()
    assert (tmp_path / "other.csv").read_bytes() != samples.read_bytes()


def test_incidents_look_like_a_download(samples: Path) -> None:
    rows = read(samples)
    assert len(rows) == N_ROWS
    assert len(rows[0]) == 52
    assert samples.read_bytes().startswith(b"id,name,description,")
    assert samples.read_bytes().count(b"\r\n") == N_ROWS + 1
    assert any("\n" in row["description"] for row in rows)
    assert all(row["incident_type_ids"][0] + row["incident_type_ids"][-1] == "[]" for row in rows)
    assert {row["severity_code"] for row in rows} == {"4", "5", "6"}
    assert {row["confirmed"] for row in rows} == {"True", "False"}


def test_few_distinct_rows_and_many(samples: Path) -> None:
    rows = read(samples)
    assert distinct(rows, incidents.FEW) < N_ROWS / 2
    assert distinct(rows, incidents.MANY) == N_ROWS


@pytest.mark.parametrize("features", [incidents.FEW, incidents.MANY], ids=["few", "many"])
def test_severity_can_be_learnt(samples: Path, tmp_path: Path, features: list[str]) -> None:
    settings = suite.settings("Logistic Regression", features)
    built = subprocess.run(
        [RES_ML, "build", "-o", "model.ml", "-c", samples, *settings],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    majority = max(
        sum(row[incidents.LABEL] == label for row in read(samples)) / N_ROWS for label in "456"
    )
    assert suite.accuracy(built.stdout) > majority + 0.15


def test_algorithms_are_those_that_the_command_offers() -> None:
    text = "Decision Tree: one tree\n  max_depth = 0  (at least 0)  questions: few\nGaussianNB: naive\n"
    assert suite.offered_algorithms(text) == ["Decision Tree", "GaussianNB"]
    text = f"{text}\nMethods\nBagging: many\n"
    assert suite.offered_algorithms(text) == [
        "Decision Tree",
        "GaussianNB",
        "Bagging / Decision Tree",
    ]


def test_a_run_is_what_the_command_said_and_what_it_took() -> None:
    taken = {"seconds": 0.5, "cpu_seconds": 0.7, "peak_bytes": 1048576}
    run = parse_run(f'{{"rows": 3}}\n\n{json.dumps(taken)}\n')
    assert run.json() == {"rows": 3}
    assert (run.seconds, run.cpu_seconds, run.peak_bytes) == (0.5, 0.7, 1048576)


def test_tables() -> None:
    ours = {"seconds": 0.02, "cpu_seconds": 0.03, "peak_bytes": 10_000_000, "accuracy": 0.65}
    peer = {"seconds": 1.0, "cpu_seconds": 1.5, "peak_bytes": 2e8, "accuracy": 0.66}
    contest = {"algorithm": "Decision Tree", "ours": ours, "peer": peer | {"variant": "dense"}}
    assert report.whole_process([contest]).splitlines()[-1] == (
        "| Decision Tree | 20 ms | 1 s | 50 | 30 ms / 1.5 s | 10 MB / 200 MB | 0.650 / 0.660 "
        "| dense |"
    )
    fit = {"group_seconds": 0.0001, "fit_seconds": 0.0019, "distinct": 5, "rows": 9}
    rival = {"fit_seconds": 0.05, "variant": "sparse"}
    contest["fit"] = {"ours": fit, "plain": rival}
    assert report.fit_alone([contest]).splitlines()[-1] == (
        "| Decision Tree | 5 of 9 | 100 µs + 1.9 ms | 50 ms (sparse) | 25 | - | - |"
    )


def taken(*each: tuple[float, float]) -> list[circuits.Taken]:
    return [circuits.Taken(seconds, cpu_seconds) for seconds, cpu_seconds in each]


def test_the_function_beside_a_constant_one() -> None:
    """Ratios are those of pairs, so that what disturbed both counts for none."""
    sizes = circuits.Sizes(1, batches=3, batch=100, rounds=1, calls=100, long_run=1, step=1)
    measured = circuits.Measured(
        batches={
            circuits.OURS: taken((1.0, 0.5), (2.0, 0.51), (40.0, 0.9)),
            circuits.PEER: taken((0.98, 0.5), (1.96, 0.5), (10.0, 0.5)),
        },
        latencies={
            circuits.OURS: taken(*[(0.103, 0)] * 98, *[(0.2, 0)] * 2),
            circuits.PEER: taken(*[(0.1, 0)] * 100),
        },
        memory={0: 60_000_000, 1: 90_000_000, 1000: 90_500_000},
    )
    assert circuits.comparison(measured, sizes).splitlines()[2:] == [
        "| 3 times 100 calls | 50.0 /s | 51.0 /s | 0.980 | 0.95 or more |",
        "| CPU of the process for one of them | 5.1 ms | 5.0 ms | 1.020 |  |",
        "| 100 calls, four at a time, median | 103.0 ms | 100.0 ms | 3.0 ms more | 5 ms or less |",
        "| 100 calls, four at a time, 99 % within | 200.0 ms | 100.0 ms | 100.0 ms more "
        "| 20 ms or less |",
    ]
    assert circuits.memory_table(measured.memory).splitlines()[-1] == (
        "| after 1,000 more | 90.5 MB |"
    )
