"""Known answers for the classifiers, from scikit-learn and scipy.

Makes mixed.json beside this file: a small training set (three categories as indicators, two
numbers, counts and weights), rows to predict, and what scikit-learn says of them. Numbers are
multiples of 1/8, exact in the float32 that scikit-learn's trees compute with.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 && venv/bin/python make.py
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss, precision_score, recall_score
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

SIZES = (4, 3, 5)
N_INDICATORS = sum(SIZES)
C = 100.0


def draw_rows(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    categories = np.column_stack([rng.integers(size, size=n) for size in SIZES])
    numbers = np.column_stack([rng.integers(-16, 17, n) / 8, rng.integers(0, 800, n) / 8])
    return categories, numbers


def active_indicators(categories: np.ndarray) -> list[list[int]]:
    starts = np.cumsum((0, *SIZES[:-1]))
    return [[int(code) for code in row] for row in categories + starts]


def one_hot(categories: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    dense = np.zeros((len(categories), N_INDICATORS))
    for row, active in zip(dense, active_indicators(categories), strict=True):
        row[active] = 1
    return np.hstack([dense, numbers])


def standardised(numbers: np.ndarray) -> np.ndarray:
    """The second number in the range of the first, as the linear models want it."""
    return numbers / [1, 64]


def binary_coefficients(features: np.ndarray, positive: np.ndarray, weights: np.ndarray) -> Any:
    """LIBLINEAR's optimum, checked against an independent minimiser of the same objective."""
    model = LogisticRegression(solver="liblinear", C=C, tol=1e-12, max_iter=100_000)
    model.fit(features, positive, sample_weight=weights)
    found = np.concatenate([model.coef_[0], model.intercept_])
    with_one = np.hstack([features, np.ones((len(features), 1))])
    signs = np.where(positive, 1.0, -1.0)

    def objective(w: np.ndarray) -> float:
        return float(w @ w / 2 + C * weights @ np.logaddexp(0, -signs * (with_one @ w)))

    def gradient(w: np.ndarray) -> np.ndarray:
        return np.asarray(w - C * with_one.T @ (weights * signs * expit(-signs * (with_one @ w))))

    def hessian(w: np.ndarray) -> np.ndarray:
        p = expit(with_one @ w)
        return np.asarray(np.eye(len(w)) + C * (with_one.T * (weights * p * (1 - p))) @ with_one)

    start = np.zeros(with_one.shape[1])
    w = minimize(objective, start, jac=gradient, hess=hessian, method="trust-exact").x
    for _ in range(5):
        w = w - np.linalg.solve(hessian(w), gradient(w))
    assert np.abs(w - found).max() < 1e-6, np.abs(w - found).max()
    return w


def logistic(
    features: np.ndarray, labels: np.ndarray, weights: np.ndarray, queries: np.ndarray
) -> Any:
    classes = [1] if labels.max() == 1 else range(labels.max() + 1)
    coefficients = np.array([binary_coefficients(features, labels == c, weights) for c in classes])
    scores = expit(queries @ coefficients[:, :-1].T + coefficients[:, -1])
    proba = np.hstack([1 - scores, scores]) if len(classes) == 1 else scores
    return {
        "coefficients": coefficients.T.tolist(),
        "proba": (proba / proba.sum(axis=1, keepdims=True)).tolist(),
    }


def svm(
    kernel: str, features: np.ndarray, labels: np.ndarray, weights: np.ndarray, queries: np.ndarray
) -> Any:
    """LIBSVM's values, one column per pair of classes; positive for the first of the two."""
    model = SVC(
        kernel=kernel,
        gamma=1 / features.shape[1],
        decision_function_shape="ovo",
        tol=1e-10,
        cache_size=1000,
    ).fit(features, labels, sample_weight=weights)
    values = model.decision_function(queries)
    return {
        "values": (-values[:, None] if values.ndim == 1 else values).tolist(),
        "decisions": model.predict(queries).tolist(),
    }


def tree(features: np.ndarray, labels: np.ndarray, weights: np.ndarray, queries: np.ndarray) -> Any:
    fits = [
        DecisionTreeClassifier(min_samples_split=20, random_state=seed).fit(
            features, labels, sample_weight=weights
        )
        for seed in range(30)
    ]
    first = fits[0].predict_proba(queries)
    # scikit-learn breaks ties at random: without ties all seeds agree.
    assert all(np.array_equal(first, fit.predict_proba(queries)) for fit in fits)
    return {"proba": first.tolist(), "n_nodes": int(fits[0].tree_.node_count)}


