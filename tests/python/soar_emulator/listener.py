"""HTTPS, or plain HTTP, on a port of this machine: one thread for each connection, h11 to read requests.

Blocking sockets and one writer per connection, so that a fault can put any bytes on the wire,
wait, or break the connection off in the middle.
"""

import contextlib
import email.utils
import gzip
import socket
import ssl
import threading
from collections.abc import Callable
from http import HTTPStatus

import h11

from .faults import Fault
from .message import Answer, Request
from .spoil import SPOILERS, Wire

RECEIVE_BYTES = 65536
GZIP_FROM_BYTES = 1000

Respond = Callable[[Request], tuple[Answer, Fault | None]]


class Listener:
    """`context` is asked for each new connection, None is one without TLS; `respond` for each
    request."""

    def __init__(
        self, port: int, context: Callable[[], ssl.SSLContext | None], respond: Respond
    ) -> None:
        self._context = context
        self._respond = respond
        self._lock = threading.Lock()
        self._open: dict[int, tuple[socket.socket, threading.Thread]] = {}
        self._closing = False
        self.n_connections = 0
        self.n_failed_handshakes = 0
        self._socket = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="soar-emulator", daemon=True)
        self._thread.start()

    def close(self) -> None:
        with self._lock:
            self._closing = True
        self._socket.shutdown(socket.SHUT_RDWR)  # wakes accept
        self._thread.join()
        self._socket.close()
        self.disconnect()

    def disconnect(self) -> None:
        """Ends all connections, as a restarted server does."""
        with self._lock:
            connections = list(self._open.values())
        for connection, _ in connections:
            # SSLSocket's own method would take the TLS state away from the thread that reads.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for _, thread in connections:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                raw, _ = self._socket.accept()
            except OSError:
                return
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            context = self._context()
            try:
                self._start(
                    raw
                    if context is None
                    else context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
                )
            except OSError:  # already gone
                raw.close()

    def _start(self, tls: socket.socket) -> None:
        with self._lock:
            if self._closing:
                tls.close()
                return
            self.n_connections += 1
            number = self.n_connections
            thread = threading.Thread(
                target=self._serve, args=(tls, number), name=f"soar-emulator-{number}", daemon=True
            )
            self._open[number] = (tls, thread)
            thread.start()

    def _serve(self, tls: socket.socket, number: int) -> None:
        try:
            if self._handshake(tls):
                Connection(tls, number, self._respond).run()
        except OSError:
            pass  # the client went away, or the emulator stops
        finally:
            with self._lock:
                del self._open[number]
            tls.close()

    def _handshake(self, tls: socket.socket) -> bool:
        try:
            if isinstance(tls, ssl.SSLSocket):
                tls.do_handshake()
        except OSError:
            with self._lock:
                self.n_failed_handshakes += 1
            return False
        return True


class Connection:
    """Requests of one client, one after the other."""

    def __init__(self, tls: socket.socket, number: int, respond: Respond) -> None:
        self._tls = tls
        self._number = number
        self._respond = respond
        self._received = b""

    def run(self) -> None:
        while True:
            # A new one each time: after a spoilt answer the old one would not go on.
            http = h11.Connection(h11.SERVER)
            try:
                request = self._read(http)
            except h11.RemoteProtocolError as error:
                http.send_failed()
                self._tls.sendall(_bad_request(error))
                return
            if request is None:
                return
            self._received = http.trailing_data[0]
            answer, fault = self._respond(request)
            if not self._write(http, request, compressed(request, answer), fault):
                return

    def _read(self, http: h11.Connection) -> Request | None:
        if self._received:
            http.receive_data(self._received)
        head: h11.Request | None = None
        body = []
        while True:
            event = http.next_event()
            if event is h11.NEED_DATA:
                if http.they_are_waiting_for_100_continue:
                    self._tls.sendall(
                        http.send(h11.InformationalResponse(status_code=100, headers=[])) or b""
                    )
                http.receive_data(self._tls.recv(RECEIVE_BYTES))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                headers = [(name.decode(), value.decode("latin-1")) for name, value in head.headers]
                return Request(
                    head.method.decode(), head.target.decode(), headers, b"".join(body),
                    self._number,
                )  # fmt: skip
            else:
                return None

    def _write(
        self, http: h11.Connection, request: Request, answer: Answer, fault: Fault | None
    ) -> bool:
        """True if the connection can take another request."""
        if fault is not None and fault.kind in SPOILERS:
            return SPOILERS[fault.kind](Wire(self._tls), answer, fault)
        head = h11.Response(
            status_code=answer.status,
            reason=HTTPStatus(answer.status).phrase,
            headers=[*head_fields(answer), ("Content-Length", str(len(answer.body)))],
        )
        data = [http.send(head)]
        if request.method != "HEAD":
            data.append(http.send(h11.Data(data=answer.body)))
        data.append(http.send(h11.EndOfMessage()))
        self._tls.sendall(b"".join(part for part in data if part))
        return http.our_state is not h11.MUST_CLOSE


def head_fields(answer: Answer) -> list[tuple[str, str]]:
    has_date = any(name == "Date" for name, _ in answer.headers)
    return [
        *([] if has_date else [("Date", email.utils.formatdate(usegmt=True))]),
        ("Content-Type", answer.content_type),
        ("Cache-Control", "no-store"),
        *answer.headers,
    ]


def compressed(request: Request, answer: Answer) -> Answer:
    if len(answer.body) < GZIP_FROM_BYTES or "gzip" not in (
        request.header("accept-encoding") or ""
    ):
        return answer
    body = gzip.compress(answer.body, compresslevel=1, mtime=0)
    headers = [*answer.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    return Answer(answer.status, body, answer.content_type, headers)


def _bad_request(error: h11.RemoteProtocolError) -> bytes:
    status = HTTPStatus(error.error_status_hint)
    return f"HTTP/1.1 {status} {status.phrase}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
