"""Measures res-ml and its peers side by side, and prints tables in Markdown.

    tests/bench/run                                   # all of it, about half an hour
    tests/bench/run --rows 15698 --algorithms "Decision Tree"
    tests/bench/run --quick                           # a minute: does everything run?

A whole process is timed from outside: `res-ml build` (fit, score, fit again on all rows, save)
against a peer that reads, encodes, fits once and scores. Every way to use a peer is tried once;
the fastest one then runs in turn with res-ml, and of each the fastest run counts. Before each run
it waits a little for the machine to be quiet. Fit alone is timed inside a process: ours is grouping
equal rows and fitting, on one half of the rows.

An algorithm with an ensemble method is named as "Bagging / Decision Tree".

Needs what the preset bench builds and build/bench/venv; tests/bench/run makes both. Everything
measured is written to build/bench/results.json as well.
"""

import argparse
import json
import os
import re
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.bench import incidents, report
from tests.bench.peer_table import VARIANTS, Variant
from tests.bench.process import BUILD, PARTS, PYTHON, RES_ML, Run, RunError, run
from tests.bench.report import Result

FEATURES = {"few": incidents.FEW, "many": incidents.MANY}
QUICK_ROWS = 2000
ENSEMBLE_OF = "Decision Tree"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def samples(n_rows: int) -> Path:
    # Another generator makes other incidents.
    version = zlib.crc32(Path(incidents.__file__).read_bytes())
    path = BUILD / "data" / f"incidents-{n_rows}-{version:08x}.csv"
    if not path.exists():
        say(f"making {n_rows} incidents")
        path.parent.mkdir(parents=True, exist_ok=True)
        incidents.write_incidents(path, n_rows)
    return path


def offered_algorithms(help_text: str) -> list[str]:
    """The names in what `res-ml build --help-algorithms` prints, methods over a Decision Tree."""
    algorithms, _, methods = help_text.partition("\nMethods\n")
    entry = re.compile(r"^(\S[^:=\n]*): ", re.MULTILINE)
    return entry.findall(algorithms) + [f"{m} / {ENSEMBLE_OF}" for m in entry.findall(methods)]


def settings(algorithm: str, features: list[str]) -> list[str]:
    *method, learner = algorithm.split(" / ")
    pairs = {
        "prediction": incidents.LABEL,
        "features": ", ".join(features),
        "algorithm": learner,
        "method": method[0] if method else "None",
    }
    return [part for key, value in pairs.items() for part in ("--set", f"{key}={value}")]


def best(runs: list[Run]) -> Result:
    return {
        "seconds": min(r.seconds for r in runs),
        "cpu_seconds": min(r.cpu_seconds for r in runs),
        "peak_bytes": min(r.peak_bytes for r in runs),
        "runs": len(runs),
    }


class Contest:
    """One algorithm on one file with one set of features: res-ml and everyone who can do the same."""

    def __init__(self, csv: Path, n_rows: int, mode: str, algorithm: str, threads: int) -> None:
        self.csv, self.n_rows, self.mode, self.algorithm = csv, n_rows, mode, algorithm
        self.threads = threads
        self.features = FEATURES[mode]
        self.model = (
            BUILD / "data" / f"{algorithm}-{mode}-{n_rows}.ml".replace(" / ", "-").replace(" ", "_")
        )

    def ours(self) -> Run:
        build = [RES_ML, "build", "-o", self.model, "-c", self.csv, "--threads", self.threads]
        return run([*build, *settings(self.algorithm, self.features)])

    def our_fit(self, repeats: int) -> Result:
        fit = [PARTS, "fit", self.csv, "--threads", self.threads, "--repeats", repeats]
        result: Result = run([*fit, *settings(self.algorithm, self.features)]).json()
        return result

    def peer(self, variant: Variant, fits: int = 1) -> Run:
        threads = "1" if variant.one_blas_thread else str(self.threads)
        recipe = ["--algorithm", self.algorithm, "--variant", variant.name]
        options = ["--threads", self.threads, "--fits", fits, "--features", *self.features]
        return run(
            [PYTHON, "-m", "tests.bench.peer", self.csv, *recipe, *options],
            {
                "OPENBLAS_NUM_THREADS": threads,
                "OMP_NUM_THREADS": str(self.threads),
                "POLARS_MAX_THREADS": str(self.threads),
            },
        )

    def qualify(self) -> dict[str, tuple[Variant, Run]]:
        """Every variant once."""
        finished = {}
        for variant in VARIANTS.get(self.algorithm, []):
            if self.n_rows > variant.up_to_rows:
                continue
            try:
                finished[variant.name] = (variant, self.peer(variant))
            except RunError as failure:
                say(f"    {variant.name}: {failure}")
        return finished

    def measure(self, rounds: int, with_peers: bool) -> Result:
        result: Result = {"rows": self.n_rows, "mode": self.mode, "algorithm": self.algorithm}
        entrants = self.qualify() if with_peers else {}
        winner = min(entrants.values(), key=lambda e: e[1].seconds, default=None)
        ours, theirs = [], [winner[1]] if winner else []
        for _ in range(rounds):
            ours.append(self.ours())
            if winner:
                theirs.append(self.peer(winner[0]))
            # Ours are short; what disturbs one of them shall not be all there is.
            ours += [self.ours() for _ in range(2) if ours[0].seconds < 1]
        result["ours"] = best(ours) | {"accuracy": accuracy(ours[0].output)}
        if winner:
            result["peer"] = best(theirs) | theirs[0].json() | {"variant": winner[0].name}
        result["variants"] = {
            name: entry[1].json() | {"seconds": entry[1].seconds}
            for name, entry in entrants.items()
        }
        if " / " not in self.algorithm:  # resml_bench fits single learners
            result["fit"] = self.measure_fit(rounds, list(entrants.values()))
        return result

    def measure_fit(self, rounds: int, entrants: list[tuple[Variant, Run]]) -> Result:
        """The fit alone, against the best of scikit-learn and the best of its accelerators."""
        by_fit = sorted(entrants, key=lambda e: e[1].json()["fit_seconds"])
        plain = next((v for v, _ in by_fit if not v.accelerated), None)
        accelerated = next((v for v, _ in by_fit if v.accelerated), None)
        outcome: Result = {}
        rivals = [("plain", plain), ("accelerated", accelerated)]
        for _ in range(rounds):
            keep_best(outcome, "ours", self.our_fit(3), "fit_seconds")
            for role, variant in rivals:
                if variant:
                    fitted = self.peer(variant, fits=3).json() | {"variant": variant.name}
                    keep_best(outcome, role, fitted, "fit_seconds")
        return outcome


