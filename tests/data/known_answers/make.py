"""Prints the expected numbers of tests/cpp/known_answers_test.cpp with scikit-learn."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB, GaussianNB

ACTIVE = [[0], [1], [0, 2], [1, 2], [2], [0], [1], []]
NUMBERS = [0.5, -1.0, 1.5, 0.25, -0.75, 2.0, -0.5, 1.0]
LABELS = np.array([0, 1, 2, 1, 0, 2, 0, 2])
WEIGHTS = np.array([1.0, 2, 1, 3, 1, 1, 2, 1])

features = np.zeros((8, 4))
for row, active in enumerate(ACTIVE):
    features[row, active] = 1
features[:, 3] = NUMBERS


def show(name: str, values: np.ndarray) -> None:
    print(name, ", ".join(f"{value:.15g}" for value in np.ravel(values)))


for name, learner in (("gaussian", GaussianNB()), ("bernoulli", BernoulliNB())):
    # Repeated rows: GaussianNB takes the largest variance without the weights.
    repeats = WEIGHTS.astype(int)
    learner.fit(np.repeat(features, repeats, axis=0), np.repeat(LABELS, repeats))
    show(name, learner.predict_joint_log_proba(features))
coefficients = []
for label in range(3):
    learner = LogisticRegression(C=100, solver="liblinear", tol=1e-14, max_iter=100_000)
    learner.fit(features, label == LABELS, sample_weight=WEIGHTS)
    coefficients.append([*learner.coef_[0], learner.intercept_[0]])
show("logistic", np.array(coefficients))
