"""An emulator of the REST side of the platform, over HTTPS, with switches for what can go wrong."""

from .emulator import Recorded, SoarEmulator
from .faults import EVERY_TIME, QUERY_PAGED, SESSION, Fault, FaultKind
from .fields import Choice, Field
from .message import Request
from .platform import Organization, Settings
from .sessions import Account

__all__ = [
    "EVERY_TIME", "QUERY_PAGED", "SESSION", "Account", "Choice", "Fault", "FaultKind", "Field",
    "Organization", "Recorded", "Request", "Settings", "SoarEmulator",
]  # fmt: skip
