"""The real framework in this process, against a platform and a broker that only tests know."""

import http.client
import json
import os
import random
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import resilient_circuits.app
import resml
from circuits import BaseComponent, Event, Manager, handler
from requests.adapters import BaseAdapter
from resilient_circuits import rest_helper
from resilient_circuits.app_restartable import reload
from resilient_circuits.helpers import get_configs
from resilient_circuits.stomp_events import Connected, Message
from stomp.utils import Frame  # type: ignore[import-untyped]

FEATURES = ["incident_type_ids", "confirmed", "site", "data_encrypted"]
WAIT_SECONDS = 30
LONG_AGO = 1_700_000_000
ORG = "/rest/orgs/201"

SEVERITY_FIELD = {
    "id": 65, "name": "severity_code", "text": "Severity", "prefix": None, "type_id": 0,
    "input_type": "select", "required": "always", "internal": True, "read_only": False,
    "values": [
        {"value": 4, "label": "Low", "enabled": True, "hidden": False, "default": True},
        {"value": 5, "label": "Medium", "enabled": True, "hidden": False, "default": False},
        {"value": 6, "label": "High", "enabled": False, "hidden": False, "default": False},
    ],
}  # fmt: skip
CONFIRMED_FIELD = {
    "id": 70, "name": "confirmed", "text": "Confirmed", "prefix": None, "type_id": 0,
    "input_type": "boolean", "label_true": "Yes", "label_false": "No", "values": [],
}  # fmt: skip


def make_incident(number: int, draw: random.Random) -> dict[str, Any]:
    """severity_code is 6 where data_encrypted is false, else 4 or 5 by the site."""
    encrypted = draw.choice([True, False, None])
    site = draw.choice(["Berlin", "Zürich", None])
    return {
        "id": number, "name": f"incident {number}", "vers": 1, "plan_status": "A",
        "description": "<div>" + "x" * 200 + "</div>", "create_date": 1_700_000_000_000 + number,
        "incident_type_ids": draw.sample([17, 19, 21], draw.randint(0, 2)),
        "confirmed": encrypted is not None, "tasks": None, "artifacts": None,
        "severity_code": 6 if encrypted is False else 5 if site == "Berlin" else 4,
        "perms": {"read": True, "write": True}, "creator": {"id": 1, "fname": "A"},
        "properties": {"site": site, "internal_customizations_field": None},
        "pii": {"data_encrypted": encrypted, "data_compromised": None},
        "gdpr": {}, "hipaa": {}, "regulator_risk": {}, "regulators": {"ids": [0]},
    }  # fmt: skip


@pytest.fixture(scope="session")
def samples() -> list[dict[str, Any]]:
    draw = random.Random(5)
    return [make_incident(number, draw) for number in range(1, 301)]


@pytest.fixture(scope="session")
def severity_model(samples: list[dict[str, Any]]) -> resml.Model:
    return resml.build(samples, "severity_code", FEATURES, algorithm="Decision Tree")


@pytest.fixture(scope="session")
def confirmed_model(samples: list[dict[str, Any]]) -> resml.Model:
    return resml.build(samples, "confirmed", ["data_encrypted"], algorithm="Decision Tree")


def long_ago(path: Path) -> None:
    """A file that changed a moment ago is believed to be changing still."""
    os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.fixture
def model_dir(tmp_path: Path, severity_model: resml.Model, confirmed_model: resml.Model) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    severity_model.save(folder / "severity.ml")
    confirmed_model.save(folder / "confirmed.ml")
    for path in folder.iterdir():
        long_ago(path)
    return folder


