"""What an import brings, and what of it the framework asks for at its start."""

from .customizations import Shelf, Thing
from .message import Answer, RefusedError, json_answer
from .routes import Call, route


@route("POST", "/configurations/imports")
def offer(call: Call) -> Answer:
    """Checked and kept, but not used before the same is sent again with the status ACCEPTED."""
    return json_answer(call.platform.customizations.offer(call.request.json_object()))


@route("PUT", "/configurations/imports/{import}")
def decide(call: Call) -> Answer:
    number = call.parts["import"]
    status = call.request.json_object().get("status")
    return json_answer(
        call.platform.customizations.decide(int(number) if number.isdigit() else 0, status)
    )


@route("GET", "/message_destinations")
def message_destinations(call: Call) -> Answer:
    return json_answer({"entities": list(call.platform.customizations.destinations)})


@route("GET", "/message_destinations/{destination}")
def message_destination(call: Call) -> Answer:
    shelf = call.platform.customizations.destinations
    return json_answer(found(shelf, call.parts["destination"], "MessageDestination"))


@route("PUT", "/message_destinations/{destination}")
def change_message_destination(call: Call) -> Answer:
    thing = call.request.json_object()
    number = call.parts["destination"]
    return json_answer(call.platform.customizations.change_destination(number, thing))


@route("GET", "/functions")
def functions(call: Call) -> Answer:
    every = call.platform.customizations.functions
    return json_answer({"entities": [function_body(call, one) for one in every]})


@route("GET", "/functions/{function}")
def function_by_name(call: Call) -> Answer:
    shelf = call.platform.customizations.functions
    return json_answer(function_body(call, found(shelf, call.parts["function"], "Function")))


def function_body(call: Call, function: Thing) -> Thing:
    """Its destination by name where names are asked for, else by id."""
    if call.request.option("handle_format") == "names":
        return function
    destination = call.platform.customizations.destinations.find(function["destination_handle"])
    return {**function, "destination_handle": destination and destination["id"]}


@route("GET", "/actions")
def rules(call: Call) -> Answer:
    return json_answer({"entities": list(call.platform.customizations.rules)})


@route("GET", "/workflows")
def workflows(call: Call) -> Answer:
    return json_answer({"entities": list(call.platform.customizations.workflows)})


def found(shelf: Shelf, name: str, kind: str) -> Thing:
    thing = shelf.find(name)
    if thing is None:
        raise RefusedError(404, f"Unable to find {kind} with ID {name}")
    return thing
