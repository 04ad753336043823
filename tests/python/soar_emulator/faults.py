"""What can go wrong, and with which request: the switches of a test."""

import fnmatch
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    # Another status instead of the answer.
    UNAUTHORIZED = "unauthorized"  # 401, the session itself stays good
    FORBIDDEN = "forbidden"  # 403, a permission is missing
    CONFLICT = "conflict"  # 409
    TOO_MANY_REQUESTS = "too_many_requests"  # 429; Retry-After if retry_after is set
    SERVER_ERROR = "server_error"  # 500
    BAD_GATEWAY = "bad_gateway"  # 502, an HTML page as a proxy sends it
    UNAVAILABLE = "unavailable"  # 503; Retry-After if retry_after is set
    GATEWAY_TIMEOUT = "gateway_timeout"  # 504, an HTML page as a proxy sends it

    # The log-in.
    SESSION_EXPIRED = "session_expired"  # all sessions end: 401 until the next log-in
    CSRF_CHANGED = "csrf_changed"  # all sessions get another token: 401 until the next log-in
    UNKNOWN_ORG = "unknown_org"  # the session lists another organization only
    DISABLED_ORG = "disabled_org"  # the session lists it with enabled false
    NO_ORGS = "no_orgs"  # the session lists none

    # The connection.
    RESET_BEFORE_ANSWER = "reset_before_answer"
    CLOSE_BEFORE_ANSWER = "close_before_answer"
    STALL_BEFORE_ANSWER = "stall_before_answer"  # silent for `seconds`, then closed
    RESET_IN_BODY = "reset_in_body"  # after `n_bytes` of the body, or half of it
    STALL_IN_BODY = "stall_in_body"  # likewise; silent for `seconds`, then closed
    LENGTH_TOO_LONG = "length_too_long"  # more announced than comes, then closed
    LENGTH_TOO_SHORT = "length_too_short"  # more comes than announced; the connection stays
    SLOW_BYTES = "slow_bytes"  # the whole answer, in pieces over `seconds`
    TRUNCATED_GZIP = "truncated_gzip"  # the length is right, the compressed data ends too early
    ENDLESS_BODY = "endless_body"

    # A whole answer, but not the one asked for.
    MALFORMED_JSON = "malformed_json"  # 200, cut in the middle of the text
    HTML_PAGE = "html_page"  # 200, a log-in page
    REDIRECT = "redirect"  # 307 to the same path on another host, which records as well

    # Somebody else works while this client reads.
    ROWS_MOVED = "rows_moved"  # the order of incidents that nobody asked to sort changes
    ROW_CREATED = "row_created"
    ROW_DELETED = "row_deleted"  # the lowest id, unless `incident_id` names another
    ROW_CHANGED = "row_changed"  # likewise
    ROWS_REPEATED = "rows_repeated"  # the last row of the page before is also the first of this

    # What the server shows of itself; counted in connections, not in requests.
    EXPIRED_CERTIFICATE = "expired_certificate"
    FOREIGN_CERTIFICATE = "foreign_certificate"  # of an authority that is not in ca_file
    SELF_SIGNED_CERTIFICATE = "self_signed_certificate"
    WRONG_HOST_CERTIFICATE = "wrong_host_certificate"


CERTIFICATE_FAULTS = frozenset(kind for kind in FaultKind if kind.endswith("_certificate"))
ROW_FAULTS = frozenset(kind for kind in FaultKind if kind.startswith("row"))
ORG_FAULTS = frozenset(kind for kind in FaultKind if kind.endswith(("_org", "_orgs")))

EVERY_TIME = None
SESSION = "*/rest/session"
QUERY_PAGED = "*/incidents/query_paged"


@dataclass
class Fault:
    """Spoils, of the requests that fit `method` and `path`, those after the first `after`,
    `times` of them (EVERY_TIME: all that follow).

    Without `path` those are all requests; pages of incidents for what happens to rows, log-ins for
    what happens to organizations.
    """

    kind: FaultKind
    method: str = "*"
    path: str = ""  # a pattern of the shell for the path, without the query
    after: int = 0
    times: int | None = 1
    retry_after: str | None = None  # seconds, or a date as HTTP writes it
    seconds: float = 30
    n_bytes: int | None = None
    incident_id: int | None = None
    seen: int = field(default=0, compare=False)
    used: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if not self.path:
            self.path = (
                QUERY_PAGED if self.kind in ROW_FAULTS
                else SESSION if self.kind in ORG_FAULTS
                else "*"
            )  # fmt: skip

    def fits(self, method: str, path: str) -> bool:
        return fnmatch.fnmatchcase(method, self.method) and fnmatch.fnmatchcase(path, self.path)

    def is_due(self) -> bool:
        """Counts one more request that fits."""
        self.seen += 1
        return self.seen > self.after and (self.times is None or self.used < self.times)


class Faults:
    """The faults of one emulator; may be changed while it runs. At most one meets a request: the
    first that is due; others wait for the next one."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = list(faults)
        self._lock = threading.Lock()

    def add(self, *faults: Fault) -> None:
        with self._lock:
            self._faults.extend(faults)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def for_request(self, method: str, path: str) -> Fault | None:
        with self._lock:
            fitting = [
                fault
                for fault in self._faults
                if fault.kind not in CERTIFICATE_FAULTS and fault.fits(method, path)
            ]
            return _first_due(fitting)

    def for_connection(self) -> Fault | None:
        with self._lock:
            return _first_due(f for f in self._faults if f.kind in CERTIFICATE_FAULTS)


def _first_due(fitting: Iterable[Fault]) -> Fault | None:
    due = [fault for fault in fitting if fault.is_due()]
    if not due:
        return None
    due[0].used += 1
    return due[0]
