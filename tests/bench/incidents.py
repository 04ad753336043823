"""Makes incidents as `res-ml download` writes them: 52 columns, CRLF, lists as Python writes them.

    python tests/bench/incidents.py --rows 15698 --seed 1 incidents.csv

The same rows and seed give the same bytes. The label, severity_code, depends on every feature of
FEW and MANY, with noise. The five select fields of FEW repeat themselves as those of real incidents
do; with the number and the date that MANY adds, hardly two rows are equal.
"""

import argparse
import csv
import math
import random
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

LABEL = "severity_code"
FEW = ["incident_type_ids", "nist_attack_vectors", "alert_source", "country", "department"]
MANY = [*FEW, "affected_hosts", "discovered_date"]

BLOCK_ROWS = 10_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
FIRST_DAY_MS = 1_577_836_800_000  # 2020-01-01
N_DAYS = 1461

N_KINDS = 250  # kinds of incidents: types, vectors and source go together
INCIDENT_TYPES = [*range(16, 36), 1001, 1002, 1003, 4294967295]
VECTORS = range(1, 10)
SOURCES = [
    "SIEM", "EDR", "Email gateway", "Phishing mailbox", "Firewall", "IDS", "DLP", "Cloud audit",
    "Help desk", "Threat intelligence", "Vulnerability scan", "Partner, by phone", "None",
]  # fmt: skip
DEPARTMENTS = [
    "Finance", "Sales", "Legal, Compliance", "Engineering", "Operations", "Support", "Marketing",
    "Human Resources", "Research", "Board", "Logistics", "Retail", "Data Centre", "None",
]  # fmt: skip
COUNTRIES = [f"{a}{b}" for a in "ABCDEFGH" for b in "ELNRSTU"]
WORDS = [
    "host", "account", "mail", "alert", "user", "reported", "malware", "password", "server",
    "access", "blocked", "attachment", "login", "unusual", "traffic", "policy", "exfiltration",
    "endpoint", "isolated", "analyst", '"invoice.pdf"', "Zürich,", "review",
]  # fmt: skip


class Kind(NamedTuple):
    """What belongs together in an incident, as cells, and how severe it tends to be."""

    types: str
    vectors: str
    source: str
    severity: float


def zipf(n: int, exponent: float) -> list[float]:
    """Cumulative weights of n values, of which the first are the common ones."""
    return list(accumulate((i + 1) ** -exponent for i in range(n)))


def make_kinds(rng: random.Random) -> list[Kind]:
    type_severity = {code: rng.gauss(0, 0.8) for code in INCIDENT_TYPES}
    vector_severity = {code: rng.gauss(0, 0.5) for code in VECTORS}
    source_severity = {name: rng.gauss(0, 0.6) for name in SOURCES}
    kinds = []
    for _ in range(N_KINDS):
        types = sorted(rng.sample(INCIDENT_TYPES, rng.choice([1, 1, 1, 2, 2, 3])))
        vectors = sorted(rng.sample(VECTORS, rng.choice([0, 1, 1, 1, 2])))
        source = rng.choice(SOURCES)
        severity = (
            sum(type_severity[code] for code in types)
            + sum(vector_severity[code] for code in vectors)
            + source_severity[source]
        )
        kinds.append(Kind(str(types), str(vectors), source, severity))
    return kinds


class World:
    """The distributions that the cells are drawn from."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.kinds = make_kinds(self.rng)
        self.kind_weights = zipf(N_KINDS, 1.3)
        self.country_severity = {name: self.rng.gauss(0, 0.5) for name in COUNTRIES}
        self.country_weights = zipf(len(COUNTRIES), 2)
        self.department_severity = {name: self.rng.gauss(0, 0.5) for name in DEPARTMENTS}
        self.department_weights = zipf(len(DEPARTMENTS), 1.6)
        self.n_made = 0

    def block(self, n: int) -> dict[str, list[str]]:
        """The next n incidents, by column in the order of the file."""
        rng = self.rng
        kinds = rng.choices(self.kinds, cum_weights=self.kind_weights, k=n)
        countries = rng.choices(COUNTRIES, cum_weights=self.country_weights, k=n)
        departments = rng.choices(DEPARTMENTS, cum_weights=self.department_weights, k=n)
        hosts = [int(rng.lognormvariate(3, 2)) for _ in range(n)]
        discovered = [
            FIRST_DAY_MS + int(rng.random() * N_DAYS) * DAY_MS + working_time_ms(rng)
            for _ in range(n)
        ]
        created = [t + int(rng.expovariate(1 / (6 * HOUR_MS))) for t in discovered]
        severity = [
            kind.severity
            + self.country_severity[country]
            + self.department_severity[department]
            + 0.35 * math.log1p(n_hosts)
            + (0.8 if (when // DAY_MS + 3) % 7 > 4 else 0)
            + rng.gauss(0, 0.7)
            for kind, country, department, n_hosts, when in zip(
                kinds, countries, departments, hosts, discovered, strict=True
            )
        ]
        known = {
            "incident_type_ids": [kind.types for kind in kinds],
            "nist_attack_vectors": [kind.vectors for kind in kinds],
            "alert_source": [kind.source for kind in kinds],
            "country": countries,
            "department": departments,
            # Nobody counted in one of fifty.
            "affected_hosts": [str(h) if rng.random() > 0.02 else "None" for h in hosts],
            "discovered_date": [str(t) for t in discovered],
            "create_date": [str(t) for t in created],
            LABEL: ["4" if s < 0.6 else "5" if s < 2.4 else "6" for s in severity],
        }
        known |= other_columns(rng, self.n_made, created)
        self.n_made += n
        return {column: known[column] for column in COLUMNS}


def working_time_ms(rng: random.Random) -> int:
    """A time of day, mostly around 13 o'clock."""
    return int(min(max(rng.gauss(13, 4), 0), 23.999) * HOUR_MS)


