"""The emulator's own certificate authority, and server certificates good and bad."""

import datetime
import ipaddress
import ssl
from functools import cached_property

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .faults import FaultKind

# Clients verify the host name too, so an address needs to stand in the certificate as such.
HOSTS = ("127.0.0.1", "localhost")
WRONG_HOST = "soar.example.com"


def server_context(leaf: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    context.set_alpn_protocols(["http/1.1"])
    return context


def self_signed() -> trustme.LeafCert:
    """For the right host, but vouched for by nobody."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOSTS[0])])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.IPAddress(ipaddress.ip_address(HOSTS[0])), x509.DNSName(HOSTS[1])]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return trustme.LeafCert(key_pem, certificate.public_bytes(serialization.Encoding.PEM), [])


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
