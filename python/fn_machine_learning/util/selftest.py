"""What `resilient-circuits selftest` asks of this app."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from resilient_circuits.rest_helper import get_resilient_client

from fn_machine_learning.errors import PredictionError, quoted
from fn_machine_learning.model_store import ModelStore
from fn_machine_learning.platform_client import PlatformClient
from fn_machine_learning.util import doctor
from fn_machine_learning.util.config import model_dir


def selftest_function(opts: Mapping[str, Any]) -> dict[str, str]:
    """Configuration, folder, every model in it, the way to the platform, and the fields that the
    models read."""
    try:
        return {"state": "success", "reason": _check(opts)}
    except PredictionError as error:
        return {"state": "failure", "reason": str(error)}


def _check(opts: Mapping[str, Any]) -> str:
    doctor.check_command()
    models = ModelStore(model_dir(opts))
    names = models.names()
    if not names:
        raise PredictionError(
            f"model_dir: no model file (*.ml) in {models.folder}; make one with res-ml build"
        )
    config = doctor.config_file(opts)
    if config is not None:
        for name in names:
            doctor.check(config, Path(models.folder, name))
    platform = PlatformClient(lambda: get_resilient_client(opts))
    known = {str(field["name"]) for field in platform.get("/types/incident/fields")}
    for name in names:
        _check_fields(name, models, known)
    return f"{len(names)} model(s) can be used: {', '.join(names)}"


def _check_fields(name: str, models: ModelStore, known: set[str]) -> None:
    model = models.read(name).model
    wanted = [feature.name for feature in model.features] + [str(model.settings["prediction"])]
    unknown = [quoted(field) for field in wanted if field not in known]
    if unknown:
        raise PredictionError(
            f"{name}: the platform has no incident field {', '.join(unknown)}, which the model uses"
        )
