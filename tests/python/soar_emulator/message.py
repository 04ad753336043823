"""A request as it came, and the answer to it."""

import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson

JSON = "application/json"
HTML = "text/html;charset=utf-8"


class RefusedError(Exception):
    """Ends a request with an error status; the body is the platform's StatusDTO."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass
class Request:
    method: str
    target: str  # path and query as sent
    headers: list[tuple[str, str]]  # names in lower case
    body: bytes
    connection: int  # 1 is the first connection of this listener
    time: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        parts = urlsplit(self.target)
        self.path = unquote(parts.path)
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)

    def option(self, name: str) -> str | None:
        """Format controls come as a query parameter or as a header of the same name."""
        return self.query.get(name, self.header(name))

    def cookie(self, name: str) -> str | None:
        """The platform's own client sends its cookie twice in one header; any of them will do."""
        morsel = SimpleCookie(self.header("cookie") or "").get(name)
        return morsel.value if morsel else None

    def json(self) -> Any:
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise RefusedError(400, f"Unable to parse the request: {error}") from None

    def json_object(self) -> dict[str, Any]:
        value = self.json()
        if not isinstance(value, dict):
            raise RefusedError(400, "Unable to parse the request: an object is expected")
        return value


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: list[tuple[str, str]] = field(default_factory=list)


def json_answer(value: object, status: int = 200) -> Answer:
    return Answer(status, orjson.dumps(value))


def status_body(message: str | None, success: bool = False) -> dict[str, Any]:
    """The object that stands in the body of errors, and of answers that say no more than yes."""
    return {
        "success": success, "title": None, "message": message, "hints": [],
        "error_code": None if success else "generic", "error_payload": None,
    }  # fmt: skip


def error_answer(status: int, message: str) -> Answer:
    return json_answer(status_body(message), status)


def html_answer(status: int, title: str) -> Answer:
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{title}</body></html>"
    return Answer(status, page.encode(), HTML)
