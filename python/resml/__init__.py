"""Learns from the incidents of a SOAR platform and predicts a field of a new one.

    import resml

    model = resml.build("incidents.csv", "severity_code", ["incident_type_ids", "confirmed"])
    model.predict({"id": 2095, "incident_type_ids": [21], "confirmed": True})  # "4"
    model.save("severity.ml")

The command res-ml and the function ml_predict give the same answers from the same file.
"""

from resml._core import InputError, ModelFileError, __version__
from resml.building import Algorithm, Option, algorithms, build, compare, methods, read_csv
from resml.model import Answer, Feature, Model, load

__all__ = [
    "Algorithm",
    "Answer",
    "Feature",
    "InputError",
    "Model",
    "ModelFileError",
    "Option",
    "__version__",
    "algorithms",
    "build",
    "compare",
    "load",
    "methods",
    "read_csv",
]
