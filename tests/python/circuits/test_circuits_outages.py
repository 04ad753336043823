"""What goes away while calls run: the broker, the platform, resilient-circuits itself."""

from ..soar_emulator import EVERY_TIME, Fault, FaultKind
from .conftest import MODEL, Expected, check_each_answered_once, refusal_of
from .rig import N_WORKERS, Rig

INCIDENTS = "*/incidents/*"


def some_ids(rig: Rig, count: int) -> list[int]:
    return sorted(rig.soar.incidents.ids())[:count]


def ask(rig: Rig, ids: list[int]) -> dict[str, int]:
    """Incidents by the calls that ask for them."""
    with rig.workflow.connect() as connection:
        return {
            rig.workflow.call(connection, ml_incident_id=number, ml_model_file=MODEL): number
            for number in ids
        }


def test_a_broker_that_restarts_while_calls_run(rig: Rig, expected: dict[str, Expected]) -> None:
    """What ends while the broker is away is told when it is back."""
    rig.soar.faults.add(Fault(FaultKind.SLOW_BYTES, path=INCIDENTS, times=N_WORKERS, seconds=4))
    asked = ask(rig, some_ids(rig, 3 * N_WORKERS))
    rig.workflow.wait_for_start(list(asked)[:N_WORKERS])
    rig.broker.stop()
    for _ in range(N_WORKERS):
        rig.circuits.wait_for("Returning results")
    rig.broker.start()
    check_each_answered_once(rig, asked, expected[MODEL])


def test_a_platform_that_is_away_for_a_moment(rig: Rig, expected: dict[str, Expected]) -> None:
    with rig.soar.switched_off():
        asked = ask(rig, some_ids(rig, N_WORKERS))
        rig.circuits.wait_for("retrying in")
    check_each_answered_once(rig, asked, expected[MODEL])
    rig.soar.faults.add(Fault(FaultKind.UNAVAILABLE, path=INCIDENTS, times=2))
    check_each_answered_once(rig, ask(rig, some_ids(rig, 1)), expected[MODEL])


def test_a_platform_that_stays_away(rig: Rig, expected: dict[str, Expected]) -> None:
    ids = some_ids(rig, N_WORKERS)
    with rig.soar.switched_off():
        asked = ask(rig, ids)
        rig.workflow.wait_for_all(asked)
    for call, number in asked.items():
        assert refusal_of(rig.workflow.replies(call)) == (
            f"GET /incidents/{number}: no connection to the platform"
        )
    check_each_answered_once(rig, ask(rig, ids), expected[MODEL])


def test_a_platform_that_refuses(rig: Rig, expected: dict[str, Expected]) -> None:
    """More calls than workers: a 401 ends the framework's worker where nobody sees to it."""
    number = some_ids(rig, 1)[0]
    texts = {
        FaultKind.UNAUTHORIZED: "the platform refused the credentials (401); "
        "check api_key_id and api_key_secret in app.config",
        FaultKind.FORBIDDEN: "the platform answered 403 Forbidden: "
        '"The user does not have the permission to read incidents"',
        FaultKind.BAD_GATEWAY: "the platform answered 502 Bad Gateway",
        FaultKind.HTML_PAGE: "the platform's answer is not JSON",
    }
    for kind, text in texts.items():
        rig.soar.faults.add(Fault(kind, path=INCIDENTS, times=EVERY_TIME))
        asked = ask(rig, [number] * (N_WORKERS + 2))
        rig.workflow.wait_for_all(asked)
        rig.soar.faults.clear()
        for call in asked:
            refusal = refusal_of(rig.workflow.replies(call))
            assert refusal == f"GET /incidents/{number}: {text}"
    check_each_answered_once(rig, ask(rig, [number]), expected[MODEL])


def test_a_stop_with_calls_in_flight(rig: Rig, expected: dict[str, Expected]) -> None:
    """They are left to the broker, which gives them to the next start."""
    rig.soar.faults.add(Fault(FaultKind.SLOW_BYTES, path=INCIDENTS, times=N_WORKERS, seconds=20))
    asked = ask(rig, some_ids(rig, 3 * N_WORKERS))
    rig.workflow.wait_for_start(list(asked)[:N_WORKERS])
    assert rig.circuits.stop() == 0
    assert rig.workflow.unanswered(asked) == list(asked)
    rig.soar.faults.clear()
    rig.circuits.start()
    check_each_answered_once(rig, asked, expected[MODEL])


def test_a_stop_between_answers(rig: Rig, expected: dict[str, Expected]) -> None:
    asked = ask(rig, some_ids(rig, 200))
    for n_answered in (20, 80):
        rig.workflow.wait_for_all(list(asked)[:n_answered])
        assert rig.circuits.stop() == 0
        rig.circuits.start()
    check_each_answered_once(rig, asked, expected[MODEL])


def test_a_platform_that_does_not_know_the_key(rig: Rig) -> None:
    process = rig.process()
    process.configure(rig.configuration().replace("api_key_secret = ", "api_key_secret = not-"))
    process.start(wait_for="")
    assert process.wait(60) == 21


def test_a_broker_that_does_not_know_the_key(rig: Rig, expected: dict[str, Expected]) -> None:
    """The framework goes on trying; the app that has the right one is not disturbed."""
    process, account = rig.process(), rig.soar.settings.account
    process.configure(rig.configuration().replace("api_key_secret = ", "api_key_secret = not-"))
    right, account.api_key_secret = account.api_key_secret, f"not-{account.api_key_secret}"
    try:
        process.start(wait_for="password is invalid")
    finally:
        account.api_key_secret = right
    try:
        check_each_answered_once(rig, ask(rig, some_ids(rig, 4)), expected[MODEL])
    finally:
        assert process.stop() == 0
    assert f"not-{right}" not in process.log
