"""Known answers for Adaptive Boosting, from the last scikit-learn releases that had SAMME.R.

Makes boosting.json beside this file from the training set of mixed.json: what AdaBoostClassifier
says after a few rounds of several learners. scikit-learn makes the weights of a round sum to 1, here
they keep their sum: options that are measured against weights are divided by it.

    python3.11 -m venv venv && venv/bin/pip install scikit-learn==1.2.2 "numpy<2"
    venv/bin/python make_boosting.py
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import AdaBoostClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB
from sklearn.tree import DecisionTreeClassifier

FOLDER = Path(__file__).parent
# The third round of BernoulliNB would be a step of 1/2 here, which scikit-learn does not know.
ROUNDS = {"decision_tree": 5, "bernoulli_nb": 2, "logistic_regression": 5}


def dense(known: dict[str, Any], prefix: str, scale: list[int]) -> np.ndarray:
    active = known[f"{prefix}active"]
    indicators = np.zeros((len(active), known["n_indicators"]))
    for row, columns in zip(indicators, active, strict=True):
        row[columns] = 1
    return np.hstack([indicators, np.array(known[f"{prefix}numbers"]) / scale])


def main() -> None:
    known = json.loads((FOLDER / "mixed.json").read_text())
    weights = np.array(known["weights"])
    total = weights.sum()
    learners = {
        "decision_tree": [
            DecisionTreeClassifier(max_depth=2, min_samples_split=20, random_state=seed)
            for seed in range(10)
        ],
        "bernoulli_nb": [BernoulliNB(alpha=1 / total)],
        "logistic_regression": [
            LogisticRegression(solver="liblinear", C=0.05 * total, tol=1e-12, max_iter=100_000)
        ],
    }
    repeated = np.repeat(np.arange(len(weights)), known["counts"])
    weight_of_one = (weights / known["counts"])[repeated]
    labels = np.array(known["labels"])[repeated]
    answers = {}
    for kind, estimators in learners.items():
        scale = [1, 64] if kind == "logistic_regression" else [1, 1]
        features = dense(known, "", scale)[repeated]
        probabilities = []
        for estimator in estimators:
            model = AdaBoostClassifier(estimator, n_estimators=ROUNDS[kind], algorithm="SAMME.R")
            # The seed of a tree is set again by scikit-learn.
            model.set_params(random_state=getattr(estimator, "random_state", None))
            model.fit(features, labels, sample_weight=weight_of_one)
            assert len(model.estimators_) == ROUNDS[kind], kind
            probabilities.append(model.predict_proba(dense(known, "query_", scale)))
        # scikit-learn breaks ties at random: without ties all seeds agree.
        assert all(np.abs(p - probabilities[0]).max() < 1e-12 for p in probabilities), kind
        answers[kind] = probabilities[0].tolist()
    text = json.dumps(answers).replace(']], "', ']],\n"')
    (FOLDER / "boosting.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
