"""The emulator as a test uses it: `with SoarEmulator(incidents) as soar: ...`"""

import ssl
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, Self

# The endpoints register themselves with the routes.
from . import customization_endpoints, happen, incident_endpoints, platform_endpoints  # noqa: F401
from .certificates import HOSTS, Certificates
from .downloaded_rows import downloaded_row, wrong_rows
from .faults import Fault, Faults
from .fields import Field
from .incident_source import Source, from_csv, from_objects
from .incidents import Incident, Incidents
from .listener import Listener
from .message import Answer, RefusedError, Request, error_answer, json_answer
from .platform import Platform, Settings
from .routes import answer_of

LogIn = Literal["api_key", "email"]
CREDENTIALS = ("authorization", "cookie", "x-sess-id")


@dataclass(frozen=True)
class Recorded:
    """One request, what was answered, and the fault that it met."""

    request: Request
    status: int
    fault: Fault | None


class SoarEmulator:
    """A platform on 127.0.0.1, until the `with` block ends. Everything may be read and changed while
    it runs: `incidents`, `faults`, `sessions`, `requests`.

    `incidents` is the path of a CSV file in the form of a download, or incidents as the platform
    holds them (select values as ids, custom fields under "properties"; what is left out gets a
    default); `fields` are then those that their values do not tell.
    """

    def __init__(
        self,
        incidents: Path | Iterable[Incident] = (),
        *,
        fields: Iterable[Field] = (),
        faults: Iterable[Fault] = (),
        port: int = 0,
        settings: Settings | None = None,
        folder: Path | None = None,
    ) -> None:
        source = _source(incidents, fields)
        self.settings = settings or Settings()
        self.fields = source.fields
        self.incidents = Incidents(
            self.settings.org.id, source.fields, source.incidents, self.settings.clock_ahead
        )
        self.faults = Faults(faults)
        self.requests: list[Recorded] = []
        self.requests_elsewhere: list[Request] = []
        self.errors: list[Exception] = []
        self._platform = Platform(self.settings, self.fields, self.incidents)
        self.sessions = self._platform.sessions
        self.customizations = self._platform.customizations
        self._certificates = Certificates()
        self._port = port
        self._folder = folder
        self._open = ExitStack()

    def __enter__(self) -> Self:
        folder = self._folder or Path(
            self._open.enter_context(tempfile.TemporaryDirectory(prefix="soar-emulator-"))
        )
        self.ca_file = folder / "ca.pem"
        self.ca_file.write_bytes(self._certificates.ca_pem)
        self._elsewhere = Listener(0, lambda: self._certificates.good, self._respond_elsewhere)
        self._open.callback(self._elsewhere.close)
        self._listener = Listener(self._port, self._context, self._respond)
        self._open.callback(lambda: self._listener.close())
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._open.close()
        if self.errors and kind is None:
            raise ExceptionGroup("the emulator failed to answer", self.errors)

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def url(self) -> str:
        return f"https://{HOSTS[0]}:{self.port}{self.settings.resource_prefix}"

    @property
    def other_url(self) -> str:
        """Another host, to which redirects lead."""
        return f"https://{HOSTS[1]}:{self._elsewhere.port}"

    @property
    def org_url(self) -> str:
        return f"{self.url}/rest/orgs/{self.settings.org.id}"

    def app_config(self, path: Path, log_in: LogIn = "api_key", *, before: str = "") -> Path:
        """Writes a configuration that leads here, behind the text `before`."""
        path.touch(0o600)
        path.write_text(before + self.config_section(log_in), encoding="utf-8")
        return path

    def config_section(self, log_in: LogIn = "api_key") -> str:
        account = self.settings.account
        keys = {"host": HOSTS[0], "port": self.port, "org": self.settings.org.name}
        if log_in == "api_key":
            keys |= {"api_key_id": account.api_key_id, "api_key_secret": account.api_key_secret}
        else:
            keys |= {"email": account.email, "password": account.password}
        if self.settings.resource_prefix:
            keys["resource_prefix"] = self.settings.resource_prefix
        keys["cafile"] = str(self.ca_file)
        return "[resilient]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())

    def final_rows(self) -> list[dict[str, str]]:
        """What a download has to have written in the end, in the order of the ids."""
        return [self.row(self.incidents.read(one)) for one in sorted(set(self.incidents.ids()))]

    def row(self, incident: Incident) -> dict[str, str]:
        return downloaded_row(incident, self.fields)

    def wrong_rows(self, rows: Iterable[Mapping[str, str]]) -> list[str]:
        """What is wrong with a download, one line each; nothing if it is whole and right. Incidents
        that somebody changed meanwhile may stand there as they were or as they are."""
        return wrong_rows(rows, self.incidents)

    def requests_to(self, path: str, method: str = "*") -> list[Recorded]:
        """Those whose path fits the pattern, as that of a fault."""
        return [
            one
            for one in self.requests
            if fnmatchcase(one.request.method, method) and fnmatchcase(one.request.path, path)
        ]

    def patches(self) -> list[tuple[int, dict[str, Any]]]:
        """Incident and body of each PATCH."""
        asked = self.requests_to("*/incidents/*", "PATCH")
        return [(int(one.request.path.rpartition("/")[2]), one.request.json()) for one in asked]

    def credentials_sent_elsewhere(self) -> list[str]:
        """Names of headers that no other host may ever see, and "body" for a log-in."""
        leaked = [name for one in self.requests_elsewhere for name, _ in one.headers]
        leaked += ["body" for one in self.requests_elsewhere if b"password" in one.body]
        return [name for name in leaked if name in (*CREDENTIALS, "body")]

    @property
    def n_connections(self) -> int:
        return self._listener.n_connections

    @property
    def n_failed_handshakes(self) -> int:
        return self._listener.n_failed_handshakes

    def disconnect(self) -> None:
        """Ends all connections, as a restarted server does."""
        self._listener.disconnect()

    @contextmanager
    def switched_off(self) -> Iterator[None]:
        """Nobody listens on the port until the `with` block ends."""
        port = self.port
        self._listener.close()
        try:
            yield
        finally:
            self._listener = Listener(port, self._context, self._respond)

    def certificate_for_a_neighbour(self) -> bytes:
        """Key, certificate and chain in PEM, for another server of this platform on 127.0.0.1."""
        return self._certificates.for_a_neighbour()

    def _context(self) -> ssl.SSLContext:
        fault = self.faults.for_connection()
        return self._certificates.bad(fault.kind) if fault else self._certificates.good

    def _respond(self, request: Request) -> tuple[Answer, Fault | None]:
        fault = self.faults.for_request(request.method, request.path)
        try:
            answer = self._answer(request, fault)
        except RefusedError as refused:
            answer = error_answer(refused.status, refused.message)
        except Exception as error:
            self.errors.append(error)
            answer = error_answer(500, "Internal Server Error")
        now = time.time() + self.settings.clock_ahead
        answer.headers.append(("Date", formatdate(now, usegmt=True)))
        self.requests.append(Recorded(request, answer.status, fault))
        return answer, fault

    def _answer(self, request: Request, fault: Fault | None) -> Answer:
        if fault is None:
            return answer_of(self._platform, request, None)
        instead = happen.instead(request, fault, self.other_url)
        if instead is not None:
            return instead
        happen.before(self._platform, request, fault)
        return happen.after(answer_of(self._platform, request, fault.kind), fault)

    def _respond_elsewhere(self, request: Request) -> tuple[Answer, None]:
        self.requests_elsewhere.append(request)
        return json_answer({}), None


def _source(incidents: Path | Iterable[Incident], fields: Iterable[Field]) -> Source:
    if isinstance(incidents, Path):
        return from_csv(incidents)
    return from_objects(incidents, fields)
