"""polars reads columns of a CSV as categories, the fastest of some times; prints JSON.

POLARS_MAX_THREADS=1 python -m tests.bench.peer_csv FILE.csv REPEATS COLUMN...
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import polars as pl


def best_seconds(repeats: int, work: Callable[[], Any]) -> float:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    path, repeats, *columns = sys.argv[1:]
    as_text: dict[str, Any] = dict.fromkeys(columns, pl.String)
    as_codes: dict[str, Any] = dict.fromkeys(columns, pl.Categorical)

    def categories() -> None:
        pl.read_csv(path, columns=columns, schema_overrides=as_codes)

    def texts() -> None:
        pl.read_csv(path, columns=columns, schema_overrides=as_text)

    def lazy_texts() -> None:
        pl.scan_csv(path, infer_schema=False).select(columns).collect()

    ways = {"categories": categories, "texts": texts, "texts, lazy": lazy_texts}
    print(json.dumps({name: best_seconds(int(repeats), way) for name, way in ways.items()}))


if __name__ == "__main__":
    main()
