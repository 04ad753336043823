"""Compares the accuracy and the log-loss of res-ml with scikit-learn's; prints tables in Markdown.

    tests/bench/accuracy tests/data/vcdb              # every task whose file a folder has
    tests/bench/accuracy FOLDER --tasks car nursery --algorithms "Decision Tree"

Ten random splits, the same rows for both sides. `res-ml build` learns from all training rows and
calibrates on a part of them; `res-ml predict` answers for the others. scikit-learn gets the rows
with one-hot features and the same algorithm and options; its log-loss is that of the learner as it
comes, and of the learner calibrated by its CalibratedClassifierCV on halves of the training rows.
The interval is Student's, of the ten differences.

The tasks are those of tests/bench/accuracy_tasks.ini; all scores go to build/bench/accuracy.json.
"""

import argparse
import json
import os
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.bench.accuracy_ours import our_answers
from tests.bench.accuracy_peer import PEERS, peer_scores
from tests.bench.accuracy_report import Duel, Scores, markdown, score
from tests.bench.accuracy_tasks import TASKS, Rows, read_tasks
from tests.bench.process import BUILD


def one_split(
    rows: Rows, seed: int, algorithms: list[str], res_ml: Path
) -> tuple[dict[str, Scores], dict[str, Scores]]:
    warnings.simplefilter("ignore")  # scikit-learn's of convergence and new categories
    task, split = rows.task, rows.split(seed)
    truth = [row[task.label] for row in split.test]
    ours = {name: score(our_answers(task, split, seed, name, res_ml), truth) for name in algorithms}
    return ours, peer_scores(task, split, seed, algorithms)


def size_line(rows: Rows) -> list[str]:
    task, split = rows.task, rows.split(0)
    n_classes = len({row[task.label] for row in split.training})
    sizes = [f"{n:,}" for n in (n_classes, len(split.training), len(split.test))]
    return [task.name, task.label, *sizes, task.source, task.licence]


def measure_all(
    arguments: argparse.Namespace,
) -> tuple[list[list[str]], dict[str, dict[str, Duel]]]:
    sizes, futures = [], {}
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for task in read_tasks(TASKS):
            folder = next((f for f in arguments.folders if (f / task.file).exists()), None)
            if folder is None or (arguments.tasks and task.name not in arguments.tasks):
                continue
            rows = Rows(task, folder, arguments.most)
            sizes.append(size_line(rows))
            work = (arguments.algorithms, arguments.res_ml.resolve())
            futures[task.name] = [
                pool.submit(one_split, rows, seed, *work) for seed in range(arguments.splits)
            ]
        duels = {}
        for task_name, splits in futures.items():
            print(task_name, file=sys.stderr, flush=True)
            results = [future.result() for future in splits]
            duels[task_name] = {
                name: Duel([ours[name] for ours, _ in results], [peer[name] for _, peer in results])
                for name in arguments.algorithms
            }
    return sizes, duels


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tests/bench/accuracy",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", type=Path, nargs="+", help="where the files may be")
    parser.add_argument("--tasks", nargs="+", help="all whose file is there by default")
    parser.add_argument("--algorithms", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument(
        "--most", type=int, default=1000, help="rows to learn; twice as many to score"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="splits at once")
    parser.add_argument("--res-ml", type=Path, default=BUILD / "cpp" / "res-ml")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    sizes, duels = measure_all(arguments)
    if not duels:
        sys.exit("no file of a task is in these folders")
    (BUILD / "accuracy.json").write_text(json.dumps(duels, indent=1) + "\n")
    print(markdown(sizes, duels, arguments.algorithms))


if __name__ == "__main__":
    main()
