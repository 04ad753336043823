"""Which file ml_model_file names, and that every file is in memory once."""

import hashlib
import os
import pickle
import threading
from pathlib import Path

import pytest
import resml
from fn_machine_learning import model_store
from fn_machine_learning.errors import PredictionError, quoted
from fn_machine_learning.model_store import ModelStore

from .conftest import LONG_AGO, long_ago


def refusal(store: ModelStore, requested: str | None) -> str:
    with pytest.raises(PredictionError) as caught:
        store.read(requested)
    return str(caught.value)


@pytest.mark.parametrize(
    "requested",
    ["severity.ml", "/etc/severity.ml", "..\\..\\severity.ml", "a/b\\severity.ml", " severity.ml "],
)
def test_only_the_last_part_counts(requested: str, model_dir: Path) -> None:
    stored = ModelStore(str(model_dir)).read(requested)
    assert (stored.file, stored.predicts) == ("severity.ml", "severity_code")


@pytest.mark.parametrize("requested", [None, "", "  ", "models/", "a\\"])
def test_no_name_is_no_model(requested: str | None, model_dir: Path) -> None:
    message = refusal(ModelStore(str(model_dir)), requested)
    assert message == f"No valid model file found in {model_dir}"


@pytest.mark.parametrize(
    ("requested", "message"),
    [
        ("..", 'ml_model_file: ".." is not inside {}'),
        (".", 'ml_model_file: "." is not inside {}'),
        ("folder", 'ml_model_file: "folder" in {} is not a file'),
        ("outside.ml", 'ml_model_file: "outside.ml" is not inside {}'),
        ("loop.ml", 'ml_model_file: "loop.ml" is not the name of a file'),
        ("a\0b", 'ml_model_file: "a\\u0000b" is not the name of a file'),
        ("\ud800", 'ml_model_file: "\\\\ud800" is not the name of a file'),
        ("x" * 300, f'ml_model_file: "{"x" * 80}..." is not the name of a file'),
        (
            "sverity.ml",
            'ml_model_file: there is no "sverity.ml" in {}; it has "confirmed.ml", "severity.ml"',
        ),
        (
            "empty.ml/x",
            'ml_model_file: there is no "x" in {}; it has "confirmed.ml", "severity.ml"',
        ),
    ],
)
def test_what_is_no_file_of_the_folder_is_refused(
    requested: str, message: str, model_dir: Path, tmp_path: Path, severity_model: resml.Model
) -> None:
    severity_model.save(tmp_path / "outside.ml")
    (model_dir / "outside.ml").symlink_to(tmp_path / "outside.ml")
    (model_dir / "loop.ml").symlink_to("loop.ml")
    (model_dir / "folder").mkdir()
    got = refusal(ModelStore(str(model_dir)), requested)
    assert got.replace(', "outside.ml"', "") == message.replace("{}", str(model_dir))


def test_a_long_folder_is_not_listed_in_full(model_dir: Path) -> None:
    for number in range(6):
        (model_dir / f"a{number}.ml").touch()
    assert refusal(ModelStore(str(model_dir)), "x.ml") == (
        f'ml_model_file: there is no "x.ml" in {model_dir}; '
        'it has "a0.ml", "a1.ml", "a2.ml", "a3.ml", "a4.ml" and 3 more'
    )


def test_folders_that_have_no_models(tmp_path: Path) -> None:
    assert refusal(ModelStore(f"{tmp_path}/no"), "x.ml") == (
        f'model_dir: there is no folder "{tmp_path}/no"'
    )
    (tmp_path / "file").touch()
    assert refusal(ModelStore(f"{tmp_path}/file"), "x.ml") == (
        f'model_dir: there is no folder "{tmp_path}/file"'
    )
    assert refusal(ModelStore(str(tmp_path)), "x.ml") == (
        f'ml_model_file: there is no "x.ml" in {tmp_path}; it has no model'
    )


def test_a_folder_that_may_not_be_entered_is_named(model_dir: Path) -> None:
    model_dir.chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # root may enter every folder
    try:
        said = refusal(ModelStore(str(model_dir)), "tree.ml")
        with pytest.raises(PredictionError) as listing:
            ModelStore(str(model_dir / "models")).names()
    finally:
        os.seteuid(user)
        model_dir.chmod(0o700)
    assert said == f'ml_model_file: "tree.ml" in {model_dir} cannot be read: Permission denied'
    shown = quoted(str(model_dir / "models"))
    assert str(listing.value) == f"model_dir: {shown} cannot be read: Permission denied"


