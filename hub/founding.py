"""A new hub: data folder, secrets, configuration, schema, organisation, rules, mailboxes, scanner folders."""

from __future__ import annotations

import ipaddress
import os
import secrets
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.registry import MAILBOXES
from hub import config as configuration
from hub.app import open_hub
from hub.context import Hub
from hub.desk import organisation, rules
from hub.settings import Config
from hub.texts import _
from rules.directory import Directory, local_and_domain
from rules.values.sending import Deferred, Failed, Mailbox
from storage import directory as directory_rows
from storage import settings

SAMPLE_SHEETS = (
    "units.csv",
    "names.csv",
    "groups.csv",
    "members.csv",
    "outside.csv",
    "people.csv",
    "posts.csv",
)
SAMPLE_PLACE = "Lâm Khê"
SAMPLE_DOMAIN = "binhlam.example"
CERTIFICATE_DAYS = 825


class FoundingRefused(Exception):
    """Why no hub was made here, in one sentence."""


def found(data: Path, *, sample: bool, domain: str = "", name: str = "", storage_url: str = "") -> Hub:
    """Make a hub in an empty or missing folder. Raises FoundingRefused, ConfigError."""
    if (data / "config.toml").exists():
        raise FoundingRefused(_("{data} holds a hub already; choose another folder").format(data=data))
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(data, 0o700)
    _write_secret(data / "secret.key")
    own = domain or (SAMPLE_DOMAIN if sample else "vanthu.example")
    _certificate(data, own)
    configuration.write(data / "config.toml", _first_settings(data, sample, own, name, storage_url))
    hub = open_hub(data)
    hub.hub_id = f"{own}-{secrets.token_hex(4)}"
    with hub.database.transaction() as connection:
        settings.put(connection, "hub_id", hub.hub_id)
        directory_rows.replace(connection, Directory.of(domains=[own]))
    hub.refresh()
    if sample:
        _fill_with_sample(hub)
    make_places(hub)
    os.sync()  # because a power cut after "init" must leave a whole hub
    return hub


def make_places(hub: Hub) -> None:
    """Mailboxes for units and staff and a scanner folder for each unit; repeatable."""
    host = MAILBOXES["maildir"](hub.data / "mail")
    addresses = [
        unit.email or f"vanthu.{code}@{hub.config.domain}" for code, unit in hub.directory.units.items()
    ]
    addresses += [person.email for person in hub.directory.people.values()]
    for address in dict.fromkeys(addresses):
        local, domain = local_and_domain(address)
        if domain in hub.directory.domains:
            outcome = host.ensure(Mailbox(address, f"{domain}/{local}"))
            if isinstance(outcome, (Failed, Deferred)):
                raise FoundingRefused(f"{address}: {outcome.why}")
    if hub.config.scanner.folder:
        for code in hub.directory.units:
            for name in ("incoming", "outgoing"):
                (hub.data / hub.config.scanner.folder / code / name).mkdir(parents=True, exist_ok=True)


def sample_text(name: str) -> str:
    """A file of the sample organisation."""
    return resources.files("hub").joinpath("sample", name).read_text(encoding="utf-8")


def _fill_with_sample(hub: Hub) -> None:
    sheets = {name: sample_text(name) for name in SAMPLE_SHEETS}
    organisation.import_sheets(hub, "init", sheets=sheets)
    rules.publish(hub, "init", source=sample_text("rules.toml"), file="rules.toml", comment="sample")


def _first_settings(
    data: Path, sample: bool, domain: str, name: str, storage_url: str
) -> dict[str, dict[str, Any]]:
    organisation_name = name or (_("People's Committee of Bình Lâm province") if sample else domain)
    values: dict[str, dict[str, Any]] = {
        "organisation": {"name": organisation_name, "domains": [domain]},
        "smtp": {"tls_cert": str(data.resolve() / "tls.crt"), "tls_key": str(data.resolve() / "tls.key")},
    }
    if sample:  # because the demo and the tests need no passwords on this machine
        values["smtp"]["trusted_networks"] = ["127.0.0.0/8", "::1/128"]
        values["checks"] = {"dns": False}
        values["organisation"]["place"] = SAMPLE_PLACE
    if storage_url:
        values["storage"] = {"url": storage_url}
    return values


def _write_secret(path: Path) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))


def ensure_certificate(data: Path, config: Config) -> tuple[str, str]:
    """Certificate and key for doors with TLS: the configured ones, or self-signed ones made here."""
    if config.smtp.tls_cert:
        return config.smtp.tls_cert, config.smtp.tls_key
    if not (data / "tls.key").exists():
        _certificate(data, config.domain)
    return str((data / "tls.crt").resolve()), str((data / "tls.key").resolve())


def _certificate(data: Path, domain: str) -> None:
    """A self-signed certificate, so that STARTTLS and log-in work from the first hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain)])
    begin = datetime.now(UTC) - timedelta(hours=1)
    names = [
        x509.DNSName(domain),
        x509.DNSName(f"mail.{domain}"),
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=CERTIFICATE_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(data / "tls.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    (data / "tls.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
