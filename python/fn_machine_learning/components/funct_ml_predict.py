"""The function ml_predict."""

from collections.abc import Iterator
from typing import Any

from resilient_circuits import (
    AppFunctionComponent,
    FunctionError,
    FunctionResult,
    app_function,
)

from fn_machine_learning.errors import PredictionError
from fn_machine_learning.model_store import ModelStore
from fn_machine_learning.platform_client import PlatformClient
from fn_machine_learning.prediction import predict_incident
from fn_machine_learning.util.config import model_dir

PACKAGE_NAME = "fn_machine_learning"


class FunctionComponent(AppFunctionComponent):  # type: ignore[misc]
    """Predicts a field of an incident with a model file of model_dir."""

    def __init__(self, opts: dict[str, Any]) -> None:
        super().__init__(opts, PACKAGE_NAME)
        self._models = ModelStore("")

    # app_function, because it acknowledges the message also when the function fails.
    @app_function("ml_predict")  # type: ignore[untyped-decorator]
    def ml_predict(self, fn_inputs: Any) -> Iterator[Any]:
        """Inputs: ml_incident_id (number), ml_model_file (text)."""
        yield self.status_message("starting...")
        try:
            result = predict_incident(
                PlatformClient(self.rest_client),
                self._current_models(),
                getattr(fn_inputs, "ml_incident_id", None),
                getattr(fn_inputs, "ml_model_file", None),
            )
        except PredictionError as error:
            raise FunctionError(str(error), trace=False) from None
        yield self.status_message("done...")
        # Without the framework's envelope: scripts of version 1.1 read results.prediction.
        yield FunctionResult(result, custom_results=True)

    def _current_models(self) -> ModelStore:
        """The models of the folder that the configuration names now, also after a reload."""
        folder = model_dir(self.opts)
        models = self._models
        if models.folder != folder:
            models = self._models = ModelStore(folder)
        return models
