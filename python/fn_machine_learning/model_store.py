"""Model files of one folder, each in memory once and read again when it changed."""

import hashlib
import re
import threading
import time
from pathlib import Path
from typing import NamedTuple

import resml

from fn_machine_learning.errors import PredictionError, quoted

SHOWN_NAMES = 5
# How long a file that is being replaced may be missing or half written before that is an error.
REPLACEMENT_SECONDS = 5.0
RETRY_SECONDS = 0.1
# Two writes within one tick of the file system's clock leave the same time of change.
CLOCK_TICK_NS = 50_000_000


class _Identity(NamedTuple):
    """What differs between a file and the one that replaces it, by rename or in place."""

    device: int
    inode: int
    size: int
    modified_ns: int


class StoredModel(NamedTuple):
    """A model, what it says of itself, and the file that it was read from."""

    file: str
    sha256: str
    model: resml.Model
    predicts: str
    build_time: str
    accuracy: float
    majority_accuracy: float


class _UnreadableError(PredictionError):
    """What is in the file is no model, or no longer what was there a moment ago."""


class _Slot:
    """What is in memory of one path."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._identity: _Identity | None = None
        self._stored: StoredModel | None = None

    def read(self) -> StoredModel:
        """One thread loads, the others wait: a large model is never in memory twice."""
        with self._lock:
            identity = self._current_identity()
            if self._stored is None or self._identity != identity:
                self._identity, self._stored = None, None
                self._stored = self._load(identity)
                settled = time.time_ns() - identity.modified_ns > CLOCK_TICK_NS
                self._identity = identity if settled else None
            return self._stored

    def changed_lately(self) -> bool:
        try:
            age = time.time() - self._path.stat().st_mtime
        except OSError:
            return True  # gone since it was found
        return age < REPLACEMENT_SECONDS

    def _current_identity(self) -> _Identity:
        try:
            status = self._path.stat()
        except OSError as error:
            raise self._unreadable(f"cannot be read: {error.strerror}") from None
        return _Identity(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)

    def _load(self, identity: _Identity) -> StoredModel:
        try:
            with self._path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            model = resml.load(self._path)
        except (resml.InputError, resml.ModelFileError) as error:
            raise _UnreadableError(str(error)) from None
        except OSError as error:
            raise self._unreadable(f"cannot be read: {error.strerror}") from None
        # Otherwise the digest may be that of another content than the model's.
        if self._current_identity() != identity:
            raise self._unreadable("the file is being written")
        scores = model.evaluation
        return StoredModel(
            self._path.name, digest, model, str(model.settings["prediction"]),
            model.provenance["created"], scores["accuracy"]["value"],
            scores["majority_accuracy"]["value"],
        )  # fmt: skip

    def _unreadable(self, what: str) -> _UnreadableError:
        return _UnreadableError(f"{self._path}: {what}")


class ModelStore:
    """Finds and keeps the models of a folder; safe to use from many threads."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._slots: dict[Path, _Slot] = {}

    def read(self, requested: str | None) -> StoredModel:
        """What `requested` asks for.

        Only the part after the last / or \\ counts. A file that was replaced is read again; one
        that is just being replaced is waited for.
        """
        name = re.split(r"[/\\]", requested or "")[-1].strip()
        if not name:
            raise PredictionError(f"No valid model file found in {self.folder}")
        last_try = time.monotonic() + REPLACEMENT_SECONDS
        while True:
            path = self._find(name)
            slot = self._slot(path)
            try:
                return slot.read()._replace(file=name)
            except _UnreadableError:
                if time.monotonic() > last_try or not slot.changed_lately():
                    raise
            time.sleep(RETRY_SECONDS)

    def names(self) -> list[str]:
        """The files of the folder that are called *.ml, sorted."""
        folder = Path(self.folder)
        try:
            is_there = folder.is_dir()
        except PermissionError as error:
            raise PredictionError(
                f"model_dir: {quoted(self.folder)} cannot be read: {error.strerror}"
            ) from None
        if not is_there:
            raise PredictionError(f"model_dir: there is no folder {quoted(self.folder)}")
        return sorted(entry.name for entry in folder.glob("*.ml") if entry.is_file())

    def _slot(self, path: Path) -> _Slot:
        with self._lock:
            if path not in self._slots:
                self._slots = {old: slot for old, slot in self._slots.items() if old.exists()}
                self._slots[path] = _Slot(path)
            return self._slots[path]

    def _find(self, name: str) -> Path:
        folder = Path(self.folder).resolve()
        try:
            path = (folder / name).resolve(strict=True)
        except (FileNotFoundError, NotADirectoryError):
            raise PredictionError(self._missing(name, self.names())) from None
        except PermissionError as error:
            raise PredictionError(
                f"ml_model_file: {quoted(name)} in {self.folder} cannot be read: {error.strerror}"
            ) from None
        except (OSError, ValueError, RuntimeError):  # too long, a NUL byte, a loop of links
            raise PredictionError(
                f"ml_model_file: {quoted(name)} is not the name of a file"
            ) from None
        if path == folder or not path.is_relative_to(folder):
            raise PredictionError(f"ml_model_file: {quoted(name)} is not inside {self.folder}")
        if not path.is_file():
            raise PredictionError(f"ml_model_file: {quoted(name)} in {self.folder} is not a file")
        return path

    def _missing(self, name: str, known: list[str]) -> str:
        shown = ", ".join(quoted(other) for other in known[:SHOWN_NAMES]) or "no model"
        more = f" and {len(known) - SHOWN_NAMES} more" if len(known) > SHOWN_NAMES else ""
        return f"ml_model_file: there is no {quoted(name)} in {self.folder}; it has {shown}{more}"
