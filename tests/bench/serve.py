"""An emulated platform with so many incidents, in a process of its own.

    python -m tests.bench.serve N_INCIDENTS ROWS_A_PAGE FOLDER

Writes ml.config and ca.pem into the folder, prints the id of its process, and serves until its
standard input ends.
"""

import os
import sys
from pathlib import Path

from tests.python.soar_emulator import Settings, SoarEmulator
from tests.python.soar_emulator.samples import sample_incidents


def main() -> None:
    n_incidents, rows_a_page = map(int, sys.argv[1:3])
    folder = Path(sys.argv[3])
    settings = Settings(max_page_size=rows_a_page)
    incidents = sample_incidents(n_incidents)
    with SoarEmulator(incidents, settings=settings, folder=folder) as soar:
        soar.app_config(folder / "ml.config")
        print(os.getpid(), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
