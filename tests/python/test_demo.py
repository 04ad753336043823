"""script/demo, from CSV files and with --platform, on the installed command."""

import csv
import os
import subprocess
import sys
from pathlib import Path

from .command_case import RES_ML, ROOT

SCRIPTS = ROOT / "script"


def shown_by(name: str, tmp_path: Path, folder: Path) -> str:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "res-ml").symlink_to(RES_ML)
    path = os.pathsep.join(
        [str(tmp_path / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    )
    folder.mkdir()
    done = subprocess.run([SCRIPTS / name], cwd=folder, capture_output=True, text=True,
                          check=False, env={**os.environ, "PATH": path, "HOME": str(folder)})  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def test_the_function_answers_as_the_command_does(tmp_path: Path) -> None:
    told = shown_by("demo_csv", tmp_path, tmp_path / "shown")
    assert told.endswith("\nml_predict gives the same 20 answers, to the last bit\n")


def test_the_platform_is_shown_from_the_first_look_to_the_rebuild(tmp_path: Path) -> None:
    folder = tmp_path / "shown"
    told = shown_by("demo_platform", tmp_path, folder)
    calls = [line.split()[2] for line in told.splitlines() if line.startswith("$ res-ml ")]
    assert calls == [
        "fields",
        "download",
        "build",
        "doctor",
        "view",
        "download",
        "predict",
        "rebuild",
    ]
    assert "FAILED" not in told
    assert told.count("\nok      ") == 11
    assert "\nSaved 6236 samples into incidents.csv\n" in told
    assert told.count("  Low\n") == 3  # labels: built, viewed, rebuilt
    with (folder / "answers.csv").open(newline="") as file:
        answers = list(csv.DictReader(file))
    assert len(answers) == 2117
    assert {row["label"] for row in answers} == {"Low", "Medium", "High"}
    assert (folder / "severity.ml.previous").exists()


def test_the_demo_takes_no_other_word() -> None:
    done = subprocess.run(
        [SCRIPTS / "demo", "--plattform"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: script/demo")
