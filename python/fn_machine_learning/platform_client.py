"""The framework's REST client, made safe for a worker thread."""

from collections.abc import Callable
from typing import Any

import requests
from resilient import SimpleHTTPException

from fn_machine_learning.errors import NotFoundError, PredictionError, quoted

# The client itself waits for ever; a call that hangs would occupy a worker for good.
TIMEOUT_SECONDS = 30
# The client repeats any failed GET five times over half a minute, also where it cannot help.
NEVER_REPEATED = list(range(400, 500))


class PlatformClient:
    """Reads from the platform within a time limit; every failure is a PredictionError."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect

    def get(self, uri: str) -> Any:
        try:
            return self._connect().get(uri, timeout=TIMEOUT_SECONDS, skip_retry=NEVER_REPEATED)
        except SystemExit:
            # What the client does on 401. In a worker thread it would end the thread, and the
            # message would be neither acknowledged nor answered.
            raise PredictionError(
                f"GET {uri}: the platform refused the credentials (401); "
                "check api_key_id and api_key_secret in app.config"
            ) from None
        except SimpleHTTPException as error:
            raise _failure(uri, error.response) from None
        except requests.Timeout:
            raise PredictionError(f"GET {uri}: no answer within {TIMEOUT_SECONDS} s") from None
        except requests.ConnectionError:
            raise PredictionError(f"GET {uri}: no connection to the platform") from None
        except ValueError:
            raise PredictionError(f"GET {uri}: the platform's answer is not JSON") from None


def _failure(uri: str, response: requests.Response) -> PredictionError:
    status = f"{response.status_code} {response.reason or ''}".rstrip()
    kind = NotFoundError if response.status_code == requests.codes.not_found else PredictionError
    return kind(f"GET {uri}: the platform answered {status}{_reason(response)}")


def _reason(response: requests.Response) -> str:
    try:
        message = response.json()["message"]
    except (ValueError, KeyError, TypeError):
        return ""
    return f": {quoted(message)}" if message else ""
