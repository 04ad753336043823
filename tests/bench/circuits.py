"""Measures `ml_predict` in the platform, beside a function that makes the same two REST calls and
answers a constant (circuits_peer/), and the memory of the process.

    script/setup --tools && script/setup
    .venv/bin/python -m tests.bench.circuits             # a quarter of an hour; prints a table
    .venv/bin/python -m tests.bench.circuits --quick     # does everything run?

Both functions are in one resilient-circuits and on one queue of a real broker, and take turns; for
the latency, call by call. It is taken while four at a time are under way: of a call that is alone,
the framework makes several tenths of a second, since its loop looks for work ten times a second. The
model is a Random Forest of 100 trees that learnt from 177,000 incidents. What was measured while
the framework lost its connection to the broker, as it does by itself now and then, is discarded.
"""

import argparse
import math
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.bench import incidents
from tests.bench.report import table
from tests.bench.suite import samples, say, settings
from tests.python.circuits.circuits_process import CircuitsProcess
from tests.python.circuits.rig import DESTINATION, Rig, res_ml
from tests.python.circuits.stomp_connection import StompConnection
from tests.python.circuits.workflow import function_message
from tests.python.soar_emulator import Settings, SoarEmulator
from tests.python.soar_emulator.incident_source import from_csv

OURS, PEER = "ml_predict", "ml_constant"
PEER_FOLDER = Path(__file__).with_name("circuits_peer")
MODEL = "forest.ml"
N_INCIDENTS = 1000
# What the model knows as texts and the emulator would take for labels of select fields.
TEXTS = ("alert_source", "country", "department")
LOST = "STOMP disconnected"
WAIT_SECONDS = 120.0  # a lost connection takes 20 of them, what it took with it up to 60
N_SENDERS = 4


class Taken(NamedTuple):
    seconds: float
    cpu_seconds: float  # of the process, whatever it did meanwhile


Pairs = dict[str, list[Taken]]  # by function


@dataclass
class Sizes:
    rows: int
    batches: int
    batch: int
    rounds: int  # of calls four at a time
    calls: int  # of each round, for each function
    long_run: int
    step: int


FULL = Sizes(177_000, batches=9, batch=200, rounds=30, calls=100, long_run=10_000, step=1000)
QUICK = Sizes(2000, batches=1, batch=20, rounds=1, calls=8, long_run=40, step=20)


@dataclass
class Measured:
    """The n-th of one function was measured right beside the n-th of the other."""

    batches: Pairs = field(default_factory=lambda: {OURS: [], PEER: []})
    latencies: Pairs = field(default_factory=lambda: {OURS: [], PEER: []})
    memory: dict[int, int] = field(default_factory=dict)  # bytes after so many calls
    n_discarded: int = 0
    n_unanswered: int = 0


