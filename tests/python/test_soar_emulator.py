"""The emulator answers as the platform does: judged by the platform's own client, unmodified."""

import contextlib
import csv
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import requests
import resilient
from resilient.patch import Patch

from .command_case import NEW_INCIDENTS, ROOT
from .soar_emulator import Account, Choice, Field, Organization, Settings, SoarEmulator
from .soar_emulator.emulator import LogIn
from .soar_emulator.incident_query import BY_ID
from .soar_emulator.samples import sample_incidents

# The environment of a developer or a build machine must not lead elsewhere.
ENVIRONMENT = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "APP_CONFIG_FILE")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)


@contextlib.contextmanager
def logged_in(soar: SoarEmulator, folder: Path, log_in: LogIn = "api_key") -> Iterator[Any]:
    """The platform's own client, configured by a file as an integration is."""
    client = connected(
        soar.app_config(folder / "app.config", log_in), soar.settings.resource_prefix
    )
    with client.session:
        yield client


def connected(config: Path, prefix: str = "") -> Any:
    # Only the framework of integrations, not this package alone, reads the prefix from the file.
    options = resilient.ArgumentParser(config_file=str(config)).parse_args([])
    options["resource_prefix"] = prefix
    return resilient.get_client(options, request_max_retries=1, max_connection_retries=1)