class PlatformAnswers(BaseAdapter):
    """Answers what the client sends over https, and keeps what that was."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, tuple[int, object]] = {}
        self.failures: dict[str, Exception] = {}
        self.requests: list[tuple[str, object]] = []

    def reset(self) -> None:
        self.requests.clear()
        self.failures.clear()
        fields = [SEVERITY_FIELD, CONFIRMED_FIELD]
        fields += [{"name": name, "input_type": "text", "values": []} for name in FEATURES]
        self.answers = {
            "/rest/session": (200, {"orgs": [{"id": 201, "name": "Test Org", "enabled": True}],
                                    "api_key_handle": 27}),
            ORG: (200, {"id": 201, "actions_framework_enabled": True}),
            "/rest/const": (200, {"server_version": {"version": "51.0.9.0.20848"}}),
            f"{ORG}/actions": (200, {"entities": []}),
            f"{ORG}/connectors/queues": (200, {"queues": []}),
            f"{ORG}/types/incident/fields": (200, fields),
            f"{ORG}/types/incident/fields/severity_code": (200, SEVERITY_FIELD),
            f"{ORG}/types/incident/fields/confirmed": (200, CONFIRMED_FIELD),
            f"{ORG}/types/actioninvocation/fields": (200, []),
            f"{ORG}/types/__function/fields": (200, []),
            f"{ORG}/functions/ml_predict": (200, {"name": "ml_predict",
                                                  "destination_handle": "fn_machine_learning"}),
        }  # fmt: skip

    def asked(self, path: str) -> int:
        return sum(1 for asked, _ in self.requests if asked == ORG + path)

    def send(
        self, request: requests.PreparedRequest, *_: object, **kwargs: object
    ) -> requests.Response:
        path = (request.path_url or "").partition("?")[0].rstrip("/")
        self.requests.append((path, kwargs.get("timeout")))
        if path in self.failures:
            raise self.failures[path]
        status, body = self.answers.get(
            path, (404, {"success": False, "message": f"Unable to find {path}"})
        )
        response = requests.Response()
        response.status_code = status
        response.reason = http.client.responses[status]
        response._content = body if isinstance(body, bytes) else json.dumps(body).encode()
        response.request = request
        response.url = request.url or ""
        return response

    def close(self) -> None:
        pass


class PlatformMock:
    """What the framework's key resilient_mock names: the platform of all tests."""

    adapter = PlatformAnswers()

    def __init__(self, org_name: str, email: str | None) -> None:
        pass


class Broker(BaseComponent):  # type: ignore[misc]
    """Keeps what the framework sends to the broker, by the message it belongs to."""

    def init(self) -> None:
        self.loaded = threading.Event()
        self.changed = threading.Condition()
        self.sent: dict[str, list[Any]] = {}
        self.is_broken = False  # acknowledgements still get through

    def _keep(self, message_id: str, entry: Any) -> None:
        with self.changed:
            self.sent.setdefault(message_id, []).append(entry)
            self.changed.notify_all()

    @handler("load_all_success", channel="*")  # type: ignore[untyped-decorator]
    def _on_loaded(self, *_: object) -> None:
        self.loaded.set()

    @handler("Ack", channel="*")  # type: ignore[untyped-decorator]
    def _on_ack(self, frame: Frame, **_: object) -> None:
        self._keep(frame.headers["message-id"], "ACK")

    @handler("Send", channel="*")  # type: ignore[untyped-decorator]
    def _on_send(self, event: Any, headers: dict[str, str], body: str, destination: str) -> None:
        if self.is_broken:
            raise ConnectionError("broken")
        assert headers["correlation-id"] == f"invid:{event.message_id}"
        assert destination == "/queue/acks.201.fn_machine_learning"
        self._keep(event.message_id, json.loads(body))

    @handler("Send_failure", channel="*", priority=-1)  # type: ignore[untyped-decorator]
    def _on_send_failure(self, event: Any, *_: object) -> None:
        """Behind the framework, which has remembered it by now."""
        lost = event.parent
        self._keep(lost.message_id, ("lost", json.loads(lost.body)["complete"]))

    def wait_for(self, message_id: str, entry: object) -> None:
        with self.changed:
            assert self.changed.wait_for(
                lambda: entry in self.sent.get(message_id, []), WAIT_SECONDS
            ), self.sent.get(message_id)

    def wait_for_end(self, message_id: str, times: int = 1) -> list[Any]:
        def has_ended() -> bool:
            sent = self.sent.get(message_id, [])
            return sum(isinstance(one, dict) and one["complete"] for one in sent) == times

        with self.changed:
            assert self.changed.wait_for(has_ended, WAIT_SECONDS), self.sent.get(message_id)
            return self.sent[message_id]


