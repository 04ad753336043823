"""Each fault of the emulator, seen through the standard library and requests: does it do to a client
what it says?"""

import contextlib
import http.client
import json
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from .soar_emulator import EVERY_TIME, QUERY_PAGED, Fault, FaultKind, SoarEmulator
from .soar_emulator.incident_query import BY_ID
from .soar_emulator.samples import sample_incidents


class Client:
    """One connection, TLS verified, and no more cleverness than http.client has."""

    def __init__(self, soar: SoarEmulator, timeout: float = 5) -> None:
        context = ssl.create_default_context(cafile=str(soar.ca_file))
        self.soar = soar
        self.connection = http.client.HTTPSConnection(
            "127.0.0.1", soar.port, context=context, timeout=timeout
        )
        account = soar.settings.account
        basic = requests.auth._basic_auth_str(account.api_key_id, account.api_key_secret)
        self.headers = {"Authorization": basic, "Content-Type": "application/json"}

    def ask(self, method: str = "GET", path: str = "/incidents/2001", body: object = None) -> Any:
        target = path if path.startswith("/rest") else f"/rest/orgs/201{path}"
        text = None if body is None else json.dumps(body)
        try:
            self.connection.request(method, target, text, self.headers)
            return self.connection.getresponse()
        except OSError:
            self.connection.close()
            raise

    def json(self, *args: Any) -> Any:
        return json.loads(self.ask(*args).read())

    def page(self, start: int = 0, length: int = 100) -> list[dict[str, Any]]:
        asked = {"start": start, "length": length, "sorts": BY_ID}
        rows = self.json("POST", "/incidents/query_paged?return_level=full", asked)["data"]
        assert isinstance(rows, list)
        return rows


@pytest.fixture
def client(soar: SoarEmulator) -> Iterator[Client]:
    client = Client(soar)
    yield client
    client.connection.close()


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.UNAUTHORIZED, 401), (FaultKind.FORBIDDEN, 403), (FaultKind.CONFLICT, 409),
        (FaultKind.TOO_MANY_REQUESTS, 429), (FaultKind.SERVER_ERROR, 500),
        (FaultKind.BAD_GATEWAY, 502), (FaultKind.UNAVAILABLE, 503),
        (FaultKind.GATEWAY_TIMEOUT, 504),
    ],
)  # fmt: skip
def test_another_status(client: Client, kind: FaultKind, status: int) -> None:
    client.soar.faults.add(Fault(kind, after=1, times=2, retry_after="7"))
    answers = []
    for _ in range(4):
        answer = client.ask()
        answers.append((answer.status, answer.getheader("Retry-After")))
        answer.read()
    assert answers == [(200, None), (status, "7"), (status, "7"), (200, None)]
    recorded = client.soar.requests[1]
    assert (recorded.status, recorded.fault and recorded.fault.kind) == (status, kind)
    assert client.soar.n_connections == 1


def test_a_fault_meets_what_its_pattern_says(client: Client) -> None:
    fault = Fault(FaultKind.SERVER_ERROR, method="POST", path=QUERY_PAGED, times=EVERY_TIME)
    client.soar.faults.add(fault)
    for _ in range(3):
        answer = client.ask("POST", "/incidents/query_paged", {})
        assert (answer.status, json.loads(answer.read())["success"]) == (500, False)
        assert client.json()["id"] == 2001
    client.soar.faults.clear()
    assert len(client.page()) == 100


@pytest.mark.parametrize("kind", [FaultKind.SESSION_EXPIRED, FaultKind.CSRF_CHANGED])
def test_a_session_that_is_no_longer_good(client: Client, kind: FaultKind) -> None:
    del client.headers["Authorization"]
    account = client.soar.settings.account

    def log_in() -> None:
        login = {"email": account.email, "password": account.password}
        answer = client.ask("POST", "/rest/session", login)
        client.headers["Cookie"] = answer.getheader("Set-Cookie").partition(";")[0]
        client.headers["X-sess-id"] = json.loads(answer.read())["csrf_token"]

    log_in()
    assert client.json()["id"] == 2001
    client.soar.faults.add(Fault(kind, path="*/incidents/*"))
    for _ in range(2):
        answer = client.ask()
        assert (answer.status, answer.read()[:16]) == (401, b'{"success":false')
    log_in()
    assert client.json()["id"] == 2001
    assert client.soar.sessions.n_logins == 2


