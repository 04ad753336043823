"""The command res-ml beside a small platform: log-in, fields and one page of incidents."""

import ssl
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

import trustme

from .command_case import RES_ML, CommandCase
from .https_server import Answering, Server, serve
from .soar_emulator.certificates import HOSTS, server_context
from .soar_emulator.message import Answer, Request, error_answer, json_answer

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


def platform(asked: Request) -> Answer:
    if asked.path == "/rest/session":
        if asked.method == "POST":
            answer = json_answer({**ORGS, "csrf_token": "token-9"})
            answer.headers.append(("Set-Cookie", "JSESSIONID=cookie-9; Path=/"))
            return answer
        return json_answer(ORGS) if asked.header("authorization") else error_answer(401, "who?")
    if asked.path == "/rest/orgs/201/types/incident":
        return json_answer({"fields": FIELDS})
    if asked.path == "/rest/orgs/201/incidents/query_paged":
        incident = {"id": 2095, "confirmed": True, "properties": {"kind": "b"}}
        return json_answer({"recordsTotal": 7, "data": [incident]})
    return error_answer(404, "Not Found")


class PlatformCase(CommandCase):
    authority: trustme.CA

    @classmethod
    def setUpClass(cls) -> None:
        cls.authority = trustme.CA(organization_name="Test CA")

    def setUp(self) -> None:
        super().setUp()
        self.authority.cert_pem.write_to_path(str(self.folder / "ca.pem"))

    def serve(
        self,
        answer: Answering = platform,
        certificate: trustme.LeafCert | None = None,
        client_ca: Path | None = None,
    ) -> AbstractContextManager[Server]:
        context = server_context(
            certificate or self.authority.issue_cert(*HOSTS, common_name="soar")
        )
        if client_ca is not None:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_ca)
        return serve(answer, context)

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
