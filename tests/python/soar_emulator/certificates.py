"""The emulator's own certificate authority, and server certificates good and bad."""

import datetime
import ssl
from functools import cached_property

import trustme

from .faults import FaultKind

# Clients verify the host name too, so an address needs to stand in the certificate as such.
HOSTS = ("127.0.0.1", "localhost")
WRONG_HOST = "soar.example.com"


def server_context(leaf: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    context.set_alpn_protocols(["http/1.1"])
    return context


def self_signed(name: str = "SOAR emulator") -> trustme.LeafCert:
    """An authority's own certificate, which nobody vouches for."""
    authority = trustme.CA(organization_name=name)
    return trustme.LeafCert(authority.private_key_pem.bytes(), authority.cert_pem.bytes(), [])


class Certificates:
    """Each is made when first asked for."""

    def __init__(self) -> None:
        self._authority = trustme.CA(organization_name="SOAR emulator")
        self._bad: dict[FaultKind, ssl.SSLContext] = {}

    @property
    def ca_pem(self) -> bytes:
        return self._authority.cert_pem.bytes()

    @cached_property
    def good(self) -> ssl.SSLContext:
        return server_context(self._authority.issue_cert(*HOSTS))

    def for_a_neighbour(self) -> bytes:
        return self._authority.issue_cert(*HOSTS).private_key_and_cert_chain_pem.bytes()

    def bad(self, kind: FaultKind) -> ssl.SSLContext:
        if kind not in self._bad:
            self._bad[kind] = server_context(self._make_bad(kind))
        return self._bad[kind]

    def _make_bad(self, kind: FaultKind) -> trustme.LeafCert:
        if kind == FaultKind.EXPIRED_CERTIFICATE:
            now = datetime.datetime.now(datetime.UTC)
            return self._authority.issue_cert(
                *HOSTS,
                not_before=now - datetime.timedelta(days=30),
                not_after=now - datetime.timedelta(days=1),
            )
        if kind == FaultKind.WRONG_HOST_CERTIFICATE:
            return self._authority.issue_cert(WRONG_HOST)
        if kind == FaultKind.FOREIGN_CERTIFICATE:
            return trustme.CA(organization_name="Somebody else").issue_cert(*HOSTS)
        return self_signed()
