"""An emulator of the REST side of the platform, over HTTPS, with switches for what can go wrong."""

from .emulator import Recorded, SoarEmulator
from .faults import EVERY_TIME, QUERY_PAGED, SESSION, Fault, FaultKind
from .fields import Choice, Field
from .message import Request
from .platform import Organization, Settings
from .random_faults import FaultPlan, Outcome, random_faults
from .sessions import Account

__all__ = [
    "EVERY_TIME", "QUERY_PAGED", "SESSION", "Account", "Choice", "Fault", "FaultKind", "FaultPlan",
    "Field", "Organization", "Outcome", "Recorded", "Request", "Settings", "SoarEmulator",
    "random_faults",
]  # fmt: skip
