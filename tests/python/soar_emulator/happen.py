"""What a fault does to the platform before it answers, and to the answer before it is sent."""

from collections.abc import Callable

from .faults import Fault, FaultKind
from .incidents import Incidents
from .message import Answer, RefusedError, Request, error_answer, html_answer
from .platform import Platform

MESSAGES = {
    FaultKind.UNAUTHORIZED: (401, "Unauthorized"),
    FaultKind.FORBIDDEN: (403, "The user does not have the permission to read incidents"),
    FaultKind.CONFLICT: (409, "The object was changed in the meantime"),
    FaultKind.TOO_MANY_REQUESTS: (429, "Too many requests"),
    FaultKind.SERVER_ERROR: (500, "Internal Server Error"),
    FaultKind.UNAVAILABLE: (503, "The server is starting"),
}
PROXY_PAGES = {
    FaultKind.BAD_GATEWAY: (502, "Bad Gateway"),
    FaultKind.GATEWAY_TIMEOUT: (504, "Gateway Time-out"),
}


def before(platform: Platform, request: Request, fault: Fault) -> None:
    if fault.kind == FaultKind.SESSION_EXPIRED:
        platform.sessions.expire()
    elif fault.kind == FaultKind.CSRF_CHANGED:
        platform.sessions.change_tokens()
    elif fault.kind == FaultKind.ROWS_REPEATED:
        repeat_last_row(platform, request)
    elif fault.kind in ROW_CHANGES and len(platform.incidents):
        ROW_CHANGES[fault.kind](platform.incidents, fault)


def instead(request: Request, fault: Fault, other_url: str) -> Answer | None:
    """An answer for which the platform need not be asked."""
    if fault.kind in MESSAGES:
        answer = error_answer(*MESSAGES[fault.kind])
    elif fault.kind in PROXY_PAGES:
        answer = html_answer(*PROXY_PAGES[fault.kind])
    elif fault.kind == FaultKind.HTML_PAGE:
        answer = html_answer(200, "Log in")
    elif fault.kind == FaultKind.REDIRECT:
        answer = Answer(307, headers=[("Location", other_url + request.target)])
    else:
        return None
    if fault.retry_after is not None:
        answer.headers.append(("Retry-After", fault.retry_after))
    return answer


def after(answer: Answer, fault: Fault) -> Answer:
    if fault.kind == FaultKind.MALFORMED_JSON:
        return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.content_type)
    return answer


def repeat_last_row(platform: Platform, request: Request) -> None:
    """Of the page before the one that is asked for, so that this one begins with it."""
    try:
        asked = request.json_object()
        start, ids = int(asked.get("start") or 0), platform.query.ids(asked)
    except RefusedError:
        return  # the answer says it
    if 0 < start <= len(ids):
        platform.incidents.repeat(ids[start - 1])


def chosen(incidents: Incidents, fault: Fault) -> int:
    """The lowest id is on a page that the client has, where it reads in the order of the ids."""
    return fault.incident_id if fault.incident_id is not None else min(incidents.ids())


def create(incidents: Incidents, _: Fault) -> None:
    """Like one that is there, so that its fields have values."""
    incident = incidents.read(max(incidents.ids()))
    for name in ("id", "vers"):
        del incident[name]
    incidents.add({**incident, "name": "Created meanwhile"})


def change(incidents: Incidents, fault: Fault) -> None:
    number = chosen(incidents, fault)
    incidents.change(number, name=f"Changed meanwhile, {incidents.read(number)['vers']}")


def delete(incidents: Incidents, fault: Fault) -> None:
    incidents.delete(chosen(incidents, fault))


def move(incidents: Incidents, _: Fault) -> None:
    incidents.shuffle(incidents.version)


ROW_CHANGES: dict[FaultKind, Callable[[Incidents, Fault], None]] = {
    FaultKind.ROWS_MOVED: move,
    FaultKind.ROW_CREATED: create,
    FaultKind.ROW_CHANGED: change,
    FaultKind.ROW_DELETED: delete,
}