@pytest.mark.parametrize(
    ("kind", "orgs"),
    [
        (FaultKind.UNKNOWN_ORG, [("Other Org", True)]),
        (FaultKind.DISABLED_ORG, [("Other Org", True), ("Emulated Org", False)]),
        (FaultKind.NO_ORGS, []),
    ],
)
def test_organizations(client: Client, kind: FaultKind, orgs: list[tuple[str, bool]]) -> None:
    client.soar.faults.add(Fault(kind))
    client.json()  # no log-in, so it does not count
    found = client.json("GET", "/rest/session")["orgs"]
    assert [(org["name"], org["enabled"]) for org in found] == orgs
    assert len(client.json("GET", "/rest/session")["orgs"]) == 2


def test_a_reset_before_the_answer(client: Client) -> None:
    client.soar.faults.add(Fault(FaultKind.RESET_BEFORE_ANSWER))
    with pytest.raises(ConnectionResetError):
        client.ask()


def test_a_connection_closed_before_the_answer(client: Client) -> None:
    client.soar.faults.add(Fault(FaultKind.CLOSE_BEFORE_ANSWER, after=1))
    client.json()
    with pytest.raises(http.client.RemoteDisconnected):
        client.ask()
    assert client.json()["id"] == 2001
    assert [one.request.connection for one in client.soar.requests] == [1, 1, 2]


def test_a_reset_in_the_body(client: Client) -> None:
    client.soar.faults.add(Fault(FaultKind.RESET_IN_BODY, n_bytes=10))
    answer = client.ask()
    assert answer.status == 200
    assert int(answer.getheader("Content-Length")) > 1000
    with pytest.raises(http.client.IncompleteRead) as error:
        answer.read()
    assert error.value.partial == client.soar.incidents.encoded(2001)[:10]


@pytest.mark.parametrize("kind", [FaultKind.STALL_BEFORE_ANSWER, FaultKind.STALL_IN_BODY])
def test_silence(soar: SoarEmulator, kind: FaultKind) -> None:
    soar.faults.add(Fault(kind, n_bytes=10))
    client = Client(soar, timeout=0.05)
    with pytest.raises(TimeoutError):
        client.ask().read()
    client.connection.close()


@pytest.mark.parametrize("kind", [FaultKind.STALL_BEFORE_ANSWER, FaultKind.STALL_IN_BODY])
def test_silence_ends_with_the_connection(client: Client, kind: FaultKind) -> None:
    client.soar.faults.add(Fault(kind, seconds=0.01))
    with pytest.raises((http.client.RemoteDisconnected, http.client.IncompleteRead)):
        client.ask().read()


def test_more_announced_than_sent(client: Client) -> None:
    client.soar.faults.add(Fault(FaultKind.LENGTH_TOO_LONG))
    with pytest.raises(http.client.IncompleteRead) as error:
        client.ask().read()
    assert error.value.expected == 100
    assert json.loads(error.value.partial)["id"] == 2001


def test_more_sent_than_announced(client: Client) -> None:
    client.soar.faults.add(Fault(FaultKind.LENGTH_TOO_SHORT))
    answer = client.ask()
    with pytest.raises(json.JSONDecodeError):
        json.loads(announced := answer.read())
    whole = client.soar.incidents.encoded(2001)
    assert len(announced) == int(answer.getheader("Content-Length")) == len(whole) - 100


def test_slow_bytes(client: Client) -> None:
    client.soar.faults.add(Fault(FaultKind.SLOW_BYTES, seconds=0.1))
    start = time.monotonic()
    assert client.json()["id"] == 2001
    assert time.monotonic() - start > 0.05
    assert client.json()["id"] == 2001
    assert client.soar.n_connections == 1


@pytest.mark.parametrize("accepts", ["gzip", "identity"])
def test_a_truncated_gzip(client: Client, accepts: str) -> None:
    client.soar.faults.add(Fault(FaultKind.TRUNCATED_GZIP))
    client.headers["Accept-Encoding"] = accepts
    answer = client.ask()
    assert answer.getheader("Content-Encoding") == "gzip"
    inflate = zlib.decompressobj(wbits=31)
    assert b'"id":2001' in inflate.decompress(answer.read())
    assert not inflate.eof


def test_an_endless_body(client: Client) -> None:
    client.soar.faults.add(Fault(FaultKind.ENDLESS_BODY))
    answer = client.ask()
    assert len(answer.read(5_000_000)) == 5_000_000
    client.connection.close()
    answer.close()
    assert client.json()["id"] == 2001


