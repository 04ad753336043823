"""A fitted model: what it answers, and what is known about it."""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from os import PathLike
from typing import Any, NamedTuple, Protocol, overload

from numpy import float64
from numpy.typing import NDArray

from resml import _core

# An incident as the platform's REST gives it.
Incident = dict[str, Any]


class DataFrame(Protocol):
    """A table with named columns, such as pandas has."""

    @property
    def columns(self) -> Any: ...

    def __getitem__(self, name: Any, /) -> Any: ...


# Several incidents: a list of them, or columns by field name.
Incidents = Iterable[Incident] | Mapping[str, Iterable[Any]] | DataFrame


class Answer(NamedTuple):
    """What a model says of one incident."""

    prediction: str
    """The predicted value, as text: "4", "True", "Low"."""
    probability: float
    """That the prediction is right, 0 to 1, calibrated on incidents it did not learn from."""
    probabilities: dict[str, float]
    """The same for every value; they sum to 1."""
    notes: str
    """What was missing or new in the incident: 'owner_id: new value "12"'; "" if nothing."""


class Feature(NamedTuple):
    """A field that the model looks at."""

    name: str
    kind: str
    """"category", "multi-select", "boolean", "number" or "date"."""
    reason: str
    """Why this kind was chosen."""


class Model:
    """A fitted model. It never changes, and one serves many threads at once.

    Incidents may be given as

    - a dict: one incident as the platform's REST gives it, with `properties`, `gdpr`, `pii`,
      `hipaa` and `regulator_risk` inside. A field that it does not have counts as not filled;
    - a list of such dicts;
    - columns by field name: a pandas frame, or a dict whose values are all lists, arrays or series
      (so an incident that has nothing but lists goes into a list: `[incident]`).

    Values mean what they mean in a CSV of `res-ml download`: None, NaN and NaT are no value,
    date-times (UTC if they have no time zone) are milliseconds since 1970, and a column of floats
    without any fraction is one of whole numbers. Other objects count by their str().
    """

    def __init__(self, core: _core.Model) -> None:
        self._core = core

    @overload
    def predict(self, incidents: Incident) -> str: ...
    @overload
    def predict(self, incidents: Incidents) -> list[str]: ...
    def predict(self, incidents: object) -> str | list[str]:
        """The predicted value: a text for one incident, a list of texts, in order, for many.

        This is the learner's decision. It need not be the most probable value: with class weights,
        and in close cases.
        """
        return self._core.predict(incidents)

    def predict_proba(self, incidents: Incident | Incidents) -> NDArray[float64]:
        """Calibrated probabilities, 0 to 1: shape (n_incidents, n_classes), each row sums to 1.

        Columns are in the order of `classes`. One incident gives a vector of n_classes.
        """
        return self._core.predict_proba(incidents)

    @overload
    def answer(self, incidents: Incident) -> Answer: ...
    @overload
    def answer(self, incidents: Incidents) -> list[Answer]: ...
    def answer(self, incidents: object) -> Answer | list[Answer]:
        """Prediction, probabilities and notes together: one Answer, or a list of them."""
        answers = self._core.answer(incidents)
        if isinstance(answers, tuple):
            return Answer(*answers)
        return [Answer(*answer) for answer in answers]

    @cached_property
    def classes(self) -> list[str]:
        """The values that can be predicted, sorted as text."""
        return self._core.classes()

    @cached_property
    def features(self) -> list[Feature]:
        """The fields that the model looks at, in configured order."""
        return [Feature(**feature) for feature in self._about["features"]]

    @property
    def evaluation(self) -> dict[str, Any]:
        """What the model was worth on incidents held out from it.

        Scores are 0 to 1 with the ends of their 95 % interval: accuracy, macro_f1, and beside them
        majority_accuracy, that of always answering the commonest value. The keys are those of
        `res-ml view --json`.
        """
        return self._section("evaluation")

    @property
    def settings(self) -> dict[str, Any]:
        """What it was built with, defaults written out: prediction, features, algorithm ..."""
        return self._section("settings")

    @property
    def provenance(self) -> dict[str, Any]:
        """Where it came from: file and its SHA-256, rows read, dropped and used, version, time."""
        return self._section("provenance")

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the model file. A file of that name is replaced whole or stays as it was."""
        self._core.save(path)

    def __repr__(self) -> str:
        settings = self._about["settings"]
        accuracy = self._about["evaluation"]["accuracy"]["value"]
        return (
            f"<resml.Model predicts {settings['prediction']} ({len(self.classes)} values) "
            f"from {', '.join(settings['features'])}: {settings['algorithm']}, "
            f"accuracy {accuracy:.4g}>"
        )

    @cached_property
    def _about(self) -> dict[str, Any]:
        about: dict[str, Any] = json.loads(self._core.describe())
        return about

    def _section(self, name: str) -> dict[str, Any]:
        # A copy each time: what a caller does to it must not reach the model.
        section: dict[str, Any] = json.loads(self._core.describe())[name]
        return section


def load(path: str | PathLike[str]) -> Model:
    """Opens a model file that `res-ml build`, `resml.build` or Model.save wrote.

    Opening it runs nothing. ModelFileError if it is damaged, foreign or too new, InputError if it
    cannot be read.
    """
    return Model(_core.load(path))
