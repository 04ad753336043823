"""res-ml fields and doctor against a small platform over HTTPS."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

from .command_case import RES_ML
from .https_server import ENDLESS, SILENT, serve
from .platform_case import KEY_ID, KEY_SECRET, PASSWORD, PlatformCase, platform
from .soar_emulator.certificates import HOSTS, self_signed
from .soar_emulator.message import Answer, Request, error_answer, json_answer

LISTED = """\
name            label         kind      feature
kind            Kind          category  yes
confirmed       Bestätigt     boolean   yes
end_date        Closed        date      yes: filled late; a new incident has no value yet
notes           Notes\\x1b[2J  text      no: text cannot be learnt from yet
false_positive  False alarm   boolean   yes
"""
LISTED_WITH_FILE = """\
name            label         kind      filled  feature
kind            Kind          category  100%    yes
confirmed       Bestätigt     boolean   100%    yes
end_date        Closed        date              no: not in the file
notes           Notes\\x1b[2J  text              no: not in the file
false_positive  False alarm   boolean   98.7%   yes
"""
HEALTHY = """\
ok      model: m.ml, predicts false_positive
ok      configuration: PATH/ml.config, https://127.0.0.1:PORT, with API key
ok      name: 127.0.0.1
ok      connection: 127.0.0.1 port PORT
ok      TLS: TLSv1.3, certificate "CN=soar" issued by "O=Test CA", ends TIME
ok      log-in: organization "Demo Org", id 201
ok      clock: N s apart
ok      fields: 5 may be read; field "../x" has a path as its name; left out
ok      incidents: 7 may be read
ok      model's fields: all 3 are on the platform
ok      prediction: incident 2095 got an answer
"""
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
TOMORROW = YESTERDAY + timedelta(days=2)
IN_A_LONG_TIME = YESTERDAY + timedelta(days=1000)
LONG_AGO = YESTERDAY - timedelta(days=30)


def without_numbers(text: str) -> str:
    """Names of certificates without what differs from run to run."""
    text = re.sub(r",?OU=Testing cert #[^,]+,O=trustme [^,\"]+", "", text)
    return re.sub(r"OU=Testing CA #[^,]+,", "", text)


class Fields(PlatformCase):
    def test_fields_are_listed_over_one_connection(self) -> None:
        with self.serve() as server:
            self.configure(server)
            done = self.res_ml("fields")
        self.assertEqual((done.returncode, done.stdout), (0, LISTED))
        self.assertEqual(done.stderr, 'warning: field "../x" has a path as its name; left out\n')
        self.assertEqual(server.n_connections, 1)
        self.assertEqual(
            [one.target for one in server.asked],
            ["/rest/session?include_permissions=false", "/rest/orgs/201/types/incident"],
        )
        self.assertIn("gzip", server.asked[0].header("accept-encoding") or "")

    def test_a_file_says_how_often_a_field_is_filled(self) -> None:
        self.write_incidents()
        with self.serve() as server:
            self.configure(server)
            done = self.res_ml("fields", "-c", "incidents.csv")
            told = self.res_ml("fields", "-c", "incidents.csv", "--json")
        self.assertEqual(done.stdout, LISTED_WITH_FILE)
        kind = json.loads(told.stdout.splitlines()[0])
        self.assertEqual(kind, {
            "name": "kind", "label": "Kind", "input_type": "select", "kind": "category",
            "filled": 1.0, "usable": True, "note": "",
            "values": [{"value": "1", "label": "Phishing", "enabled": True}],
        })  # fmt: skip

    def test_an_account_gets_a_token_and_a_cookie(self) -> None:
        with self.serve() as server:
            self.configure(server, f"email = me@example.com\npassword = {PASSWORD}\n")
            self.assertEqual(self.res_ml("fields").returncode, 0)
        log_in, fields = server.asked
        self.assertEqual(json.loads(log_in.body), {"email": "me@example.com", "password": PASSWORD})
        self.assertEqual(fields.header("x-sess-id"), "token-9")
        self.assertEqual(fields.header("cookie"), "JSESSIONID=cookie-9")

    def test_without_a_configuration_it_says_so(self) -> None:
        done = self.res_ml_in({"HOME": str(self.folder)}, "fields")
        self.assertEqual((done.returncode, done.stderr), (
            1, "no configuration that says where the platform is; res-ml config writes a sample\n",
        ))  # fmt: skip

    def test_retries_are_told_with_v(self) -> None:
        n_asked = 0

        def busy(asked: Request) -> Answer:
            nonlocal n_asked
            n_asked += 1
            return error_answer(503, "later") if n_asked < 3 else platform(asked)

        with self.serve(busy) as server:
            self.configure(server)
            done = self.res_ml("-v", "fields")
        told = [line for line in done.stderr.splitlines() if "attempt" in line]
        self.assertEqual(told, [
            f'127.0.0.1: GET /rest/session: answered 503: "later"; attempt {i} of 5, again in 0.0 s'
            for i in (1, 2)
        ])  # fmt: skip
        self.assertEqual(done.stdout, LISTED)


class Tls(PlatformCase):
    def refusal(self, certificate: trustme.LeafCert, **more: str) -> str:
        """What is said about this certificate; nothing secret may have been sent."""
        with self.serve(certificate=certificate) as server:
            self.configure(server, **more)
            done = self.res_ml("fields")
        self.assertEqual((done.returncode, done.stdout, server.asked), (1, "", []))
        prefix = "127.0.0.1: GET /rest/session: "
        self.assertTrue(done.stderr.startswith(prefix), done.stderr)
        told = without_numbers(done.stderr[len(prefix) : -1])
        return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", "TIME", told)

    def test_a_bad_certificate_is_refused_and_named(self) -> None:
        good = self.authority
        self.assertEqual(
            self.refusal(
                good.issue_cert(
                    *HOSTS, common_name="soar", not_before=LONG_AGO, not_after=YESTERDAY
                )
            ),
            'certificate "CN=soar" issued by "O=Test CA" expired on TIME',
        )
        self.assertEqual(
            self.refusal(
                good.issue_cert(
                    *HOSTS, common_name="soar", not_before=TOMORROW, not_after=IN_A_LONG_TIME
                )
            ),
            'certificate "CN=soar" issued by "O=Test CA" is not valid before TIME; is this '
            "machine's clock right?",
        )
        self.assertEqual(
            self.refusal(
                trustme.CA(organization_name="Other CA").issue_cert(*HOSTS, common_name="soar")
            ),
            'certificate "CN=soar" issued by "O=Other CA" comes from an authority that is not '
            "trusted here; name the right one's certificate with cafile",
        )
        self.assertEqual(
            self.refusal(self_signed("me")),
            'certificate "O=me" issued by "O=me" is self-signed and not trusted here; if it is '
            "the right one, name it with cafile",
        )
        self.assertEqual(
            self.refusal(good.issue_cert("10.1.2.3", common_name="soar")),
            'certificate "CN=soar" issued by "O=Test CA" is for IP Address:10.1.2.3, not for '
            "127.0.0.1",
        )

    def test_cafile_false_is_warned_of_each_time(self) -> None:
        with self.serve(certificate=self_signed("me")) as server:
            self.configure(server, cafile="False")
            done = self.res_ml("fields")
        self.assertEqual(done.stdout, LISTED)
        self.assertRegex(
            done.stderr,
            r"^warning: .*ml\.config: cafile = false: the certificate of 127\.0\.0\.1 is not "
            r"checked; anybody in between can read along\n",
        )

    def test_a_client_certificate_is_shown(self) -> None:
        pem = self.folder / "client.pem"
        client = self.authority.issue_cert(*HOSTS, common_name="client")
        client.private_key_and_cert_chain_pem.write_to_path(str(pem))
        with self.serve(client_ca=self.folder / "ca.pem") as server:
            self.configure(server)
            self.assertEqual(self.res_ml("fields").returncode, 1)
            self.configure(server, client_auth_cert=str(pem), client_auth_key=str(pem))
            self.assertEqual(self.res_ml("fields").stdout, LISTED)

    def test_a_redirect_is_not_followed(self) -> None:
        with self.serve() as other:
            address = f"https://127.0.0.1:{other.port}/rest/session"
            with self.serve(lambda _: Answer(302, headers=[("Location", address)])) as server:
                self.configure(server)
                done = self.res_ml("fields")
        self.assertEqual((done.returncode, other.asked), (1, []))
        self.assertIn(
            f'answered 302, a redirect to "{address}", which is not followed', done.stderr
        )

    def test_a_proxy_that_refuses_is_named(self) -> None:
        with serve(lambda _: Answer(407)) as proxy, self.serve() as server:
            self.configure(server, proxy_host="http://127.0.0.1", proxy_port=proxy.port)
            done = self.res_ml("doctor")
        self.assertEqual((done.returncode, server.asked), (1, []))
        self.assertEqual([one.method for one in proxy.asked], ["CONNECT"])
        self.assertIsNone(proxy.asked[0].header("authorization"))
        self.assertIn("FAILED  proxy: CONNECT tunnel failed, response 407; check "
                      "proxy_host, proxy_port and its log-in\n", done.stdout)  # fmt: skip


class Bounds(PlatformCase):
    def test_an_endless_answer_ends_with_an_error(self) -> None:
        with self.serve(lambda _: (Answer(), ENDLESS)) as server:
            self.configure(server)
            done = self.res_ml("fields")
        self.assertEqual(
            (done.returncode, done.stderr),
            (1, "127.0.0.1: GET /rest/session: the answer is larger than 256 MB\n"),
        )

    def test_ctrl_c_ends_a_wait(self) -> None:
        with self.serve(lambda _: (Answer(), SILENT)) as server:
            self.configure(server)
            process = subprocess.Popen([RES_ML, "fields"], cwd=self.folder, text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
            self.assertTrue(server.arrived.wait(30))
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=30)  # by itself it waits for a minute
        self.assertEqual((process.returncode, told), (130, "stopped\n"))


class Doctor(PlatformCase):
    def masked(self, text: str, port: int) -> str:
        text = (
            without_numbers(text)
            .replace(str(port), "PORT")
            .replace(str(self.folder.resolve()), "PATH")
        )
        text = re.sub(r"clock: [01] s", "clock: N s", text)
        return re.sub(r"ends [-\d]+ [:\d]+Z", "ends TIME", text)

    def test_everything_is_well(self) -> None:
        self.write_incidents()
        self.build()
        with self.serve() as server:
            self.configure(server)
            done = self.res_ml("doctor", "-i", "m.ml")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.masked(done.stdout, server.port), HEALTHY)
        # The form of an incident that a download reads.
        (page,) = (asked.target for asked in server.asked if "query_paged" in asked.target)
        self.assertTrue(page.endswith("/query_paged?field_handle=-1&return_level=full"), page)

    def failures(self, *args: str) -> list[str]:
        done = self.res_ml("doctor", *args)
        self.assertEqual(done.returncode, 1)
        failed = [line[8:] for line in done.stdout.splitlines() if line.startswith("FAILED")]
        self.assertEqual(
            done.stderr.splitlines()[-1], f"doctor: {len(failed)} of the checks failed"
        )
        return failed

    def test_each_failure_has_its_line(self) -> None:
        with self.serve() as server:
            self.configure(server, host="no-such-host.invalid")
            (name,) = self.failures()
            self.configure(server, org="Other")
            (log_in,) = self.failures()
        (connection,) = self.failures()
        self.assertRegex(name, r"^name: .*no-such-host\.invalid; check host in the configuration")
        self.assertRegex(
            connection, r"^connection: .* port \d+ .*; check port, firewall and proxy$"
        )
        self.assertEqual(
            log_in.partition("; set org")[0],
            'log-in: 127.0.0.1: this log-in is not a member of organization "Other"; the '
            'organizations are "Demo Org"',
        )

    def test_what_the_platform_does_not_allow_or_have_is_named(self) -> None:
        def restricted(asked: Request) -> Answer:
            if "query_paged" in asked.target:
                return error_answer(403, "not you")
            if "types" in asked.target:
                return json_answer({"fields": {"kind": {"name": "kind"}}})
            return platform(asked)

        def confused(asked: Request) -> Answer:
            if "query_paged" in asked.target:
                return json_answer({"data": None})
            answer = platform(asked)
            answer.headers.append(("Date", "Sat, 01 Jan 2000 00:00:00 GMT"))
            return answer

        with self.serve(confused) as server:
            self.configure(server)
            clock, listed = self.failures()
        self.assertRegex(
            clock, r"^clock: the server's clock is \d+ s behind this machine's; set the wrong one, "
            r"or dates are off$",
        )  # fmt: skip
        self.assertEqual(
            listed, "incidents: the list of incidents was answered with something else"
        )
        self.write_incidents()
        self.build()
        with self.serve(restricted) as server:
            self.configure(server)
            incidents, model = self.failures("-i", "m.ml")
        self.assertEqual(
            incidents,
            "incidents: 127.0.0.1: POST /rest/orgs/201/incidents/query_paged: answered 403: "
            '"not you"; give the API key the permission to read incidents and fields',
        )
        self.assertEqual(
            model,
            "model's fields: not on the platform: confirmed, false_positive; build the model again "
            "without them",
        )


KEYRING = """\
import json, os
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 9

    def get_password(self, service, username):
        with open("environment.json", "w") as file:
            json.dump(dict(os.environ), file)
        return {("_", "secret name"): "SECRET"}.get((service, username))

    def set_password(self, service, username, password):
        raise NotImplementedError
"""


class Secrets(PlatformCase):
    def test_the_key_store_is_asked_and_nothing_leaks(self) -> None:
        self.write("test_keyring.py", KEYRING.replace("SECRET", KEY_SECRET))
        environment = {
            **os.environ, "KEY_ID": KEY_ID, "PYTHON_KEYRING_BACKEND": "test_keyring.Keyring",
            "PYTHONPATH": str(self.folder),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }  # fmt: skip
        with self.serve() as server:
            self.configure(server, "api_key_id = ${KEY_ID}\napi_key_secret = ^secret name\n")
            done = self.res_ml_in(environment, "-v", "fields")
            self.assertEqual((done.returncode, done.stdout), (0, LISTED), done.stderr)
        self.assertEqual(len(server.asked), 2)
        seen = json.loads((self.folder / "environment.json").read_text())
        self.assertNotIn("KEY_ID", seen)
        self.assertNotIn(KEY_ID, str(seen))
        self.assertNotIn(KEY_SECRET, done.stdout + done.stderr)
        for path in self.folder.rglob("*"):
            if path.is_file() and path.stem.partition(".")[0] != "test_keyring":
                self.assertNotIn(KEY_SECRET.encode(), path.read_bytes(), path)

    def test_without_python_the_way_out_is_named(self) -> None:
        empty = self.folder / "empty"
        empty.mkdir()
        program = shutil.copy(RES_ML, empty / "res-ml")
        with self.serve() as server:
            self.configure(server, f"api_key_id = {KEY_ID}\napi_key_secret = ^name\n")
            done = self.res_ml_in({"PATH": str(empty)}, "fields", program=Path(program))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(
            done.stderr,
            r'ml\.config:8: key "api_key_secret": the key store cannot be asked: python3: No such '
            r"file or directory; write \$NAME instead and set the environment variable of that "
            r"name\n$",
        )


class Plugin(PlatformCase):
    def test_help_loads_no_libcurl(self) -> None:
        loaded = self.res_ml_in({"LD_DEBUG": "files"}, "--help").stderr
        self.assertIn("libc.so", loaded)
        self.assertNotIn("curl", loaded)
        self.assertNotIn("resml_remote", loaded)

    def test_a_program_without_its_plugin_says_so(self) -> None:
        alone = Path(shutil.copy(RES_ML, self.folder / "res-ml"))
        with self.serve() as server:
            self.configure(server)
            done = self.res_ml_in({}, "fields", program=alone)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(
            done.stderr,
            r"^resml_remote\.so: not found in .*; reinstall fn_machine_learning, or name its folder "
            r"with RESML_PLUGIN_DIR\n$",
        )
