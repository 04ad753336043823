"""The platform's side of the queues: sends what a workflow sends, and collects what comes back."""

import contextlib
import json
import threading
import time
from collections.abc import Collection, Iterable
from itertools import count
from pathlib import Path
from typing import Any, Self

from .broker import LOGIN, Broker
from .stomp_connection import StompConnection, StompError

WAIT_SECONDS = 100
FUNCTION = "ml_predict"


class Workflow:
    """`call` is a workflow's step with the function; `wait` gives what the framework replied."""

    def __init__(self, broker: Broker, ca_file: Path) -> None:
        self._broker = broker
        self._ca_file = ca_file
        self._numbers = count(1)
        self._changed = threading.Condition()
        self._replies: dict[str, list[dict[str, Any]]] = {}
        self._ended = False

    def __enter__(self) -> Self:
        self._connection = self._subscribed()
        self._thread = threading.Thread(target=self._collect, name="workflow", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        with contextlib.suppress(OSError):  # the broker went first
            self._connection.wake()
        self._thread.join()

    def connect(self) -> StompConnection:
        """For one sender; `call` opens one of its own where none is given."""
        return StompConnection(self._broker.port, self._ca_file, LOGIN, self._broker.password)

    def call(self, connection: StompConnection | None = None, /, **inputs: object) -> str:
        return self.send(function_message(FUNCTION, inputs), connection)

    def send(
        self, body: object, connection: StompConnection | None = None, **headers: str | None
    ) -> str:
        """Any message; a header that is None is left out. Returns the correlation id."""
        number = f"invid:{next(self._numbers)}"
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {key.replace("_", "-"): value for key, value in headers.items()}
        sent = {key: value for key, value in (self._headers(number) | given).items() if value}
        if connection is not None:
            connection.send(self._broker.actions, sent, data)
        else:
            with self.connect() as own:
                own.send(self._broker.actions, sent, data)
        return number

    def replies(self, number: str) -> list[dict[str, Any]]:
        with self._changed:
            return list(self._replies.get(number, []))

    def wait(self, number: str) -> list[dict[str, Any]]:
        """All replies to one call, the last of which ends it."""
        self.wait_for_all([number])
        return self.replies(number)

    def wait_for_all(self, numbers: Collection[str], seconds: float = WAIT_SECONDS) -> None:
        self._wait_until(lambda: not self.unanswered(numbers), seconds, numbers)

    def wait_for_start(self, numbers: Collection[str]) -> None:
        """Until the function has begun with each."""
        self._wait_until(lambda: all(map(self._replies.get, numbers)), WAIT_SECONDS, numbers)

    def unanswered(self, numbers: Iterable[str]) -> list[str]:
        return [
            number for number in numbers if not any(map(is_last, self._replies.get(number, [])))
        ]

    def drain(self) -> int:
        """Takes what nobody acknowledged from the queue; how many that was."""
        with self.connect() as connection:
            connection.subscribe(self._broker.actions)
            connection.write("SEND", {"destination": f"/queue/{self._broker.actions}"}, b"last")
            n_messages = 0
            while connection.read().body != b"last":
                n_messages += 1
            return n_messages

    def _wait_until(self, holds: Any, seconds: float, numbers: Collection[str]) -> None:
        with self._changed:
            if not self._changed.wait_for(holds, seconds):
                missing = self.unanswered(numbers)
                raise AssertionError(f"{len(missing)} unanswered after {seconds} s: {missing[:9]}")

    def _headers(self, number: str) -> dict[str, str | None]:
        return {
            "reply-to": f"/queue/{self._broker.acks}", "correlation-id": number,
            "persistent": "true", "Co3ContentType": "application/json",
            "Co3MessagePayload": "FunctionDTO", "Co3ContextToken": "e30.e30.e30",
        }  # fmt: skip

    def _subscribed(self) -> StompConnection:
        connection = self.connect()
        connection.subscribe(self._broker.acks)
        return connection

    def _collect(self) -> None:
        """Comes back when the broker was away."""
        while not self._ended:
            try:
                self._read()
            except (OSError, StompError):
                self._connection.close()
                self._reconnect()
        self._connection.close()

    def _reconnect(self) -> None:
        while not self._ended:
            try:
                self._connection = self._subscribed()
            except (OSError, StompError):
                time.sleep(0.1)
            else:
                return

    def _read(self) -> None:
        frame = self._connection.read()
        if frame.command != "MESSAGE":
            raise StompError(f"{frame.command}: {frame.headers.get('message')}")
        with self._changed:
            number = frame.headers["correlation-id"]
            self._replies.setdefault(number, []).append(json.loads(frame.body))
            self._changed.notify_all()


def is_last(reply: dict[str, Any]) -> bool:
    return bool(reply["complete"])


def function_message(name: str, inputs: object) -> dict[str, object]:
    """The body of a call, as the platform makes it."""
    workflow = {"workflow_id": 3, "name": "ML Predict", "programmatic_name": "ml_predict",
                "object_type": {"id": 0, "name": "incident"}, "description": None, "uuid": None,
                "actions": [], "tags": []}  # fmt: skip
    return {
        "function": {"id": 3, "name": name, "display_name": "ML Predict", "uuid": None,
                     "version": None, "description": None, "creator": None,
                     "output_description": None, "tags": [], "view_items": [], "workflows": []},
        "groups": [], "inputs": inputs, "playbook_instance": None,
        "principal": {"id": 3, "type": "user", "name": "analyst@example.com",
                      "display_name": "Ann Analyst"},
        "workflow": workflow,
        "workflow_instance": {"workflow_instance_id": 54, "workflow": workflow},
    }  # fmt: skip
