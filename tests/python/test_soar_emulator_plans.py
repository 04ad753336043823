"""Random plans of faults: a small client that does what is right meets the outcome of each."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from .soar_emulator import FaultKind, FaultPlan, Outcome, SoarEmulator, random_faults
from .soar_emulator.emulator import LogIn
from .soar_emulator.faults import EVERY_TIME
from .soar_emulator.samples import sample_incidents

PASSING_STATUS = {429, 502, 503, 504}
PASSING_ERRORS = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
)
MAX_TRIES = 15
MAX_BYTES = 2_000_000


class GaveUpError(Exception):
    pass


class Downloader:
    """Pages by the id of the last row, so that rows may come and go before it."""

    def __init__(self, soar: SoarEmulator, log_in: LogIn) -> None:
        self.soar = soar
        self.log_in = log_in
        self.session = requests.Session()
        self.session.trust_env, self.session.verify = False, str(soar.ca_file)
        self.account = soar.settings.account

    def rows(self) -> Iterator[dict[str, str]]:
        with self.session:
            self.start()
            last = 0
            while page := self.page(last):
                yield from (self.soar.row(row) for row in page if row["id"] > last)
                last = page[-1]["id"]

    def start(self) -> None:
        if self.log_in == "api_key":
            self.session.auth = (self.account.api_key_id, self.account.api_key_secret)
            session = self.ask("GET", "/rest/session")
        else:
            login = {"email": self.account.email, "password": self.account.password}
            session = self.ask("POST", "/rest/session", login)
            self.session.headers["X-sess-id"] = session["csrf_token"]
        orgs = [org["name"] for org in session["orgs"] if org["enabled"]]
        if self.soar.settings.org.name not in orgs:
            raise GaveUpError("no such organization")

    def page(self, last: int) -> list[dict[str, Any]]:
        after = {"field_name": "id", "method": "gt", "value": last}
        asked = {
            "filters": [{"conditions": [after]}], "sorts": [{"field_name": "id", "type": "asc"}],
        }  # fmt: skip
        path = "/rest/orgs/201/incidents/query_paged?return_level=full"
        rows = self.ask("POST", path, asked).get("data")
        if not isinstance(rows, list):
            raise GaveUpError("no rows")
        return rows

    def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        for _ in range(MAX_TRIES):
            try:
                answer = self.session.request(
                    method, self.soar.url + path, json=body, stream=True, timeout=5,
                    allow_redirects=False,
                )  # fmt: skip
                with answer:
                    answer.raw.decode_content = True
                    whole = self.read(answer)
            except requests.exceptions.SSLError as error:
                raise GaveUpError from error
            except PASSING_ERRORS:
                continue
            if answer.status_code == 200:
                return self.parsed(answer, whole)
            if answer.status_code == 401 and self.log_in == "email" and "session" not in path:
                self.start()
            elif answer.status_code not in PASSING_STATUS:
                break
        raise GaveUpError(method, path)

    def read(self, answer: requests.Response) -> bytes:
        whole = b""
        for piece in answer.iter_content(100_000):
            whole += piece
            if len(whole) > MAX_BYTES:
                raise GaveUpError("too long")
        return whole

    def parsed(self, answer: requests.Response, whole: bytes) -> dict[str, Any]:
        answer._content = whole
        try:
            value = answer.json()
        except requests.exceptions.JSONDecodeError as error:
            raise GaveUpError from error
        if not isinstance(value, dict):
            raise GaveUpError("no object")
        return value


def log_in_of(seed: int) -> LogIn:
    return "email" if seed % 2 else "api_key"


def met(plan: FaultPlan, log_in: LogIn) -> tuple[Outcome, list[str]]:
    with SoarEmulator(sample_incidents(250), faults=plan.faults) as soar:
        try:
            rows = list(Downloader(soar, log_in).rows())
        except GaveUpError:
            return Outcome.FAILURE, []
        finally:
            assert soar.credentials_sent_elsewhere() == []
        return Outcome.SUCCESS, soar.wrong_rows(rows)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_plans_end_as_they_say(outcome: Outcome) -> None:
    for seed in range(12):
        plan = random_faults(seed, outcome, log_in_of(seed))
        ended, wrong = met(plan, log_in_of(seed))
        assert wrong == [], plan
        assert outcome in (ended, Outcome.EITHER), plan


def test_the_same_seed_is_the_same_plan() -> None:
    assert random_faults(5) == random_faults(5)
    assert random_faults(5) != random_faults(6)
    assert all(fault.seen == 0 for fault in random_faults(5).faults)


def test_every_fault_is_in_some_plan() -> None:
    plans = [random_faults(seed, log_in="email") for seed in range(1000)]
    assert {fault.kind for plan in plans for fault in plan.faults} == set(FaultKind)
    share = sum(plan.outcome == Outcome.SUCCESS for plan in plans) / len(plans)
    assert 0.55 < share < 0.65
    for plan in plans:
        lasting = any(fault.times is EVERY_TIME for fault in plan.faults)
        assert lasting == (plan.outcome == Outcome.FAILURE)


def test_only_who_logs_in_can_lose_a_session() -> None:
    kinds = {fault.kind for seed in range(1000) for fault in random_faults(seed).faults}
    assert kinds == set(FaultKind) - {FaultKind.SESSION_EXPIRED, FaultKind.CSRF_CHANGED}
