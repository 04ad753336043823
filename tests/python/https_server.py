"""A server on 127.0.0.1 that answers what a test lays out."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Answer:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    endless: bool = False  # the body is repeated until the client hangs up
    silent: bool = False  # nothing is answered until the server ends


@dataclass
class Asked:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def json_answer(content: object, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps(content).encode(), headers)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answer: Callable[[Asked], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.asked: list[Asked] = []
        self.n_connections = 0
        self.arrived = threading.Event()
        self.ended = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that refuses the certificate or hangs up is what tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.n_connections += 1

    def log_message(self, *args: object) -> None:
        pass

    def respond(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        headers = {key.lower(): value for key, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, self.rfile.read(size))
        self.server.asked.append(asked)
        self.server.arrived.set()
        answer = self.server.answer(asked)
        if answer.silent:
            self.server.ended.wait()
            return
        self.send_response(answer.status)
        sent = {"Content-Type": "application/json", **answer.headers}
        if not answer.endless:
            sent["Content-Length"] = str(len(answer.body))
        for key, value in sent.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(answer.body)
        while answer.endless:
            self.wfile.write(answer.body)

    do_GET = respond  # noqa: N815 - the names are those of HTTP
    do_POST = respond  # noqa: N815
    do_CONNECT = respond  # noqa: N815


def https_server(
    answer: Callable[[Asked], Answer], certificate: Path, client_ca: Path | None = None
) -> AbstractContextManager[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    return http_server(answer, context)


@contextmanager
def http_server(
    answer: Callable[[Asked], Answer], context: ssl.SSLContext | None = None
) -> Iterator[Server]:
    server = Server(answer)
    if context is not None:
        # The handshake belongs to the connection's thread: one that fails must not end the server.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
