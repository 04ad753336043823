"""What tests/bench/accuracy computes itself: splits, scores, intervals, and what res-ml answers."""

import csv
import math
from collections import Counter
from pathlib import Path

import pytest

from tests.bench.accuracy_ours import our_answers
from tests.bench.accuracy_report import Answers, Duel, Scores, markdown, paired, score
from tests.bench.accuracy_tasks import TASKS, Rows, Task, read_tasks

from .command_case import INCIDENTS, RES_ML

VCDB = INCIDENTS.parent


def made_task(**more: str) -> Task:
    return Task("made", "made.csv", "kind", {"colour": "category"}, "made here", "none", **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """60 rows of class a, 20 of b, 9 of c, one without a label; ten groups and ten colours."""
    labels = ["a"] * 60 + ["b"] * 20 + ["c"] * 9 + [""]
    for name in ("made.csv", "other.csv"):
        with (tmp_path / name).open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "kind", "colour", "group"])
            for i, label in enumerate(labels):
                writer.writerow([f"{name} {i}", label, i % 10, i % 10])
    return tmp_path


def test_halves_are_of_each_class_alike_and_share_no_row(folder: Path) -> None:
    split = Rows(made_task(), folder, 1000).split(seed=3)
    assert Counter(row["kind"] for row in split.training) == {"a": 30, "b": 10}
    assert Counter(row["kind"] for row in split.test) == {"a": 30, "b": 10}
    assert not {row["id"] for row in split.training} & {row["id"] for row in split.test}


def test_a_split_depends_on_its_seed_alone(folder: Path) -> None:
    rows = Rows(made_task(), folder, 30)
    assert rows.split(seed=1) == rows.split(seed=1)
    assert rows.split(seed=1) != rows.split(seed=2)
    assert len(rows.split(seed=1).training) == 30


def test_a_class_of_which_hardly_a_row_is_learnt_is_on_neither_side(folder: Path) -> None:
    for seed in range(10):
        split = Rows(made_task(), folder, 12).split(seed)
        learnt = Counter(row["kind"] for row in split.training)
        assert min(learnt.values()) >= 4
        assert {row["kind"] for row in split.test} == set(learnt)


def test_groups_stay_whole(folder: Path) -> None:
    split = Rows(made_task(whole="group"), folder, 1000).split(seed=0)
    sides = [{row["group"] for row in side} for side in (split.training, split.test)]
    assert [len(side) for side in sides] == [5, 5]
    assert not sides[0] & sides[1]


def test_a_test_file_is_only_scored(folder: Path) -> None:
    split = Rows(made_task(test_file="other.csv"), folder, 1000).split(seed=0)
    assert {row["id"].split()[0] for row in split.training} == {"made.csv"}
    assert {row["id"].split()[0] for row in split.test} == {"other.csv"}


def test_scores() -> None:
    answers = Answers(["a", "b", "a"], ["a", "b"], [[0.5, 0.5], [0.25, 0.75], [1.0, 0.0]])
    scores = score(answers, ["a", "b", "b"])
    assert scores.accuracy == pytest.approx(2 / 3)
    # What was thought impossible counts as a millionth.
    expected = (math.log(2) + math.log(4 / 3) + math.log(1e6)) / 3
    assert scores.log_loss == pytest.approx(expected)
    assert math.isnan(score(Answers(["a"], ["a"]), ["a"]).log_loss)


def test_an_interval_worked_by_hand() -> None:
    # Differences of 1, 2 and 3 points: deviation 1, Student's 4.303 with two degrees of freedom.
    difference = paired([0.51, 0.62, 0.73], [0.50, 0.60, 0.70])
    assert difference.mean == pytest.approx(2)
    assert difference.margin == pytest.approx(4.303 / math.sqrt(3))
    assert str(difference) == "+2.0 ± 2.5"
    assert str(paired([0.5, 0.5], [0.51, 0.5101])) == "**-1.0 ± 0.1**"  # all of it below -0.5


def test_tables() -> None:
    ours = [Scores(0.75, 0.5), Scores(0.75, 0.5)]
    theirs = [Scores(0.70, 0.6, 0.49), Scores(0.70, 0.6, 0.49)]
    without = [Scores(0.70, math.nan, 0.49)] * 2
    duels = {"car": {"SVM": Duel(ours, without), "GaussianNB": Duel(ours, theirs)}}
    lines = markdown([["car"] + ["x"] * 6], duels, ["SVM", "GaussianNB"]).splitlines()
    assert [line for line in lines if line.startswith("| car")] == [
        "| car | x | x | x | x | x | x |",
        "| car | +5.0 ± 0.0 | +5.0 ± 0.0 |",
        "| car | - | +10.0 ± 0.0 |",
        "| car | **-1.0 ± 0.0** | **-1.0 ± 0.0** |",
        "| car | 75.0 / 70.0 | 75.0 / 70.0 |",
    ]


def test_res_ml_answers_every_row_in_order() -> None:
    task = next(task for task in read_tasks(TASKS) if (VCDB / task.file).exists())
    split = Rows(task, VCDB, 300).split(seed=0)
    answers = our_answers(task, split, 0, "Logistic Regression", RES_ML)
    truth = [row[task.label] for row in split.test]
    assert answers.classes == sorted(set(truth))
    assert [sum(row) for row in answers.shares] == pytest.approx([1] * 600)
    in_order = score(answers, truth)
    assert in_order.accuracy > 0.5
    assert in_order.log_loss < score(answers, truth[::-1]).log_loss