def test_malformed_json(client: Client) -> None:
    client.soar.faults.add(Fault(FaultKind.MALFORMED_JSON))
    answer = client.ask()
    assert (answer.status, answer.getheader("Content-Type")) == (200, "application/json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.read())


def test_a_page_of_html(client: Client) -> None:
    client.soar.faults.add(Fault(FaultKind.HTML_PAGE))
    answer = client.ask()
    assert (answer.status, answer.getheader("Content-Type")) == (200, "text/html;charset=utf-8")
    assert answer.read().startswith(b"<!DOCTYPE html>")


def test_a_redirect_to_another_host_shows_who_tells_secrets(soar: SoarEmulator) -> None:
    soar.faults.add(Fault(FaultKind.REDIRECT, times=EVERY_TIME))
    account = soar.settings.account
    with requests.Session() as session:
        session.trust_env, session.verify = False, str(soar.ca_file)
        session.auth = (account.api_key_id, account.api_key_secret)
        assert session.get(soar.org_url).json() == {}
        assert soar.credentials_sent_elsewhere() == []  # requests knows what to leave out, ...
        session.get(soar.org_url, headers={"X-sess-id": "token"})
        assert soar.credentials_sent_elsewhere() == ["x-sess-id"]  # ... but not all of it
        session.post(soar.url + "/rest/session", json={"password": account.password})
    assert soar.credentials_sent_elsewhere() == ["x-sess-id", "body"]
    assert [one.path for one in soar.requests_elsewhere] == [
        "/rest/orgs/201", "/rest/orgs/201", "/rest/session",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (FaultKind.EXPIRED_CERTIFICATE, "certificate has expired"),
        (FaultKind.FOREIGN_CERTIFICATE, "unable to get local issuer certificate"),
        (FaultKind.SELF_SIGNED_CERTIFICATE, "self-signed certificate"),
        (FaultKind.WRONG_HOST_CERTIFICATE, "IP address mismatch"),
    ],
)
def test_certificates(client: Client, kind: FaultKind, says: str) -> None:
    client.soar.faults.add(Fault(kind, after=1))
    client.json()
    client.connection.close()
    with pytest.raises(ssl.SSLCertVerificationError, match=says):
        client.json()
    assert client.json()["id"] == 2001
    assert len(client.soar.requests) == 2
    # With some versions of TLS a server has finished before the client looks at the certificate.
    assert client.soar.n_connections == 3
    assert client.soar.n_failed_handshakes <= 1


def test_rows_that_move(client: Client) -> None:
    asked = {"start": 0, "length": 250}
    first = client.json("POST", "/incidents/query_paged", asked)["data"]
    client.soar.faults.add(Fault(FaultKind.ROWS_MOVED))
    client.json()  # no page, so it does not count
    second = client.json("POST", "/incidents/query_paged", asked)["data"]
    assert [row["id"] for row in first] != [row["id"] for row in second]
    assert client.page() == client.page()
    assert client.soar.incidents.touched() == set()


def test_rows_of_somebody_else(client: Client) -> None:
    soar = client.soar
    soar.faults.add(
        Fault(FaultKind.ROW_CREATED, after=1),
        Fault(FaultKind.ROW_DELETED, after=1),
        Fault(FaultKind.ROW_CHANGED, after=2, incident_id=2105),
    )
    first, second, third = client.page(), client.page(100), client.page(200)
    assert first[99]["id"] == 2199
    assert second[0]["id"] == 2201  # the client had the row that was deleted after the next one
    assert third[-1]["name"] == "Created meanwhile"
    assert soar.incidents.touched() == {2001, 2500}
    assert client.page()[51]["name"] == "Changed meanwhile, 1"


def test_rows_that_are_repeated(client: Client) -> None:
    client.soar.faults.add(Fault(FaultKind.ROWS_REPEATED, after=1))
    ids: list[int] = []
    while rows := client.page(len(ids)):
        ids += [row["id"] for row in rows]
    assert ids[99] == ids[100]
    assert sorted(set(ids)) == sorted(set(client.soar.incidents.ids()))
    assert len(ids) == 251


def test_downloads_that_are_wrong(soar: SoarEmulator) -> None:
    rows = soar.final_rows()
    assert soar.wrong_rows(rows) == []
    assert soar.wrong_rows(rows[1:]) == ["incident 2001: missing"]
    assert soar.wrong_rows([*rows, rows[3]]) == ["incident 2007: 2 rows"]
    assert soar.wrong_rows([*rows, {"id": "1"}]) == ["incident 1: never was there"]
    changed = [{**rows[0], "city": "Atlantis"}, *rows[1:]]
    assert soar.wrong_rows(changed) == ["incident 2001: differs in city"]

    soar.incidents.delete(2003)
    soar.incidents.change(2005, city="Paris")
    soar.incidents.add({"id": 1, "name": "New"})
    assert soar.wrong_rows(rows) == []
    assert soar.wrong_rows(soar.final_rows()) == []
    assert soar.wrong_rows([*rows[:2], *rows[3:]]) == ["incident 2005: missing"]
    assert soar.wrong_rows(changed) == ["incident 2001: differs in city"]


