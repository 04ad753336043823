"""The long run of random faults: a download through each of many plans, on all cores.

    python -m tests.python.fault_run [--seeds 1000] [--first 0]

Ends with 1 if a recoverable plan in a hundred failed, a lasting one succeeded, a row was wrong, or
a failure touched the old file.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from .download_faults import Met, download_through_faults
from .soar_emulator import Outcome

GOAL = 0.99


def run(seed: int) -> Met:
    with tempfile.TemporaryDirectory(prefix="fault-run-") as folder:
        return download_through_faults(seed, Path(folder))


def run_all(seeds: range) -> Iterator[Met]:
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for i, met in enumerate(pool.map(run, seeds, chunksize=1), 1):
            if sys.stderr.isatty():
                print(f"\r{i} of {len(seeds)}", end="", file=sys.stderr, flush=True)
            yield met
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)


def report(every: list[Met]) -> bool:
    """Whether the goals are reached."""
    of = {outcome: [one for one in every if one.plan.outcome == outcome] for outcome in Outcome}
    well = {outcome: sum(one.ended_well for one in of[outcome]) for outcome in Outcome}
    recoverable = len(of[Outcome.SUCCESS])
    share = well[Outcome.SUCCESS] / recoverable if recoverable else 1
    print(f"recoverable: {well[Outcome.SUCCESS]} of {recoverable} succeeded, {share:.1%}")
    print(f"doubtful:    {well[Outcome.EITHER]} of {len(of[Outcome.EITHER])} succeeded")
    print(f"lasting:     {well[Outcome.FAILURE]} of {len(of[Outcome.FAILURE])} succeeded")
    wrong = [one for one in every if one.wrong]
    print(f"wrong rows, or the old file touched: {len(wrong)}")
    for one in every:
        if one.wrong or not one.is_as_planned:
            print(
                f"\nseed {one.plan.seed}, to end in {one.plan.outcome}: {one.reason or 'success'}"
            )
            print("\n".join([f"  {fault}" for fault in one.plan.faults] + one.wrong))
    return not wrong and well[Outcome.FAILURE] == 0 and share >= GOAL


def main() -> None:
    parser = argparse.ArgumentParser(prog="fault_run", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seeds", type=int, default=1000, help="how many (default: %(default)s)")
    parser.add_argument("--first", type=int, default=0, help="the first one (default: 0)")
    arguments = parser.parse_args()
    start = time.monotonic()
    every = list(run_all(range(arguments.first, arguments.first + arguments.seeds)))
    print(f"{len(every)} downloads in {time.monotonic() - start:.0f} s")
    sys.exit(0 if report(every) else 1)


if __name__ == "__main__":
    main()
