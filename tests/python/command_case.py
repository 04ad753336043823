"""The command res-ml in a folder of its own."""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The installed command, unless another build of it is to be tested.
RES_ML = Path(os.environ.get("RES_ML") or Path(sys.prefix, "bin", "res-ml")).resolve()
INCIDENTS = ROOT / "tests" / "data" / "vcdb" / "incidents.csv"
NEW_INCIDENTS = INCIDENTS.with_name("new_incidents.csv")


def set_flags(*settings: str) -> list[str]:
    return [part for setting in settings for part in ("--set", setting)]


def small_incidents(n: int = 160) -> list[str]:
    """Lines of a CSV: false_positive is True exactly where kind is b or c and confirmed is False."""
    rows = ["id,kind,confirmed,false_positive"]
    for i in range(n):
        kind, confirmed = "abcd"[i % 4], i % 8 < 4
        rows.append(f"{i},{kind},{confirmed},{kind in 'bc' and not confirmed}")
    return rows


class CommandCase(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name: str, content: str | bytes) -> None:
        data = content.encode() if isinstance(content, str) else content
        (self.folder / name).write_bytes(data)

    def res_ml(self, *args: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [RES_ML, *args],
            cwd=self.folder,
            capture_output=True,
            text=True,
            input=text,
            check=False,
        )

    def both_streams(self, *args: str) -> str:
        """What a terminal shows of a run that ends well."""
        done = subprocess.run([RES_ML, *args], cwd=self.folder, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def write_incidents(self, n: int = 160) -> None:
        rows = [*small_incidents(n), "900,a,True,None", "901,b,False,"]
        (self.folder / "incidents.csv").write_text("\r\n".join(rows) + "\r\n")

    def build(self, *more: str) -> subprocess.CompletedProcess[str]:
        settings = ("prediction=false_positive", "features=kind, confirmed", "class_weight=balanced",
                    "algorithm=Decision Tree", "unwanted_values=None")  # fmt: skip
        return self.res_ml(
            "build", "-o", "m.ml", "-c", "incidents.csv", *set_flags(*settings), *more
        )

    def algorithm_names(self) -> list[str]:
        told = self.res_ml("build", "--help-algorithms").stdout.split("\nMethods\n")[0]
        return re.findall(r"^(\S[^:]*):", told, re.MULTILINE)
