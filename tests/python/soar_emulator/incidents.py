"""The incidents of one emulator, kept as compact JSON; may be changed from a test while it runs."""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import orjson

from .built_in_fields import frame
from .fields import FieldMap
from .message import RefusedError

Incident = dict[str, Any]

ORDER_SEED = 20
MODIFIED = "inc_last_modified_date"
DESCRIPTION = '<div>Incident {}, as "reported" from Zürich; see the log</div>'


class Incidents:
    """Threads of the emulator and of the test may call every method.

    The order in which they are listed is arbitrary, and an incident that is changed moves to its
    end: what a client that asks for no order meets when rows live in a database.
    """

    def __init__(
        self,
        org_id: int,
        fields: FieldMap,
        incidents: Iterable[Incident],
        clock_ahead: float = 0,
    ) -> None:
        self.fields = fields
        self._clock_ahead = clock_ahead
        self.lock = threading.RLock()
        self.version = 0  # grows with every change
        self._frame = frame(org_id)
        self._tails: dict[tuple[str, ...], bytes] = {}
        # The values of one incident, and the rest of the frame, which many incidents share.
        self._records: dict[int, tuple[bytes, bytes]] = {}
        self._history: dict[int, list[Incident | None]] = defaultdict(list)
        self._repeated: list[int] = []
        self._last_id = 0
        for incident in incidents:
            self._put(self._complete(incident))
        self.shuffle(ORDER_SEED)

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, incident_id: int) -> bool:
        return incident_id in self._records

    def ids(self) -> list[int]:
        """In the arbitrary order; a repeated incident stands twice."""
        with self.lock:
            ids = list(self._records)
            for repeated in self._repeated:
                if repeated in self._records:
                    ids.insert(ids.index(repeated), repeated)
            return ids

    def encoded(self, incident_id: int) -> bytes:
        """The whole incident, select values as ids."""
        return b"".join(self._record(incident_id))

    def encoded_many(self, ids: Iterable[int]) -> bytes:
        with self.lock:
            return b",".join([b"".join(self._records[i]) for i in ids if i in self._records])

    def values(self, incident_id: int) -> Incident:
        """What differs from other incidents: enough to filter and sort."""
        head = self._record(incident_id)[0]
        return dict(orjson.loads(head + b"}"))

    def read(self, incident_id: int) -> Incident:
        return dict(orjson.loads(self.encoded(incident_id)))

    def add(self, incident: Incident) -> Incident:
        """Without an id it gets the next one."""
        with self.lock:
            complete = self._complete({**incident, MODIFIED: self._now_ms()})
            if complete["id"] in self._records:
                raise ValueError(f"there is an incident {complete['id']} already")
            self._remember(complete["id"])
            self._put(complete)
            return self.read(complete["id"])

    def change(self, incident_id: int, **values: Any) -> Incident:
        """`values` by the names of fields, select values as ids, or whole sections."""
        with self.lock:
            incident = self.read(incident_id)
            for name, value in values.items():
                prefix = self.fields[name].prefix if name in self.fields else None
                (incident[prefix] if prefix else incident)[name] = value
            return self.replace(incident)

    def replace(self, incident: Incident) -> Incident:
        """A complete incident; it gets the next `vers`."""
        with self.lock:
            incident_id = incident["id"]
            self._remember(incident_id)
            del self._records[incident_id]
            self._put({**incident, "vers": incident["vers"] + 1, MODIFIED: self._now_ms()})
            return self.read(incident_id)

    def delete(self, incident_id: int) -> None:
        with self.lock:
            self._remember(incident_id)
            del self._records[incident_id]
            self.version += 1

    def shuffle(self, seed: int) -> None:
        with self.lock:
            items = list(self._records.items())
            random.Random(seed).shuffle(items)
            self._records = dict(items)
            self.version += 1

    def repeat(self, incident_id: int) -> None:
        """From now on every list that holds it holds it twice, one after the other."""
        with self.lock:
            self._repeated.append(incident_id)
            self.version += 1

    def touched(self) -> set[int]:
        """Ids of all that were added, changed or deleted since the start."""
        with self.lock:
            return set(self._history)

    def states(self, incident_id: int) -> list[Incident | None]:
        """All that it was since the start, the last one last; None where it was not there."""
        with self.lock:
            earlier = self._history.get(incident_id, [])
            return [*earlier, self.read(incident_id) if incident_id in self._records else None]

    def _now_ms(self) -> int:
        return int((time.time() + self._clock_ahead) * 1000)

    def _record(self, incident_id: int) -> tuple[bytes, bytes]:
        try:
            return self._records[incident_id]
        except KeyError:
            raise RefusedError(404, f"Unable to find Incident with ID {incident_id}") from None

    def _remember(self, incident_id: int) -> None:
        there = incident_id in self._records
        self._history[incident_id].append(self.read(incident_id) if there else None)

    def _complete(self, incident: Incident) -> Incident:
        incident_id = incident.get("id", self._last_id + 1)
        created = incident.get("create_date", 1_700_000_000_000 + incident_id * 1000)
        return {
            "id": incident_id, "name": f"Incident {incident_id}", "description": DESCRIPTION.format(incident_id),
            "vers": 1, "plan_status": "A", "phase_id": 1004, "owner_id": 3,
            "create_date": created, "discovered_date": created,
            "inc_last_modified_date": created, **incident,
        }  # fmt: skip

    def _put(self, incident: Incident) -> None:
        """At the end of the order."""
        given = {
            name: value
            for name, value in incident.items()
            if name not in self._frame or self._frame[name] != value or name in self.fields
        }
        shape = tuple(given)
        if shape not in self._tails:
            rest = {name: value for name, value in self._frame.items() if name not in given}
            self._tails[shape] = b"," + orjson.dumps(rest)[1:]
        self._records[incident["id"]] = (orjson.dumps(given)[:-1], self._tails[shape])
        self._last_id = max(self._last_id, incident["id"])
        self.version += 1
