"""The service that docs/integration.md installs."""

import configparser
import shlex
import subprocess
from pathlib import Path

from ..command_case import ROOT
from .circuits_process import ARGUMENTS, PROGRAM

UNIT = ROOT / "packaging" / "systemd" / "resilient-circuits.service"


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    text = UNIT.read_text().replace("/opt/res-ml/bin/resilient-circuits", str(PROGRAM))
    (tmp_path / UNIT.name).write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", tmp_path / UNIT.name],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_it_starts_what_the_tests_start() -> None:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.read(UNIT)
    program, *arguments = shlex.split(parser["Service"]["ExecStart"])
    assert (Path(program).name, arguments) == (PROGRAM.name, ARGUMENTS)
