"""The rules of the house that a machine can check: who may include whom, light headers, sizes.

What one rule allows stands in the tables below; docs/style.md says why.
"""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

from .command_case import ROOT

CORE = ROOT / "cpp" / "resml"

# A layer may include itself, base, and what stands here.
LOWER = {"tensor", "data", "rows", "metrics", "settings", "plugin"}
MAY_INCLUDE = {
    "base": set(),
    **{layer: set() for layer in LOWER},
    "encode": {"data", "rows", "tensor"},
    "learn": {"rows", "tensor", "plugin"},
    "platform": {"data", "settings", "plugin"},
    "pipeline": LOWER | {"encode", "learn", "platform"},
    "cli": LOWER | {"encode", "learn", "platform", "pipeline"},
}
BINDINGS_MAY_INCLUDE = MAY_INCLUDE["cli"] | {"base"}

NOT_IN_HEADERS = ("CLI/", "CLI11.hpp", "curl/", "pybind11/", "torch/", "openssl/")
FULL_JSON = "nlohmann/json.hpp"
JSON_HEADERS = {"cpp/resml/learn/spec.hpp"}

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60  # of Python here; clang-tidy measures C++
EMPTY_NAMES = {"utils", "util", "common", "manager", "helper", "helpers", "impl"}
# The platform's code generator fixes this one.
NAMES_FIXED_ELSEWHERE = {"python/fn_machine_learning/util"}

# Put together, so that this file does not break its own rule.
UNFINISHED = re.compile(
    r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + ")\\b"
)
MACHINE_PATHS = re.compile(r"(?<![\w.~}])/(?:work|tmp|root|home)/")
THROWS_OF_PATHS = re.compile(
    r"\b(?:filesystem|fs)::(?:exists|is_\w+|status|file_size|remove|read_symlink|canonical|last_write_time)"
    r"\((?:[^(),]|\([^()]*\))*\)"
)
PRINTS_OR_EXITS = re.compile(r"std::(?:cout|cerr|clog)|(?<![\w:])(?:printf|puts|abort|exit) *\(")

CODE = {".cpp", ".hpp", ".h", ".py", ".pyi", ".cmake", ".toml", ".txt", ".json", ""}
TEXT = CODE | {".md", ".cfg"}
PLACES = ("cpp", "bindings", "python", "tests", "script", "docs", "cmake", ".ci")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def files(suffixes: set[str], places: tuple[str, ...] = PLACES) -> Iterator[Path]:
    """Our own text files: those at the top, and everything below `places`."""
    if places == PLACES:
        yield from (p for p in ROOT.iterdir() if p.is_file() and p.suffix in suffixes - {""})
    for place in places:
        for path in sorted((ROOT / place).rglob("*")):
            if path.is_file() and path.suffix in suffixes and "__pycache__" not in path.parts:
                yield path


def core_files() -> list[Path]:
    return [path for path in files({".cpp", ".hpp", ".h"}, ("cpp",)) if CORE in path.parents]


def layer_of(path: Path) -> str:
    return path.relative_to(CORE).parts[0]


def includes(path: Path) -> list[str]:
    return re.findall(r'^ *# *include [<"]([^>"]+)[>"]', path.read_text(), re.MULTILINE)


def own_includes(path: Path) -> list[str]:
    return re.findall(r'^ *# *include "([^"]+)"', path.read_text(), re.MULTILINE)


def test_there_is_a_core() -> None:
    assert len(core_files()) > 40
    assert {layer_of(path) for path in core_files()} <= set(MAY_INCLUDE)


def test_layers_include_downwards_only() -> None:
    wrong = [
        f"{relative(path)} includes {name}"
        for path in core_files()
        for name in own_includes(path)
        if not name.startswith("resml/")
        or name.split("/")[1] not in {layer_of(path), "base"} | MAY_INCLUDE[layer_of(path)]
    ]
    assert wrong == []


def test_bindings_see_the_core_but_not_the_command() -> None:
    wrong = [
        f"{relative(path)} includes {name}"
        for path in files({".cpp", ".hpp"}, ("bindings",))
        for name in own_includes(path)
        if name.startswith("resml/") and name.split("/")[1] not in BINDINGS_MAY_INCLUDE
    ]
    assert wrong == []


