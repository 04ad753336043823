"""`resilient-circuits run` as its own process, with its own configuration, lock and log."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

PROGRAM = Path(sys.prefix, "bin", "resilient-circuits")
ARGUMENTS = ["run", "-r"]
START_SECONDS = 120
STOP_SECONDS = 30
SUBSCRIBED = "Subscribed to message destination"
PROXIES = ("http_proxy", "https_proxy", "all_proxy")


def cpu_seconds(pid: int) -> float:
    """That a process has taken so far."""
    ticks = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


class CircuitsProcess:
    """Runs until the `with` block ends; `configure` may be called while it runs."""

    def __init__(self, folder: Path, configuration: str) -> None:
        self.folder = folder
        self.config = folder / "app.config"
        (folder / "log").mkdir(parents=True, exist_ok=True)
        self.configure(configuration)
        self._changed = threading.Condition()
        self._lines: list[str] = []
        self._seen = 0
        self._ended = True

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def configure(self, configuration: str) -> None:
        """Written in place: the framework does not notice a file that is renamed over."""
        self.config.write_text(configuration)

    def start(self, wait_for: str = SUBSCRIBED) -> None:
        self._seen = len(self._lines)
        self._ended = False
        self._process = subprocess.Popen(
            [PROGRAM, *ARGUMENTS], cwd=self.folder, env=self.environment, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._read, name="circuits", daemon=True)
        self._thread.start()
        if wait_for:
            try:
                self.wait_for(wait_for, START_SECONDS)
            except AssertionError:
                self.stop()
                raise

    def forget(self) -> None:
        """What it has said so far nobody waits for any more."""
        with self._changed:
            self._seen = len(self._lines)

    def wait_for(self, text: str, seconds: float = 60) -> None:
        """Until the process says it, after what earlier calls waited for."""
        with self._changed:
            found = self._changed.wait_for(lambda: self._find(text) or self._ended, seconds)
            position = self._find(text)
            if not found or not position:
                raise AssertionError(f'no "{text}" from resilient-circuits:\n{self.log[-4000:]}')
            self._seen = position

    def command(self, *arguments: str, answers: str = "") -> subprocess.CompletedProcess[str]:
        """Another command of the framework with the same configuration, to its end."""
        return subprocess.run(
            [PROGRAM, *arguments], cwd=self.folder, env=self.environment, input=answers,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip

    def stop(self, number: int = signal.SIGTERM) -> int:
        """The exit code; that of a process which has ended already is still there."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        return self.wait()

    def wait(self, seconds: float = STOP_SECONDS) -> int:
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        self._thread.join()
        return code

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items()
                     if name.lower() not in PROXIES}  # fmt: skip
        return inherited | {"HOME": str(self.folder), "APP_CONFIG_FILE": str(self.config),
                            "APP_LOCK_FILE": str(self.folder / "lock"),
                            "PYTHONUNBUFFERED": "1"}  # fmt: skip

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def log(self) -> str:
        with self._changed:
            return "".join(self._lines)

    @property
    def n_lines(self) -> int:
        return len(self._lines)

    def n_said(self, text: str, after: int) -> int:
        """Lines with the text among those behind the first `after`."""
        with self._changed:
            return sum(text in line for line in self._lines[after:])

    @property
    def resident_bytes(self) -> int:
        status = Path("/proc", str(self._process.pid), "status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return 1024 * int(line.split()[1])

    @property
    def cpu_seconds(self) -> float:
        return cpu_seconds(self._process.pid)

    def _find(self, text: str) -> int:
        """The number of lines up to the one with the text, 0 if there is none."""
        later = range(self._seen, len(self._lines))
        return next((i + 1 for i in later if text in self._lines[i]), 0)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                with self._changed:
                    self._lines.append(line)
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()