def test_links_inside_the_folder_are_followed(model_dir: Path) -> None:
    """As a mounted configuration map has them."""
    (model_dir / "..data").mkdir()
    (model_dir / "severity.ml").rename(model_dir / "..data" / "severity.ml")
    (model_dir / "severity.ml").symlink_to("..data/severity.ml")
    link = model_dir.parent / "link"
    link.symlink_to(model_dir)
    for folder in (model_dir, link):
        assert ModelStore(str(folder)).read("severity.ml").file == "severity.ml"


def test_a_damaged_file_is_named(model_dir: Path) -> None:
    (model_dir / "severity.ml").write_bytes(b"short")
    long_ago(model_dir / "severity.ml")
    assert refusal(ModelStore(str(model_dir)), "severity.ml") == (
        f"{model_dir}/severity.ml: too short for a model file, got 5 bytes"
    )


def test_a_pickle_and_what_is_no_file_are_named(model_dir: Path) -> None:
    """Opening a FIFO would wait for ever, a device has no end."""
    store = ModelStore(str(model_dir))
    os.mkfifo(model_dir / "pipe.ml")
    assert refusal(store, "pipe.ml") == f'ml_model_file: "pipe.ml" in {model_dir} is not a file'
    assert refusal(ModelStore("/dev"), "zero") == 'ml_model_file: "zero" in /dev is not a file'
    (model_dir / "old.ml").write_bytes(pickle.dumps({"algorithm": "SVM"}))
    long_ago(model_dir / "old.ml")
    assert refusal(store, "old.ml") == (
        f"{model_dir}/old.ml: a pickle of Machine Learning Function 1.x, which could run code when "
        "opened and is never read as such; build a new model with res-ml build"
    )


def test_the_hash_is_that_of_the_file(model_dir: Path) -> None:
    stored = ModelStore(str(model_dir)).read("severity.ml")
    assert stored.sha256 == hashlib.sha256((model_dir / "severity.ml").read_bytes()).hexdigest()


def test_a_file_that_is_being_copied_is_waited_for(model_dir: Path) -> None:
    """As `cp` writes: over the old content, in pieces."""
    store, path = ModelStore(str(model_dir)), model_dir / "severity.ml"
    assert store.read("severity.ml").predicts == "severity_code"
    content = (model_dir / "confirmed.ml").read_bytes()
    asking = threading.Event()
    answers: list[str] = []

    def ask() -> None:
        asking.set()
        answers.append(store.read("severity.ml").predicts)

    with path.open("wb", buffering=0) as file:
        file.write(content[:100])
        thread = threading.Thread(target=ask)
        thread.start()
        asking.wait()
        file.write(content[100:])
    thread.join()
    assert answers == ["confirmed"]
    assert store.read("severity.ml").sha256 == hashlib.sha256(content).hexdigest()


def test_a_copy_that_stays_half_is_an_error(
    model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_store, "REPLACEMENT_SECONDS", 0.3)
    (model_dir / "severity.ml").write_bytes((model_dir / "confirmed.ml").read_bytes()[:-1])
    assert refusal(ModelStore(str(model_dir)), "severity.ml").startswith(f"{model_dir}/severity.ml")


def test_a_file_that_changes_while_it_is_read_is_named(
    model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = resml.load

    def load_and_touch(path: Path) -> resml.Model:
        os.utime(path, (LONG_AGO, LONG_AGO + 1))
        return load(path)

    monkeypatch.setattr(resml, "load", load_and_touch)
    assert refusal(ModelStore(str(model_dir)), "severity.ml") == (
        f"{model_dir}/severity.ml: the file is being written"
    )


def test_a_file_that_goes_before_it_is_read_is_named(
    model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_store, "REPLACEMENT_SECONDS", 0)
    store = ModelStore(str(model_dir))
    monkeypatch.setattr(store, "_find", lambda name: model_dir / name)
    assert refusal(store, "gone.ml") == (
        f"{model_dir}/gone.ml: cannot be read: No such file or directory"
    )


def test_a_file_is_loaded_once_until_it_changes(
    model_dir: Path, confirmed_model: resml.Model
) -> None:
    store = ModelStore(str(model_dir))
    first = store.read("severity.ml").model
    assert store.read("severity.ml").model is first
    path = model_dir / "severity.ml"

    status = path.stat()
    path.write_bytes(path.read_bytes())  # in place, same size
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert store.read("severity.ml").model is not first

    confirmed_model.save(path)  # by rename
    assert store.read("severity.ml").predicts == "confirmed"

    path.unlink()
    assert refusal(store, "severity.ml").startswith('ml_model_file: there is no "severity.ml"')


def test_threads_share_one_copy(model_dir: Path) -> None:
    store = ModelStore(str(model_dir))
    start = threading.Barrier(8)
    models: list[resml.Model] = []

    def work() -> None:
        start.wait()
        models.append(store.read("severity.ml").model)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(models) == 8
    assert len({id(model) for model in models}) == 1
