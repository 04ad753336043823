"""The command res-ml beside a small platform: log-in, fields and one page of incidents."""

import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

from .certificates import Authority, write
from .command_case import RES_ML, CommandCase
from .https_server import Answer, Asked, Server, https_server, json_answer

KEY_ID, KEY_SECRET = "key-id-4711", "key-secret-0815"
PASSWORD = "pass$word^0815"
ORGS = {"orgs": [{"id": 201, "name": "Demo Org", "enabled": True}]}
FIELDS = {
    "kind": {"name": "kind", "text": "Kind", "input_type": "select", "prefix": "properties",
             "values": [{"value": 1, "label": "Phishing", "enabled": True}]},
    "confirmed": {"name": "confirmed", "text": "Bestätigt", "input_type": "boolean", "values": []},
    "end_date": {"name": "end_date", "text": "Closed", "input_type": "datepicker", "values": []},
    "notes": {"name": "notes", "text": "Notes\x1b[2J", "input_type": "textarea", "values": []},
    "../x": {"name": "../x", "text": "A path", "input_type": "text", "values": []},
    "false_positive": {"name": "false_positive", "text": "False alarm", "input_type": "boolean"},
}  # fmt: skip


def platform(asked: Asked) -> Answer:
    path = asked.target.partition("?")[0]
    if path == "/rest/session":
        if asked.method == "POST":
            return json_answer(
                {**ORGS, "csrf_token": "token-9"}, Set_Cookie="JSESSIONID=cookie-9; Path=/"
            )
        known = "authorization" in asked.headers
        return json_answer(ORGS) if known else json_answer({"message": "who?"}, 401)
    if path == "/rest/orgs/201/types/incident":
        return json_answer({"fields": FIELDS})
    if path == "/rest/orgs/201/incidents/query_paged":
        incident = {"id": 2095, "confirmed": True, "properties": {"kind": "b"}}
        return json_answer({"recordsTotal": 7, "data": [incident]})
    return json_answer({"message": "Not Found"}, 404)


class PlatformCase(CommandCase):
    authority: Authority

    @classmethod
    def setUpClass(cls) -> None:
        cls.authority = Authority("Test CA")

    def setUp(self) -> None:
        super().setUp()
        write(self.folder, "ca.pem", self.authority.ca)

    def serve(
        self,
        answer: object = platform,
        certificate: bytes | None = None,
        client_ca: Path | None = None,
    ) -> AbstractContextManager[Server]:
        assert callable(answer)
        pem = certificate or self.authority.sign("soar")
        return https_server(answer, write(self.folder, "server.pem", pem), client_ca)

    def configure(self, server: Server, log_in: str = "", **more: str | int) -> None:
        log_in = log_in or f"api_key_id = {KEY_ID}\napi_key_secret = {KEY_SECRET}\n"
        keys = {"host": "127.0.0.1", "port": server.port, "org": "Demo Org", "cafile": "ca.pem",
                "request_retry_delay": 0, **more}  # fmt: skip
        lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
        self.write("ml.config", f"[resilient]\n{lines}{log_in}")

    def res_ml_in(
        self, environment: dict[str, str], *args: str, program: Path = RES_ML
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, *args], cwd=self.folder, env=environment,
                              capture_output=True, text=True, check=False)  # fmt: skip
