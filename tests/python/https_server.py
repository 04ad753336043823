"""A server on 127.0.0.1 that answers what a test lays out, on the emulator's own connections."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .soar_emulator.faults import Fault, FaultKind
from .soar_emulator.listener import Listener
from .soar_emulator.message import Answer, Request

Answering = Callable[[Request], Answer | tuple[Answer, Fault]]

ENDLESS = Fault(FaultKind.ENDLESS_BODY)
SILENT = Fault(FaultKind.STALL_BEFORE_ANSWER)


class Server:
    """An answer comes alone, or with what becomes of it on the way."""

    def __init__(self, answer: Answering, context: ssl.SSLContext | None) -> None:
        self.asked: list[Request] = []
        self.arrived = threading.Event()
        self._answer = answer
        self._listener = Listener(0, lambda: context, self._respond)
        self.port = self._listener.port

    @property
    def n_connections(self) -> int:
        return self._listener.n_connections

    def close(self) -> None:
        self._listener.close()

    def _respond(self, request: Request) -> tuple[Answer, Fault | None]:
        self.asked.append(request)
        self.arrived.set()
        answer = self._answer(request)
        return answer if isinstance(answer, tuple) else (answer, None)


@contextmanager
def serve(answer: Answering, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Without a context it speaks HTTP alone, as a proxy does."""
    server = Server(answer, context)
    try:
        yield server
    finally:
        server.close()