class Bench:
    def __init__(self, rig: Rig, process: CircuitsProcess) -> None:
        self.rig = rig
        self.process = process
        self.measured = Measured()
        self._ids = sorted(rig.soar.incidents.ids())

    def ask(self, function: str, count: int, connection: StompConnection) -> Taken:
        """From the first message to the last answer."""
        ids = [self._ids[i % len(self._ids)] for i in range(count)]
        messages = [
            function_message(function, {"ml_incident_id": one, "ml_model_file": MODEL})
            for one in ids
        ]
        mark = self.process.n_lines
        start, cpu_start = time.monotonic(), self.process.cpu_seconds
        calls = [self.rig.workflow.send(message, connection) for message in messages]
        try:
            self.rig.workflow.wait_for_all(calls, WAIT_SECONDS)
        except AssertionError:
            if not self.process.n_said(LOST, mark):
                raise
        taken = Taken(time.monotonic() - start, self.process.cpu_seconds - cpu_start)
        unanswered = self.rig.workflow.unanswered(calls)
        self.measured.n_unanswered += len(unanswered)
        for call in set(calls) - set(unanswered):
            last = self.rig.workflow.replies(call)[-1]
            if last["message_type"] != 0:
                raise RuntimeError(f"{function}: {last['message']}")
        return taken

    def pairs(self, count: int, n_pairs: int, first: int = 0) -> Pairs:
        """So many calls of each function, one function after the other, each first in turns."""
        taken: Pairs = {OURS: [], PEER: []}
        with self.rig.workflow.connect() as connection:
            for i in range(n_pairs):
                for function in (OURS, PEER) if (first + i) % 2 else (PEER, OURS):
                    taken[function].append(self.ask(function, count, connection))
        return taken

    def four_at_a_time(self, n_pairs: int) -> Pairs:
        with ThreadPoolExecutor(N_SENDERS) as senders:
            parts = list(
                senders.map(lambda _: self.pairs(1, n_pairs // N_SENDERS), range(N_SENDERS))
            )
        return {name: [one for part in parts for one in part[name]] for name in (OURS, PEER)}

    def take(self, into: Pairs, measure: Callable[[], Pairs]) -> None:
        """Again, if the framework lost its connection meanwhile."""
        while True:
            self.rig.soar.requests.clear()
            mark = self.process.n_lines
            taken = measure()
            if not self.process.n_said(LOST, mark):
                break
            self.measured.n_discarded += 1
        for function, each in taken.items():
            into[function] += each

    def compare(self, sizes: Sizes) -> None:
        self.pairs(sizes.batch, 1)
        for i in range(sizes.batches):
            self.take(self.measured.batches, partial(self.pairs, sizes.batch, 1, first=i))
            say(f"{i + 1} of {sizes.batches} times {sizes.batch} calls")
        for i in range(sizes.rounds):
            self.take(self.measured.latencies, lambda: self.four_at_a_time(sizes.calls))
            say(f"{i + 1} of {sizes.rounds} rounds")

    def remember(self, sizes: Sizes) -> None:
        """What the process holds while it only answers."""
        memory = self.measured.memory
        memory[0] = self.process.resident_bytes
        with self.rig.workflow.connect() as connection:
            self.ask(OURS, 1, connection)
            memory[1] = self.process.resident_bytes
            for done in range(sizes.step, sizes.long_run + 1, sizes.step):
                self.rig.soar.requests.clear()
                self.ask(OURS, sizes.step, connection)
                memory[done] = self.process.resident_bytes
                say(f"{done} of {sizes.long_run} calls")


def percentile(values: list[float], share: float) -> float:
    """The smallest that so many are not above."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def comparison(measured: Measured, sizes: Sizes) -> str:
    batches, latencies = measured.batches, measured.latencies
    both = list(zip(batches[OURS], batches[PEER], strict=True))
    rates = [f"{median(sizes.batch / one.seconds for one in batches[n]):.1f} /s" for n in batches]
    cpu = [ms(median(one.cpu_seconds / sizes.batch for one in batches[n])) for n in batches]
    faster = median(peer.seconds / ours.seconds for ours, peer in both)
    dearer = median(ours.cpu_seconds / peer.cpu_seconds for ours, peer in both)
    lines = [
        [f"{sizes.batches} times {sizes.batch} calls", *rates, f"{faster:.3f}", "0.95 or more"],
        ["CPU of the process for one of them", *cpu, f"{dearer:.3f}", ""],
    ]
    summaries: dict[str, tuple[Callable[[list[float]], float], str]] = {
        "median": (median, "5 ms or less"),
        "99 % within": (lambda values: percentile(values, 0.99), "20 ms or less"),
    }
    for name, (summary, goal) in summaries.items():
        ours, peer = (summary([one.seconds for one in latencies[n]]) for n in latencies)
        what = f"{sizes.rounds * sizes.calls:,} calls, four at a time, {name}"
        lines.append([what, ms(ours), ms(peer), f"{ms(ours - peer)} more", goal])
    return table(["", OURS, "constant", "beside it", "goal"], lines)


def memory_table(memory: dict[int, int]) -> str:
    names = {0: "before the first call", 1: "after one call"}
    return table(
        ["resident memory", ""],
        [
            [names.get(calls, f"after {calls:,} more"), f"{size / 1e6:.1f} MB"]
            for calls, size in memory.items()
        ],
    )


def learn(folder: Path, n_rows: int) -> None:
    start = time.monotonic()
    options = settings("Random Forest", incidents.MANY)
    res_ml("build", "-o", folder / MODEL, "-c", samples(n_rows), *options)
    say(
        f"learnt in {time.monotonic() - start:.1f} s, {(folder / MODEL).stat().st_size / 1e6:.1f} MB"
    )


def platform(folder: Path) -> SoarEmulator:
    incidents.write_incidents(folder / "incidents.csv", N_INCIDENTS, seed=2)
    source = from_csv(folder / "incidents.csv", dict.fromkeys(TEXTS, "text"))
    functions = dict.fromkeys((OURS, PEER), DESTINATION)
    return SoarEmulator(
        source.incidents, fields=source.fields, settings=Settings(functions=functions)
    )


def measure(sizes: Sizes) -> Measured:
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="bench-circuits-")))
        models = folder / "models"
        models.mkdir()
        learn(models, sizes.rows)
        soar = opened.enter_context(platform(folder))
        rig = opened.enter_context(Rig(soar, folder, models))
        process = rig.process()
        peer = f"[resilient]\ncomponentsdir = {PEER_FOLDER}\n"
        process.configure(rig.configuration().replace("[resilient]\n", peer))
        with process:
            bench = Bench(rig, process)
            bench.compare(sizes)
        with rig.circuits:
            alone = Bench(rig, rig.circuits)
            alone.remember(sizes)
    bench.measured.memory = alone.measured.memory
    bench.measured.n_unanswered += alone.measured.n_unanswered
    return bench.measured


def main() -> None:
    parser = argparse.ArgumentParser(prog="circuits", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few calls")
    sizes = QUICK if parser.parse_args().quick else FULL
    load = os.getloadavg()[0]
    measured = measure(sizes)
    print(comparison(measured, sizes), end="\n\n")
    print(memory_table(measured.memory), end="\n\n")
    print(f"{measured.n_discarded} measurements discarded, in which the framework lost its connection and "
          f"{measured.n_unanswered} answers; {load:.1f} others were computing at the start")  # fmt: skip


if __name__ == "__main__":
    main()
