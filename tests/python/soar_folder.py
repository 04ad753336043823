"""The command res-ml in a folder whose configuration leads to the emulated platform."""

import csv
import os
import subprocess
from pathlib import Path

from .command_case import RES_ML
from .soar_emulator import SoarEmulator
from .soar_emulator.emulator import LogIn

# One request after the other, so that a test knows which is which.
MACHINE_LEARNING = """\
[machine_learning]
connections = 1
prediction = severity_code
features = incident_type_ids, confirmed, data_encrypted, score
algorithm = Decision Tree

"""


class Folder:
    """Where the command is called, with a configuration that leads to the emulator."""

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

    def anew(self, *flags: str) -> bytes:
        """What a new download writes."""
        done = self.res_ml("download", "-o", "fresh.csv", *flags)
        assert done.returncode == 0, done.stderr
        return (self.path / "fresh.csv").read_bytes()

    def is_as_anew(self, *flags: str) -> bool:
        return (self.path / "a.csv").read_bytes() == self.anew(*flags)

    def names(self) -> list[str]:
        return sorted(one.name for one in self.path.iterdir())
