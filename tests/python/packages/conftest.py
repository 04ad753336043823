"""What script/package made is installed and used as elsewhere."""

from pathlib import Path

import pytest

from ..command_case import ROOT


def made(pattern: str) -> Path:
    found = list((ROOT / "dist").glob(pattern))
    assert len(found) == 1, f"expected one dist/{pattern}, got {found}; run script/package"
    return found[0]


@pytest.fixture(scope="session")
def app() -> Path:
    return made("app-fn_machine_learning-*.zip")


@pytest.fixture(scope="session")
def wheel() -> Path:
    return made("fn_machine_learning-*.whl")


@pytest.fixture(scope="session")
def offline() -> Path:
    return made("offline")
