"""Adds up the JUnit reports in a folder; the last line is "N passed, 0 failed".

A test that did not run, for whatever reason, and a report without tests count as failures.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def not_passed(case: ElementTree.Element) -> bool:
    # ctest tells by the attribute, pytest by an element inside.
    bad = ("failure", "error", "skipped")
    return case.get("status", "run") != "run" or any(case.find(name) is not None for name in bad)


def summarize(folder: Path) -> bool:
    total_passed = total_failed = 0
    for report in sorted(folder.glob("*.xml")):
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))
        failed = [case.get("name", "") for case in cases if not_passed(case)]
        for name in failed or ([] if cases else ["no tests"]):
            print(f"{report.stem}: did not pass: {name}")
        print(f"{report.stem}: {len(cases) - len(failed)}")
        total_passed += len(cases) - len(failed)
        total_failed += len(failed) if cases else 1
    print(f"{total_passed} passed, {total_failed} failed")
    return total_passed > 0 and total_failed == 0


if __name__ == "__main__":
    sys.exit(0 if summarize(Path(sys.argv[1])) else 1)
