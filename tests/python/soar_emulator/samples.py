"""Incidents for tests that care about the connection more than about what incidents hold."""

import random

from .incidents import Incident

SITES = ("Berlin", "Zürich", 'Site "3", upper floor', None)
DAY_MS = 86_400_000
DAYS = 3000  # over which they were created; the last one is past


def sample_incidents(count: int) -> list[Incident]:
    """Ids 2001, 2003, ...: with gaps, as where incidents were deleted. The same ones each time."""
    return [sample_incident(2001 + 2 * i, random.Random(f"1 {i}")) for i in range(count)]


def sample_incident(number: int, draw: random.Random) -> Incident:
    encrypted = draw.choice([True, False, None])
    created = 1_500_000_000_000 + number % DAYS * DAY_MS
    return {
        "id": number, "name": f"Incident {number}", "create_date": created,
        "severity_code": 6 if encrypted is False else draw.choice([4, 5]),
        "incident_type_ids": sorted(draw.sample([17, 19, 21, 22], draw.randint(0, 3))),
        "nist_attack_vectors": draw.sample(range(1, 9), draw.randint(0, 2)),
        "confirmed": draw.choice([True, False]), "negative_pr_likely": draw.choice([True, None]),
        "properties": {"site": draw.choice(SITES), "affected_hosts": draw.randint(0, 500),
                       "score": draw.choice([0.1, 2.5, 1e-7, None])},
        "pii": {"data_encrypted": encrypted},
    }  # fmt: skip
