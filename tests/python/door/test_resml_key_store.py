"""What the platform's key stores cannot answer is said in one sentence."""

import json
import sys

import pytest
from resml import key_store

ASKED = json.dumps({"section": "resilient", "values": {"password": "^name"}})


def test_without_the_platforms_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resilient", None)
    assert key_store.answer(ASKED) == {
        "error": "it needs the platform's packages: install this program with [soar]"
    }


def test_a_key_store_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> dict[str, str]:
        raise PermissionError("it is locked")

    monkeypatch.setattr(key_store, "replace_names", refuse)
    assert key_store.answer(ASKED) == {"error": "PermissionError: it is locked"}
