"""STOMP 1.2 over TLS, as much of it as the platform's side of the queues needs."""

import socket
import ssl
import threading
from pathlib import Path
from typing import NamedTuple, Self

RECEIVE_BYTES = 65536
TIMEOUT_SECONDS = 30
ESCAPED = {"\\": "\\\\", ":": "\\c", "\n": "\\n", "\r": "\\r"}


class Frame(NamedTuple):
    command: str
    headers: dict[str, str]
    body: bytes


class StompError(Exception):
    """The broker said ERROR, or nothing any more."""


def escaped(text: str) -> str:
    return "".join(ESCAPED.get(letter, letter) for letter in text)


def unescaped(text: str) -> str:
    for letter, code in list(ESCAPED.items())[1:]:
        text = text.replace(code, letter)
    return text.replace("\\\\", "\\")


class StompConnection:
    """One thread may read while others send."""

    def __init__(self, port: int, ca_file: Path, login: str, password: str) -> None:
        context = ssl.create_default_context(cafile=str(ca_file))
        raw = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
        try:
            self._socket = context.wrap_socket(raw, server_hostname="127.0.0.1")
        except BaseException:
            raw.close()
            raise
        self._lock = threading.Lock()
        self._received = b""
        self._n_receipts = 0
        headers = {"accept-version": "1.2", "host": "127.0.0.1", "heart-beat": "0,0",
                   "login": login, "passcode": password}  # fmt: skip
        try:
            self.write("CONNECT", headers)
            self._expect("CONNECTED")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def wake(self) -> None:
        """Ends a `read` in another thread."""
        socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def subscribe(self, queue: str) -> None:
        self._socket.settimeout(None)
        self.write("SUBSCRIBE", {"destination": f"/queue/{queue}", "id": queue, "ack": "auto"})

    def send(self, queue: str, headers: dict[str, str], body: bytes) -> None:
        """Returns when the broker has it."""
        self._n_receipts += 1
        receipt = {"receipt": str(self._n_receipts), "content-length": str(len(body))}
        self.write("SEND", {"destination": f"/queue/{queue}", **headers, **receipt}, body)
        self._expect("RECEIPT")

    def write(self, command: str, headers: dict[str, str], body: bytes = b"") -> None:
        lines = [command, *(f"{escaped(key)}:{escaped(value)}" for key, value in headers.items())]
        with self._lock:
            self._socket.sendall("\n".join(lines).encode() + b"\n\n" + body + b"\0")

    def read(self) -> Frame:
        head = self._read_head()
        command, *lines = head.decode().replace("\r\n", "\n").split("\n")
        headers: dict[str, str] = {}
        for line in lines:
            key, _, value = line.partition(":")
            headers.setdefault(unescaped(key), unescaped(value))
        length = headers.get("content-length")
        if length is None:
            while b"\0" not in self._received:
                self._receive()
            body, _, self._received = self._received.partition(b"\0")
            return Frame(command, headers, body)
        size = int(length)
        while len(self._received) <= size:
            self._receive()
        body, self._received = self._received[:size], self._received[size + 1 :]
        return Frame(command, headers, body)

    def _read_head(self) -> bytes:
        """Up to the empty line; the line ends between two frames are signs of life."""
        while b"\n\n" not in (rest := self._received.lstrip(b"\r\n")):
            self._receive()
        head, _, self._received = rest.partition(b"\n\n")
        return head

    def _receive(self) -> None:
        data = self._socket.recv(RECEIVE_BYTES)
        if not data:
            raise StompError("the broker has closed the connection")
        self._received += data

    def _expect(self, command: str) -> None:
        frame = self.read()
        if frame.command != command:
            raise StompError(f"{frame.command}: {frame.headers.get('message')}")
