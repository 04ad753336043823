"""The benchmark of the function: everything it needs runs; its numbers are of no interest here."""

import subprocess
import sys

from ..command_case import ROOT


def test_it_measures_both_functions_and_the_memory() -> None:
    command = [sys.executable, "-m", "tests.bench.circuits", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    table = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")]
    assert [cells[0].strip("| ") for cells in table][1::6] == ["---", "---"]
    assert [len(cells) for cells in table] == [5] * 6 + [2] * 6
