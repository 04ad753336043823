"""Asks the function ml_predict's own code path about incidents of a CSV file, without a platform.

Usage: ask_function.py MODEL.ml INCIDENTS.csv ANSWERS.csv
Fails if an answer differs from the one in ANSWERS.csv, which `res-ml predict --keep id` wrote.
"""

import csv
import sys
from pathlib import Path
from typing import Any

from fn_machine_learning.errors import NotFoundError
from fn_machine_learning.model_store import ModelStore
from fn_machine_learning.prediction import predict_incident


class CsvPlatform:
    """Incidents by id, as the platform's REST gives them; no field has labels of its own."""

    def __init__(self, path: Path) -> None:
        with path.open(newline="", encoding="utf-8") as file:
            self._incidents = {row["id"]: row for row in csv.DictReader(file)}

    def get(self, uri: str) -> Any:
        kind, _, key = uri.rpartition("/")
        if kind != "/incidents":
            raise NotFoundError(uri)
        return self._incidents[key]


def main() -> None:
    model, incidents, answers = map(Path, sys.argv[1:])
    platform = CsvPlatform(incidents)
    store = ModelStore(str(model.parent))
    with answers.open(newline="", encoding="utf-8") as file:
        expected = list(csv.DictReader(file))
    for row in expected:
        result = predict_incident(platform, store, int(row["id"]), model.name)
        got = (result["prediction"], result["probability"])
        if got != (row["prediction"], float(row["probability"])):
            sys.exit(
                f"incident {row['id']}: the command says {row['prediction']}, ml_predict {got}"
            )
    print(f"ml_predict gives the same {len(expected)} answers, to the last bit")


if __name__ == "__main__":
    main()
