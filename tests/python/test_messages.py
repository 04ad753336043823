"""docs/messages.md has every message of the sources, none that they do not have, and a remedy."""

import re
from collections import Counter

import pytest

from .command_case import ROOT
from .messages_in_code import listed, messages, text_of, tidied

PAGE = (ROOT / "docs" / "messages.md").read_text()


def test_every_message_has_its_remedy() -> None:
    known = listed(PAGE)
    assert len(known) > 150
    missing = "\n".join(f"| `{one}` |  |" for one in sorted(messages() - set(known)))
    gone = "\n".join(sorted(set(known) - messages()))
    told = f"docs/messages.md: say what to do:\n{missing}\nremove the rows of:\n{gone}"
    assert (missing, gone) == ("", ""), told
    assert [message for message, remedy in known.items() if not remedy.strip()] == []


def test_no_message_stands_twice() -> None:
    rows = Counter(re.findall(r"^\| `(.+?)` \|", PAGE, re.MULTILINE))
    assert [message for message, count in rows.items() if count > 1] == []


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('concat("a ", quoted(x), "; b")', "a …; b"),
        ('concat("a ", concat(n, " of, "), b ? "c" : "d")', "a … of, …"),
        ('" was" + std::string(" not: ") + reason(1, "x")', "was not: …"),
        ('"one" " text"', "one text"),
    ],
)
def test_what_a_message_is_made_of(expression: str, text: str) -> None:
    assert tidied(text_of(expression)) == text


def test_the_place_in_front_is_no_part_of_it() -> None:
    assert tidied("…: …: cannot be read: ……") == "cannot be read: …"
    assert tidied("…answered …") == "answered …"
