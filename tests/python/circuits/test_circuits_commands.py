"""What an administrator runs beside `resilient-circuits run`."""

from configparser import ConfigParser
from pathlib import Path

from .rig import Rig


def test_the_selftest_of_an_app_that_works_and_of_one_that_does_not(rig: Rig) -> None:
    process = rig.process()
    done = process.command("selftest", "-l", "fn_machine_learning")
    assert done.returncode == 0, done.stdout
    assert "1 model(s) can be used: severity.ml" in done.stdout
    (rig.models / "severity.ml").rename(rig.models / "severity.old")
    done = process.command("selftest", "-l", "fn_machine_learning")
    assert done.returncode == 1
    assert f"model_dir: no model file (*.ml) in {rig.models}" in done.stdout


def test_the_configuration_gets_its_section(rig: Rig) -> None:
    process = rig.process()
    process.configure("[resilient]\nhost = soar.example.com\n")
    done = process.command("config", "-u")
    assert done.returncode == 0, done.stdout
    written = ConfigParser(interpolation=None)
    written.read(Path(process.config))
    assert written["resilient"]["host"] == "soar.example.com"
    assert "model_dir" in written["machine_learning_predict"]
