"""Who may ask: API keys, and log-ins by e-mail that get a cookie and a token against CSRF."""

import base64
import binascii
import secrets
import threading
import time
from dataclasses import dataclass, field

from .message import RefusedError, Request

COOKIE = "JSESSIONID"


@dataclass
class Account:
    """What the emulator accepts."""

    api_key_id: str = "5c1bb2a1-3c4d-4e5f-9a8b-7c6d5e4f3a2b"
    api_key_secret: str = field(default="kSv-emulator-secret-0F1e2D3c4B5a", repr=False)
    email: str = "analyst@example.com"
    password: str = field(default="pass%word $ with = signs", repr=False)


@dataclass
class Session:
    csrf_token: str
    ends: float


class Sessions:
    """A log-in by e-mail lasts `lifetime` seconds; an API key is checked with every request."""

    def __init__(self, account: Account, lifetime: float) -> None:
        self.account = account
        self.lifetime = lifetime
        self.n_logins = 0  # accepted requests of a session, by API key as well
        self._by_cookie: dict[str, Session] = {}
        self._lock = threading.Lock()

    def log_in(self, email: object, password: object) -> tuple[str, str]:
        """The cookie and the token."""
        if (email, password) != (self.account.email, self.account.password):
            raise RefusedError(401, "Invalid user name or password")
        cookie, token = secrets.token_hex(16), secrets.token_hex(16)
        with self._lock:
            self._by_cookie[cookie] = Session(token, time.monotonic() + self.lifetime)
            self.n_logins += 1
        return cookie, token

    def count_api_key(self) -> None:
        with self._lock:
            self.n_logins += 1

    def expire(self) -> None:
        with self._lock:
            self._by_cookie.clear()

    def change_tokens(self) -> None:
        with self._lock:
            for session in self._by_cookie.values():
                session.csrf_token = secrets.token_hex(16)

    def check(self, request: Request) -> None:
        """An API key, or both cookie and token of a session; GET needs the token as well."""
        if request.header("authorization") is not None:
            self.check_api_key(request)
            return
        cookie = request.cookie(COOKIE)
        with self._lock:
            session = self._by_cookie.get(cookie or "")
        if session is None or session.ends < time.monotonic():
            raise RefusedError(401, "The session does not exist or has expired")
        if request.header("x-sess-id") != session.csrf_token:
            raise RefusedError(401, "The request does not carry the token of its session")

    def check_api_key(self, request: Request) -> None:
        scheme, _, encoded = (request.header("authorization") or "").partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            given = ""
        if scheme.lower() != "basic" or given != (
            f"{self.account.api_key_id}:{self.account.api_key_secret}"
        ):
            raise RefusedError(401, "Invalid API key")
