"""Learning from Python: what may be given, and that it is what the command does."""

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
import pytest
import resml

from ..command_case import RES_ML, set_flags
from .conftest import TYPES

SETTINGS: dict[str, Any] = {"algorithm": "Decision Tree", "unwanted_values": ["None"], "seed": 3}


def about(model: resml.Model) -> list[Any]:
    """Everything but the time and the place it came from."""
    provenance = model.provenance
    for name in ("created", "source", "sha256"):
        del provenance[name]
    return [model.settings, model.evaluation, model.features, model.classes, provenance]


def build_small(samples: Any, **settings: Any) -> resml.Model:
    return resml.build(samples, "false_positive", ["kind", "confirmed"], **SETTINGS | settings)


def test_csv_columns_frame_and_incidents_make_the_same_model(small_csv: Path) -> None:
    columns = resml.read_csv(small_csv)
    frame = pd.DataFrame(columns)
    incidents = frame.to_dict("records")
    expected = build_small(small_csv)
    assert expected.provenance["source"] == str(small_csv)
    assert re.fullmatch("[0-9a-f]{64}", expected.provenance["sha256"])
    for samples in (str(small_csv), columns, frame, incidents, iter(incidents)):
        model = build_small(samples)
        assert about(model) == about(expected)
        assert model.predict_proba(columns).tobytes() == expected.predict_proba(columns).tobytes()


def test_the_command_builds_the_same_file(small_csv: Path, tmp_path: Path) -> None:
    flags = set_flags("prediction=false_positive", "features=kind, confirmed",
                      "algorithm=Decision Tree", "unwanted_values=None", "seed=3")  # fmt: skip
    command = [str(RES_ML), "build", "-o", "command.ml", "-c", str(small_csv), *flags]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    build_small(small_csv, output=tmp_path / "python.ml")
    by_command = resml.load(tmp_path / "command.ml")
    by_python = resml.load(tmp_path / "python.ml")
    assert about(by_python) == about(by_command)
    assert by_python.provenance["sha256"] == by_command.provenance["sha256"]
    assert by_python.answer(resml.read_csv(small_csv)) == by_command.answer(
        resml.read_csv(small_csv)
    )


def test_any_number_of_threads_makes_the_same_file(small_csv: Path, tmp_path: Path) -> None:
    for threads in (1, 8):
        build_small(small_csv, threads=threads, output=tmp_path / f"{threads}.ml")
    files = [(tmp_path / f"{threads}.ml").read_bytes() for threads in (1, 8)]
    created = rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    checksum = rb'"checksum":"[0-9a-f]{16}"'
    assert len({re.sub(created, b"", re.sub(checksum, b"", file)) for file in files}) == 1


def test_names_may_be_one_text(small_csv: Path) -> None:
    model = resml.build(small_csv, "false_positive", "kind, confirmed")
    assert model.settings["features"] == ["kind", "confirmed"]
    assert len(resml.compare(small_csv, "false_positive", "kind", "GaussianNB")) == 1


def test_settings_travel_as_python_values(small_csv: Path) -> None:
    model = build_small(
        small_csv, refit=False, split=0.25, class_weight={"True": 2}, unwanted_values=dict.fromkeys("xy").keys(),
        types={"kind": "category", "confirmed": "boolean"}, imbalance_upsampling=True,
    )  # fmt: skip
    settings = model.settings
    assert settings["refit"] is False
    assert settings["split"] == 0.25
    assert settings["class_weight"]["per_class"] == {"True": 2.0}
    assert settings["unwanted_values"] == ["x", "y"]
    assert settings["types"] == {"kind": "category", "confirmed": "boolean"}
    assert settings["imbalance_upsampling"] is True
    assert settings["seed"] == 3


KEYS = ("prediction, features, algorithm, method, split, class_weight, imbalance_upsampling, "
        "unwanted_values, time_start, time_end, max_count, time_field, connections, split_by, encoding, missing, refit, seed, "
        "rare_values, types, compatible; Logistic Regression has c, max_iter")  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"split": 2}, 'split=2: expected a number above 0 and below 1, got "2"'),
        ({"refit": "maybe"}, 'refit=maybe: expected true or false, got "maybe"'),
        ({"trees": 3}, 'trees=3: unknown key "trees"; the keys are ' + KEYS),
        ({"features": ["kind", "none"]}, 'samples: no incident has the field "none"'),
        ({"samples": []}, "samples: Nothing to train the model: 0 rows read"),
        ({"samples": [None]}, "incident 1: expected a dict, got NoneType"),
        ({"samples": {"kind": ["a"]}}, 'columns: there is no "confirmed"; the columns are kind'),
        ({"samples": "none.csv"}, "none.csv: cannot be read: No such file or directory"),
    ],
)
def test_what_cannot_be_used_is_named(
    change: dict[str, Any], message: str, small_csv: Path
) -> None:
    incidents = pd.DataFrame(resml.read_csv(small_csv)).to_dict("records")
    arguments: dict[str, Any] = {"samples": incidents, "prediction": "false_positive",
                                 "features": ["kind", "confirmed"]}  # fmt: skip
    with pytest.raises(resml.InputError) as caught:
        resml.build(**arguments | change)
    assert str(caught.value) == message


