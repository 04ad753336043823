"""What `resilient-circuits customize` imports into the platform."""

import base64
from collections.abc import Iterator
from importlib import resources
from typing import Any

from resilient import ImportDefinition


def customization_data(client: Any = None) -> Iterator[ImportDefinition]:  # noqa: ARG001
    """Function, its inputs, workflow, rule, field and message destination of data/export.res.

    They keep the identities that version 1.1 gave them, so that an import renews those.
    """
    export = resources.files(__package__).joinpath("data/export.res").read_bytes()
    yield ImportDefinition(base64.b64encode(export))
