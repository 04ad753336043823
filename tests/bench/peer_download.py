"""The platform's own Python client downloads all incidents into a CSV file.

    python -m tests.bench.peer_download ml.config FILE.csv

Page after page in the order of the ids, as many rows a page as the platform gives; one column for
each field, as `res-ml download` writes it.
"""

import csv
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import resilient

ASKED = "/incidents/query_paged?field_handle=-1&return_level=full"
SECTIONS = ("properties", "gdpr", "pii", "hipaa", "regulator_risk")
ROWS_A_PAGE = 1000


def value_of(incident: dict[str, Any], name: str) -> Any:
    if incident.get(name) is not None:
        return incident[name]
    values = ((incident.get(section) or {}).get(name) for section in SECTIONS)
    return next((one for one in values if one is not None), None)


def main() -> None:
    config, target = sys.argv[1:]
    parser = ConfigParser(interpolation=None)
    parser.read(config)
    client = resilient.get_client(dict(parser["resilient"]))
    names = list(client.get("/types/incident")["fields"])
    with Path(target).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        start = 0
        while True:
            query = {"start": start, "length": ROWS_A_PAGE, "filters": [],
                     "sorts": [{"field_name": "id", "type": "asc"}]}  # fmt: skip
            rows = client.post(ASKED, query)["data"]
            if not rows:
                return
            writer.writerows([str(value_of(row, name)) for name in names] for row in rows)
            start += len(rows)


if __name__ == "__main__":
    main()
