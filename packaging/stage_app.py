"""Makes the folder that IBM's SDK packages as an app, which is also the portable wheel's source.

    python packaging/stage_app.py FOLDER

The SDK wants the Python packages at the top, a literal setup.py, and its own files beside it. The
libraries that are headers only come along, since the app is built where a distribution has none.
"""

import re
import shutil
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / "packaging" / "app"
PACKAGE = "fn_machine_learning"
INCLUDE = Path("/usr/include")
# What is copied, and Debian's package whose licence comes with it.
HEADERS = {
    "eigen3/Eigen": "libeigen3-dev",
    "nlohmann": "nlohmann-json3-dev",
    "CLI": "libcli11-dev",
    "xxhash.h": "libxxhash-dev",
}
IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")

SETUP = '''\
"""What IBM's SDK reads of this app. The build takes everything from pyproject.toml."""

from setuptools import setup

setup(
    name={name!r},
    display_name="Machine Learning",
    version={version!r},
    license={license!r},
    author={author!r},
    url={url!r},
    description={description!r},
    long_description={long_description!r},
    install_requires={install_requires!r},
    python_requires={python_requires!r},
    entry_points={entry_points!r},
)
'''


def project() -> dict[str, Any]:
    metadata: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found = re.search(
        r"^project\(resml VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE
    )
    assert found is not None
    return {**metadata, "version": found[1]}


def setup_text(metadata: dict[str, Any]) -> str:
    return SETUP.format(
        name=metadata["name"],
        version=metadata["version"],
        license=metadata["license"],
        author=metadata["authors"][0]["name"],
        url=metadata["urls"]["Homepage"],
        description=metadata["description"],
        long_description=(
            "Learns from the incidents of the platform and predicts a field of a new one, with the "
            "probability of the answer. The command res-ml builds the models, the function "
            "ml_predict asks them."
        ),
        install_requires=["resilient-circuits>=51.0"],
        python_requires=metadata["requires-python"],
        entry_points={
            group: [f"{name} = {place}" for name, place in points.items()]
            for group, points in metadata["entry-points"].items()
        },
    )


def copy_sources(folder: Path) -> None:
    for name in ("cpp", "bindings", "cmake"):
        shutil.copytree(ROOT / name, folder / name, ignore=IGNORED, dirs_exist_ok=True)
    for name in ("resml", PACKAGE):
        shutil.copytree(ROOT / "python" / name, folder / name, ignore=IGNORED, dirs_exist_ok=True)
    for name in ("CMakeLists.txt", "LICENSE", "README.md"):
        shutil.copy2(ROOT / name, folder / name)
    shutil.copy2(ROOT / "LICENSE", folder / PACKAGE / "LICENSE")
    pyproject = (ROOT / "pyproject.toml").read_text()
    (folder / "pyproject.toml").write_text(pyproject.replace('"python/', '"'))


def copy_headers(folder: Path) -> None:
    for name, debian_package in HEADERS.items():
        source = INCLUDE / name
        target = folder / source.name
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
        licence = Path("/usr/share/doc") / debian_package / "copyright"
        shutil.copy2(licence, folder / f"{source.stem}.copyright")


def main() -> None:
    folder = Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(APP, folder)
    copy_sources(folder)
    copy_headers(folder / "third_party")
    (folder / "setup.py").write_text(setup_text(project()))


if __name__ == "__main__":
    main()
