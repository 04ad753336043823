"""scikit-learn's side of tests/bench/accuracy: the same rows, one-hot, and the same algorithm."""

import ast
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.calibration import CalibratedClassifierCV
from sklearn.preprocessing import MultiLabelBinarizer, OneHotEncoder, StandardScaler

from tests.bench.accuracy_report import Answers, Scores, score
from tests.bench.accuracy_tasks import CREATED, Row, Split, Task
from tests.bench.incidents import DAY_MS
from tests.bench.peer_table import bernoulli, dummy, forest, gaussian, liblinear, nearest, svc, tree

Matrix = Any  # of numpy or of scipy.sparse

MISSING = {"", "None"}


@dataclass
class Peer:
    make: Callable[[int], Any]
    layout: str
    options: dict[str, Any]


PEERS = {
    "Logistic Regression": Peer(liblinear, "sparse", {}),
    "SVM": Peer(svc("linear", "sklearn"), "sparse", {}),
    "SVM with Gaussian kernel": Peer(svc("rbf", "sklearn"), "sparse", {"gamma": "auto"}),
    "Decision Tree": Peer(tree, "dense", {}),
    "Random Forest": Peer(forest, "dense", {}),
    "GaussianNB": Peer(gaussian, "dense", {}),
    "BernoulliNB": Peer(bernoulli, "sparse", {}),
    "K-Nearest Neighbor": Peer(nearest("sklearn", "brute"), "sparse", {}),
    "Dummy Classifier": Peer(dummy, "sparse", {}),
}


class Encoder:
    """What a cell means (docs/guide.md), learnt from the training rows by scikit-learn's means."""

    def __init__(self, task: Task, rows: list[Row]) -> None:
        self.task = task
        self.has_created = CREATED in rows[0]
        self.steps: dict[str, Any] = {}
        self.encode(rows, fit=True)

    def encode(self, rows: list[Row], fit: bool = False) -> Matrix:
        parts = []
        for name, kind in self.task.kinds.items():
            cells = [row[name] for row in rows]
            if kind == "category":
                parts.append(self.one_hot(name, cells, fit))
            elif kind == "multi-select":
                parts.append(self.members(name, cells, fit))
                parts.append(self.missing(cells))
            elif kind == "boolean":
                parts.append(np.array([[cell.lower() == "true"] for cell in cells]))
                parts.append(self.missing(cells))
            else:
                parts += self.number_or_date(name, cells, rows, fit)
        matrix = sparse.hstack([sparse.csr_array(np.asarray(p, float)) for p in parts], "csr")
        if fit:
            # No columns that are never on: "not missing", above all.
            self.used = np.flatnonzero(abs(matrix).sum(axis=0))
        return matrix[:, self.used]

    def step(self, key: str, make: Callable[[], Any], cells: Any, fit: bool) -> Any:
        if fit:
            self.steps[key] = make().fit(cells)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of values that are new
            return self.steps[key].transform(cells)

    def one_hot(self, key: str, cells: list[str], fit: bool) -> Matrix:
        values = [["None" if cell in MISSING else cell] for cell in cells]
        make = lambda: OneHotEncoder(handle_unknown="ignore", sparse_output=False)  # noqa: E731
        return self.step(key, make, values, fit)

    def members(self, key: str, cells: list[str], fit: bool) -> Matrix:
        lists = [[] if c in MISSING else [str(m) for m in ast.literal_eval(c)] for c in cells]
        return self.step(key, MultiLabelBinarizer, lists, fit)

    @staticmethod
    def missing(cells: list[str]) -> Matrix:
        return np.array([[cell in MISSING] for cell in cells])

    def scaled(self, key: str, values: Matrix, fit: bool) -> Matrix:
        return np.nan_to_num(self.step(key, StandardScaler, values.reshape(-1, 1), fit))

    def number_or_date(self, name: str, cells: list[str], rows: list[Row], fit: bool) -> list[Any]:
        values = np.array([np.nan if cell in MISSING else float(cell) for cell in cells])
        if self.task.kinds[name] == "number":
            return [self.scaled(name, values, fit), self.missing(cells)]
        days = np.floor(values / DAY_MS)
        weekday = (days + 3) % 7
        hour = np.floor(values % DAY_MS / (DAY_MS // 24))
        parts = [(weekday[:, None] == np.arange(7)), (hour[:, None] == np.arange(24))]
        parts += [self.scaled(name, values / DAY_MS, fit), self.missing(cells)]
        if self.has_created and name != CREATED:
            created = [np.nan if r[CREATED] in MISSING else float(r[CREATED]) for r in rows]
            parts.append(self.scaled(f"{name} age", (np.array(created) - values) / DAY_MS, fit))
        return parts


def estimator_of(peer: Peer, seed: int) -> Any:
    estimator = peer.make(1).set_params(**peer.options)
    seeded = [key for key in estimator.get_params() if key.endswith("random_state")]
    return estimator.set_params(**dict.fromkeys(seeded, seed))


def peer_scores(task: Task, split: Split, seed: int, algorithms: list[str]) -> dict[str, Scores]:
    """Accuracy and log-loss as the learner comes, and log-loss once it is calibrated."""
    encoder = Encoder(task, split.training)
    training, test = encoder.encode(split.training), encoder.encode(split.test)
    labels = np.array([row[task.label] for row in split.training])
    truth = [row[task.label] for row in split.test]
    classes = sorted(set(labels.tolist()))
    scores = {}
    for name in algorithms:
        peer = PEERS[name]
        on, off = (m.toarray() if peer.layout == "dense" else m for m in (training, test))
        learner = estimator_of(peer, seed)
        own = hasattr(learner, "predict_proba")
        method = "temperature" if own else "sigmoid"
        calibrated = CalibratedClassifierCV(learner, method=method, cv=2, ensemble=False)
        calibrated.fit(on, labels)
        # The learner itself, fitted on all rows; it may have got the classes as numbers.
        learner = calibrated.calibrated_classifiers_[0].estimator
        places = np.searchsorted(learner.classes_, learner.predict(off))
        answers = Answers([classes[place] for place in places], classes)
        plain = score(answers.with_shares(learner.predict_proba(off)) if own else answers, truth)
        answers = answers.with_shares(calibrated.predict_proba(off))
        scores[name] = Scores(plain.accuracy, plain.log_loss, score(answers, truth).log_loss)
    return scores
