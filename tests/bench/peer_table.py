"""Who else can do what res-ml does: the ways to have a peer learn, by algorithm."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Variant(NamedTuple):
    """A way to have a peer learn."""

    name: str
    layout: str
    make: Callable[[int], Any]  # threads -> an estimator, not fitted
    accelerated: bool = False  # intelex or LightGBM
    up_to_rows: int = 10**9
    one_blas_thread: bool = False  # matrices too small to share between threads


def liblinear(threads: int) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    return OneVsRestClassifier(LogisticRegression(C=100, solver="liblinear"), n_jobs=threads)


def lbfgs(threads: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    del threads
    return LogisticRegression(C=100)


def newton_cholesky(threads: int) -> Any:
    from sklearn.linear_model import LogisticRegression

    del threads
    return LogisticRegression(C=100, solver="newton-cholesky")


def intelex_lbfgs(threads: int) -> Any:
    from sklearnex.linear_model import LogisticRegression

    return LogisticRegression(C=100, n_jobs=threads)


def tree(threads: int) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    del threads
    return DecisionTreeClassifier(min_samples_split=20, random_state=0)


def intelex_tree(threads: int) -> Any:
    """A forest of one tree that sees every row and every column."""
    from sklearnex.ensemble import RandomForestClassifier

    return RandomForestClassifier(
        1, min_samples_split=20, bootstrap=False, max_features=None, random_state=0, n_jobs=threads
    )


def forest(threads: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(100, random_state=0, n_jobs=threads)


def intelex_forest(threads: int) -> Any:
    from sklearnex.ensemble import RandomForestClassifier

    return RandomForestClassifier(100, random_state=0, n_jobs=threads)


def lightgbm_forest(threads: int) -> Any:
    """LightGBM's own: bags without replacement, histograms, a tree per class."""
    from lightgbm import LGBMClassifier

    return LGBMClassifier(
        n_estimators=100,
        boosting_type="rf",
        bagging_freq=1,
        bagging_fraction=0.632,
        feature_fraction_bynode=0.1,
        num_leaves=1024,
        min_child_samples=1,
        random_state=0,
        n_jobs=threads,
        verbose=-1,
    )


def gaussian(threads: int) -> Any:
    from sklearn.naive_bayes import GaussianNB

    del threads
    return GaussianNB()


def bernoulli(threads: int) -> Any:
    from sklearn.naive_bayes import BernoulliNB

    del threads
    return BernoulliNB()


def dummy(threads: int) -> Any:
    from sklearn.dummy import DummyClassifier

    del threads
    return DummyClassifier(strategy="stratified", random_state=0)


def linear_svc(threads: int) -> Any:
    from sklearn.svm import LinearSVC

    del threads
    return LinearSVC(random_state=0)


def svc(kernel: str, package: str) -> Callable[[int], Any]:
    def make(threads: int) -> Any:
        del threads
        if package == "sklearnex":
            from sklearnex.svm import SVC
        else:
            from sklearn.svm import SVC
        return SVC(kernel=kernel, cache_size=1000)

    return make


def nearest(package: str, algorithm: str) -> Callable[[int], Any]:
    def make(threads: int) -> Any:
        if package == "sklearnex":
            from sklearnex.neighbors import KNeighborsClassifier
        else:
            from sklearn.neighbors import KNeighborsClassifier
        return KNeighborsClassifier(5, algorithm=algorithm, n_jobs=threads)

    return make


def bagging(learner: Callable[[int], Any], n_members: int) -> Callable[[int], Any]:
    def make(threads: int) -> Any:
        from sklearn.ensemble import BaggingClassifier

        return BaggingClassifier(learner(1), n_members, random_state=0, n_jobs=threads)

    return make


def boosting(learner: Callable[[int], Any], n_rounds: int) -> Callable[[int], Any]:
    def make(threads: int) -> Any:
        from sklearn.ensemble import AdaBoostClassifier

        return AdaBoostClassifier(learner(threads), n_estimators=n_rounds, random_state=0)

    return make


