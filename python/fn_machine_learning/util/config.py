"""The section [machine_learning_predict] of app.config."""

from collections.abc import Mapping
from typing import Any

from fn_machine_learning.errors import PredictionError

SECTION = "machine_learning_predict"


def config_section_data() -> str:
    """What `resilient-circuits config` writes for this app."""
    return f"""[{SECTION}]
# Folder with the model files that res-ml built. The function's input ml_model_file names one of
# them. A file that is replaced is used from the next call on.
model_dir = /path/to/models
"""


def model_dir(opts: Mapping[str, Any]) -> str:
    """The folder with the models, from all options of app.config.

    The guide of version 1.1 also printed the key as model_folder.
    """
    section = opts.get(SECTION) or {}
    folder = section.get("model_dir") or section.get("model_folder")
    if not folder:
        raise PredictionError(
            f'app.config: [{SECTION}] has no "model_dir"; set it to the folder with the model files'
        )
    return str(folder)
