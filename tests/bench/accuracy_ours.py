"""res-ml's side of tests/bench/accuracy: the command itself, on files."""

import csv
import subprocess
import tempfile
from pathlib import Path

from tests.bench.accuracy_report import Answers
from tests.bench.accuracy_tasks import Split, Task, write_rows

PROBABILITY = "probability_"


def our_answers(task: Task, split: Split, seed: int, algorithm: str, res_ml: Path) -> Answers:
    """Of a model built from the training rows, about the test rows in their order."""
    settings = {
        "prediction": task.label,
        "features": ", ".join(task.kinds),
        "types": ", ".join(f"{name}:{kind}" for name, kind in task.kinds.items()),
        "algorithm": algorithm,
        "seed": str(seed),
    }
    pairs = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
    with tempfile.TemporaryDirectory() as folder:
        write_rows(Path(folder, "training.csv"), task, split.training)
        write_rows(Path(folder, "test.csv"), task, split.test)
        build = [
            str(res_ml),
            "build",
            "-o",
            "model.ml",
            "-c",
            "training.csv",
            "--threads",
            "1",
            *pairs,
        ]
        predict = [str(res_ml), "predict", "-i", "model.ml", "-c", "test.csv", "--probabilities"]
        subprocess.run(build, cwd=folder, capture_output=True, check=True)
        answered = subprocess.run(predict, cwd=folder, capture_output=True, text=True, check=True)
    rows = list(csv.DictReader(answered.stdout.splitlines()))
    columns = [name for name in rows[0] if name.startswith(PROBABILITY)]
    shares = [[float(row[name]) for name in columns] for row in rows]
    classes = [name.removeprefix(PROBABILITY) for name in columns]
    return Answers([row["prediction"] for row in rows], classes, shares)