@pytest.fixture(params=get_args(LogIn))
def client(soar: SoarEmulator, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    with logged_in(soar, tmp_path, request.param) as client:
        yield client


def page(client: Any, start: int = 0, **more: object) -> dict[str, Any]:
    asked = {"start": start, "length": 1000, "sorts": BY_ID, **more}
    answer = client.post("/incidents/query_paged?return_level=full", asked)
    assert isinstance(answer, dict)
    return answer


def ids_of(client: Any, *conditions: dict[str, Any]) -> list[int]:
    return [row["id"] for row in page(client, filters=[{"conditions": list(conditions)}])["data"]]


def test_the_client_logs_in_and_finds_its_organization(soar: SoarEmulator, client: Any) -> None:
    assert client.org_id == soar.settings.org.id
    assert client.actions_enabled is True
    assert client.get_const()["server_version"]["version"].startswith("51.")
    assert soar.sessions.n_logins == 1
    assert soar.n_connections == 1


def test_a_wrong_secret_is_refused(soar: SoarEmulator, tmp_path: Path) -> None:
    config = soar.app_config(tmp_path / "app.config")
    config.write_text(config.read_text().replace(soar.settings.account.api_key_secret, "wrong"))
    with pytest.raises(SystemExit) as end:
        connected(config)
    assert end.value.code == 21


def test_an_organization_that_is_not_there(soar: SoarEmulator, tmp_path: Path) -> None:
    config = soar.app_config(tmp_path / "app.config")
    config.write_text(config.read_text().replace(soar.settings.org.name, "Nowhere"))
    with pytest.raises(Exception, match="not a member of the specified organization 'Nowhere'"):
        connected(config)


def test_an_organization_is_found_by_its_uuid_below_a_prefix(tmp_path: Path) -> None:
    org = Organization(202, "uuid-of-the-org", "uuid-of-the-org")
    settings = Settings(org=org, resource_prefix="/api/respond", account=Account(email="b@c.de"))
    with (
        SoarEmulator(sample_incidents(1), settings=settings) as soar,
        logged_in(soar, tmp_path, "email") as client,
    ):
        assert client.org_id == 202
        assert client.get("/incidents/2001")["id"] == 2001
        assert all(one.request.path.startswith("/api/respond/rest/") for one in soar.requests)


def test_pages_give_every_incident_once_and_as_it_is(soar: SoarEmulator, client: Any) -> None:
    rows: list[dict[str, Any]] = []
    while data := page(client, len(rows))["data"]:
        assert len(data) <= 100
        rows += data
    assert [soar.row(row) for row in rows] == soar.final_rows()
    assert soar.wrong_rows(soar.row(row) for row in rows) == []
    assert page(client)["recordsTotal"] == len(soar.incidents) == 250
    assert rows[0] == client.get(f"/incidents/{rows[0]['id']}")


def test_nothing_is_in_order_unless_asked_for(soar: SoarEmulator, client: Any) -> None:
    listed = [row["id"] for row in page(client, sorts=[])["data"]]
    assert listed != sorted(listed)
    names = list(client.get("/types/incident")["fields"])
    assert names != sorted(names)
    assert "x_unknown" in page(client)["data"][0]
    soar.incidents.change(listed[0], city="Moved")
    assert page(client, sorts=[])["data"][0]["id"] == listed[1]


@pytest.mark.parametrize(
    ("name", "method", "value", "fits"),
    [
        ("id", "gt", 2400, lambda i: i["id"] > 2400),
        ("id", "lte", 2101, lambda i: i["id"] <= 2101),
        ("create_date", "gte", 17 * 10**11, lambda i: i["create_date"] >= 17 * 10**11),
        ("severity_code", "equals", 6, lambda i: i["severity_code"] == 6),
        ("severity_code", "in", ["Low", 5], lambda i: i["severity_code"] in (4, 5)),
        ("incident_type_ids", "contains", "Malware", lambda i: 19 in i["incident_type_ids"]),
        ("properties.site", "equals", "Zürich", lambda i: i["properties"]["site"] == "Zürich"),
        ("properties.site", "contains", "UPPER", lambda i: "upper" in str(i["properties"]["site"])),
        ("properties.score", "lt", 1, lambda i: i["properties"]["score"] in (0.1, 1e-7)),
        ("pii.data_encrypted", "has_a_value", None, lambda i: i["pii"]["data_encrypted"] in (0, 1)),
        ("confirmed", "not_equals", True, lambda i: i["confirmed"] is not True),
    ],
)
def test_conditions(
    soar: SoarEmulator, tmp_path: Path, name: str, method: str, value: object, fits: Any
) -> None:
    condition = {"field_name": name, "method": method, "value": value}
    wanted = sorted(i for i in soar.incidents.ids() if fits(soar.incidents.read(i)))
    assert 0 < len(wanted) < 250
    with logged_in(soar, tmp_path) as client:
        assert ids_of(client, condition) == wanted[:100]


def test_conditions_of_a_filter_are_all_meant_and_filters_any(
    soar: SoarEmulator, client: Any
) -> None:
    low = {"field_name": "severity_code", "method": "equals", "value": 4}
    late = {"field_name": "id", "method": "gt", "value": 2300}
    both = set(ids_of(client, low, late))
    either = page(client, filters=[{"conditions": [low]}, {"conditions": [late]}])
    read = soar.incidents.read
    assert both == {i for i in soar.incidents.ids() if i > 2300 and read(i)["severity_code"] == 4}
    assert either["recordsTotal"] == sum(
        i > 2300 or read(i)["severity_code"] == 4 for i in soar.incidents.ids()
    )


def test_sorts_by_several_fields(client: Any) -> None:
    sorts = [{"field_name": "severity_code", "type": "desc"}, {"field_name": "id", "type": "asc"}]
    rows = [(row["severity_code"], row["id"]) for row in page(client, sorts=sorts)["data"]]
    assert rows == sorted(rows, key=lambda row: (-row[0], row[1]))


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"filters": [{"conditions": [{"field_name": "nope", "method": "equals"}]}]}, "name nope"),
        ({"filters": [{"conditions": [{"field_name": "id", "method": "like"}]}]}, "method like"),
        ({"filters": [{"conditions": [{}]}]}, "Unable to parse the query"),
        ({"start": -1}, "Invalid page"),
    ],
)
def test_a_query_that_cannot_be_is_refused(client: Any, asked: dict[str, Any], says: str) -> None:
    with pytest.raises(resilient.SimpleHTTPException, match=f"Bad Request:.*{says}"):
        client.post("/incidents/query_paged", asked)


def test_forms_of_an_incident(client: Any) -> None:
    where = "/incidents/2001?handle_format="
    ids, names, objects = (client.get(where + form) for form in ("ids", "names", "objects"))
    assert (ids["plan_status"], names["plan_status"]) == ("A", "A")
    assert names["owner_id"] == "analyst@example.com"
    assert objects["severity_code"] == {"id": ids["severity_code"], "name": names["severity_code"]}
    assert [one["name"] for one in objects["incident_type_ids"]] == names["incident_type_ids"]
    converted = client.get("/incidents/2001?text_content_output_format=objects_convert")
    assert converted["description"] == {"format": "html", "content": ids["description"]}
    partial = client.post("/incidents/query_paged", {"length": 1})["data"][0]
    assert len(partial) == 12
    header = {"handle_format": "names"}
    assert client.get("/incidents/2001", headers=header) == names


