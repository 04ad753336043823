"""Opens a model in Python and asks it about single incidents; prints JSON.

python -m tests.bench.ask MODEL.ml INCIDENTS.csv
"""

import csv
import json
import sys
import time
from pathlib import Path
from typing import Any

import resml

N_INCIDENTS = 200
ROUNDS = 5


def rest_value(cell: str) -> Any:
    """A cell of the CSV as the platform's REST gives it."""
    if cell in ("None", ""):
        return None
    if cell in ("True", "False"):
        return cell == "True"
    if cell.startswith("["):
        return json.loads(cell.replace("'", '"'))
    return int(cell) if cell.isdecimal() else cell


def read_incidents(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {name: rest_value(cell) for name, cell in row.items()}
            for row, _ in zip(csv.DictReader(file), range(N_INCIDENTS), strict=False)
        ]


def main() -> None:
    path, samples = sys.argv[1:]
    incidents = read_incidents(Path(samples))
    opened = []
    answered = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        model = resml.load(path)
        opened.append(time.perf_counter() - start)
        start = time.perf_counter()
        for incident in incidents:
            model.predict_proba(incident)
        answered.append((time.perf_counter() - start) / len(incidents))
    print(
        json.dumps(
            {
                "open_seconds": min(opened),
                "answer_seconds": min(answered),
                "bytes": Path(path).stat().st_size,
            }
        )
    )


if __name__ == "__main__":
    main()