class RunningApp:
    """resilient-circuits with this app in it; call() is the platform's workflow."""

    def __init__(self, folder: Path, manager: Manager, broker: Broker) -> None:
        self.config = folder / "app.config"
        self.manager = manager
        self.broker = broker
        self.app: Any = None
        self._calls = 0

    def configure(self, section: str) -> None:
        self.config.write_text(
            "[resilient]\nhost = soar.example\norg = Test Org\napi_key_id = id\n"
            "api_key_secret = secret\nnum_workers = 1\nrequest_max_retries = 2\n"
            "request_retry_delay = 0\nlogdir = .\n"
            f"resilient_mock = {PlatformMock.__module__}.{PlatformMock.__qualname__}\n{section}"
        )

    def start(self) -> None:
        self.app = resilient_circuits.app.App(config_file=str(self.config)).register(self.manager)
        # With the mock the framework connects to no broker; this one only has to be there.
        self.app.action_component.stomp_component = SimpleNamespace(connected=False)

    def reload(self, section: str) -> None:
        """What the framework does when app.config changes."""
        done = threading.Event()

        class Watch(BaseComponent):  # type: ignore[misc]
            @handler("reload_complete", channel="*")  # type: ignore[untyped-decorator]
            def _on_complete(self, *_: object) -> None:
                done.set()

        watch = Watch().register(self.manager)
        self.configure(section)
        self.app.fire(reload(opts=get_configs(path_config_file=str(self.config))))
        assert done.wait(WAIT_SECONDS)
        watch.unregister()

    def submit(self, **inputs: object) -> str:
        self._calls += 1
        self.deliver(str(self._calls), inputs)
        return str(self._calls)

    def deliver(self, message_id: str, inputs: dict[str, object], **more: str) -> None:
        headers = {
            "message-id": message_id, "ack": message_id, "correlation-id": f"invid:{message_id}",
            "destination": "/queue/actions.201.fn_machine_learning",
            "reply-to": "/queue/acks.201.fn_machine_learning", "Co3MessagePayload": "FunctionDTO",
            "Co3ContextToken": "token", "timestamp": "1700000000000", **more,
        }  # fmt: skip
        body = {"function": {"name": "ml_predict"}, "inputs": inputs, "workflow": None,
                "workflow_instance": {"workflow_instance_id": 54}, "principal": None}  # fmt: skip
        self.app.fire(Message(Frame("MESSAGE", headers, json.dumps(body))))

    def reconnect(self) -> None:
        """As behind a broken connection; then the framework's timer."""
        self.broker.is_broken = False
        self.app.action_component.stomp_component.connected = True
        self.app.fire(Connected())
        self.app.fire(Event.create("retry_failed_deliveries"))

    def call(self, **inputs: object) -> list[Any]:
        return self.broker.wait_for_end(self.submit(**inputs))


@pytest.fixture
def platform() -> PlatformAnswers:
    PlatformMock.adapter.reset()
    return PlatformMock.adapter


StartApp = Callable[[str], RunningApp]


@pytest.fixture
def start_app(
    tmp_path: Path, platform: PlatformAnswers, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StartApp]:
    assert platform.requests == []
    monkeypatch.setattr(sys, "argv", ["resilient-circuits"])
    monkeypatch.setattr(sys, "path", list(sys.path))  # the framework puts the mock's folder there
    monkeypatch.setattr(resilient_circuits.app, "logging_initialized", True)
    monkeypatch.chdir(tmp_path)
    rest_helper.reset_resilient_client()
    manager = Manager()
    broker = Broker().register(manager)
    running = RunningApp(tmp_path, manager, broker)

    def start(section: str) -> RunningApp:
        running.configure(section)
        running.start()
        manager.start()
        assert broker.loaded.wait(WAIT_SECONDS)
        return running

    yield start
    if running.app is not None:
        running.app.action_component.stomp_component = None
    manager.stop()
    manager.join()
    rest_helper.reset_resilient_client()


@pytest.fixture
def app(start_app: StartApp, model_dir: Path) -> RunningApp:
    return start_app(f"[machine_learning_predict]\nmodel_dir = {model_dir}\n")
