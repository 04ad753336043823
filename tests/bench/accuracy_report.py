"""Scores of tests/bench/accuracy: of one split, of ten, and tables of them."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.bench.report import MISSING, table

# A single answer that was thought impossible shall not decide: 14 nats at most.
LEAST_SHARE = 1e-6
# Of Student's distribution, two-sided 95 %, by degrees of freedom; enough for 2 to 20 splits.
STUDENT = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093,
]  # fmt: skip


@dataclass
class Answers:
    """Predictions, and the share of each class in each row where there are any."""

    predictions: list[str]
    classes: list[str]
    shares: Any = field(default_factory=list)

    def with_shares(self, shares: Any) -> "Answers":
        return Answers(self.predictions, self.classes, shares)


class Scores(NamedTuple):
    accuracy: float
    log_loss: float  # NaN where there are no shares
    calibrated_log_loss: float = math.nan


def score(answers: Answers, truth: Sequence[str]) -> Scores:
    right = sum(p == t for p, t in zip(answers.predictions, truth, strict=True))
    losses = [
        -math.log(max(LEAST_SHARE, row[answers.classes.index(t)]))
        for row, t in zip(answers.shares, truth, strict=False)
    ]
    return Scores(right / len(truth), statistics.fmean(losses) if losses else math.nan)


class Difference(NamedTuple):
    """Ours less the peer's, in points; better is above 0. The interval is `mean` +- `margin`."""

    mean: float
    margin: float

    @property
    def is_below(self) -> bool:
        """Whether all of the interval lies below what the design allows."""
        return self.mean + self.margin < -0.5

    def __str__(self) -> str:
        text = f"{self.mean:+.1f} ± {self.margin:.1f}"
        return f"**{text}**" if self.is_below else text


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Difference:
    """Mean and 95 % interval of the differences, split by split, in points (hundredths)."""
    differences = [100 * (a - b) for a, b in zip(ours, theirs, strict=True)]
    deviation = statistics.stdev(differences)
    n = len(differences)
    return Difference(statistics.fmean(differences), STUDENT[n - 2] * deviation / math.sqrt(n))


class Duel(NamedTuple):
    """One algorithm on one task, all splits."""

    ours: list[Scores]
    theirs: list[Scores]

    def accuracy(self) -> Difference:
        return paired([s.accuracy for s in self.ours], [s.accuracy for s in self.theirs])

    def log_loss(self) -> Difference | None:
        """Against the peer as it comes; None where it has no probabilities."""
        theirs = [-s.log_loss for s in self.theirs]
        if any(map(math.isnan, theirs)):
            return None
        return paired([-s.log_loss for s in self.ours], theirs)

    def calibrated_log_loss(self) -> Difference:
        theirs = [-s.calibrated_log_loss for s in self.theirs]
        return paired([-s.log_loss for s in self.ours], theirs)


def mean_accuracy(scores: list[Scores]) -> str:
    return f"{100 * statistics.fmean(s.accuracy for s in scores):.1f}"


def matrix(duels: dict[str, dict[str, Duel]], algorithms: list[str], cell: Any) -> str:
    lines = [
        [task, *(cell(of[name]) if name in of else MISSING for name in algorithms)]
        for task, of in duels.items()
    ]
    return table(["task", *algorithms], lines)


def markdown(sizes: list[list[str]], duels: dict[str, dict[str, Duel]], names: list[str]) -> str:
    header = ["task", "predicted", "classes", "rows learnt", "rows scored", "source", "licence"]
    return "\n\n".join(
        [
            table(header, sizes),
            "Accuracy, ours less scikit-learn's, in points:",
            matrix(duels, names, lambda duel: str(duel.accuracy())),
            "Log-loss, scikit-learn's as it comes less ours, in points (hundredths of a nat):",
            matrix(duels, names, lambda duel: str(duel.log_loss() or MISSING)),
            "Log-loss, scikit-learn's calibrated less ours, in points:",
            matrix(duels, names, lambda duel: str(duel.calibrated_log_loss())),
            "Accuracy, ours / scikit-learn's, in percent:",
            matrix(
                duels,
                names,
                lambda duel: f"{mean_accuracy(duel.ours)} / {mean_accuracy(duel.theirs)}",
            ),
        ]
    )
