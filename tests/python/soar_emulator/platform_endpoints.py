"""Session, organization, constants, types and fields."""

from typing import Any

from .message import Answer, RefusedError, json_answer
from .platform import VERSION, Platform
from .routes import Call, route
from .sessions import COOKIE


def session_body(call: Call, **more: object) -> dict[str, object]:
    account = call.platform.settings.account
    return {
        "orgs": call.platform.orgs(call.fault), "session_ip": "127.0.0.1", "is_saml": False,
        "is_ldap": False, "saml_alias": None, "user_fname": "Ann", "user_lname": "Analyst",
        "user_email": account.email, "x_unknown": {}, **more,
    }  # fmt: skip


@route("GET", "/rest/session", is_open=True)
def session_by_api_key(call: Call) -> Answer:
    """With an API key this is the log-in; with a cookie it shows who is logged in."""
    sessions = call.platform.sessions
    if call.request.header("authorization") is None:
        sessions.check(call.request)
        return json_answer(session_body(call, user_id=3))
    sessions.check_api_key(call.request)
    sessions.count_api_key()
    return json_answer(session_body(call, api_key_handle=27, user_id=None))


@route("POST", "/rest/session", is_open=True)
def session_by_email(call: Call) -> Answer:
    given = call.request.json_object()
    cookie, token = call.platform.sessions.log_in(given.get("email"), given.get("password"))
    answer = json_answer(session_body(call, csrf_token=token, user_id=3))
    answer.headers.append(("Set-Cookie", f"{COOKIE}={cookie}; Path=/; Secure; HttpOnly"))
    return answer


@route("GET", "/rest/const")
def const(call: Call) -> Answer:
    major, minor, *_, build = VERSION.split(".")
    number = {"major": int(major), "minor": int(minor), "build_number": int(build)}
    return json_answer({
        "server_version": {**number, "version": VERSION},
        "input_types": {"text": {"id": 1}, "number": {"id": 2}, "select": {"id": 3}},
        "actions_framework": {
            "enabled": True,
            "action_types": {"0": "Automatic", "1": "Manual"},
            "action_object_types": {"0": "Incident", "1": "Task", "2": "Note", "3": "Milestone",
                                    "4": "Artifact", "5": "Attachment"},
            "destination_types": {"0": "Queue", "1": "Topic"},
            "action_invocation_statuses": {"0": "Complete", "1": "Pending", "2": "Error",
                                           "3": "Timed Out"},
            "action_invocation_message_types": {"0": "Information", "1": "Error", "2": "Warning"},
        },
        "max_page_size": call.platform.settings.max_page_size, "max_attachment_mb": 25,
        "x_unknown": None,
    })  # fmt: skip


@route("GET", "")
def organization(call: Call) -> Answer:
    org = call.platform.org
    return json_answer({
        "id": org.id, "name": org.name, "uuid": org.uuid, "enabled": True,
        "actions_framework_enabled": True, "has_available_twofactor": False, "x_unknown": 1,
    })  # fmt: skip


def incident_type(platform: Platform) -> dict[str, Any]:
    return {
        "id": 0, "type_id": 0, "type_name": "incident", "display_name": "Incident",
        "uuid": "32ba7b6c-2b6e-4e8a-8d26-0e1a2b3c4d5e", "parent_types": [], "properties": {},
        "actions": [], "scripts": [], "playbooks": [], "tags": [], "for_actions": True,
        "for_custom_fields": True, "for_notifications": True, "for_workflows": True,
        "x_unknown": [], "fields": {field.name: field.definition() for field in platform.fields},
    }  # fmt: skip


@route("GET", "/types")
def types(call: Call) -> Answer:
    return json_answer({"incident": incident_type(call.platform)})


@route("GET", "/types/{type}")
def type_by_name(call: Call) -> Answer:
    """Its fields are a map by name."""
    if call.parts["type"] not in ("incident", "0"):
        raise RefusedError(404, f"Unable to find Type with name {call.parts['type']}")
    return json_answer(incident_type(call.platform))


@route("GET", "/types/{type}/fields")
def fields(call: Call) -> Answer:
    """A bare list. Functions have inputs as fields; other types than these two have none here."""
    if call.parts["type"] in ("__function", "11"):
        return json_answer(list(call.platform.customizations.inputs))
    if call.parts["type"] not in ("incident", "0"):
        return json_answer([])
    return json_answer([field.definition() for field in call.platform.fields])


@route("GET", "/types/{type}/fields/{field}")
def field_by_name(call: Call) -> Answer:
    """By name or by id."""
    field = call.platform.fields.find(call.parts["field"])
    if field is None or call.parts["type"] not in ("incident", "0"):
        raise RefusedError(404, f"Unable to find Field with ID {call.parts['field']}")
    return json_answer(field.definition())


@route("GET", "/connectors/queues")
def queues(call: Call) -> Answer:
    return json_answer({"queues": [], "org_id": call.platform.org.id})