def keep_best(outcome: Result, role: str, measured: Result, key: str) -> None:
    if role not in outcome or measured[key] < outcome[role][key]:
        outcome[role] = measured


def accuracy(summary: str) -> float:
    """The line with the interval, as in "Accuracy:       0.6476  (95 %: 0.6444 to 0.6507)"."""
    line = next(line for line in summary.splitlines() if line.startswith("Accuracy:"))
    return float(line.split()[1])


def measure_csv(csv: Path, rounds: int, with_peers: bool) -> list[Result]:
    columns = [*incidents.FEW, incidents.LABEL]
    results = []
    for threads in sorted({1, os.cpu_count() or 1}):
        result: Result = {"bytes": csv.stat().st_size, "threads": threads}
        for _ in range(rounds):
            options = [part for name in columns for part in ("--column", name)]
            ours = run([PARTS, "csv", csv, "--threads", threads, "--repeats", 5, *options])
            keep_best(result, "ours", ours.json(), "seconds")
            if with_peers:
                ways = run(
                    [PYTHON, "-m", "tests.bench.peer_csv", csv, 5, *columns],
                    {"POLARS_MAX_THREADS": str(threads)},
                ).json()
                way = min(ways, key=ways.get)
                keep_best(result, "peer", {"seconds": ways[way], "way": way}, "seconds")
        results.append(result)
    return results


def measure_models(contests: list[Contest], rounds: int) -> list[Result]:
    """Open and one answer, of the models that the contests left."""
    results = []
    for contest in contests:
        opened: Result = {}
        for _ in range(rounds):
            core = run([PARTS, "open", contest.model, "--repeats", 20]).json()
            keep_best(opened, "core", core, "seconds")
            answers = run([PYTHON, "-m", "tests.bench.ask", contest.model, contest.csv]).json()
            keep_best(opened, "python", answers, "answer_seconds")
        results.append(
            {"algorithm": contest.algorithm, "mode": contest.mode, "rows": contest.n_rows} | opened
        )
    return results


def measure_start(model: Path, rounds: int) -> list[Result]:
    commands: dict[str, list[object]] = {
        "res-ml --help": [RES_ML, "--help"],
        "res-ml build --help": [RES_ML, "build", "--help"],
        "res-ml view": [RES_ML, "view", "-i", model],
    }
    return [
        {"command": name} | best([run(command, patience_s=0) for _ in range(10 * rounds)])
        for name, command in commands.items()
    ]


def attempt(what: str, work: Callable[[], Result]) -> Result | None:
    say(what)
    try:
        return work()
    except RunError as failure:
        say(f"    {failure}")
        return None


def measure_all(arguments: argparse.Namespace) -> Result:
    with_peers = not arguments.quick
    contests = [
        Contest(samples(n_rows), n_rows, mode, algorithm, arguments.threads)
        for n_rows in arguments.rows
        for mode in arguments.modes
        for algorithm in arguments.algorithms
    ]
    results: Result = {"threads": arguments.threads, "contests": []}
    built = []
    for c in contests:
        title = f"{c.algorithm}, {c.n_rows} rows, {c.mode} distinct"
        outcome = attempt(title, lambda c=c: c.measure(arguments.rounds, with_peers))  # type: ignore[misc]
        if outcome:
            results["contests"].append(outcome)
            built.append(c)
    say("CSV")
    largest = samples(max(arguments.rows))
    results["csv"] = measure_csv(largest, arguments.rounds, with_peers)
    say("models")
    results["models"] = measure_models(
        [c for c in built if c.n_rows == max(arguments.rows)], arguments.rounds
    )
    if built:
        say("start-up")
        results["start"] = measure_start(built[-1].model, arguments.rounds)
    return results


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tests/bench/run",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[15_698, 177_000])
    parser.add_argument("--modes", nargs="+", choices=FEATURES, default=list(FEATURES))
    parser.add_argument("--algorithms", nargs="+", help="all that res-ml offers by default")
    parser.add_argument("--rounds", type=int, default=3, help="runs in turn; the fastest counts")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="for both sides")
    parser.add_argument("--quick", action="store_true", help="few rows, one round, no peers")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rows, arguments.rounds = [QUICK_ROWS], 1
    if arguments.algorithms is None:
        offered = run([RES_ML, "build", "--help-algorithms"]).output
        arguments.algorithms = offered_algorithms(offered)
    return arguments


def main() -> None:
    results = measure_all(parse_arguments())
    (BUILD / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    print(report.markdown(results))


if __name__ == "__main__":
    main()