def ensembles(
    name: str, layout: str, learner: Callable[[int], Any], n_members: int, n_rounds: int
) -> "dict[str, list[Variant]]":
    """Both methods over a learner, with as many members as res-ml has by default."""
    methods = {
        "Bagging": bagging(learner, n_members),
        "Adaptive Boosting": boosting(learner, n_rounds),
    }
    return {
        f"{method} / {name}": [Variant(layout, layout, make)] for method, make in methods.items()
    }


# What a learner is given.
DENSE32, DENSE64 = "dense float32", "dense float64"
SPARSE32, SPARSE64 = "sparse float32", "sparse float64"

# By the name that `res-ml build --help-algorithms` lists. Beyond `up_to_rows` a variant takes many
# minutes to hours; where another is faster that one remains, else there is no peer.
VARIANTS: dict[str, list[Variant]] = {
    "Logistic Regression": [
        Variant("one-vs-rest liblinear, sparse", SPARSE64, liblinear),
        Variant("lbfgs, sparse", SPARSE64, lbfgs),
        Variant("lbfgs, dense float32", DENSE32, lbfgs, one_blas_thread=True),
        Variant("newton-cholesky, dense", DENSE64, newton_cholesky, one_blas_thread=True),
        Variant("intelex lbfgs, dense float32", DENSE32, intelex_lbfgs, accelerated=True),
    ],
    "Decision Tree": [
        Variant("dense", DENSE32, tree),
        Variant("sparse", SPARSE32, tree),
        Variant("intelex, a forest of one", DENSE32, intelex_tree, accelerated=True),
    ],
    "Random Forest": [
        Variant("dense", DENSE32, forest),
        Variant("intelex", DENSE32, intelex_forest, accelerated=True, up_to_rows=200_000),
        Variant("LightGBM rf", SPARSE32, lightgbm_forest, accelerated=True, up_to_rows=200_000),
    ],
    "GaussianNB": [
        Variant("dense float64", DENSE64, gaussian),
        Variant("dense float32", DENSE32, gaussian),
    ],
    "BernoulliNB": [
        Variant("sparse", SPARSE64, bernoulli),
        Variant("dense float32", DENSE32, bernoulli),
    ],
    "Dummy Classifier": [Variant("sparse", SPARSE32, dummy)],
    "SVM": [
        Variant("LinearSVC, sparse", SPARSE64, linear_svc),
        Variant("SVC linear, sparse", SPARSE64, svc("linear", "sklearn"), up_to_rows=40_000),
        Variant("intelex linear", DENSE32, svc("linear", "sklearnex"), True, up_to_rows=40_000),
    ],
    "SVM with Gaussian kernel": [
        Variant("sparse", SPARSE64, svc("rbf", "sklearn"), up_to_rows=40_000),
        Variant("intelex", DENSE32, svc("rbf", "sklearnex"), True, up_to_rows=40_000),
    ],
    "K-Nearest Neighbor": [
        Variant("brute, dense float32", DENSE32, nearest("sklearn", "brute"), up_to_rows=200_000),
        Variant("brute, sparse", SPARSE32, nearest("sklearn", "brute"), up_to_rows=40_000),
        Variant("intelex brute", DENSE32, nearest("sklearnex", "brute"), True, up_to_rows=200_000),
    ],
    **ensembles("Logistic Regression", SPARSE64, lbfgs, 200, 200),
    **ensembles("SVM", SPARSE64, linear_svc, 10, 10),
    **ensembles("Decision Tree", DENSE32, tree, 10, 50),
    **ensembles("Random Forest", DENSE32, forest, 10, 10),
    **ensembles("GaussianNB", DENSE32, gaussian, 100, 100),
    **ensembles("BernoulliNB", SPARSE64, bernoulli, 10, 10),
    "Bagging / K-Nearest Neighbor": [
        Variant(DENSE32, DENSE32, bagging(nearest("sklearn", "brute"), 10))
    ],
}
