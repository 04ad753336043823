"""Incidents: one, pages of them, new, changed and deleted ones, and their comments."""

import time

import orjson

from .incident_formats import Form, form_of
from .incident_patch import patch_incident, validated
from .incident_query import page_bounds
from .incidents import Incident
from .message import Answer, RefusedError, json_answer
from .routes import Call, route


def incident_id(call: Call) -> int:
    if not call.parts["id"].isdigit() or int(call.parts["id"]) not in call.platform.incidents:
        raise RefusedError(404, f"Unable to find Incident with ID {call.parts['id']}")
    return int(call.parts["id"])


def one_incident(call: Call, number: int) -> Answer:
    form, incidents = form_of(call.request), call.platform.incidents
    if form.is_plain:
        return Answer(body=incidents.encoded(number))
    return json_answer(form.show(incidents.read(number), call.platform.fields))


def rows_body(call: Call, ids: list[int], form: Form) -> bytes:
    """A bare list."""
    incidents = call.platform.incidents
    if form.is_plain:
        return b"[" + incidents.encoded_many(ids) + b"]"
    return orjson.dumps([form.show(incidents.read(one), call.platform.fields) for one in ids])


@route("POST", "/incidents/query_paged")
def query_paged(call: Call) -> Answer:
    """Without a return level rows are partial, with normal and full they are whole incidents.
    `field_handle` and a recordsTotal in the request are taken and not looked at."""
    asked = call.request.json_object()
    form = form_of(call.request, call.request.query.get("return_level"))
    start, end = page_bounds(asked, call.platform.settings.max_page_size)
    with call.platform.incidents.lock:
        ids = call.platform.query.ids(asked)
        rows = rows_body(call, ids[start:end], form)
    total = b'{"recordsTotal":%d,"recordsFiltered":%d,"x_unknown":null,"data":' % (
        len(ids), len(ids),
    )  # fmt: skip
    return Answer(body=total + rows + b"}")


@route("POST", "/incidents/query")
def query(call: Call) -> Answer:
    """The older one without pages: all that fit, as a bare list."""
    form = form_of(call.request, call.request.query.get("return_level"))
    with call.platform.incidents.lock:
        ids = call.platform.query.ids(call.request.json_object())
        return Answer(body=rows_body(call, ids, form))


@route("POST", "/incidents")
def create(call: Call) -> Answer:
    """Asks for a name and the date of discovery."""
    given = call.request.json_object()
    for name in ("name", "discovered_date"):
        if given.get(name) is None:
            raise RefusedError(400, f"The field {name} is required")
    given = {name: value for name, value in given.items() if name not in ("id", "vers")}
    now = {"create_date": int(time.time() * 1000)}
    made = call.platform.incidents.add({**now, **validated(call.platform.fields, given)})
    return one_incident(call, made["id"])


@route("GET", "/incidents/{id}")
def read(call: Call) -> Answer:
    return one_incident(call, incident_id(call))


@route("DELETE", "/incidents/{id}")
def delete(call: Call) -> Answer:
    call.platform.incidents.delete(incident_id(call))
    return Answer(204)


@route("PUT", "/incidents/patch")
def patch_several(call: Call) -> Answer:
    failures = {}
    for number, one in call.request.json_object()["patches"].items():
        status = patch_incident(call.platform, int(number), one)
        if not status["success"]:
            failures[number] = status
    return json_answer({"failures": failures})


@route("PUT", "/incidents/{id}")
def put(call: Call) -> Answer:
    """The whole object with the `vers` that was read; 409 if that is no longer the last one."""
    given = call.request.json_object()
    with call.platform.incidents.lock:
        number = incident_id(call)
        current = call.platform.incidents.read(number)
        if given.get("vers") != current["vers"]:
            raise RefusedError(409, "The incident was changed in the meantime")
        changed: Incident = {**current, **validated(call.platform.fields, given), "id": number}
        call.platform.incidents.replace(changed)
        return one_incident(call, number)


@route("PATCH", "/incidents/{id}")
def patch(call: Call) -> Answer:
    return json_answer(patch_incident(call.platform, incident_id(call), call.request.json_object()))


@route("GET", "/incidents/{id}/comments")
def comments(call: Call) -> Answer:
    return json_answer(call.platform.comments.get(incident_id(call), []))


@route("POST", "/incidents/{id}/comments")
def add_comment(call: Call) -> Answer:
    every = call.platform.comments.setdefault(incident_id(call), [])
    every.append({"id": len(every) + 1, "text": call.request.json_object().get("text")})
    return json_answer(every[-1])


@route("POST", "/rest/search_ex")
def search(call: Call) -> Answer:
    """Looks for the words in names and descriptions of incidents."""
    words = str(call.request.json_object().get("query", "")).casefold().split()
    incidents = call.platform.incidents
    found = []
    for number in sorted(set(incidents.ids())):
        values = incidents.values(number)
        text = f"{values.get('name')} {values.get('description')}".casefold()
        if words and all(word in text for word in words):
            found.append({"id": number, "type_id": 0, "type_name": "incident", "inc_id": number,
                          "inc_name": values.get("name"), "org_id": call.platform.org.id,
                          "result": incidents.read(number)})  # fmt: skip
    return json_answer({"results": found, "more_results": False})
