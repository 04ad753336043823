"""Which function answers which method and path."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from .faults import FaultKind
from .message import Answer, RefusedError, Request
from .platform import Platform


@dataclass
class Call:
    """What an endpoint gets to see."""

    platform: Platform
    request: Request
    fault: FaultKind | None
    parts: dict[str, str]  # of the path, as the route names them


Endpoint = Callable[[Call], Answer]


@dataclass
class Route:
    method: str
    pattern: re.Pattern[str]
    endpoint: Endpoint
    is_open: bool  # asks for no session
    in_org: bool


ROUTES: list[Route] = []
ORG_PATH = r"/rest/orgs/(?P<org>[^/]+)"


def route(method: str, path: str, is_open: bool = False) -> Callable[[Endpoint], Endpoint]:
    """`path` begins with /rest, or is below the organization. {name} stands for one part of it."""
    in_org = not path.startswith("/rest")
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
    compiled = re.compile((ORG_PATH if in_org else "") + pattern + "/?")

    def register(endpoint: Endpoint) -> Endpoint:
        ROUTES.append(Route(method, compiled, endpoint, is_open, in_org))
        return endpoint

    return register


def answer_of(platform: Platform, request: Request, fault: FaultKind | None) -> Answer:
    """Finds the route and checks session and organization."""
    prefix = platform.settings.resource_prefix
    path = request.path.removeprefix(prefix)
    if not request.path.startswith(prefix + "/rest"):
        raise RefusedError(404, "Not Found")
    found = [(one, match) for one in ROUTES if (match := one.pattern.fullmatch(path))]
    fitting = [(one, match) for one, match in found if one.method == request.method]
    if not (fitting and fitting[0][0].is_open):
        platform.sessions.check(request)
    if not fitting:
        raise RefusedError(405 if found else 404, "Method Not Allowed" if found else "Not Found")
    one, match = fitting[0]
    if one.in_org and match["org"] != str(platform.org.id):
        raise RefusedError(403, f"Unable to access organization {match['org']}")
    return one.endpoint(Call(platform, request, fault, match.groupdict()))