def test_fields(soar: SoarEmulator, client: Any) -> None:
    by_name = client.get("/types/incident")["fields"]
    listed = client.get("/types/incident/fields")
    assert [field["name"] for field in listed] == list(by_name)
    assert len({field["id"] for field in listed}) == len(listed)
    severity = client.get("/types/incident/fields/severity_code")
    assert severity == client.get(f"/types/incident/fields/{severity['id']}")
    assert (severity["values"][0]["value"], severity["values"][0]["label"]) == (4, "Low")
    assert [v["value"] for v in by_name["plan_status"]["values"]] == ["A", "C"]
    assert by_name["site"]["prefix"] == "properties"
    assert by_name["data_encrypted"]["prefix"] == "pii"
    assert by_name["create_date"]["input_type"] == "datetimepicker"
    assert soar.requests_to("*/types/incident", "GET")


def test_a_patch_changes_and_finds_conflicts(soar: SoarEmulator, client: Any) -> None:
    read = client.get("/incidents/2001?handle_format=names")
    patch = Patch(read)
    patch.add_value("severity_code", "High" if read["severity_code"] == "Low" else "Low")
    patch.add_value("properties.affected_hosts", 777)
    assert client.patch("/incidents/2001", patch).json()["success"] is True
    assert soar.incidents.read(2001)["properties"]["affected_hosts"] == 777
    assert soar.incidents.read(2001)["vers"] == read["vers"] + 1
    assert [number for number, _ in soar.patches()] == [2001]

    stale = Patch(read)
    stale.add_value("properties.affected_hosts", 778)
    with pytest.raises(resilient.PatchConflictException):
        client.patch("/incidents/2001", stale)
    assert soar.incidents.read(2001)["properties"]["affected_hosts"] == 777
    client.patch("/incidents/2001", stale, overwrite_conflict=True)
    assert soar.incidents.read(2001)["properties"]["affected_hosts"] == 778
    assert soar.patches()[1][1]["changes"][0]["new_value"] == {"object": 778}


def test_a_patch_that_cannot_be_is_refused_whole(soar: SoarEmulator, client: Any) -> None:
    before = soar.incidents.read(2001)
    patch = Patch(before)
    patch.add_value("city", "Elsewhere")
    patch.add_value("severity_code", "Apocalyptic")
    with pytest.raises(resilient.SimpleHTTPException, match="Invalid value"):
        client.patch("/incidents/2001", patch)
    closing = Patch(before)
    closing.add_value("plan_status", "C")
    with pytest.raises(resilient.SimpleHTTPException, match="resolution_id"):
        client.patch("/incidents/2001", closing)
    assert soar.incidents.read(2001) == before


def test_get_put_starts_again_after_a_conflict(soar: SoarEmulator, client: Any) -> None:
    seen: list[int] = []

    def rename(incident: dict[str, Any]) -> None:
        if not seen:  # somebody else is quicker
            soar.incidents.change(2001, city="Paris")
        seen.append(incident["vers"])
        incident["name"] = "Renamed"

    made = client.get_put("/incidents/2001", rename)
    assert (made["name"], made["city"], made["vers"]) == ("Renamed", "Paris", 3)
    assert seen == [1, 2]
    assert [one.status for one in soar.requests_to("*/2001", "PUT")] == [409, 200]


def test_incidents_come_and_go(soar: SoarEmulator, client: Any) -> None:
    made = client.post("/incidents", {"name": "New", "discovered_date": 0, "severity_code": "Low"})
    assert made["severity_code"] == 4
    assert client.delete(f"/incidents/{made['id']}") is None
    with pytest.raises(resilient.SimpleHTTPException, match=f"Incident with ID {made['id']}"):
        client.get(f"/incidents/{made['id']}")
    assert soar.incidents.touched() == {made["id"]}
    note = client.post("/incidents/2001/comments", {"text": {"format": "html", "content": "x"}})
    assert client.get("/incidents/2001/comments") == [note]
    assert len(client.search({"query": "incident 2003"})["results"]) == 1


def test_what_the_framework_asks_at_its_start(client: Any) -> None:
    function = client.get("/functions/ml_predict?handle_format=names")
    assert function["destination_handle"] == "fn_machine_learning"
    assert client.get("/types/__function/fields") == []
    assert client.get("/types/actioninvocation/fields") == []
    assert client.get("/actions") == {"entities": []}
    assert client.get("/connectors/queues")["queues"] == []
    with pytest.raises(resilient.SimpleHTTPException, match="Not Found:"):
        client.get("/functions/other")


