"""Incidents as the peers' learners like them, read and encoded as fast as their tools allow.

polars reads the needed columns only, categories as codes. Each distinct cell is encoded once; rows
are then looked up by code. The features are those that res-ml makes of the same cells.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tests.bench.accuracy_tasks import CREATED
from tests.bench.incidents import DAY_MS

Codes = NDArray[np.intp]
Matrix = Any  # of numpy or of scipy.sparse

LISTS = {"incident_type_ids", "nist_attack_vectors"}
NUMBERS = {"affected_hosts"}
DATES = {"discovered_date"}


@dataclass
class Indicators:
    """One column: which indicators each distinct cell turns on, and the cell of every row."""

    members: list[list[int]]
    n_indicators: int
    codes: Codes


@dataclass
class Rows:
    labels: Codes
    indicators: list[Indicators]
    numbers: list[NDArray[np.float64]]  # standardised

    def dense(self, dtype: str) -> NDArray[Any]:
        width = sum(column.n_indicators for column in self.indicators)
        matrix = np.zeros((len(self.labels), width + len(self.numbers)), dtype)
        start = 0
        for column in self.indicators:
            cells = np.zeros((len(column.members), column.n_indicators), dtype)
            for cell, members in enumerate(column.members):
                cells[cell, members] = 1
            np.take(cells, column.codes, axis=0, out=matrix[:, start : start + column.n_indicators])
            start += column.n_indicators
        for at, number in enumerate(self.numbers, start=width):
            matrix[:, at] = number
        return matrix

    def sparse(self, dtype: str) -> Matrix:
        from scipy import sparse

        parts = []
        for column in self.indicators:
            starts = np.cumsum([0] + [len(members) for members in column.members])
            active = np.concatenate([np.asarray(members, np.intp) for members in column.members])
            cells = sparse.csr_array(
                (np.ones(len(active), dtype), active, starts),
                shape=(len(column.members), column.n_indicators),
            )
            parts.append(cells[column.codes])
        if self.numbers:
            parts.append(sparse.csr_array(np.column_stack(self.numbers).astype(dtype)))
        matrix = sparse.hstack(parts, format="csr")
        # The learners refuse indices of 64 bits.
        matrix.indices = matrix.indices.astype(np.int32)
        matrix.indptr = matrix.indptr.astype(np.int32)
        return matrix

    def encoded(self, layout: str) -> Matrix:
        """`layout` is "dense float32", "sparse float64" ..."""
        how, dtype = layout.split()
        return self.dense(dtype) if how == "dense" else self.sparse(dtype)


def read_rows(path: str, label: str, features: Sequence[str]) -> Rows:
    numbers = [name for name in features if name in NUMBERS]
    dates = [name for name in features if name in DATES]
    types: dict[str, Any] = dict.fromkeys([label, *features], pl.Categorical)
    types |= dict.fromkeys(numbers, pl.Float64)
    types |= dict.fromkeys([*dates, CREATED] if dates else [], pl.Int64)
    frame = pl.read_csv(
        path,
        columns=list(types),
        schema_overrides=types,
        null_values={name: "None" for name in types if name in NUMBERS | DATES | {CREATED}},
    )
    rows = Rows(label_codes(frame[label]), [], [])
    for name in features:
        if name in NUMBERS:
            add_number(rows, frame[name].to_numpy())
        elif name in DATES:
            add_date(rows, frame[name].to_numpy(), frame[CREATED].to_numpy())
        else:
            rows.indicators.append(category(frame[name], is_list=name in LISTS))
    return rows


def compact(column: pl.Series) -> tuple[list[str], Codes]:
    """Distinct cells, and their index per row: a category's own code may be any number."""
    physical = column.to_physical().to_numpy()
    distinct = column.unique()
    place = np.zeros(int(physical.max()) + 1, np.intp)
    place[distinct.to_physical().to_numpy()] = np.arange(len(distinct))
    return distinct.cast(pl.String).to_list(), place[physical]


def label_codes(column: pl.Series) -> Codes:
    cells, codes = compact(column)
    rank = np.argsort(np.argsort(cells))
    return rank[codes]


def category(column: pl.Series, *, is_list: bool) -> Indicators:
    cells, codes = compact(column)
    texts = [re.findall(r"[^\[\], ']+", cell) if is_list else [cell] for cell in cells]
    index = {text: i for i, text in enumerate(sorted({t for cell in texts for t in cell}))}
    return Indicators([sorted({index[t] for t in cell}) for cell in texts], len(index), codes)


def add_number(rows: Rows, values: NDArray[np.float64]) -> None:
    missing = np.isnan(values)
    mean = values[~missing].mean()
    deviation = values[~missing].std()
    rows.numbers.append(np.where(missing, 0, (values - mean) / deviation))
    if missing.any():
        rows.indicators.append(Indicators([[], [0]], 1, missing.astype(np.intp)))


def add_date(rows: Rows, values: NDArray[np.int64], created: NDArray[np.int64]) -> None:
    days = values // DAY_MS
    # 1970-01-01 was a Thursday; Monday is 0.
    rows.indicators.append(Indicators([[i] for i in range(7)], 7, (days + 3) % 7))
    rows.indicators.append(
        Indicators([[i] for i in range(24)], 24, values % DAY_MS // (DAY_MS // 24))
    )
    for number in (values / DAY_MS, (created - values) / DAY_MS):
        rows.numbers.append((number - number.mean()) / number.std())


def stratified_halves(labels: Codes) -> tuple[Codes, Codes]:
    """Row numbers to learn from and to score on."""
    rng = np.random.default_rng(0)
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    # Every second row of each class's run.
    return np.sort(by_class[::2]), np.sort(by_class[1::2])
