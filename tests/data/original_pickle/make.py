"""Makes the pickles beside this file, shaped as those of Machine Learning Function 1.x.

    python make.py

Only the shape is imitated: an object with a `config` among arrays, trees and a reference to itself.
"""

from __future__ import annotations

import io
import os
import pickle
import struct
import sys
import types
from pathlib import Path
from typing import Any, ClassVar

FOLDER = Path(__file__).parent
LIBRARY = "fn_machine_learning.lib."


def original_class(module: str, name: str) -> type[Any]:
    """A class that pickles as this one of the original."""
    made = type(name, (object,), {"__module__": LIBRARY + module})
    holder = types.ModuleType(LIBRARY + module)
    setattr(holder, name, made)
    for end in range(len(holder.__name__) + 1):
        if (LIBRARY + module + ".")[end] == ".":
            sys.modules.setdefault(holder.__name__[:end], types.ModuleType(holder.__name__[:end]))
    sys.modules[holder.__name__] = holder
    return made


MlConfig = original_class("ml_config", "MlConfig")
MlDecisionTree = original_class("ml_decision_tree", "MlDecisionTree")


class RunsCode:
    """Opening a pickle of this would make a file named EXECUTED."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch EXECUTED",)


def config(**changes: Any) -> Any:
    made = MlConfig()
    made.__dict__.update(
        {
            "selected_features": ["incident_type_ids", "confirmed"],
            "predict_field": "severity_code",
            "model_name": "Decision Tree",
            "addition_method": None,
            "split_percentage": 0.5,
            "class_weight": "balanced",
            "imbalance_upsampling": None,
            "unwanted_values": ["None"],
            "accuracy": 0.875,
            "f1": 0.75,
            "precision": None,
            "recall": None,
            "build_time": "2019-05-01 10:00:00",
            "number_samples": 15698,
            "analysis": {"4": 0.5, "5": 1},
        }
    )
    made.__dict__.update(changes)
    return made


def model(the_config: Any, **more: Any) -> Any:
    made = MlDecisionTree()
    made.__dict__.update(
        {
            "log": None,
            "trees": [{"depth": i, "nodes": (i, -i, 10**30, -1.5)} for i in range(3)],
            "array": bytes(range(256)) * 5,
            "ids": {1, 2, 3},
            "self": made,
            **more,
            "config": the_config,
            "after": ["x"] * 3,
        }
    )
    return made


# The pickler that is written in Python: its steps can be replaced.
Pickler: Any = vars(pickle)["_Pickler"]


class Python2Pickler(Pickler):  # type: ignore[misc]
    """Writes texts as Python 2 wrote its byte strings."""

    dispatch: ClassVar[dict[Any, Any]] = dict(Pickler.dispatch)

    def save_byte_string(self, text: str) -> None:
        raw = text.encode()
        if self.proto == 0:
            self.write(b"S" + repr(raw)[1:].encode() + b"\n")
        elif len(raw) < 256:
            self.write(b"U" + bytes([len(raw)]) + raw)
        else:
            self.write(b"T" + struct.pack("<i", len(raw)) + raw)
        self.memoize(text)

    dispatch[str] = save_byte_string

    def save_old_style(self, instance: Any) -> None:
        """An instance of a class without bases."""
        if self.proto == 0:
            kind = type(instance)
            self.write(b"(i%s\n%s\n" % (kind.__module__.encode(), kind.__name__.encode()))
        else:
            self.write(b"(")
            self.save(type(instance))
            self.write(b"o")
        self.memoize(instance)
        self.save(instance.__dict__)
        self.write(b"b")

    dispatch[MlConfig] = save_old_style
    dispatch[MlDecisionTree] = save_old_style


def python2(value: Any, protocol: int) -> bytes:
    out = io.BytesIO()
    Python2Pickler(out, protocol).dump(value)
    return out.getvalue()


HOSTILE = {
    "predict_field": "it's; touch EXECUTED",
    "selected_features": ["$(touch EXECUTED)", '"`x`"', "größe", "a b"],
    "model_name": "\x1b[2J",
    "split_percentage": 0.3,
    "imbalance_upsampling": True,
    "unwanted_values": [],
    "class_weight": {"4": 2},
}


def main() -> None:
    files = {f"protocol{n}.pickle": pickle.dumps(model(config()), n) for n in range(6)}
    files |= {f"python2_protocol{n}.pickle": python2(model(config()), n) for n in range(2)}
    files["runs_code.pickle"] = pickle.dumps(model(config(), first=RunsCode()), 4)
    files["only_code.pickle"] = pickle.dumps(RunsCode(), 2)
    files |= {f"hostile{n}.pickle": pickle.dumps(model(config(**HOSTILE)), n) for n in (0, 4)}
    files["hostile_python2.pickle"] = python2(model(config(**HOSTILE)), 0)
    few = config()
    few.__dict__ = {"predict_field": "owner_id", "selected_features": ["a"]}
    files["no_list.pickle"] = pickle.dumps(model(config(unwanted_values=None)), 2)
    files["few.pickle"] = pickle.dumps(model(few), 2)
    for name, content in files.items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
