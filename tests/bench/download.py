"""Measures `res-ml download` against an emulated platform, beside the platform's Python client.

    cmake --preset bench && cmake --build --preset bench
    .venv/bin/python -m tests.bench.download              # some minutes
    .venv/bin/python -m tests.bench.download --quick      # does everything run?

Both write a CSV file of all incidents over HTTPS from the same server on this machine, in turn; of
each the fastest run counts. The server is a process of its own. "waiting" is the share of the time
in which the client's process did nothing; "server" is the server's CPU time as a share of it.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.process import RES_ML, ROOT, Run, run
from tests.python.circuits.circuits_process import cpu_seconds

ROUNDS = 3
ROWS_A_PAGE = (100, 1000)
BESIDE_PEER = 20_000
MEMORY_AT = (1_000, 20_000, 200_000)
MB = 1_000_000


@dataclass
class Measured:
    run: Run
    server_seconds: float  # of CPU

    def cells(self) -> list[str]:
        waiting = max(0.0, 1 - self.run.cpu_seconds / self.run.seconds)
        return [
            f"{self.run.seconds:.2f}", f"{self.run.cpu_seconds:.2f}", f"{waiting:.0%}",
            f"{self.server_seconds / self.run.seconds:.0%}", f"{self.run.peak_bytes / MB:.0f}",
        ]  # fmt: skip


class Server:
    def __init__(self, pid: int, folder: Path) -> None:
        self._pid = pid
        self.folder = folder

    def measure(self, command: Sequence[object]) -> Measured:
        before = cpu_seconds(self._pid)
        done = run(command)
        return Measured(done, cpu_seconds(self._pid) - before)

    def res_ml(self) -> Measured:
        config, target = self.folder / "ml.config", self.folder / "ours.csv"
        return self.measure([RES_ML, "download", "-f", config, "-o", target])

    def peer(self) -> Measured:
        config, target = self.folder / "ml.config", self.folder / "peer.csv"
        return self.measure([sys.executable, "-m", "tests.bench.peer_download", config, target])


@contextmanager
def server(n_incidents: int, rows_a_page: int) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="bench-download-") as folder:
        command = [sys.executable, "-m", "tests.bench.serve", n_incidents, rows_a_page, folder]
        process = subprocess.Popen(list(map(str, command)), cwd=ROOT, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)  # fmt: skip
        with process:
            assert process.stdout is not None
            yield Server(int(process.stdout.readline()), Path(folder))


def fastest(runs: list[Measured]) -> Measured:
    return min(runs, key=lambda one: one.run.seconds)


def row(*cells: object) -> None:
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def head(*cells: str) -> None:
    print()
    row(*cells)
    row(*["---"] * len(cells))


COLUMNS = ("seconds", "CPU s", "waiting", "server", "peak MB")


def beside_the_peer(n_incidents: int, rounds: int) -> None:
    head(f"{n_incidents} incidents", "rows a page", *COLUMNS)
    for rows_a_page in ROWS_A_PAGE:
        with server(n_incidents, rows_a_page) as there:
            pairs = [(there.res_ml(), there.peer()) for _ in range(rounds)]
            same = (there.folder / "ours.csv").read_bytes() == (
                there.folder / "peer.csv"
            ).read_bytes()
        ours, peer = (fastest(list(runs)) for runs in zip(*pairs, strict=True))
        row("res-ml download", rows_a_page, *ours.cells())
        row("Python client", rows_a_page, *peer.cells())
        wall = peer.run.seconds / ours.run.seconds
        cpu = peer.run.cpu_seconds / ours.run.cpu_seconds
        files = "the same file" if same else "ANOTHER FILE"
        row("ratio", rows_a_page, f"{wall:.1f}", f"{cpu:.1f}", files, "", "")


def memory(sizes: Sequence[int]) -> None:
    head("incidents", *COLUMNS)
    for n_incidents in sizes:
        with server(n_incidents, ROWS_A_PAGE[0]) as there:
            row(n_incidents, *there.res_ml().cells())


def start_up(rounds: int) -> None:
    """Of a command that needs no platform."""
    best = min(run([RES_ML, "--help"]).seconds for _ in range(10 * rounds))
    loaded = subprocess.run([RES_ML, "--help"], env={"LD_DEBUG": "files"}, capture_output=True,
                            text=True, check=True).stderr  # fmt: skip
    curl = "with libcurl" if "curl" in loaded else "libcurl is not loaded"
    print(f"\nstart-up of res-ml --help: {best * 1000:.1f} ms, {curl}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="download", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few incidents, one round")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    if arguments.quick:
        beside_the_peer(500, 1)
        memory((100, 500))
        start_up(1)
    else:
        beside_the_peer(BESIDE_PEER, arguments.rounds)
        memory(MEMORY_AT)
        start_up(arguments.rounds)


if __name__ == "__main__":
    main()