def test_read_csv_gives_texts_by_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('\ufeffid,name,x\r\n1,"a, ""b""\nc",\r\n2,火,None\r\n', encoding="utf-8")
    assert resml.read_csv(path) == {
        "id": ["1", "2"],
        "name": ['a, "b"\nc', "火"],
        "x": ["", "None"],
    }
    assert list(resml.read_csv(path, ["x", "id"])) == ["x", "id"]
    with pytest.raises(resml.InputError) as caught:
        resml.read_csv(path, ["nme"])
    assert str(caught.value) == f'{path}: no column "nme"; did you mean "name"?'


def test_algorithms_have_options() -> None:
    by_name = {algorithm.name: algorithm for algorithm in resml.algorithms()}
    assert "Logistic Regression" in by_name
    assert by_name["Logistic Regression"].options[0].name == "c"
    assert all(algorithm.meaning for algorithm in by_name.values())


def test_methods_have_options() -> None:
    names = {method.name: [option.name for option in method.options] for method in resml.methods()}
    assert names == {"Bagging": ["n_members"], "Adaptive Boosting": ["n_rounds", "learning_rate"]}


def test_an_ensemble_learns_and_answers(small_csv: Path) -> None:
    fields = ["kind", "confirmed"]
    for method in resml.methods():
        model = resml.build(small_csv, "false_positive", fields,
                            algorithm="Decision Tree", method=method.name)  # fmt: skip
        assert model.predict({"kind": "b", "confirmed": False}) == "True"
        assert model.settings["method"] == method.name
    with pytest.raises(resml.InputError) as caught:
        resml.build(small_csv, "false_positive", fields, method="Bagging", n_member=3)
    assert str(caught.value) == 'n_member=3: unknown key "n_member"; did you mean "n_members"?'


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def ctrl_c_raises() -> Iterator[None]:
    """As in a terminal: what a shell starts with `&` ignores the interrupt, and so would Python."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def slow_samples() -> dict[str, list[str]]:
    """Many distinct rows: seconds of learning."""
    n_rows = 200_000
    columns = {f"f{k}": [str((i * (k + 3)) % 997) for i in range(n_rows)] for k in range(8)}
    return columns | {"label": [str(i * i % 41) for i in range(n_rows)]}


@pytest.mark.usefixtures("ctrl_c_raises")
def test_ctrl_c_stops_a_build_before_its_end(
    slow_samples: dict[str, list[str]], tmp_path: Path
) -> None:
    target = tmp_path / "m.ml"
    timer = threading.Timer(0.7, interrupt)
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            resml.build(slow_samples, "label", [f"f{k}" for k in range(8)], output=target, algorithm="Decision Tree",
                        types={f"f{k}": "category" for k in range(8)})  # fmt: skip
    finally:
        timer.cancel()  # of a build that ended by itself: it would interrupt all tests
    assert not target.exists()  # a build that ended would have left its model


def test_a_model_of_every_kind_of_field_learns(models: dict[str, resml.Model]) -> None:
    for name, model in models.items():
        scores = model.evaluation
        assert {feature.name: feature.kind for feature in model.features} == TYPES
        if name != "Dummy Classifier":
            assert scores["accuracy"]["value"] > scores["majority_accuracy"]["high"], name


def test_compare_tells_what_a_build_of_each_pair_would(small_csv: Path) -> None:
    pairs = ["Dummy Classifier", "Decision Tree + Bagging", "BernoulliNB"]
    for samples in (small_csv, resml.read_csv(small_csv)):
        found = resml.compare(
            samples, "false_positive", ["kind", "confirmed"], pairs, seed=3, n_members=4
        )
        assert len(found) == 3
        assert pd.json_normalize(found)["accuracy.value"].is_monotonic_decreasing
        assert not found[0]["worse_than_best"]
        for one in found:
            own = {"n_members": 4} if one["method"] == "Bagging" else {}
            alone = build_small(
                samples, algorithm=one["algorithm"], method=one["method"], **own
            ).evaluation
            assert (one["accuracy"], one["log_loss"]) == (alone["accuracy"], alone["log_loss"])
    with pytest.raises(resml.InputError, match=r'^pairs: "BernoulliNB" is there twice$'):
        resml.compare(small_csv, "false_positive", ["kind"], ["BernoulliNB", "bernoullinb"])
    with pytest.raises(resml.InputError, match=r'^by: expected accuracy or f1, got "size"$'):
        resml.compare(small_csv, "false_positive", ["kind"], ["BernoulliNB"], by="size")
    with pytest.raises(resml.InputError, match=r"^splt=1: unknown key"):
        resml.compare(small_csv, "false_positive", ["kind"], ["BernoulliNB"], splt=1)
