"""The way to the platform, checked by the installed command `res-ml doctor`.

A process of its own: the command has its own TLS, which must not meet that of the framework's
process, and each of its lines already says what is wrong and the remedy.
"""

import subprocess
import sysconfig
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from resilient import get_config_file
from resilient.helpers import is_running_in_app_host

from fn_machine_learning.errors import PredictionError

COMMAND = "res-ml"
TIMEOUT_SECONDS = 120
FAILED = "FAILED"


def check_command() -> None:
    """The package for similar incidents brings a command of the same name: which of the two stands
    there depends on what was installed last. Ours is a program, not an entry point."""
    for other in entry_points(group="console_scripts", name=COMMAND):
        name = other.dist.name if other.dist is not None else other.module
        raise PredictionError(
            f"{name} is installed here too and brings a command {COMMAND} as well; "
            "move one of the two into another environment and install the other again"
        )


def config_file(opts: Mapping[str, Any]) -> Path | None:
    """The configuration that the command can read as the framework did; None if there is none.

    With resilient_mock there is no platform to reach, and in the platform's container the framework
    has removed the secrets by now.
    """
    path = Path(get_config_file()).expanduser()
    if opts.get("resilient_mock") or is_running_in_app_host() or not path.is_file():
        return None
    return path


def check(config: Path, model: Path) -> None:
    """Raises what failed, with the remedies."""
    program = Path(sysconfig.get_path("scripts"), COMMAND)
    command = [str(program), "doctor", "-f", str(config), "-i", str(model)]
    try:
        # Where the current folder is read-only, the command goes on without its log.
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=TIMEOUT_SECONDS)  # fmt: skip
    except OSError as error:
        raise PredictionError(
            f"{program}: {error.strerror}; reinstall fn_machine_learning"
        ) from None
    except subprocess.TimeoutExpired:
        raise PredictionError(f"res-ml doctor: no answer within {TIMEOUT_SECONDS} s") from None
    if done.returncode != 0:
        failed = [line for line in done.stdout.splitlines() if line.startswith(FAILED)]
        raise PredictionError(" | ".join(failed) or done.stderr.strip())
