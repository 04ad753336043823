"""A skip or an expected failure is a failure here: what is not tested must not look tested.

And the emulator of the platform, for any test that asks for it.
"""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .soar_emulator import SoarEmulator

SKIPPED = "a skipped test is a failure here"
EXPECTED_TO_FAIL = "a test that is expected to fail is a failure here"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if hasattr(report, "wasxfail"):
        del report.wasxfail
        report.outcome = "failed"
        report.longrepr = EXPECTED_TO_FAIL
    elif report.skipped:
        report.outcome = "failed"
        report.longrepr = SKIPPED
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = SKIPPED
    return report


@pytest.fixture
def soar() -> "Iterator[SoarEmulator]":
    """A platform with 250 incidents: `soar.faults.add(...)`, `soar.incidents`, `soar.requests`."""
    from .soar_emulator import SoarEmulator
    from .soar_emulator.samples import sample_incidents

    with SoarEmulator(sample_incidents(250)) as emulator:
        yield emulator
