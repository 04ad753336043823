"""The app that the SDK made: what is in it, and that its archive brings the core."""

import json
import os
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def archive(app: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with zipfile.ZipFile(app) as packed:
        (name,) = [name for name in packed.namelist() if name.endswith(".tar.gz")]
        return Path(packed.extract(name, tmp_path_factory.mktemp("app")))


def test_the_app_has_what_the_platform_reads(app: Path) -> None:
    with zipfile.ZipFile(app) as packed:
        about = json.loads(packed.read("app.json"))
        export = json.loads(packed.read("export.res"))
    assert (about["name"], about["display_name"]) == ("fn_machine_learning", "Machine Learning")
    assert {"read_data", "read_function", "read_all_incidents"} <= {
        handle for run in about["current_installation"]["executables"]
        for handle in run["permission_handles"]
    }  # fmt: skip
    (function,) = export["functions"]
    assert json.loads(function["output_json_example"])["prediction"]


def test_the_archive_brings_sources_and_licences_but_no_incidents(archive: Path) -> None:
    with tarfile.open(archive) as tar:
        names = {name.partition("/")[2] for name in tar.getnames()}
    needed = {"CMakeLists.txt", "cpp/resml/cli/main.cpp", "bindings/module.cpp", "LICENSE",
              "third_party/Eigen/Core", "third_party/Eigen.copyright"}  # fmt: skip
    assert needed <= names
    assert [name for name in names if name.startswith("tests/") or name.endswith(".csv")] == []


@pytest.mark.timeout(1200)
def test_the_archive_compiles_and_installs_in_a_clean_environment(
    archive: Path, tmp_path: Path
) -> None:
    venv = tmp_path / "venv"
    subprocess.run(["/usr/bin/python3", "-m", "venv", venv], check=True)
    environment = {
        **os.environ, "TMPDIR": str(tmp_path), "CMAKE_CXX_COMPILER_LAUNCHER": "ccache",
        "CCACHE_BASEDIR": str(tmp_path), "CCACHE_NOHASHDIR": "1",
    }  # fmt: skip
    install = [str(venv / "bin/pip"), "install", "--quiet", str(archive)]
    done = subprocess.run(install, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    version = subprocess.run(
        [venv / "bin/res-ml", "--version"], capture_output=True, text=True, check=True
    ).stdout
    told = subprocess.run(
        [venv / "bin/python", "-c", "import resml; print(resml.__version__)"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert told.strip() in version
    assert (venv / "lib/resml/resml_remote.so").is_file()
