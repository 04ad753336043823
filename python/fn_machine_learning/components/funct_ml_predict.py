"""The function ml_predict."""

import json
from collections import ChainMap
from collections.abc import Iterator
from typing import Any

from circuits.core.utils import findcmp
from resilient_circuits import (
    AppFunctionComponent,
    FunctionError,
    FunctionResult,
    app_function,
    handler,
)
from resilient_circuits.actions_component import Actions
from resilient_circuits.rest_helper import get_resilient_client, reset_resilient_client

from fn_machine_learning.errors import PredictionError
from fn_machine_learning.model_store import ModelStore
from fn_machine_learning.platform_client import PlatformClient
from fn_machine_learning.prediction import predict_incident
from fn_machine_learning.util.config import model_dir

PACKAGE_NAME = "fn_machine_learning"
FUNCTION = "ml_predict"
# By itself a log-in is tried for ever, with waits that double: fit for a start, not for a call.
LOG_IN = {"max_connection_retries": 3}
BEFORE_THE_FRAMEWORK = 10
BEHIND_THE_FRAMEWORK = -10


class FunctionComponent(AppFunctionComponent):  # type: ignore[misc]
    """Predicts a field of an incident with a model file of model_dir."""

    def __init__(self, opts: dict[str, Any]) -> None:
        super().__init__(opts, PACKAGE_NAME)
        self._models = ModelStore("")
        # Held for as long as it is good: the framework drops its own after ten idle minutes.
        self._client: Any = self.rest_client() if opts.get("api_key_id") else None

    # app_function, because it acknowledges the message also when the function fails.
    @app_function(FUNCTION)  # type: ignore[untyped-decorator]
    def ml_predict(self, _: Any) -> Iterator[Any]:
        """Inputs: ml_incident_id (number), ml_model_file (text)."""
        yield self.status_message("starting...")
        # As they were sent. In what it hands over, the framework has replaced $NAME by the secret
        # of that name, and an error that quotes the name of the file would tell it.
        inputs = self.get_fn_msg().get("inputs") or {}
        try:
            result = predict_incident(
                PlatformClient(self._connected),
                self._current_models(),
                inputs.get("ml_incident_id"),
                inputs.get("ml_model_file"),
            )
        except PredictionError as error:
            raise FunctionError(str(error), trace=False) from None
        yield self.status_message("done...")
        # Without the framework's envelope: scripts of version 1.1 read results.prediction.
        yield FunctionResult(result, custom_results=True)

    @handler("reload", priority=BEFORE_THE_FRAMEWORK)  # type: ignore[untyped-decorator]
    def _forget_client(self, opts: dict[str, Any]) -> None:
        """The framework would go on with the old secret of the same key."""
        self._client = None
        reset_resilient_client(opts)

    @handler("Message", channel="*", priority=BEFORE_THE_FRAMEWORK)  # type: ignore[untyped-decorator]
    def _let_run_again(self, headers: dict[str, str], message: str, **_: object) -> None:
        """What the broker delivers once more it has never seen acknowledged, although the framework
        sent that into a connection that was breaking. The framework would now only acknowledge it,
        or only answer it, and the answer or a place in the queue would be lost."""
        if headers.get("redelivered") == "true" and _called(message) == FUNCTION:
            message_id = headers.get("message-id")
            self._framework("_all_acks").pop(message_id, None)
            if message_id not in self._framework("_stomp_ack_delivery_failures"):
                self._framework("_resilient_ack_delivery_failures").pop(message_id, None)

    @handler("Connected", channel="*", priority=BEHIND_THE_FRAMEWORK)  # type: ignore[untyped-decorator]
    def _send_again(self, *_: object) -> None:
        """Of an answer that broke off behind its acknowledgement the broker will not deliver the
        message again, for which the framework waits. As one of this connection it is sent by the
        framework's own timer, within a minute."""
        done_elsewhere = (
            *self._framework("_stomp_ack_delivery_failures"),
            *self._framework("_current_msgs_processing"),
        )
        for message_id, failure in self._framework("_resilient_ack_delivery_failures").items():
            if message_id not in done_elsewhere:
                failure["from_prev_conn"] = False

    def _framework(self, name: str) -> dict[Any, Any]:
        """What it remembers of messages, by their ids."""
        remembered: dict[Any, Any] = getattr(findcmp(self.root, Actions), name, {})
        return remembered

    def _connected(self) -> Any:
        """An API key is sent with every request; a log-in by e-mail ends some time."""
        if self._client is not None:
            return self._client
        self.reset_idle_timer()
        client = get_resilient_client(ChainMap(LOG_IN.copy(), self.opts))
        if self.opts.get("api_key_id"):
            self._client = client
        return client

    def _current_models(self) -> ModelStore:
        """The models of the folder that the configuration names now, also after a reload."""
        folder = model_dir(self.opts)
        models = self._models
        if models.folder != folder:
            models = self._models = ModelStore(folder)
        return models


def _called(body: str) -> object:
    """The name of the function that a message calls, None if it is no such message."""
    try:
        return json.loads(body)["function"]["name"]
    except (ValueError, KeyError, TypeError):
        return None
