"""The command in a folder with a configuration that leads to the emulator, and what becomes of a
download there when a plan of faults meets it."""

import csv
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .command_case import RES_ML
from .soar_emulator import FaultPlan, Outcome, SoarEmulator, random_faults
from .soar_emulator.emulator import LogIn
from .soar_emulator.samples import sample_incidents

MACHINE_LEARNING = """\
[machine_learning]
prediction = severity_code
features = incident_type_ids, confirmed, data_encrypted, score
algorithm = Decision Tree

"""
OLD = "the old file"
USER_ERROR = 1


class Folder:
    """Where the command is called."""

    def __init__(self, path: Path, soar: SoarEmulator) -> None:
        self.path = path
        self.soar = soar
        self.environment = {**os.environ, "HOME": str(path), "TZ": "UTC"}
        self.configure()

    def configure(self, log_in: LogIn = "api_key", before: str = MACHINE_LEARNING) -> None:
        config = self.soar.app_config(self.path / "ml.config", log_in, before=before)
        config.write_text(config.read_text() + "request_retry_delay = 0\n")

    def res_ml(self, *args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([RES_ML, *args], cwd=self.path, env=self.environment,
                              capture_output=True, text=True, check=False)  # fmt: skip

    def rows(self, name: str = "a.csv") -> list[dict[str, str]]:
        with (self.path / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def names(self) -> list[str]:
        return sorted(one.name for one in self.path.iterdir())


@dataclass(frozen=True)
class Met:
    """What became of the download that met a plan of faults."""

    plan: FaultPlan
    ended_well: bool
    wrong: list[str]  # rows that are missing, doubled or different, or what else must not be
    reason: str  # why it failed

    @property
    def is_as_planned(self) -> bool:
        wanted = self.plan.outcome
        return wanted == Outcome.EITHER or self.ended_well == (wanted == Outcome.SUCCESS)


def download_through_faults(seed: int, path: Path) -> Met:
    """`path` is an empty folder. Every second seed logs in by e-mail."""
    log_in: LogIn = "email" if seed % 2 else "api_key"
    plan = random_faults(seed, log_in=log_in)
    with SoarEmulator(sample_incidents(250), faults=plan.faults) as soar:
        folder = Folder(path, soar)
        folder.configure(log_in)
        (path / "a.csv").write_text(OLD)
        done = folder.res_ml("download", "-o", "a.csv")
        wrong = [f"sent to another host: {one}" for one in soar.credentials_sent_elsewhere()]
        if done.returncode == 0:
            return Met(plan, True, wrong + soar.wrong_rows(folder.rows()), "")
        if done.returncode != USER_ERROR or not done.stderr:
            wrong.append(f"exit code {done.returncode}, reason {done.stderr!r}")
        if (path / "a.csv").read_text() != OLD:
            wrong.append("the old file was touched")
        if len(folder.names()) > len({"a.csv", "ml.config", "res-ml.log"}):
            wrong.append(f"left behind: {', '.join(folder.names())}")
        return Met(plan, False, wrong, done.stderr.strip())
