"""Plans of faults out of a seed, and what may be expected of a client that meets one."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from .emulator import LogIn
from .faults import EVERY_TIME, QUERY_PAGED, ROW_FAULTS, Fault, FaultKind

K = FaultKind

N_REQUESTS = 8  # passing faults begin at one of so many
N_PAGES = 3  # lasting ones at one of so many; a download needs to ask for these at least
MAX_FAULTS = 4


class Outcome(StrEnum):
    """What a good client makes of a plan when it downloads all incidents."""

    SUCCESS = "success"  # it tries again, and the result is whole and right
    EITHER = "either"  # it may try again or give up; what it writes is whole and right
    FAILURE = "failure"  # it gives up, says why, and leaves no half result


@dataclass(frozen=True)
class FaultPlan:
    seed: int
    outcome: Outcome
    faults: tuple[Fault, ...]


# Soon over, and known as such by the client.
PASSING = (
    K.TOO_MANY_REQUESTS, K.BAD_GATEWAY, K.UNAVAILABLE, K.GATEWAY_TIMEOUT, K.RESET_BEFORE_ANSWER,
    K.CLOSE_BEFORE_ANSWER, K.STALL_BEFORE_ANSWER, K.RESET_IN_BODY, K.STALL_IN_BODY,
    K.LENGTH_TOO_LONG, K.SLOW_BYTES, K.ROWS_MOVED, K.ROW_CREATED, K.ROW_DELETED, K.ROW_CHANGED,
    K.ROWS_REPEATED,
)  # fmt: skip
# The answer comes, and comes whole.
LETTING_THROUGH = ROW_FAULTS | {K.SLOW_BYTES}
# Soon over after another log-in, which an API key does not have.
PASSING_WITH_LOG_IN = (K.SESSION_EXPIRED, K.CSRF_CHANGED)
# Soon over, but a client cannot know it.
DOUBTFUL = (
    K.SERVER_ERROR, K.TRUNCATED_GZIP, K.MALFORMED_JSON, K.HTML_PAGE, K.LENGTH_TOO_SHORT,
    K.UNAUTHORIZED, K.CONFLICT,
)  # fmt: skip
# For as long as it lasts nothing helps.
LASTING = (
    K.UNAUTHORIZED, K.FORBIDDEN, K.SERVER_ERROR, K.UNAVAILABLE, K.RESET_IN_BODY, K.LENGTH_TOO_LONG,
    K.TRUNCATED_GZIP, K.ENDLESS_BODY, K.MALFORMED_JSON, K.HTML_PAGE, K.REDIRECT,
)  # fmt: skip
LASTING_FROM_THE_START = (
    K.UNKNOWN_ORG, K.DISABLED_ORG, K.NO_ORGS, K.EXPIRED_CERTIFICATE, K.FOREIGN_CERTIFICATE,
    K.SELF_SIGNED_CERTIFICATE, K.WRONG_HOST_CERTIFICATE,
)  # fmt: skip


def random_faults(
    seed: int,
    outcome: Outcome | None = None,
    log_in: LogIn = "api_key",
) -> FaultPlan:
    """The same arguments give the same plan. Without `outcome` the seed decides that as well: six
    plans of ten end in success, two in either, two in failure."""
    draw = random.Random(f"{seed} {log_in}")
    drawn = draw.choices(list(Outcome), [6, 2, 2])[0]
    outcome = outcome or drawn
    passing = PASSING + (PASSING_WITH_LOG_IN if log_in == "email" else ())
    faults = [_passing(draw, draw.choice(passing)) for _ in range(draw.randint(1, MAX_FAULTS))]
    if outcome != Outcome.SUCCESS:
        make = _MAKERS[outcome]
        faults.insert(draw.randint(0, len(faults)), make(draw))
    if outcome == Outcome.FAILURE:
        # What lasts comes before them: a log-in that is only slow would go well.
        faults.sort(key=lambda fault: fault.kind in LETTING_THROUGH)
    return FaultPlan(seed, outcome, tuple(faults))


def _passing(draw: random.Random, kind: FaultKind) -> Fault:
    """Waits are short, so that a thousand plans do not take long."""
    fault = Fault(kind, after=draw.randrange(N_REQUESTS), seconds=draw.uniform(0.01, 0.1))
    if kind in (K.TOO_MANY_REQUESTS, K.UNAVAILABLE):
        fault.times = draw.randint(1, 2)
        fault.retry_after = draw.choice([None, "0", "Thu, 01 Jan 1970 00:00:00 GMT"])
    if kind in (K.RESET_IN_BODY, K.STALL_IN_BODY):
        fault.n_bytes = draw.choice([None, 0, 1, 1000])
    return fault


def _doubtful(draw: random.Random) -> Fault:
    return _passing(draw, draw.choice(DOUBTFUL))


def _lasting(draw: random.Random) -> Fault:
    kind = draw.choice(LASTING + LASTING_FROM_THE_START)
    if kind in LASTING_FROM_THE_START:
        return Fault(kind, times=EVERY_TIME)
    return Fault(kind, path=QUERY_PAGED, after=draw.randrange(N_PAGES), times=EVERY_TIME)


_MAKERS: dict[Outcome, Callable[[random.Random], Fault]] = {
    Outcome.EITHER: _doubtful,
    Outcome.FAILURE: _lasting,
}
