"""What integrations bring along: functions with their inputs, workflows, rules, message
destinations, and custom fields of the incident."""

import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from .fields import Field, FieldMap
from .message import RefusedError

Thing = dict[str, Any]

INCIDENT, FUNCTION = 0, 11  # types that a field may belong to
PENDING, ACCEPTED, REJECTED = "PENDING", "ACCEPTED", "REJECTED"
MEMBERS = ("users", "api_keys")  # of a message destination: who may read its queue
CALLED_FUNCTION = re.compile(r'<resilient:function uuid="([^"]+)"')


class Shelf:
    """Things of one kind by name. Each gets an id that only this platform knows it by."""

    def __init__(self, key: str, first_id: int, id_key: str = "id") -> None:
        self._key = key
        self._id_key = id_key
        self._next_id = first_id
        self._things: dict[str, Thing] = {}

    def __iter__(self) -> Iterator[Thing]:
        return iter(list(self._things.values()))

    def find(self, name_or_id: object) -> Thing | None:
        wanted = str(name_or_id)
        by_id = (one for one in self if str(one[self._id_key]) == wanted)
        return self._things.get(wanted) or next(by_id, None)

    def put(self, thing: Thing, kept: tuple[str, ...] = ()) -> None:
        """One of the same name is renewed: its id stays, and `kept` of it."""
        name = thing[self._key]
        there = self._things.get(name)
        if there is None:
            there = {self._id_key: self._next_id}
            self._next_id += 1
        stays = {key: there[key] for key in (self._id_key, *kept) if key in there}
        self._things[name] = {**thing, **stays}


def plain_destination(queue: str) -> Thing:
    return {
        "programmatic_name": queue, "name": queue, "export_key": queue, "uuid": None,
        "expect_ack": True, "destination_type": 0, "users": [3], "api_keys": [27],
    }  # fmt: skip


def plain_function(name: str, queue: str) -> Thing:
    return {
        "name": name, "display_name": name, "description": None, "destination_handle": queue,
        "uuid": None, "version": 1, "view_items": [], "workflows": [], "tags": [],
        "last_modified_time": 1_700_000_000_000,
    }  # fmt: skip


class Customizations:
    """`functions` are there from the start, without inputs, each with the name of its queue; the
    rest comes with imports. Threads may call every method."""

    def __init__(self, fields: FieldMap, functions: Mapping[str, str]) -> None:
        self._fields = fields
        self._lock = threading.Lock()
        self._imports: dict[int, tuple[Thing, Thing]] = {}  # what was answered, and what came
        self.destinations = Shelf("programmatic_name", 9)
        self.functions = Shelf("name", 1)
        self.inputs = Shelf("name", 501)
        self.workflows = Shelf("programmatic_name", 31, "workflow_id")
        self.rules = Shelf("name", 45)
        for queue in sorted(set(functions.values())):
            self.destinations.put(plain_destination(queue))
        for name, queue in functions.items():
            self.functions.put(plain_function(name, queue))

    def offer(self, document: Thing) -> Thing:
        """An export, checked; nothing changes before somebody accepts it."""
        self._check(document)
        with self._lock:
            number = len(self._imports) + 1
            answer = {"id": number, "status": PENDING, "messages": [], "x_unknown": None}
            self._imports[number] = (answer, document)
            return answer

    def decide(self, number: int, status: object) -> Thing:
        with self._lock:
            if number not in self._imports:
                raise RefusedError(404, f"Unable to find Import with ID {number}")
            answer, document = self._imports[number]
            if answer["status"] != PENDING or status not in (ACCEPTED, REJECTED):
                raise RefusedError(400, f"Unable to change the import from {answer['status']}")
            if status == ACCEPTED:
                self._take(document)
            decided = {**answer, "status": status}
            self._imports[number] = (decided, document)
            return decided

    def change_destination(self, number: str, thing: Thing) -> Thing:
        with self._lock:
            there = self.destinations.find(number)
            if there is None:
                raise RefusedError(404, f"Unable to find MessageDestination with ID {number}")
            self.destinations.put(
                {**there, **thing, "programmatic_name": there["programmatic_name"]}
            )
            return {**there, **thing}

    def _check(self, document: Thing) -> None:
        """A platform takes no export whose parts do not fit together, and none without an incident
        type and a field."""
        for kind in ("incident_types", "fields"):
            if not document.get(kind):
                raise RefusedError(400, f"The import has no {kind}")
        uuids = {field.get("uuid") for field in document["fields"]}
        queues = {one["programmatic_name"] for one in document.get("message_destinations", [])}
        queues |= {one["programmatic_name"] for one in self.destinations}
        for function in document.get("functions", []):
            need(queues, "message destination", [function["destination_handle"]])
            need(uuids, "field", [item["content"] for item in function["view_items"]])
        functions = {one["uuid"] for one in document.get("functions", [])}
        for workflow in document.get("workflows", []):
            need(functions, "function", CALLED_FUNCTION.findall(workflow["content"]["xml"]))
        workflows = {one["programmatic_name"] for one in document.get("workflows", [])}
        for rule in document.get("actions", []):
            need(workflows, "workflow", rule["workflows"])

    def _take(self, document: Thing) -> None:
        for destination in document.get("message_destinations", []):
            self.destinations.put(destination, kept=MEMBERS)
        for field in document["fields"]:
            if field["type_id"] == FUNCTION:
                self.inputs.put(field)
            elif field["type_id"] == INCIDENT and not field["internal"]:
                self._fields.add(incident_field(field))
        for kind, shelf in (
            ("functions", self.functions), ("workflows", self.workflows), ("actions", self.rules),
        ):  # fmt: skip
            for thing in document.get(kind, []):
                shelf.put(thing)


def need(known: set[str], kind: str, names: list[str]) -> None:
    for name in names:
        if name not in known:
            raise RefusedError(400, f"The import refers to a {kind} {name} that is not there")


def incident_field(thing: Thing) -> Field:
    return Field(
        0, thing["name"], thing["input_type"], thing["text"], thing["prefix"],
        tooltip=thing.get("tooltip", ""), uuid=thing["uuid"],
    )  # fmt: skip
