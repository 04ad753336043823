"""One peer, as a process of its own: reads, encodes, fits once, scores the held-out half.

    python -m tests.bench.peer FILE.csv --algorithm "Decision Tree" --variant scikit-learn ...

Prints JSON. Nothing is imported that the chosen variant does not need.
"""

import argparse
import json
import time
import warnings
from typing import Any

from tests.bench import incidents
from tests.bench.peer_rows import read_rows, stratified_halves
from tests.bench.peer_table import VARIANTS


def measure(arguments: argparse.Namespace, started: float) -> dict[str, Any]:
    variant = next(v for v in VARIANTS[arguments.algorithm] if v.name == arguments.variant)
    estimator = variant.make(arguments.threads)
    imported = time.perf_counter()
    rows = read_rows(arguments.csv, incidents.LABEL, arguments.features)
    features = rows.encoded(variant.layout)
    training, holdout = stratified_halves(rows.labels)
    train_features, test_features = features[training], features[holdout]
    train_labels = rows.labels[training]
    encoded = time.perf_counter()
    fit_seconds = []
    for _ in range(arguments.fits):
        start = time.perf_counter()
        estimator.fit(train_features, train_labels)
        fit_seconds.append(time.perf_counter() - start)
    fitted = time.perf_counter()
    accuracy = float((estimator.predict(test_features) == rows.labels[holdout]).mean())
    return {
        "import_seconds": imported - started,
        "encode_seconds": encoded - imported,
        "fit_seconds": min(fit_seconds),
        "predict_seconds": time.perf_counter() - fitted,
        "accuracy": accuracy,
        "rows": len(training),
        "columns": features.shape[1],
    }


def main() -> None:
    started = time.perf_counter()
    parser = argparse.ArgumentParser(description="One peer, measured; prints JSON.")
    parser.add_argument("csv")
    parser.add_argument("--algorithm", required=True, choices=VARIANTS)
    parser.add_argument("--variant", required=True)
    parser.add_argument("--features", nargs="+", required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--fits", type=int, default=1, help="fit so often; the fastest counts")
    arguments = parser.parse_args()
    # Warnings of convergence and deprecation are the peers' own affair; they go nowhere.
    warnings.simplefilter("ignore")
    print(json.dumps(measure(arguments, started)))


if __name__ == "__main__":
    main()
