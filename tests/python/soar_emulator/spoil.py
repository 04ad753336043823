"""How each fault of the connection goes over the wire."""

import contextlib
import gzip
import socket
import ssl
import struct
from collections.abc import Callable
from http import HTTPStatus

from .faults import Fault, FaultKind
from .message import Answer

N_SLOW_PIECES = 20
WRONG_BY_BYTES = 100
ENDLESS_PIECE = b'{"data":[' + b" " * 65536

# True if the connection can take another request.
Spoiler = Callable[["Wire", Answer, Fault], bool]


class Wire:
    """The server's end of one connection."""

    def __init__(self, tls: socket.socket) -> None:
        self._tls = tls

    def send(self, data: bytes) -> None:
        self._tls.sendall(data)

    def wait(self, seconds: float) -> None:
        """Ends early, with an error, if the client goes, the emulator stops, or the client sends
        something although it has no answer yet."""
        self._tls.settimeout(seconds)
        try:
            self._tls.recv(1)
            raise ConnectionAbortedError
        except TimeoutError:
            pass
        finally:
            self._tls.settimeout(None)

    def reset(self) -> None:
        # Closing with a linger time of zero sends RST instead of FIN.
        self._tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def finish(self) -> None:
        """The orderly end of TLS, without waiting for the client's."""
        self._tls.settimeout(0)
        with contextlib.suppress(OSError):
            if isinstance(self._tls, ssl.SSLSocket):
                self._tls.unwrap()


def head(answer: Answer, *fields: tuple[str, str]) -> bytes:
    every = [("Content-Type", answer.content_type), *answer.headers, *fields]
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in every]
    return "\r\n".join([*lines, "", ""]).encode()


def with_length(answer: Answer, length: int) -> bytes:
    return head(answer, ("Content-Length", str(length)))


def cut(answer: Answer, fault: Fault) -> bytes:
    n_bytes = len(answer.body) // 2 if fault.n_bytes is None else fault.n_bytes
    return answer.body[:n_bytes]


def reset_before_answer(wire: Wire, _: Answer, __: Fault) -> bool:
    wire.reset()
    return False


def close_before_answer(wire: Wire, _: Answer, __: Fault) -> bool:
    wire.finish()
    return False


def stall_before_answer(wire: Wire, _: Answer, fault: Fault) -> bool:
    wire.wait(fault.seconds)
    return False


def reset_in_body(wire: Wire, answer: Answer, fault: Fault) -> bool:
    wire.send(with_length(answer, len(answer.body)) + cut(answer, fault))
    wire.reset()
    return False


def stall_in_body(wire: Wire, answer: Answer, fault: Fault) -> bool:
    wire.send(with_length(answer, len(answer.body)) + cut(answer, fault))
    wire.wait(fault.seconds)
    return False


def length_too_long(wire: Wire, answer: Answer, _: Fault) -> bool:
    wire.send(with_length(answer, len(answer.body) + WRONG_BY_BYTES) + answer.body)
    wire.finish()
    return False


def length_too_short(wire: Wire, answer: Answer, _: Fault) -> bool:
    announced = max(len(answer.body) - WRONG_BY_BYTES, len(answer.body) // 2)
    wire.send(with_length(answer, announced) + answer.body)
    return True


def slow_bytes(wire: Wire, answer: Answer, fault: Fault) -> bool:
    data = with_length(answer, len(answer.body)) + answer.body
    size = -(-len(data) // N_SLOW_PIECES)
    wire.send(data[:size])
    for start in range(size, len(data), size):
        wire.wait(fault.seconds / (N_SLOW_PIECES - 1))
        wire.send(data[start : start + size])
    return True


def truncated_gzip(wire: Wire, answer: Answer, fault: Fault) -> bool:
    """Compressed whether the client asked for it or not."""
    encoded = ("Content-Encoding", "gzip")
    if encoded not in answer.headers:
        body = gzip.compress(answer.body, mtime=0)
        answer = Answer(answer.status, body, answer.content_type, [*answer.headers, encoded])
    body = cut(answer, fault)
    wire.send(with_length(answer, len(body)) + body)
    return True


def endless_body(wire: Wire, answer: Answer, _: Fault) -> bool:
    plain = Answer(answer.status, b"", answer.content_type)
    wire.send(head(plain, ("Transfer-Encoding", "chunked")))
    while True:  # until the client goes or the emulator stops
        wire.send(b"%x\r\n%b\r\n" % (len(ENDLESS_PIECE), ENDLESS_PIECE))


SPOILERS: dict[FaultKind, Spoiler] = {
    FaultKind.RESET_BEFORE_ANSWER: reset_before_answer,
    FaultKind.CLOSE_BEFORE_ANSWER: close_before_answer,
    FaultKind.STALL_BEFORE_ANSWER: stall_before_answer,
    FaultKind.RESET_IN_BODY: reset_in_body,
    FaultKind.STALL_IN_BODY: stall_in_body,
    FaultKind.LENGTH_TOO_LONG: length_too_long,
    FaultKind.LENGTH_TOO_SHORT: length_too_short,
    FaultKind.SLOW_BYTES: slow_bytes,
    FaultKind.TRUNCATED_GZIP: truncated_gzip,
    FaultKind.ENDLESS_BODY: endless_body,
}
