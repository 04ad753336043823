"""The service that docs/integration.md installs, and the container of docs/install.md."""

import configparser
import json
import shlex
import subprocess
from pathlib import Path

from ..command_case import ROOT
from .circuits_process import ARGUMENTS, PROGRAM
from .rig import Rig

UNIT = ROOT / "packaging" / "systemd" / "resilient-circuits.service"
CONTAINER = ROOT / "packaging" / "container" / "Containerfile"


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    text = UNIT.read_text().replace("/opt/res-ml/bin/resilient-circuits", str(PROGRAM))
    (tmp_path / UNIT.name).write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", tmp_path / UNIT.name],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_it_starts_what_the_tests_start() -> None:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.read(UNIT)
    program, *arguments = shlex.split(parser["Service"]["ExecStart"])
    assert (Path(program).name, arguments) == (PROGRAM.name, ARGUMENTS)


def instructions() -> dict[str, str]:
    """Of the container's image; of several of a kind the last, which is the one that holds."""
    text = CONTAINER.read_text().replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and line[0] != "#"]
    return {name: " ".join(rest.split()) for name, rest in lines}


def test_the_container_starts_what_the_tests_start_and_not_as_root() -> None:
    image = instructions()
    assert json.loads(image["ENTRYPOINT"]) == [PROGRAM.name]
    assert json.loads(image["CMD"]) == ARGUMENTS
    assert image["USER"].split(":")[0] not in ("root", "0")


def test_the_container_takes_nothing_from_the_network_and_leaves_nothing_of_the_build() -> None:
    """Its wheels are mounted while it is built; what is copied or fetched would stay in a layer."""
    image = instructions()
    assert {"COPY", "ADD", "VOLUME"} & set(image) == set()
    assert "--no-index" in image["RUN"]
    assert "--mount=type=bind,source=offline" in image["RUN"]


def test_the_container_asks_the_way_to_the_platform(rig: Rig) -> None:
    """What its health is, asked with the configuration that the framework reads."""
    image = instructions()
    command = json.loads(image["HEALTHCHECK"].partition("CMD ")[2])
    config = str(rig.circuits.config)
    given = [config if part.endswith("/app.config") else part for part in command]
    assert config in given
    done = subprocess.run([PROGRAM.with_name(given[0]), *given[1:]], cwd=rig.circuits.folder,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert (done.returncode, "log-in" in done.stdout) == (0, True), done.stdout + done.stderr
    given[-1] = str(rig.circuits.folder / "nowhere.config")
    assert subprocess.run([PROGRAM.with_name(given[0]), *given[1:]], cwd=rig.circuits.folder,
                          capture_output=True, check=False).returncode == 1  # fmt: skip
