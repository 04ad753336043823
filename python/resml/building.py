"""From samples to a model."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from typing import Any, NamedTuple

from resml import _core
from resml.model import Incidents, Model


class Option(NamedTuple):
    """A setting of one algorithm or method."""

    name: str
    default: str
    range: str
    meaning: str


class Algorithm(NamedTuple):
    """A way to learn, or a method that makes an ensemble of one."""

    name: str
    meaning: str
    options: list[Option]


def build(
    samples: str | PathLike[str] | Incidents,
    prediction: str,
    features: str | Iterable[str],
    *,
    output: str | PathLike[str] | None = None,
    threads: int = 0,
    **settings: object,
) -> Model:
    """Learns to predict one field of an incident from others.

    samples     path of a CSV, a list of incidents (dicts), or columns by field name
    prediction  name of the field to predict
    features    names of the fields to predict it from, a list or a text with commas
    output      also writes the model file there
    threads     0 = as many as there are processors; the model is the same with any number
    settings    keys of [machine_learning] in ml.config, and options of algorithm and method:
                algorithm, method, class_weight, split, seed, encoding, types ... as text, or as
                a Python value (`refit=False`, `unwanted_values=["None", "Unknown"]`,
                `class_weight={"True": 2}`, `types={"owner_id": "category"}`)

    The part `split` (0.5) of the samples is held out to score the model, which then learns from all
    of them. InputError names what cannot be used. Ctrl-C stops it and leaves no file.
    """
    created = time.strftime("%Y-%m-%d %H:%M:%S")
    with _settings_named_as_here():
        texts = _texts(prediction, features, settings)
        model = Model(_core.build(samples, texts, created, threads))
    if output is not None:
        model.save(output)
    return model


def compare(
    samples: str | PathLike[str] | Incidents,
    prediction: str,
    features: str | Iterable[str],
    pairs: str | Iterable[str] = (),
    *,
    by: str = "accuracy",
    threads: int = 0,
    **settings: object,
) -> list[dict[str, Any]]:
    """Tries algorithms and methods on the same samples with the same split, best first.

    pairs   "Random Forest", "SVM + Bagging" ...; none given = every algorithm alone and with
            every method
    by      what is best: "accuracy", or "f1", where rare values count as much as frequent ones
    The others as for `build`; options of other algorithms than a pair's have no effect on it.

    One dict a pair: algorithm, method, accuracy and macro_f1 on the held-out samples and
    majority_accuracy (dicts of value, low, high: 95 % interval), majority_label, log_loss,
    behind_best (the best one's score minus its own, with the paired interval),
    worse_than_best, build_seconds, file_bytes, answer_seconds.
    A frame: `pandas.json_normalize(compare(...))`.
    """
    with _settings_named_as_here():
        texts = _texts(prediction, features, settings)
        found = _core.compare(samples, texts, _listed(pairs), by, threads)
    contenders: list[dict[str, Any]] = json.loads(found)
    return contenders


def read_csv(
    path: str | PathLike[str], columns: Iterable[str] | None = None
) -> Mapping[str, list[str]]:
    """The cells of a CSV as text, by column, in the order asked for (None = all of the file).

    What comes back may be given to `build` and to a model.
    """
    return _core.read_csv(path, [] if columns is None else list(columns))


def algorithms() -> list[Algorithm]:
    """Every algorithm there is, with its options."""
    return _described(_core.algorithms())


def methods() -> list[Algorithm]:
    """Every method that makes an ensemble of an algorithm: `build(..., method="Bagging")`."""
    return _described(_core.methods())


def _described(
    infos: Iterable[tuple[str, str, list[tuple[str, str, str, str]]]],
) -> list[Algorithm]:
    return [
        Algorithm(name, meaning, [Option(*option) for option in options])
        for name, meaning, options in infos
    ]


def _texts(
    prediction: str, features: str | Iterable[str], settings: Mapping[str, object]
) -> list[tuple[str, str]]:
    """All settings as ml.config would have them."""
    pairs = [("prediction", prediction), ("features", _listed(features))]
    return pairs + [(key, _text(key, value)) for key, value in settings.items()]


@contextmanager
def _settings_named_as_here() -> Iterator[None]:
    """The command's users give a setting as --set KEY=VALUE; here it is KEY=VALUE."""
    try:
        yield
    except _core.InputError as error:
        raise _core.InputError(str(error).removeprefix("--set ")) from None


def _listed(names: str | Iterable[str]) -> str:
    """One name, or several with commas between them, is a text of its own."""
    return names if isinstance(names, str) else ", ".join(names)


def _text(key: str, value: Any) -> str:
    """A setting as one would write it in ml.config."""
    if key == "types" and isinstance(value, Mapping):
        return ", ".join(f"{field}:{kind}" for field, kind in value.items())
    if isinstance(value, Mapping):
        return json.dumps(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(str(part) for part in value)
    return str(value)