def test_headers_are_light() -> None:
    headers = [path for path in core_files() if path.suffix in {".hpp", ".h"}]
    wrong = [
        f"{relative(path)} includes {name}"
        for path in headers
        for name in includes(path)
        if name.startswith(NOT_IN_HEADERS)
        or (name.startswith("Eigen/") and name != "Eigen/Core")
        or (name == FULL_JSON and relative(path) not in JSON_HEADERS)
    ]
    assert wrong == []


def test_headers_guard_themselves() -> None:
    headers = [path for path in core_files() if path.suffix == ".hpp"]
    assert [relative(p) for p in headers if not p.read_text().startswith("#pragma once\n")] == []


def test_a_source_includes_its_own_header_first() -> None:
    wrong = []
    for path in core_files():
        header = path.with_suffix(".hpp")
        if path.suffix == ".cpp" and header.exists():
            first = includes(path)[0]
            if first != str(header.relative_to(CORE.parent)):
                wrong.append(f"{relative(path)} includes {first} first")
    assert wrong == []


def test_the_core_neither_prints_nor_exits() -> None:
    wrong = [
        f"{relative(path)}: {found.group()}"
        for path in core_files()
        if layer_of(path) != "cli" and (found := PRINTS_OR_EXITS.search(path.read_text()))
    ]
    assert wrong == []


def test_what_cannot_be_looked_at_is_no_exception() -> None:
    """The overloads that take no error code throw, and know nothing of what was asked for."""
    wrong = [
        f"{relative(path)}: {found.group()}"
        for path in files({".cpp", ".hpp"}, ("cpp", "bindings"))
        for found in THROWS_OF_PATHS.finditer(path.read_text())
    ]
    assert wrong == []


def test_files_are_short() -> None:
    code = files({".cpp", ".hpp", ".h", ".py", ".pyi", ""})
    assert [relative(p) for p in code if p.read_text().count("\n") > MAX_FILE_LINES] == []


def test_python_functions_are_short() -> None:
    wrong = [
        f"{relative(path)}: {node.name}"
        for path in files({".py"})
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES
    ]
    assert wrong == []


def test_names_say_what_is_inside() -> None:
    named = {part for path in files(CODE) for part in [path, *path.parents] if ROOT in part.parents}
    bad = {relative(path) for path in named if path.stem in EMPTY_NAMES}
    assert bad - NAMES_FIXED_ELSEWHERE == set()


def test_nothing_is_left_for_later() -> None:
    wrong = [
        f"{relative(path)}: {found.group()}"
        for path in files(TEXT)
        if (found := UNFINISHED.search(path.read_text()))
    ]
    assert wrong == []


def test_no_path_of_one_machine() -> None:
    wrong = [
        f"{relative(path)}: {found.group()}"
        for path in files(TEXT)
        if path != Path(__file__) and (found := MACHINE_PATHS.search(path.read_text()))
    ]
    assert wrong == []


def test_the_version_is_written_once() -> None:
    cmake = (ROOT / "CMakeLists.txt").read_text()
    found = re.search(r"^project\(resml VERSION (\S+)", cmake, re.MULTILINE)
    assert found
    version = found.group(1)
    code = [
        *files(CODE, ("cpp", "bindings", "python", "cmake")),
        ROOT / "pyproject.toml",
        ROOT / "setup.cfg",
    ]
    again = [relative(path) for path in code if f"{version}" in path.read_text()]
    assert again == []
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_readme_begins_with_the_two_commands() -> None:
    commands = re.findall(r"^    (\S+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert commands[:2] == ["script/demo", "script/test"]
    for command in [*commands[:2], "script/setup", "script/step", ".ci/run"]:
        assert os.access(ROOT / command, os.X_OK), command


def test_data_under_another_licence_has_its_notice() -> None:
    for folder in ("vcdb",):
        notice = (ROOT / "tests" / "data" / folder / "README.md").read_text()
        assert "Creative Commons" in notice
        assert "Changes:" in notice