def test_incidents_of_a_download(tmp_path: Path) -> None:
    with NEW_INCIDENTS.open(newline="", encoding="utf-8") as file:
        cells = {int(row["id"]): row for row in csv.DictReader(file)}
    with SoarEmulator(NEW_INCIDENTS) as soar, logged_in(soar, tmp_path) as client:
        rows = {row["id"]: row for row in page(client)["data"]}
        named = client.get("/incidents/473?handle_format=names")
        fields = client.get("/types/incident")["fields"]
    assert rows.keys() == cells.keys()
    assert {i: str(row["create_date"]) for i, row in rows.items()} == {
        i: row["create_date"] for i, row in cells.items()
    }
    assert named["severity_code"] == cells[473]["severity_code"] == "Low"
    assert str(named["properties"]["data_source_ids"]) == cells[473]["data_source_ids"]
    assert str(named["employee_involved"]) == cells[473]["employee_involved"]
    assert fields["discovery_method"]["input_type"] == "select"
    assert not fields["data_source_ids"]["values"][-1]["enabled"]


def test_fields_of_a_test(tmp_path: Path) -> None:
    choices = (Choice(31, "A"), Choice(32, "B", enabled=False))
    field = Field(1700, "grade", "select", "Grade", "properties", choices=choices)
    incidents = [{"id": 5, "properties": {"grade": 32}}]
    with (
        SoarEmulator(incidents, fields=[field]) as soar,
        logged_in(soar, tmp_path) as client,
    ):
        assert client.get("/incidents/5?handle_format=names")["properties"]["grade"] == "B"
        assert soar.final_rows()[0]["grade"] == "32"


def test_an_incident_in_no_organization_of_the_user(client: Any) -> None:
    client.org_id = 999
    with pytest.raises(resilient.SimpleHTTPException, match="Forbidden:"):
        client.get("/incidents/2001")


def test_without_a_session_nothing_is_said(soar: SoarEmulator) -> None:
    with requests.Session() as session:
        answer = session.get(soar.org_url + "/incidents/2001", verify=str(soar.ca_file))
        assert (answer.status_code, answer.json()["success"]) == (401, False)
        login = {"email": "analyst@example.com", "password": "wrong"}
        answer = session.post(soar.url + "/rest/session", json=login, verify=str(soar.ca_file))
        assert answer.status_code == 401
        assert "Invalid user name or password" in answer.json()["message"]


def test_a_session_ends_in_its_time(tmp_path: Path) -> None:
    settings = Settings(session_lifetime=0)
    with SoarEmulator(settings=settings) as soar:
        config = soar.app_config(tmp_path / "app.config", "email")
        with pytest.raises(SystemExit) as end:
            connected(config)  # the second request is refused
        assert end.value.code == 21
        assert [one.status for one in soar.requests] == [200, 401]


def test_the_command_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.python.soar_emulator", "--csv", str(NEW_INCIDENTS)]
    command += ["--folder", str(tmp_path / "soar"), "--fault", "server_error:3"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with process, contextlib.ExitStack() as on_failure:
        on_failure.callback(process.kill)
        assert process.stdout is not None
        url = process.stdout.readline().split()[0]
        assert process.stdout.readline() == f"configuration: {tmp_path / 'soar' / 'ml.config'}\n"
        client = connected(tmp_path / "soar" / "app.config")
        with client.session:
            assert client.base_url == url
            assert client.get("/incidents/473")["id"] == 473
            with pytest.raises(resilient.SimpleHTTPException, match="Internal Server Error:"):
                client.get("/incidents/473")
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "4 requests over 1 connections\n"
        on_failure.pop_all()
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["--csv", "no.csv"], 1, "soar_emulator: [Errno 2] No such file or directory: 'no.csv'\n"),
        (["--csv", "no.csv", "--fault", "x:1"], 2,
         "soar_emulator: error: argument --fault: 'x' is not a valid FaultKind\n"),
    ],
)  # fmt: skip
def test_the_command_says_what_is_wrong(arguments: list[str], status: int, says: str) -> None:
    command = [sys.executable, "-m", "tests.python.soar_emulator", *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == status
    assert result.stderr.endswith(says)
    assert "Traceback" not in result.stderr


def test_the_command_overwrites_nobodys_configuration(tmp_path: Path) -> None:
    (tmp_path / "app.config").write_text("[resilient]\nhost = production\n")
    command = [sys.executable, "-m", "tests.python.soar_emulator", "--csv", str(NEW_INCIDENTS)]
    result = subprocess.run(
        [*command, "--folder", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr == (
        f"soar_emulator: {tmp_path / 'app.config'}: not written by the emulator; name another --folder\n"
    )
