"""What becomes of a download that meets a plan of faults."""

from dataclasses import dataclass
from pathlib import Path

from .soar_emulator import FaultPlan, Outcome, SoarEmulator, random_faults
from .soar_emulator.emulator import LogIn
from .soar_emulator.samples import sample_incidents
from .soar_folder import Folder

OLD = "the old file"
USER_ERROR = 1
PARTIAL = {"a.csv.partial", "a.csv.partial.json"}  # for --resume


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
    """`path` is an empty folder. Every second seed logs in by e-mail; one to four connections."""
    connections = 1 + seed // 2 % 4
    log_in: LogIn = "email" if seed % 2 else "api_key"
    plan = random_faults(seed, log_in=log_in)
    with SoarEmulator(sample_incidents(250), faults=plan.faults) as soar:
        folder = Folder(path, soar)
        folder.configure(log_in)
        (path / "a.csv").write_text(OLD)
        done = folder.res_ml("download", "-o", "a.csv", "--connections", str(connections))
        wrong = [f"sent to another host: {one}" for one in soar.credentials_sent_elsewhere()]
        if done.returncode == 0:
            return Met(plan, True, wrong + soar.wrong_rows(folder.rows()), "")
        if done.returncode != USER_ERROR or not done.stderr:
            wrong.append(f"exit code {done.returncode}, reason {done.stderr!r}")
        if (path / "a.csv").read_text() != OLD:
            wrong.append("the old file was touched")
        left = set(folder.names()) - {"a.csv", "ml.config", "res-ml.log"}
        if left not in (set(), PARTIAL):
            wrong.append(f"left behind: {', '.join(left)}")
        return Met(plan, False, wrong, done.stderr.strip())