def test_connections_are_kept_and_counted(client: Client) -> None:
    for _ in range(3):
        client.json()
    assert client.soar.n_connections == 1
    client.soar.disconnect()
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        client.json()
    client.json()
    assert client.soar.n_connections == 2


def test_answers_are_compressed_when_asked_for(client: Client) -> None:
    plain = client.ask().read()
    client.headers["Accept-Encoding"] = "gzip, deflate"
    answer = client.ask()
    packed = answer.read()
    assert answer.getheader("Content-Encoding") == "gzip"
    assert zlib.decompress(packed, wbits=31) == plain
    assert len(packed) < len(plain)


@contextlib.contextmanager
def raw_connection(soar: SoarEmulator) -> Iterator[ssl.SSLSocket]:
    context = ssl.create_default_context(cafile=str(soar.ca_file))
    with (
        socket.create_connection(("127.0.0.1", soar.port), 5) as raw,
        context.wrap_socket(raw, server_hostname="127.0.0.1") as tls,
    ):
        yield tls


def test_a_reset_is_one_of_tcp(soar: SoarEmulator) -> None:
    soar.faults.add(Fault(FaultKind.RESET_IN_BODY))
    with raw_connection(soar) as tls:
        tls.sendall(b"GET /rest/session HTTP/1.1\r\nHost: a\r\n\r\n")
        # Below TLS, because Python takes a reset for an end there.
        with socket.socket(fileno=tls.detach()) as tcp:
            tcp.settimeout(5)
            with pytest.raises(ConnectionResetError):
                list(iter(lambda: tcp.recv(10000), b""))


def test_what_was_not_announced_is_in_the_way_of_the_next_answer(soar: SoarEmulator) -> None:
    soar.faults.add(Fault(FaultKind.LENGTH_TOO_SHORT))
    with raw_connection(soar) as tls:
        for _ in range(2):
            tls.sendall(b"GET /rest/session HTTP/1.1\r\nHost: a\r\n\r\n")
        received = b""
        while received.count(b"HTTP/1.1 401 ") < 2:
            received += tls.recv(10000)
    first, _, second = received.removeprefix(b"HTTP/1.1 ").partition(b"HTTP/1.1 ")
    head, _, body = first.partition(b"\r\n\r\n")
    announced = int(head.partition(b"Content-Length: ")[2].split()[0])
    assert len(body) > announced > 0
    assert second.startswith(b"401 ")


def test_a_client_that_waits_until_its_body_is_wanted(soar: SoarEmulator) -> None:
    with raw_connection(soar) as tls:
        tls.sendall(
            b"POST /rest/session HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
            b"Expect: 100-continue\r\n\r\n"
        )
        assert tls.recv(1000).startswith(b"HTTP/1.1 100 ")
        tls.sendall(b"{}")
        assert tls.recv(1000).startswith(b"HTTP/1.1 401 ")
        tls.sendall(b"no request at all\r\n\r\n")
        assert tls.recv(1000).startswith(b"HTTP/1.1 400 ")
        assert tls.recv(1000) == b""


def test_an_emulator_leaves_nothing_behind() -> None:
    before = threading.enumerate()
    fault = Fault(FaultKind.STALL_IN_BODY)
    with SoarEmulator(sample_incidents(1), faults=[fault]) as soar:
        folder, port = soar.ca_file.parent, soar.port
        stalled = Client(soar)
        assert stalled.ask().read(10)
        start = time.monotonic()
    assert time.monotonic() - start < fault.seconds / 2
    stalled.connection.close()
    assert threading.enumerate() == before
    assert not folder.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_an_error_of_the_emulator_itself_is_told() -> None:
    def use() -> None:
        with SoarEmulator(sample_incidents(1)) as soar:
            soar.incidents.fields = None  # type: ignore[assignment]
            client = Client(soar)
            answer = client.ask("POST", "/incidents/query_paged", {"filters": 3})
            answer.read()
            client.connection.close()
            assert answer.status == 400
            client.ask("PATCH", "/incidents/2001", {"changes": [None]}).read()
            client.connection.close()

    with pytest.raises(ExceptionGroup, match="the emulator failed to answer"):
        use()
