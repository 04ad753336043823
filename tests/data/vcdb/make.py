"""Makes the incident files of this folder from a full export: a few columns, written as the
platform's download writes them, some incidents with a known severity set aside.

Usage: make.py EXPORT.csv
"""

import csv
import json
import random
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
COLUMNS = [
    "id", "create_date", "start_date", "discovered_date", "incident_type_ids",
    "nist_attack_vectors", "severity_code", "employee_involved", "vendor_involved", "country",
    "state", "discovery_method", "data_disclosure", "victim_industry2", "victim_employee_count",
    "data_source_ids", "actor", "attribute", "data_victim", "data_state",
]  # fmt: skip
SET_ASIDE = {"Low": 8, "Medium": 7, "High": 5}


def as_downloaded(cell: str) -> str:
    if cell == "":
        return "None"
    if cell in ("true", "false"):
        return cell.capitalize()
    if cell.startswith("["):
        return str(json.loads(cell))
    return cell


def main() -> None:
    with Path(sys.argv[1]).open(newline="", encoding="utf-8") as source:
        rows = [
            {name: as_downloaded(row[name]) for name in COLUMNS} for row in csv.DictReader(source)
        ]
    draw = random.Random(0)
    aside = set()
    for severity, count in SET_ASIDE.items():
        of_severity = [row["id"] for row in rows if row["severity_code"] == severity]
        aside.update(draw.sample(of_severity, count))
    for name, wanted in (("incidents.csv", False), ("new_incidents.csv", True)):
        with (FOLDER / name).open("w", newline="", encoding="utf-8") as target:
            writer = csv.DictWriter(target, COLUMNS)
            writer.writeheader()
            writer.writerows(row for row in rows if (row["id"] in aside) == wanted)


if __name__ == "__main__":
    main()
