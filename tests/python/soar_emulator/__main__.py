"""The emulator as a command, to try a client by hand."""

import argparse
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import get_args

from . import EVERY_TIME, Fault, FaultKind, SoarEmulator
from .emulator import LogIn
from .random_faults import random_faults

WRITTEN_BY = "# Written by the SOAR emulator, which writes it anew.\n"
CONFIG_FILES = ("app.config", "ml.config")

DESCRIPTION = """\
Emulates the REST side of a SOAR platform on 127.0.0.1, over HTTPS, until Ctrl-C.

Writes into the folder what a client needs: ca.pem, the certificate to trust, and app.config and
ml.config, the same file under the two names that clients look for, with a section [resilient].
"""
EXAMPLES = """\
examples:
  %(prog)s --csv tests/data/vcdb/incidents.csv --port 8443 --folder soar
  %(prog)s --csv FILE --fault reset_in_body:4 --fault too_many_requests:2:3
  res-ml download -f soar/ml.config -o incidents.csv

faults:
  """


def parse_fault(text: str) -> Fault:
    """KIND[:AFTER[:TIMES]]"""
    kind, _, numbers = text.partition(":")
    after, _, times = numbers.partition(":")
    try:
        return Fault(
            FaultKind(kind),
            after=int(after or 0),
            times=EVERY_TIME if times == "always" else int(times or 1),
        )
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def parse_arguments() -> argparse.Namespace:
    names = list(FaultKind)
    lines = [", ".join(names[i : i + 4]) for i in range(0, len(names), 4)]
    parser = argparse.ArgumentParser(
        prog="soar_emulator",
        description=DESCRIPTION,
        epilog=EXAMPLES + ",\n  ".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--csv",
        type=Path,
        required=True,
        metavar="FILE",
        help="incidents as a download writes them; each column is a field",
    )
    parser.add_argument("--port", type=int, default=0, help="default: one that is free")
    parser.add_argument(
        "--folder",
        type=Path,
        help="made if it is not there; default: a temporary one, removed at the end",
    )
    parser.add_argument(
        "--log-in",
        choices=get_args(LogIn),
        default="api_key",
        help="how the configuration logs in (default: %(default)s)",
    )
    parser.add_argument(
        "--fault",
        type=parse_fault,
        action="append",
        default=[],
        metavar="KIND[:AFTER[:TIMES]]",
        help="spoil, after so many requests (connections, for certificates), so many of them (1, or always)",
    )
    parser.add_argument(
        "--random-faults",
        type=int,
        metavar="SEED",
        help="a plan of passing and lasting faults; the same seed, the same plan",
    )
    return parser.parse_args()


def write_configuration(soar: SoarEmulator, folder: Path, log_in: LogIn) -> None:
    for name in CONFIG_FILES:
        path = folder / name
        if path.exists() and not path.read_text().startswith(WRITTEN_BY):
            sys.exit(f"soar_emulator: {path}: not written by the emulator; name another --folder")
        soar.app_config(path, log_in, before=WRITTEN_BY)


def main() -> None:
    arguments = parse_arguments()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    faults = list(arguments.fault)
    if arguments.random_faults is not None:
        faults += random_faults(arguments.random_faults, log_in=arguments.log_in).faults
    with tempfile.TemporaryDirectory(prefix="soar-emulator-") as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        with SoarEmulator(arguments.csv, faults=faults, port=arguments.port, folder=folder) as soar:
            write_configuration(soar, folder.resolve(), arguments.log_in)
            print(f"{soar.url} with {len(soar.incidents)} incidents")
            print(f"configuration: {folder.resolve() / CONFIG_FILES[1]}", flush=True)
            stop.wait()
            print(f"{len(soar.requests)} requests over {soar.n_connections} connections")


if __name__ == "__main__":
    try:
        main()
    except OSError as problem:
        sys.exit(f"soar_emulator: {problem}")
