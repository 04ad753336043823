"""The whole way to watch: a model learnt from the platform, the framework on a broker, a rule that
somebody clicks, and the answer in the incident's field.

Usage: python -m tests.python.circuits INCIDENTS.csv NEW_INCIDENTS.csv FOLDER SETTING...

Both files are incidents of the platform; of the new ones it does not know `severity_code` yet.
"""

import sys
from pathlib import Path

from ..command_case import set_flags
from ..soar_emulator import Settings, SoarEmulator
from .rig import Rig, read_csv, res_ml, write_csv
from .rule import FIELD, RULE, RefusedError, Step, click, customize, imported_step

PREDICTED = "severity_code"


def platform_csv(incidents: Path, new: Path, folder: Path) -> Path:
    rows = read_csv(incidents) + [{**row, PREDICTED: "None"} for row in read_csv(new)]
    path = folder / "platform.csv"
    write_csv(path, rows)
    return path


def show(rig: Rig, step: Step, truth: dict[int, str]) -> None:
    field = rig.soar.fields[FIELD]
    print(f"\n{'incident':>8}  {FIELD}: before  after    sure   what was true")
    for number, label in truth.items():
        before = field.value_in(rig.soar.incidents.read(number))
        results = click(rig, number, step)
        after = field.value_in(rig.soar.incidents.read(number))
        print(f"{number:>8}  {before!s:>21}  {after:<8} {results['probability']:4.0%}   {label}")
    about = results["model"]
    print(f"\nanswered by {about['file']} of {about['build_time']}, accuracy {about['accuracy']:.3f}; "
          f"always the commonest: {results['majority_baseline']:.3f}")  # fmt: skip


def show_import(soar: SoarEmulator) -> Step:
    there = soar.customizations
    names = [RULE, *(one["name"] for one in (*there.workflows, soar.fields[FIELD].definition())),
             *(one["name"] for one in there.destinations)]  # fmt: skip
    print(f"imported: {', '.join(names)}")
    return imported_step(soar)


def main() -> None:
    incidents, new, folder = map(Path, sys.argv[1:4])
    models = folder / "models"
    models.mkdir(parents=True, exist_ok=True)
    platform = SoarEmulator(platform_csv(incidents, new, folder), folder=folder,
                            settings=Settings(functions={}))  # fmt: skip
    with platform as soar, Rig(soar, folder, models) as rig:
        print(f"the platform: {soar.url} with {len(soar.incidents)} incidents")
        customize(rig.circuits)
        step = show_import(soar)
        model = models / step.inputs["ml_model_file"]
        config = soar.app_config(folder / "ml.config")
        options = set_flags(f"prediction={PREDICTED}", *sys.argv[4:])
        res_ml("build", "-o", model, "-f", config, *options)
        print(f"learnt {PREDICTED} from it: {model}")
        with rig.circuits:
            print(f"the broker: port {rig.broker.port}")
            print(f"resilient-circuits: log in {rig.circuits.folder / 'log'}")
            show(rig, step, {int(row["id"]): row[PREDICTED] for row in read_csv(new)})
            model.rename(models / "severity.ml")
            try:
                click(rig, int(read_csv(new)[0]["id"]), step)
            except RefusedError as refused:
                print(f"\nand where the model has another name, the action status says:\n{refused}")


if __name__ == "__main__":
    main()
