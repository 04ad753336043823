"""docs/architecture.md is true to the code, and its flows are as short as docs/style.md wants them.

A line of a picture is a file with functions of it, below the file that calls one of them.
"""

import re
from typing import NamedTuple

import pytest

from .command_case import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text()
FOLDERS = ("cpp/resml", "bindings", "cpp", "python")
LINE = re.compile(r"( *)(\S+\.\w+)  (\w+(?:, \w+)*)(?: {2,}\S.*)?")

FLOWS = ["CSV to model", "Model to answer", "Platform to CSV", "Message to answer"]
LEARNER = "learn/gaussian_nb.cpp"
LINES_OF_A_SCREEN = 40


class Call(NamedTuple):
    """A line of a picture."""

    depth: int
    file: str
    functions: list[str]


def calls(flow: str) -> list[Call]:
    picture = re.search(rf"^## {flow}\n.*?```text\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
    assert picture, flow
    lines = [LINE.fullmatch(line) for line in picture.group(1).splitlines()]
    found = [line.groups() for line in lines if line]
    assert len(found) == len(lines)
    return [Call(len(indent) // 2, file, names.split(", ")) for indent, file, names in found]


def code(call: Call) -> str:
    paths = [ROOT / folder / call.file for folder in FOLDERS]
    there = [path for path in paths if path.exists()]
    assert len(there) == 1, call.file
    return there[0].read_text()


def ways(flow: str) -> list[list[Call]]:
    """From the entry to every line, each below its caller."""
    found: list[list[Call]] = []
    way: list[Call] = []
    for call in calls(flow):
        assert call.depth <= len(way)
        way = [*way[: call.depth], call]
        found.append(way)
    return found


def hops(flow: str, function: str, entry: str = "cli/main.cpp") -> int:
    """Calls into another file on the longest way from `entry` to GaussianNB, whose base is it."""
    ends = [way for way in ways(flow) if way[-1].file == LEARNER and function in way[-1].functions]
    files = [[call.file for call in way if call.file != "learn/classifier.cpp"] for way in ends]
    return max(len(way) - 1 - way.index(entry) for way in files)


def test_every_flow_has_a_picture() -> None:
    assert re.findall(r"^## (.+)", PAGE, re.MULTILINE) == FLOWS


@pytest.mark.parametrize("flow", FLOWS)
def test_the_functions_stand_in_these_files(flow: str) -> None:
    missing = [
        f"{call.file}: {name}"
        for call in calls(flow)
        for name in call.functions
        if not re.search(rf"(?:::|^.*[ *&]){name}\(", code(call), re.MULTILINE)
    ]
    assert missing == []


@pytest.mark.parametrize("flow", FLOWS)
def test_each_is_named_by_the_file_above_it(flow: str) -> None:
    unnamed = [
        f"{way[-1].file}: {way[-1].functions} from {way[-2].file}"
        for way in ways(flow)[1:]
        if not any(re.search(rf"\b{name}\b", code(way[-2])) for name in way[-1].functions)
    ]
    assert unnamed == []


@pytest.mark.parametrize("flow", FLOWS)
def test_a_flow_fits_on_a_screen(flow: str) -> None:
    assert len(calls(flow)) <= LINES_OF_A_SCREEN


def test_few_hops_to_the_arithmetic() -> None:
    assert hops("CSV to model", "fit") <= 5
    assert hops("Model to answer", "load") <= 4
    assert hops("Model to answer", "predict_proba") <= 4
    assert hops("Message to answer", "predict_proba", entry="resml/model.py") <= 3


def test_the_house_in_the_style_guide_is_this_one() -> None:
    house = re.sub(r"\[.*\]", "", (ROOT / "docs" / "style.md").read_text().split("```")[1])
    named = re.findall(r"\b[a-z]+(?:_[a-z]+)+(?:\.\w+)?|\b\w+\.py\b", house)
    folders = [ROOT / name for name in ("cpp", "bindings", "python")]
    paths = [path for folder in folders for path in folder.rglob("*")]
    there = {name for path in paths for name in (path.name, path.stem)}
    assert len(named) > 20
    assert set(named) - there == {"add_subdirectory", "register_x"}
