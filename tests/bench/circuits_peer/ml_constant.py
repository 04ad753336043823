"""The function beside which ml_predict is measured: the same two REST calls, then a constant.

Written as the platform's generator of code writes one. resilient-circuits loads it from this folder.
"""

from collections.abc import Iterator
from typing import Any

from resilient_circuits import AppFunctionComponent, FunctionResult, app_function


class ConstantComponent(AppFunctionComponent):  # type: ignore[misc]
    def __init__(self, opts: dict[str, Any]) -> None:
        super().__init__(opts, "fn_machine_learning")

    @app_function("ml_constant")  # type: ignore[untyped-decorator]
    def ml_constant(self, inputs: Any) -> Iterator[Any]:
        yield self.status_message("starting...")
        client = self.rest_client()
        client.get(f"/incidents/{int(inputs.ml_incident_id)}")
        client.get("/types/incident/fields/severity_code")
        yield self.status_message("done...")
        yield FunctionResult({"prediction": "Low"}, custom_results=True)
