"""The stubs say what the extension has."""

import subprocess
import sys
from pathlib import Path

# pybind11's metaclass has no name, and a class without constructor still has the one that refuses.
NOT_COMPARED = "resml._core.Model\nresml._core.Model.__init__\n"


def test_the_stub_fits_the_extension(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed"
    allowed.write_text(NOT_COMPARED)
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "resml._core", "--allowlist", allowed],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "Success: no issues found in 1 module\n", done.stdout + done.stderr
    assert done.returncode == 0
