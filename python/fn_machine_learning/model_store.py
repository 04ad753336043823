"""Model files of one folder, each in memory once and read again when it changed."""

import re
import threading
from pathlib import Path
from typing import NamedTuple

import resml

from fn_machine_learning.errors import PredictionError, quoted

SHOWN_NAMES = 5


class _Identity(NamedTuple):
    """What differs between a file and the one that replaces it, by rename or in place."""

    device: int
    inode: int
    size: int
    modified_ns: int


class _Loaded(NamedTuple):
    identity: _Identity
    model: resml.Model


class ModelStore:
    """Finds and keeps the models of a folder; safe to use from many threads."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._loaded: dict[Path, _Loaded] = {}

    def model(self, requested: str | None) -> tuple[str, resml.Model]:
        """The file name and the model that `requested` asks for.

        Only the part after the last / or \\ counts. A file that was replaced is read again.
        """
        name = re.split(r"[/\\]", requested or "")[-1].strip()
        if not name:
            raise PredictionError(f"No valid model file found in {self.folder}")
        path = self._find(name)
        # One thread loads, the others wait: a large model is never in memory twice.
        with self._lock:
            return name, self._load(path)

    def names(self) -> list[str]:
        """The files of the folder that are called *.ml, sorted."""
        folder = Path(self.folder)
        if not folder.is_dir():
            raise PredictionError(f"model_dir: there is no folder {quoted(self.folder)}")
        return sorted(entry.name for entry in folder.glob("*.ml") if entry.is_file())

    def _find(self, name: str) -> Path:
        known = self.names()
        folder = Path(self.folder).resolve()
        try:
            path = (folder / name).resolve(strict=True)
        except FileNotFoundError:
            raise PredictionError(self._missing(name, known)) from None
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

    def _load(self, path: Path) -> resml.Model:
        # Taken before the file is read: if it changes meanwhile, the next call reads it again.
        status = path.stat()
        identity = _Identity(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        found = self._loaded.get(path)
        if found is not None and found.identity == identity:
            return found.model
        self._loaded.pop(path, None)
        try:
            model = resml.load(path)
        except (resml.InputError, resml.ModelFileError) as error:
            raise PredictionError(str(error)) from None
        self._loaded[path] = _Loaded(identity, model)
        return model
