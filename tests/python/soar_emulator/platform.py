"""One platform: an organization, its fields and incidents, who may ask, and what goes wrong."""

from dataclasses import dataclass, field
from typing import Any

from .customizations import Customizations
from .faults import FaultKind
from .fields import FieldMap
from .incident_query import Query
from .incidents import Incidents
from .sessions import Account, Sessions

VERSION = "51.0.9.0.20848"


@dataclass
class Organization:
    id: int = 201
    name: str = "Emulated Org"
    uuid: str = "0f0a6d8e-4a53-4f0c-8f7f-2f3cf2a1c0de"


@dataclass
class Settings:
    """Of the platform, not of what goes wrong with it."""

    org: Organization = field(default_factory=Organization)
    account: Account = field(default_factory=Account)
    session_lifetime: float = 3600
    max_page_size: int = 100
    clock_ahead: float = 0  # seconds, of the platform's clock before this machine's
    # Conditions of queries that it does not know, as ("id", "gt").
    unknown_conditions: frozenset[tuple[str, str]] = frozenset()
    resource_prefix: str = ""  # in front of /rest, as "/api/respond"
    # There before anybody imports them, each with its message destination.
    functions: dict[str, str] = field(default_factory=lambda: {"ml_predict": "fn_machine_learning"})


class Platform:
    def __init__(self, settings: Settings, fields: FieldMap, incidents: Incidents) -> None:
        self.settings = settings
        self.org = settings.org
        self.fields = fields
        self.incidents = incidents
        self.query = Query(incidents, settings.unknown_conditions)
        self.sessions = Sessions(settings.account, settings.session_lifetime)
        self.customizations = Customizations(fields, settings.functions)
        self.comments: dict[int, list[dict[str, Any]]] = {}

    def orgs(self, fault: FaultKind | None) -> list[dict[str, Any]]:
        """As a session lists them. Permissions of an API key are null here on recent versions."""
        if fault == FaultKind.NO_ORGS:
            return []
        unknown = fault == FaultKind.UNKNOWN_ORG
        other = {"id": 999, "name": "Other Org", "uuid": None}
        own = {"id": self.org.id, "name": self.org.name, "uuid": self.org.uuid}
        org = {
            **(other if unknown else own), "enabled": fault != FaultKind.DISABLED_ORG,
            "cloud_account": None, "perms": None, "has_saml": False, "supports_ldap": False,
            "twofactor_auth_domain": None, "attachments_enabled": True, "require_saml": False,
            "tasks_private": False, "x_unknown": [],
        }  # fmt: skip
        return [org] if unknown else [{**org, **other, "enabled": True}, org]
