"""Everything together: platform, broker, resilient-circuits with a model, and the workflow."""

import csv
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from ..command_case import RES_ML
from ..soar_emulator import SoarEmulator
from .broker import Broker
from .circuits_process import CircuitsProcess
from .workflow import Workflow

DESTINATION = "fn_machine_learning"
N_WORKERS = 8


class Rig:
    """`start` is left to whoever wants to change something before."""

    def __init__(self, soar: SoarEmulator, folder: Path, models: Path) -> None:
        self.soar = soar
        self.models = models
        self._folder = folder
        self._n_processes = 0

    def __enter__(self) -> Self:
        account, org = self.soar.settings.account, self.soar.settings.org
        app = (account.api_key_id, account.api_key_secret)
        certificate = self.soar.certificate_for_a_neighbour()
        with ExitStack() as opened:
            self.broker = opened.enter_context(Broker(certificate, app, org.id, DESTINATION))
            self.workflow = opened.enter_context(Workflow(self.broker, self.soar.ca_file))
            self.circuits = self.process()
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def configuration(self, models: Path | None = None) -> str:
        """Short waits between tries, so that a test need not take a minute."""
        return (
            f"{self.soar.config_section()}"
            f"stomp_host = 127.0.0.1\nstomp_port = {self.broker.port}\nlogdir = log\n"
            f"num_workers = {N_WORKERS}\nrequest_max_retries = 3\nrequest_retry_delay = 1\n"
            f"[machine_learning_predict]\nmodel_dir = {models or self.models}\n"
        )

    def process(self) -> CircuitsProcess:
        """One more, not started."""
        self._n_processes += 1
        folder = self._folder / f"circuits-{self._n_processes}"
        return CircuitsProcess(folder, self.configuration())


def write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def res_ml(*arguments: str | Path) -> str:
    done = subprocess.run([RES_ML, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"res-ml {arguments[0]}: {done.stderr}")
    return done.stdout
