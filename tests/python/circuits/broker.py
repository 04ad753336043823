"""ActiveMQ, the platform's own broker, as an unprivileged process in a temporary folder."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from string import Template
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    load_pem_private_key,
    pkcs12,
)

SHARE = Path("/usr/share/activemq")
TEMPLATE = Path(__file__).with_name("activemq.xml")
LOGIN = "platform"
START_SECONDS = 60
STOP_SECONDS = 30
OPENED = (
    "java.base/java.security", "java.base/java.net", "java.base/java.lang", "java.base/java.util",
    "java.base/java.util.concurrent", "java.base/java.util.concurrent.atomic",
    "java.naming/javax.naming.spi", "java.rmi/sun.rmi.transport.tcp",
)  # fmt: skip
# Little memory and a quick start.
OPTIONS = ("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Broker:
    """On `port` of 127.0.0.1 until the `with` block ends, with the two queues of one message
    destination. After `stop` and `start` the messages that nobody acknowledged are still there."""

    def __init__(
        self, certificate: bytes, app: tuple[str, str], org_id: int, destination: str
    ) -> None:
        self.port = free_port()
        self.password = secrets.token_hex(16)
        self.actions = f"actions.{org_id}.{destination}"
        self.acks = f"acks.{org_id}.{destination}"
        self._certificate = certificate
        self._app = app
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        # Not below the folder of the tests, which only their user may enter.
        self._folder = Path(tempfile.mkdtemp(prefix="activemq-"))
        (self._folder / "broker.p12").write_bytes(self._key_store())
        (self._folder / "activemq.xml").write_text(self._configuration())
        if os.geteuid() == 0:
            for path in (self._folder, *self._folder.iterdir()):
                shutil.chown(path, "nobody", "nogroup")
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def start(self) -> None:
        opened = [part for name in OPENED for part in ("--add-opens", f"{name}=ALL-UNNAMED")]
        folders = [f"-Dactivemq.{name}={self._folder}" for name in ("base", "conf", "data")]
        command = [
            "java", *OPTIONS, "--add-reads=java.xml=java.logging", *opened, *folders,
            f"-Dactivemq.classpath={self._folder}:", f"-Dactivemq.home={SHARE}",
            "-jar", str(SHARE / "bin" / "activemq.jar"),
            "start", f"xbean:file:{self._folder}/activemq.xml",
        ]  # fmt: skip
        nobody = "nobody" if os.geteuid() == 0 else None
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                user=nobody, group=nobody and "nogroup", extra_groups=nobody and [],
            )  # fmt: skip
        self._wait_until_open(self._process)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(STOP_SECONDS)
            self._process = None

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def _log(self) -> Path:
        return self._folder / "broker.log"

    def _wait_until_open(self, process: subprocess.Popen[bytes]) -> None:
        last = time.monotonic() + START_SECONDS
        while time.monotonic() < last and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"the broker did not start:\n{self.log}")

    def _key_store(self) -> bytes:
        certificate, *chain = x509.load_pem_x509_certificates(self._certificate)
        key = load_pem_private_key(self._certificate, None)
        assert isinstance(key, EllipticCurvePrivateKey)
        encryption = BestAvailableEncryption(self.password.encode())
        return pkcs12.serialize_key_and_certificates(b"broker", key, certificate, chain, encryption)

    def _configuration(self) -> str:
        login, password = self._app
        return Template(TEMPLATE.read_text()).substitute(
            folder=self._folder, port=self.port, actions=self.actions, acks=self.acks,
            app_login=login, app_password=password, login=LOGIN, password=self.password,
        )  # fmt: skip
