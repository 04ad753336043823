"""No secret is left anywhere: looked for in all that a run says, writes, starts and is called."""

import base64
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import get_args
from urllib.parse import quote

import pytest

from .command_case import RES_ML
from .soar_emulator import EVERY_TIME, Fault, FaultKind, SoarEmulator
from .soar_emulator.emulator import LogIn
from .soar_folder import MACHINE_LEARNING

K = FaultKind
COMMANDS = (("download", "-o", "a.csv"), ("build", "-o", "m.ml"), ("doctor",), ("fields",))
KEYRING = """\
import json, os, sys
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 9

    def get_password(self, service, username):
        with open(f"/proc/{os.getpid()}/cmdline", "rb") as file:
            called = file.read().decode()
        with open(SEEN, "w") as file:
            json.dump([called, dict(os.environ)], file)
        return json.load(open(STORE)).get(username)

    def set_password(self, service, username, password):
        raise NotImplementedError
"""


class Place:
    """HOME, TMPDIR and the current folder of a run; beside it a key store that tells how it was
    called. The secret comes from the key store, or from the environment."""

    def __init__(self, path: Path, soar: SoarEmulator, log_in: LogIn, from_store: bool) -> None:
        self.path = path / "place"
        self.soar = soar
        self.seen = path / "seen.json"
        account = soar.settings.account
        is_key = log_in == "api_key"
        self.who = account.api_key_id if is_key else account.email
        self.secret = account.api_key_secret if is_key else account.password
        for name in ("home", "temporary", "work"):
            (self.path / name).mkdir(parents=True)
        store = path / "store"
        store.mkdir()
        told = json.dumps({"secret": self.secret, "org": soar.settings.org.name})
        (store / "store.json").write_text(told)
        keyring = KEYRING.replace("SEEN", repr(str(self.seen)))
        (store / "test_keyring.py").write_text(
            keyring.replace("STORE", repr(str(store / "store.json")))
        )
        self.environment = {
            **os.environ, "HOME": str(self.path / "home"), "TMPDIR": str(self.path / "temporary"),
            "PYTHON_KEYRING_BACKEND": "test_keyring.Keyring", "PYTHONPATH": str(store),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }  # fmt: skip
        if not from_store:
            self.environment["SOAR_SECRET"] = self.secret
        who, what = ("api_key_id", "api_key_secret") if is_key else ("email", "password")
        keys = {"host": "127.0.0.1", "port": soar.port, "org": "^org", "cafile": soar.ca_file,
                who: self.who, what: "^secret" if from_store else "$SOAR_SECRET",
                "request_retry_delay": 0}  # fmt: skip
        lines = [f"{key} = {value}" for key, value in keys.items()]
        config = self.path / "work" / "ml.config"
        config.write_text(MACHINE_LEARNING + "\n".join(["[resilient]", *lines, ""]))

    def start(self, *args: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([RES_ML, "-v", *args], cwd=self.path / "work", env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                preexec_fn=allow_core_dumps)  # fmt: skip

    def secrets(self) -> set[bytes]:
        """The secret itself, what is made of it, and what the platform gave for it."""
        sent = {
            value
            for one in self.soar.requests
            for name in ("authorization", "x-sess-id", "cookie")
            if (value := one.request.header(name))
        }
        sent |= {part for one in sent for part in one.replace("=", " ").split() if len(part) > 15}
        texts = {self.secret, quote(self.secret), json.dumps(self.secret)[1:-1], *sent}
        return {one.encode() for one in texts} | {
            base64.b64encode(one).rstrip(b"=")
            for one in (self.secret.encode(), f"{self.who}:{self.secret}".encode())
        }

    def files(self) -> Iterable[tuple[str, bytes]]:
        """Names and contents; of a core dump the name only: it is what the memory held."""
        for path in self.path.rglob("*"):
            if path.is_file():
                is_core = path.name.startswith("core") and path.suffix != ".config"
                yield str(path), b"" if is_core else path.read_bytes()


def allow_core_dumps() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)


