"""What the wheel and the source archive hold, and what they must not hold."""

import importlib.metadata
import subprocess
import sys
import tarfile
from pathlib import Path, PurePosixPath

import pytest
import resml

from .command_case import ROOT

PACKAGE = "fn_machine_learning"


@pytest.fixture(scope="module")
def installed() -> set[str]:
    """Files of the installed wheel, below the environment's folder."""
    files = importlib.metadata.files(PACKAGE)
    assert files is not None
    prefix = Path(sys.prefix).resolve()
    paths = (Path(str(file.locate())).resolve() for file in files)
    return {str(path.relative_to(prefix)) for path in paths if path.suffix != ".pyc"}


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Files of the source archive, below its one folder."""
    folder = tmp_path_factory.mktemp("sdist")
    build = f"from scikit_build_core.build import build_sdist; build_sdist({str(folder)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=ROOT, check=True, capture_output=True)
    (archive,) = folder.iterdir()
    with tarfile.open(archive) as tar:
        return {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in tar.getnames()}


def test_the_wheel_has_one_version() -> None:
    assert resml.__version__ == importlib.metadata.version(PACKAGE)


def test_the_wheel_brings_the_command_and_a_typed_module(installed: set[str]) -> None:
    names = {path.partition("/site-packages/")[2] for path in installed}
    assert {"resml/__init__.py", "resml/_core.pyi", "resml/py.typed"} <= names
    assert {"bin/res-ml", "lib/resml/resml_remote.so"} <= installed
    assert [name for name in names if name.startswith("resml/_core.") and name.endswith(".so")]


def test_the_wheel_brings_nothing_else(installed: set[str]) -> None:
    site = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    places = (f"{site}/resml/", f"{site}/{PACKAGE}/", f"{site}/{PACKAGE}-", "bin/", "lib/resml/")
    assert [path for path in installed if not path.startswith(places)] == []
    assert [path for path in installed if path.endswith(".csv")] == []
    assert [path for path in installed if path.startswith("bin/") and path != "bin/res-ml"] == []


def test_the_archive_has_all_that_a_build_needs(archived: set[str]) -> None:
    needed = {"CMakeLists.txt", "pyproject.toml", "LICENSE", "README.md", "bindings/module.cpp"}
    assert needed <= archived
    tops = {path.split("/")[0] for path in archived}
    assert {"cmake", "cpp", "python"} <= tops


def test_the_archive_has_nothing_under_another_licence(archived: set[str]) -> None:
    assert [path for path in archived if path.startswith("tests") or path.endswith(".csv")] == []
