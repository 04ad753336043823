"""The wheel for other Linux, installed from the offline folder without internet and compiler."""

import re
import subprocess
from pathlib import Path

import pytest

from ..command_case import INCIDENTS, NEW_INCIDENTS, ROOT
from ..soar_emulator import SoarEmulator

FEATURES = "incident_type_ids, discovery_method, country, victim_employee_count, create_date"


class Installation:
    def __init__(self, folder: Path) -> None:
        self.bin = folder / "venv/bin"
        self.folder = folder

    def run(self, program: str, *arguments: object) -> str:
        """With nothing on the PATH but what was installed; only the emulator's address is near."""
        command = [str(self.bin / program), *map(str, arguments)]
        environment = {"PATH": str(self.bin), "HOME": str(self.folder), "LANG": "C.UTF-8"}
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=self.folder, env=environment, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(offline: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("elsewhere")
    subprocess.run(["/usr/bin/python3", "-m", "venv", folder / "venv"], check=True)
    installation = Installation(folder)
    installation.run(
        "pip", "--isolated", "install", "--quiet", "--no-index", "--find-links", offline,
        "fn_machine_learning[soar]",
    )  # fmt: skip
    return installation


def test_the_wheel_runs_where_its_tag_says(wheel: Path) -> None:
    command = [str(ROOT / ".venv/bin/auditwheel"), "show", str(wheel)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert 'consistent with the following platform tag: "manylinux_2_28_x86_64"' in " ".join(
        told.split()
    )


def test_no_program_needs_more_than_the_c_library(installed: Installation) -> None:
    site = installed.bin.parent / "lib/python3.11/site-packages"
    binaries = [installed.bin / "res-ml", installed.bin.parent / "lib/resml/resml_remote.so",
                *(site / "resml").glob("_core*.so")]  # fmt: skip
    assert len(binaries) == 3
    allowed = ("linux-vdso", "/lib64/ld-linux", "libc.so", "libm.so", "libpthread.so", "libdl.so")
    for binary in binaries:
        lines = subprocess.run(["ldd", binary], capture_output=True, text=True, check=True).stdout
        assert [line for line in lines.splitlines() if not line.strip().startswith(allowed)] == []


def test_command_and_module_learn_and_agree(installed: Installation) -> None:
    settings = ("--set", "prediction=severity_code", "--set", f"features={FEATURES}")
    installed.run("res-ml", "build", "-o", "m.ml", "-c", INCIDENTS, *settings)
    installed.run("res-ml", "predict", "-i", "m.ml", "-c", NEW_INCIDENTS, "-o", "answers.csv")
    script = (
        "import csv, resml, sys\n"
        "model = resml.load('m.ml')\n"
        "answers = list(csv.DictReader(open('answers.csv')))\n"
        "rows = list(csv.DictReader(open(sys.argv[1])))\n"
        "told = model.predict({name: [row[name] for row in rows] for name in rows[0]})\n"
        "assert list(told) == [row['prediction'] for row in answers]\n"
        "print(len(answers))\n"
    )
    assert int(installed.run("python", "-c", script, NEW_INCIDENTS)) > 0


def test_all_that_comes_along_runs_there_too(offline: Path) -> None:
    newer = re.compile(r"-manylinux_2_(29|[3-9]\d)_x86_64\.whl$")
    assert [path.name for path in offline.iterdir() if newer.search(path.name)] == []


def test_the_framework_finds_the_component(installed: Installation) -> None:
    assert "fn_machine_learning" in installed.run("resilient-circuits", "list")


def test_the_platform_is_reached_over_https(installed: Installation, soar: SoarEmulator) -> None:
    soar.app_config(installed.folder / "ml.config")
    assert "severity_code" in installed.run("res-ml", "fields", "-f", "ml.config")