def nearest(features: np.ndarray, labels: np.ndarray, queries: np.ndarray) -> Any:
    """Of the queries whose neighbours are beyond doubt: the next incident is further away."""
    answers = {}
    for n_neighbors in (1, 5, 20):
        model = KNeighborsClassifier(n_neighbors).fit(features, labels)
        distances = model.kneighbors(queries, n_neighbors + 1)[0]
        sure = np.flatnonzero(distances[:, -1] - distances[:, -2] > 1e-9)
        assert len(sure) >= 4, (n_neighbors, sure)
        answers[str(n_neighbors)] = {
            "queries": sure.tolist(),
            "proba": model.predict_proba(queries[sure]).tolist(),
        }
    return answers


def evaluation(rng: np.random.Generator) -> Any:
    """Scores of 200 made-up answers; class 4 never occurs, class 3 is never decided."""
    truth = rng.choice(4, 200, p=[0.5, 0.3, 0.15, 0.05])
    proba = rng.dirichlet(np.ones(5), 200)
    proba[:, 3:] /= 50
    proba[np.arange(200), truth] += rng.uniform(0, 0.5, 200) * (truth != 3)
    proba /= proba.sum(axis=1, keepdims=True)
    decisions = proba.argmax(axis=1)
    assert set(decisions) == {0, 1, 2}
    options = {"average": "macro", "zero_division": 0}
    return {
        "truth": truth.tolist(),
        "decisions": decisions.tolist(),
        "proba": proba.tolist(),
        "macro_f1": f1_score(truth, decisions, **options),
        "macro_precision": precision_score(truth, decisions, **options),
        "macro_recall": recall_score(truth, decisions, **options),
        "log_loss": log_loss(truth, proba, labels=range(5)),
    }


def main() -> None:
    rng = np.random.default_rng(20240607)
    categories, numbers = draw_rows(rng, 120)
    query_categories, query_numbers = draw_rows(rng, 15)
    score = np.column_stack(
        [categories[:, 0] == 1, numbers[:, 0] > 0.5, numbers[:, 1] > 60 + 5 * categories[:, 2]]
    )
    labels = np.argmax(score + rng.gumbel(size=score.shape) / 3, axis=1)
    counts = rng.integers(1, 4, len(labels))
    weights = counts * rng.integers(2, 9, len(labels)) / 4

    repeated = np.repeat(np.arange(len(labels)), counts)
    weight_of_one = (weights / counts)[repeated]
    dense = one_hot(categories, numbers)[repeated]
    queries = one_hot(query_categories, query_numbers)
    scaled = one_hot(categories, standardised(numbers))[repeated]
    scaled_queries = one_hot(query_categories, standardised(query_numbers))
    y = labels[repeated]
    gaussian = GaussianNB().fit(dense, y, sample_weight=weight_of_one)
    bernoulli = BernoulliNB().fit(dense, y, sample_weight=weight_of_one)
    answers = {
        "n_indicators": N_INDICATORS,
        "active": active_indicators(categories),
        "numbers": numbers.tolist(),
        "labels": labels.tolist(),
        "counts": counts.tolist(),
        "weights": weights.tolist(),
        "query_active": active_indicators(query_categories),
        "query_numbers": query_numbers.tolist(),
        "gaussian_nb": gaussian.predict_joint_log_proba(queries).tolist(),
        "bernoulli_nb": bernoulli.predict_joint_log_proba(queries).tolist(),
        "decision_tree": tree(dense, y, weight_of_one, queries),
        "logistic_regression": logistic(scaled, y, weight_of_one, scaled_queries),
        "logistic_regression_binary": logistic(
            scaled, (y == 2).astype(int), weight_of_one, scaled_queries
        ),
        "linear_svm": svm("linear", scaled, y, weight_of_one, scaled_queries),
        "rbf_svm": svm("rbf", scaled, y, weight_of_one, scaled_queries),
        "evaluation": evaluation(rng),
        "k_nearest_neighbors": nearest(scaled, y, scaled_queries),
    }
    text = json.dumps(answers).replace('], "', '],\n"').replace('}, "', '},\n"')
    Path(__file__).with_name("mixed.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
