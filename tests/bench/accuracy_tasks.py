"""The tasks of tests/bench/accuracy: rows with a label, and seeded splits of them."""

import configparser
import csv
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

Row = dict[str, str]

TASKS = Path(__file__).with_name("accuracy_tasks.ini")
KINDS = ("category", "boolean", "multi-select", "number", "date")
CREATED = "create_date"  # what the ages of other dates are counted to
NO_LABEL = {"", "None"}
FEWEST_OF_A_CLASS = 10  # in the file
FEWEST_LEARNT = 4  # of a class: calibration divides them


@dataclass
class Task:
    """What to learn from one file; see accuracy_tasks.ini."""

    name: str
    file: str
    label: str
    kinds: dict[str, str]  # of the features, in their order
    source: str
    licence: str
    test_file: str = ""
    whole: str = ""


@dataclass
class Split:
    """The rows of both sides, none of another label than the training rows have."""

    training: list[Row] = field(default_factory=list)
    test: list[Row] = field(default_factory=list)


def read_tasks(path: Path) -> list[Task]:
    parser = configparser.ConfigParser()
    parser.read_string(path.read_text(encoding="utf-8"))
    tasks = []
    for name in parser.sections():
        keys = dict(parser[name])
        kinds = {
            feature: kind for kind in KINDS for feature in keys.pop(kind, "").split(", ") if feature
        }
        tasks.append(Task(name=name, kinds=kinds, **keys))
    return tasks


def read_rows(path: Path, label: str) -> list[Row]:
    """The rows with a label; classes with few rows are left out."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, strict=True) if row[label] not in NO_LABEL]
    sizes = Counter(row[label] for row in rows)
    return [row for row in rows if sizes[row[label]] >= FEWEST_OF_A_CLASS]


class Rows:
    """All rows of a task, and random splits of them: at most `most` to learn, twice as many to score."""

    def __init__(self, task: Task, folder: Path, most: int) -> None:
        self.task, self.most = task, most
        self.rows = read_rows(folder / task.file, task.label)
        self.test_rows = read_rows(folder / task.test_file, task.label) if task.test_file else []

    def split(self, seed: int) -> Split:
        """Two halves, of each class alike unless whole groups of rows stay together."""
        rng = random.Random(seed)
        shuffled = rng.sample(self.rows, len(self.rows))
        if self.test_rows:
            split = Split(shuffled, rng.sample(self.test_rows, len(self.test_rows)))
        else:
            key = self.task.whole or self.task.label
            split = self.halves(shuffled, key)
        sizes = Counter(row[self.task.label] for row in split.training[: self.most])

        def is_enough(row: Row) -> bool:
            return sizes[row[self.task.label]] >= FEWEST_LEARNT

        training = list(filter(is_enough, split.training[: self.most]))
        return Split(training, list(filter(is_enough, split.test))[: 2 * self.most])

    def halves(self, rows: list[Row], key: str) -> Split:
        groups = defaultdict(list)
        for row in rows:
            groups[row[key]].append(row)
        split = Split()
        for i, group in enumerate(groups.values()):
            if self.task.whole:
                (split.test if i % 2 else split.training).extend(group)
            else:
                split.training += group[::2]
                split.test += group[1::2]
        # By class so far: the first of them shall be rows of any class.
        random.Random(len(rows)).shuffle(split.training)
        random.Random(len(rows) + 1).shuffle(split.test)
        return split


def write_rows(path: Path, task: Task, rows: list[Row]) -> None:
    columns = [name for name in rows[0] if name in {*task.kinds, task.label, CREATED}]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
