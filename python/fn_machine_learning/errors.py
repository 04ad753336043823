"""The one failure that users of the function see."""

import json

LONGEST_QUOTE = 80


class PredictionError(Exception):
    """Why there is no prediction: one sentence for the action status."""


class NotFoundError(PredictionError):
    """The platform has nothing under this address (status 404)."""


def quoted(value: object) -> str:
    """The text of a value in double quotes, shortened, control characters escaped."""
    text = str(value)
    if len(text) > LONGEST_QUOTE:
        text = text[:LONGEST_QUOTE] + "..."
    return json.dumps(text.encode("utf-8", "backslashreplace").decode(), ensure_ascii=False)