def wait_until_used(fault: Fault, process: subprocess.Popen[bytes]) -> None:
    while not fault.used:
        assert process.poll() is None, process.communicate()


def as_others_see(process: subprocess.Popen[bytes]) -> dict[str, bytes]:
    """What any user of the machine can read of it, and what a core dump would be named after."""
    proc = Path("/proc", str(process.pid))
    tasks = [task / "comm" for task in (proc / "task").iterdir()]
    shown = {str(path): path.read_bytes() for path in (proc / "cmdline", *tasks)}
    return {**shown, "exe": bytes((proc / "exe").readlink())}


def assert_nowhere(place: Place, shown: dict[str, bytes]) -> None:
    called, environment = json.loads(place.seen.read_text())
    where = {**shown, "the child's command line": called.encode(),
             "the child's environment": json.dumps(environment).encode()}  # fmt: skip
    for name, content in place.files():
        where[name], where[f"the name {name}"] = content, name.encode()
    secrets = place.secrets()
    assert len(secrets) >= 4
    found = [name for name, content in where.items() if any(one in content for one in secrets)]
    assert found == []


@pytest.mark.parametrize("from_store", [True, False], ids=["key store", "environment"])
@pytest.mark.parametrize("log_in", get_args(LogIn))
@pytest.mark.parametrize("command", COMMANDS, ids=[command[0] for command in COMMANDS])
def test_no_secret_is_left(
    tmp_path: Path, soar: SoarEmulator, command: tuple[str, ...], log_in: LogIn, from_store: bool
) -> None:
    place = Place(tmp_path, soar, log_in, from_store)
    slow = Fault(K.SLOW_BYTES, path="*/types/incident", seconds=0.5)
    soar.faults.add(slow)
    if command[0] != "doctor":  # which tries once
        soar.faults.add(Fault(K.UNAVAILABLE, after=3), Fault(K.HTML_PAGE, after=4))
    process = place.start(*command)
    wait_until_used(slow, process)
    shown = as_others_see(process)
    shown["stdout"], shown["stderr"] = process.communicate(timeout=60)
    assert process.returncode == 0, shown["stderr"]
    assert b"configuration: " in shown["stderr"]  # -v had something to say
    assert_nowhere(place, shown)


@pytest.mark.parametrize("log_in", get_args(LogIn))
@pytest.mark.parametrize("command", COMMANDS, ids=[command[0] for command in COMMANDS])
def test_no_secret_is_left_by_a_refusal(
    tmp_path: Path, soar: SoarEmulator, command: tuple[str, ...], log_in: LogIn
) -> None:
    place = Place(tmp_path, soar, log_in, from_store=True)
    soar.faults.add(Fault(K.UNAUTHORIZED, path="*/orgs/*", times=EVERY_TIME))
    process = place.start(*command)
    shown = dict(zip(("stdout", "stderr"), process.communicate(timeout=60), strict=True))
    assert process.returncode == 1
    assert b"answered 401" in shown["stdout"] + shown["stderr"]
    assert_nowhere(place, shown)


@pytest.mark.parametrize("command", COMMANDS, ids=[command[0] for command in COMMANDS])
def test_no_secret_is_left_by_a_crash(
    tmp_path: Path, soar: SoarEmulator, command: tuple[str, ...]
) -> None:
    place = Place(tmp_path, soar, "api_key", from_store=True)
    slow = Fault(K.STALL_BEFORE_ANSWER, path="*/types/incident")
    soar.faults.add(slow)
    process = place.start(*command)
    wait_until_used(slow, process)
    process.send_signal(signal.SIGABRT)
    shown = dict(zip(("stdout", "stderr"), process.communicate(timeout=60), strict=True))
    assert process.returncode == -signal.SIGABRT
    assert_nowhere(place, shown)