def description(rng: random.Random) -> str:
    words = rng.choices(WORDS, k=rng.choice([3, 6, 60]) if rng.random() < 0.2 else 0)
    lines = [" ".join(words[at : at + 12]) for at in range(0, len(words), 12)]
    return "\n".join(lines) if lines else "None"


# What nobody learns from here, but every reader has to skip.
DRAWN: dict[str, Callable[[random.Random], str]] = {
    "description": description,
    "owner_id": lambda rng: str(rng.randrange(1, 60)),
    "creator_id": lambda rng: str(rng.randrange(1, 20)),
    "phase_id": lambda rng: str(rng.choice([1004, 1005, 1006, 1007])),
    "plan_status": lambda rng: rng.choice("AC"),
    "confirmed": lambda rng: rng.choice(["True", "False"]),
    "employee_involved": lambda rng: rng.choice(["True", "False", "None"]),
    "resolution_id": lambda rng: rng.choice(["None", "53", "54", "55", "56"]),
    "city": lambda rng: rng.choice(["None", "None", "Boston", "Cambridge, MA", "Düsseldorf"]),
    "affected_systems": lambda rng: rng.choice(["[]", "['Mail']", "['Mail', 'File server']"]),
    "members": lambda rng: rng.choice(["[]", "[3]", "[3, 14]"]),
}
CONSTANT = {
    "draft": "False",
    "is_scenario": "False",
    "hard_liability": "0",
    "exposure": "0",
    "org_handle": "201",
    "workspace": "1",
    "cm": "None",
    "data_encrypted": "None",
    "data_source_ids": "[]",
    "dtm": "None",
    "reg_risk": "None",
}
NEVER_FILLED = [
    "due_date", "end_date", "start_date", "determined_date", "resolution_summary", "reporter",
    "state", "zip", "jurisdiction_name", "jurisdiction_reg_id", "exposure_type_id",
    "exposure_dept_id", "exposure_vendor_id", "exposure_individual_name", "crimestatus_id",
    "negative_pr_likely", "data_compromised", "data_contained",
]  # fmt: skip
COLUMNS = [
    "id", "name", *DRAWN, LABEL, "create_date", "inc_last_modified_date", *NEVER_FILLED, *CONSTANT,
    *MANY,
]  # fmt: skip


def other_columns(rng: random.Random, first: int, created: list[int]) -> dict[str, list[str]]:
    n = len(created)
    columns = {
        "id": [str(2001 + first + i) for i in range(n)],
        "name": [f"Incident {2001 + first + i}" for i in range(n)],
        "inc_last_modified_date": [str(t + rng.randrange(20 * DAY_MS)) for t in created],
    }
    for name, draw in DRAWN.items():
        columns[name] = [draw(rng) for _ in range(n)]
    for name in NEVER_FILLED:
        columns[name] = ["None"] * n
    for name, value in CONSTANT.items():
        columns[name] = [value] * n
    return columns


def write_incidents(path: Path, n_rows: int, seed: int = 1) -> None:
    """Writes the file whole or not at all."""
    world = World(seed)
    partial = path.with_name(path.name + ".part")
    with partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for start in range(0, n_rows, BLOCK_ROWS):
            block = world.block(min(BLOCK_ROWS, n_rows - start))
            writer.writerows(zip(*block.values(), strict=True))
    partial.rename(path)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("output", type=Path)
    parser.add_argument("--rows", type=int, default=15_698)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    write_incidents(arguments.output, arguments.rows, arguments.seed)


if __name__ == "__main__":
    main()
