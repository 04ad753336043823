"""The rule that somebody clicks, up to the field of the incident."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ..command_case import ROOT
from .conftest import MODEL, Expected
from .rig import Rig
from .rule import RefusedError, click, customize, imported_step

SHOWN = re.compile(
    r"^ +(\d+) +(None|Low|Medium|High) +(None|Low|Medium|High) +(\d+)% ", re.MULTILINE
)


BOTH = """\
incident.properties.site = "{} ({:.0%})".format(results.prediction, results.probability)
incident.properties.score = results.probability
"""


def test_scripts_of_version_1_1_and_of_today(rig: Rig, expected: dict[str, Expected]) -> None:
    number = max(rig.soar.incidents.ids())
    usual = rig.soar.incidents.read(number)
    customize(rig.circuits)
    step = imported_step(rig.soar)._replace(inputs={"ml_model_file": MODEL})
    old = step._replace(after="incident.properties.site = results.prediction")
    try:
        results = click(rig, number, old)
        assert expected[MODEL].is_answer(number, results)
        assert rig.soar.incidents.read(number)["properties"]["site"] == results["label"]
        results = click(rig, number, step._replace(after=BOTH))
        written = rig.soar.incidents.read(number)["properties"]
    finally:
        rig.soar.incidents.replace({**rig.soar.incidents.read(number), **usual})
    assert (written["site"], written["score"]) == (
        f"{results['label']} ({results['probability']:.0%})",
        results["probability"],
    )
    with pytest.raises(RefusedError, match=r"there is no .other\.ml."):
        click(rig, number, step._replace(inputs={"ml_model_file": "other.ml"}))


def test_the_demo_ends_with_answers_in_the_incidents(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run([ROOT / "script" / "demo_circuits"], cwd=tmp_path, capture_output=True,
                          text=True, check=False, env={**os.environ, "PATH": path})  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "imported: ML Predict, ml_predict, ml_prediction, fn_machine_learning" in done.stdout
    shown = SHOWN.findall(done.stdout)
    assert len(shown) == 20
    assert all(before == "None" and after != "None" for _, before, after, _ in shown)
    assert 'there is no "incident_prediction.ml"' in done.stdout
