"""Runs a command to its end and says what the whole process took."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "bench"
RES_ML = BUILD / "cpp" / "res-ml"
PARTS = BUILD / "tests" / "bench" / "resml_bench"
LAUNCH = BUILD / "tests" / "bench" / "resml_launch"
PYTHON = BUILD / "venv" / "bin" / "python"

TIMEOUT_S = 400
# Others may use the machine: a run waits until they pause, for so long at most.
QUIET_SHARE = 0.1
PATIENCE_S = 2.0


class RunError(Exception):
    """The command did not end, or ended badly; the text says how."""


class Run(NamedTuple):
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str

    def json(self) -> Any:
        return json.loads(self.output)


def run(
    command: Sequence[object],
    environment: Mapping[str, str] | None = None,
    patience_s: float = PATIENCE_S,
) -> Run:
    """In the folder of the project, so that modules are found. RunError names the command."""
    wait_until_quiet(patience_s)
    texts = [str(part) for part in command]
    process = subprocess.Popen(
        [LAUNCH, *texts],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=TIMEOUT_S)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise RunError(f"over {TIMEOUT_S} s") from None
        raise
    if process.returncode != 0:
        raise RunError(f"{' '.join(texts)}: {errors.strip()[-500:]}")
    return parse_run(output)


def cpu_times() -> tuple[int, int]:
    """Clock ticks of all processors since the start: all of them, and those without work."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().split(maxsplit=9)[1:9]]
    return sum(ticks), ticks[3] + ticks[4]


def wait_until_quiet(patience_s: float) -> None:
    give_up = time.monotonic() + patience_s
    while time.monotonic() < give_up:
        before = cpu_times()
        time.sleep(0.1)
        after = cpu_times()
        busy = 1 - (after[1] - before[1]) / max(1, after[0] - before[0])
        if busy <= QUIET_SHARE:
            return


def parse_run(output: str) -> Run:
    """What the command printed, and the line that resml_launch added."""
    own, _, measured = output.rstrip("\n").rpartition("\n")
    return Run(**json.loads(measured), output=own)
