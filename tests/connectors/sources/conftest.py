"""A door, and an SMTP server before it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.sources.smtp import SmtpSource
from connectors.sources.smtp_settings import SmtpLimits, SmtpSettings
from tests.connectors.sources.open_door import OpenDoor, serving


@pytest.fixture
def door(tmp_path: Path) -> Iterator[OpenDoor]:
    made = OpenDoor(tmp_path / "spool")
    yield made
    made.spool.close()


@pytest.fixture
def server(door: OpenDoor) -> Iterator[SmtpSource]:
    """With the limits of the promise, but no patience of minutes."""
    limits = SmtpLimits(message_bytes=1 << 20, errors=1000)
    with serving(door, SmtpSettings(port=0, limits=limits, stage_above=64 << 10, stop_seconds=1)) as source:
        yield source


@pytest.fixture(scope="session")
def tls_context(tmp_path_factory: pytest.TempPathFactory) -> SSLContext:
    """A server's context with a certificate for 127.0.0.1 that signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=2))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
