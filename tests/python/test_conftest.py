"""The promise of conftest.py, tried on tests that break it."""

import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).with_name("conftest.py")
INSIDE = """
import pytest

def test_passes(): pass
@pytest.mark.skip
def test_marked(): pass
def test_skips_itself(): pytest.skip("no")
@pytest.mark.xfail
def test_expected_to_fail(): assert False
@pytest.mark.xfail
def test_expected_to_fail_but_passes(): pass
"""


def run_pytest(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST.read_text())
    (folder / "test_it.py").write_text(text)
    options = ["-p", "no:cacheprovider", "--rootdir", str(folder)]
    command = [sys.executable, "-m", "pytest", *options, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_skip_or_an_expected_failure_fails(tmp_path: Path) -> None:
    result = run_pytest(tmp_path, INSIDE)
    assert result.returncode == 1
    assert "3 failed, 1 passed, 1 error" in result.stdout


def test_a_file_that_skips_itself_fails(tmp_path: Path) -> None:
    result = run_pytest(tmp_path, 'import pytest\npytest.skip("all", allow_module_level=True)\n')
    assert result.returncode == 2
    assert "a skipped test is a failure here" in result.stdout


def test_what_passes_passes(tmp_path: Path) -> None:
    assert run_pytest(tmp_path, "def test_it(): pass\n").returncode == 0
