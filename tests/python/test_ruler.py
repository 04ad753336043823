"""How large the rooms of the house are: files, functions, comments, tests beside source."""

import ast
import re
from pathlib import Path
from statistics import median, quantiles

from .test_house import MAX_FUNCTION_LINES, files, relative

SUFFIXES = {".cpp", ".hpp", ".h", ".py", ".pyi"}
SOURCE = list(files(SUFFIXES, ("cpp", "bindings", "python")))
TESTS = [p for p in files(SUFFIXES, ("tests",)) if not relative(p).startswith("tests/bench")]

COMMENT = re.compile(r" *(?://|#(?: |$)|\"\"\")")
BEHIND_CODE = re.compile(r"  (?://|#) ")
# As clang-format leaves it: from the first line, in the first column or one step into a class, to
# the brace below it.
CPP_FUNCTION = re.compile(
    r"^((?:  )?)(?!if|for|while|switch|do|else|return|try|#|//|[\s{}])"
    r"[^;{}=]*\([^;]*?\{\n.*?^\1\}",
    re.MULTILINE | re.DOTALL,
)
# Nothing but a list of entries, one after the other (docs/style.md section 4.14).
LISTS = {
    "cpp/resml/pipeline/pickle_scan.cpp: all",
    "cpp/resml/settings/machine_learning_settings.cpp: keys",
}


def percentile(numbers: list[int], share: int) -> float:
    return quantiles(numbers, n=100)[share - 1]


def functions(path: Path) -> list[tuple[str, int]]:
    """Name and lines of each."""
    text = path.read_text()
    if path.suffix in {".py", ".pyi"}:
        return [
            (node.name, (node.end_lineno or 0) - node.lineno + 1)
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
    return [
        (re.findall(r"(\w+)[^\w\s]*\(", found.group())[0], found.group().count("\n") + 1)
        for found in CPP_FUNCTION.finditer(text)
    ]


def lines(paths: list[Path]) -> tuple[int, int]:
    """With code, and with a comment or a doc string; blank ones have neither, some have both."""
    n_code = n_comments = 0
    for path in paths:
        in_text = False
        for line in path.read_text().splitlines():
            is_whole = in_text or COMMENT.match(line) is not None
            if path.suffix == ".py" and line.count('"""') == 1:
                in_text = not in_text
            n_comments += is_whole or BEHIND_CODE.search(line) is not None
            n_code += bool(line.strip()) and not is_whole
    return n_code, n_comments


def test_files_are_as_long_as_planned() -> None:
    sizes = [path.read_text().count("\n") for path in SOURCE]
    assert median(sizes) <= 130
    assert percentile(sizes, 90) <= 300


def test_functions_are_as_long_as_planned() -> None:
    found = {f"{relative(path)}: {name}": n for path in SOURCE for name, n in functions(path)}
    assert len(found) > 900
    assert percentile(list(found.values()), 95) <= 35
    assert {name for name, n in found.items() if n > MAX_FUNCTION_LINES} == LISTS


def test_comments_are_there_but_not_everywhere() -> None:
    n_code, n_comments = lines(SOURCE)
    assert 0.08 <= n_comments / n_code <= 0.18


def test_tests_keep_up_with_the_source() -> None:
    assert lines(TESTS)[0] >= 0.8 * lines(SOURCE)[0]
