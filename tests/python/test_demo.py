"""script/demo --platform: the administrator's work, on the installed command."""

import csv
import os
import subprocess
import sys
from pathlib import Path

from .command_case import RES_ML, ROOT

SCRIPTS = ROOT / "script"


def test_the_platform_is_shown_from_the_first_look_to_the_rebuild(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "res-ml").symlink_to(RES_ML)
    path = os.pathsep.join(
        [str(tmp_path / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    )
    folder = tmp_path / "shown"
    folder.mkdir()
    done = subprocess.run([SCRIPTS / "demo_platform"], cwd=folder, capture_output=True, text=True,
                          check=False, env={**os.environ, "PATH": path, "HOME": str(folder)})  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    calls = [line.split()[2] for line in done.stdout.splitlines() if line.startswith("$ res-ml ")]
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
    assert "FAILED" not in done.stdout
    assert done.stdout.count("\nok      ") == 11
    assert "\nSaved 6236 samples into incidents.csv\n" in done.stdout
    assert done.stdout.count("  Low\n") == 3  # labels: built, viewed, rebuilt
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
