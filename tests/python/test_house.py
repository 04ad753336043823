"""The rules of the house that a machine can check: who may include whom, light headers, sizes."""

import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "cpp" / "resml"

# A layer may include itself, base, and what stands here.
MAY_INCLUDE = {
    "base": set(),
    "tensor": set(),
    "data": set(),
    "rows": set(),
    "metrics": set(),
    "settings": set(),
    "encode": {"data", "rows", "tensor"},
    "learn": {"rows", "tensor"},
    "pipeline": {"tensor", "data", "rows", "metrics", "settings", "encode", "learn"},
    "cli": {"tensor", "data", "rows", "metrics", "settings", "encode", "learn", "pipeline"},
}
HEAVY = ("CLI/", "CLI11.hpp", "curl/", "pybind11/", "torch/")
FULL_JSON = "nlohmann/json.hpp"
JSON_HEADER = CORE / "learn" / "spec.hpp"


def sources() -> list[Path]:
    return sorted([*CORE.rglob("*.hpp"), *CORE.rglob("*.cpp")])


def includes(path: Path) -> list[str]:
    return re.findall(r'^#include [<"]([^>"]+)[>"]', path.read_text(), re.MULTILINE)


class House(unittest.TestCase):
    def test_there_is_a_core(self) -> None:
        self.assertGreater(len(sources()), 20)

    def test_layers_include_downwards_only(self) -> None:
        wrong = []
        for path in sources():
            layer = path.relative_to(CORE).parts[0]
            for name in includes(path):
                if not name.startswith("resml/"):
                    continue
                other = name.split("/")[1]
                if other not in {layer, "base"} | MAY_INCLUDE[layer]:
                    wrong.append(f"{path.relative_to(ROOT)} includes {name}")
        self.assertEqual(wrong, [])

    def test_headers_are_light(self) -> None:
        wrong = []
        for path in CORE.rglob("*.hpp"):
            for name in includes(path):
                if name.startswith(HEAVY) or (name == FULL_JSON and path != JSON_HEADER):
                    wrong.append(f"{path.relative_to(ROOT)} includes {name}")
        self.assertEqual(wrong, [])

    def test_the_core_neither_prints_nor_exits(self) -> None:
        forbidden = re.compile(r"std::(cout|cerr)|(?<![\w:])(abort|exit) *\(")
        wrong = [
            str(path.relative_to(ROOT))
            for path in sources()
            if path.relative_to(CORE).parts[0] != "cli" and forbidden.search(path.read_text())
        ]
        self.assertEqual(wrong, [])

    def test_files_are_short(self) -> None:
        code = [*sources(), *(ROOT / "tests").rglob("*.cpp"), *(ROOT / "tests").rglob("*.py")]
        long = [str(p.relative_to(ROOT)) for p in code if len(p.read_text().splitlines()) > 500]
        self.assertEqual(long, [])

    def test_headers_guard_themselves(self) -> None:
        wrong = [str(p) for p in CORE.rglob("*.hpp") if not p.read_text().startswith("#pragma once")]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=0).result
    sys.exit(0 if result.wasSuccessful() and result.testsRun >= 6 else 1)
