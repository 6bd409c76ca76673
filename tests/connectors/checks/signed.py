"""Mails with real signatures, and the DNS that goes with them."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.checks.resolver import TableResolver
from rules.values.arrival import Envelope
from rules.vocabulary import SenderVerdict

PEER = "192.0.2.25"
Records = dict[tuple[str, str], Sequence[str]]


@cache
def key(bits: int = 1024) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def private(bits: int = 1024) -> bytes:
    return key(bits).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def public(bits: int = 1024) -> str:
    """The key's record."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    der = key(bits).public_key().public_bytes(serialization.Encoding.DER, form)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"


def signature(mail: bytes, domain: str, **how: Any) -> bytes:
    """The DKIM-Signature line for a mail."""
    how = {"canonicalize": (b"relaxed", b"relaxed"), **how}
    return bytes(dkim.sign(mail, b"s1", domain.encode(), private(how.pop("bits", 1024)), **how))


def signed(mail: bytes, domain: str, **how: Any) -> bytes:
    return signature(mail, domain, **how) + mail


def zone(*domains: str, spf: str = f"v=spf1 ip4:{PEER} -all", **more: Sequence[str]) -> Records:
    """DNS of domains that send from PEER and sign with our key."""
    records: Records = {}
    for domain in domains:
        records["TXT", domain] = [spf]
        records["TXT", f"s1._domainkey.{domain}"] = [public()]
    return records | {("TXT", name): value for name, value in more.items()}


def dns(*domains: str) -> TableResolver:
    return TableResolver(zone(*domains))


def envelope(mail_from: str, peer: str = PEER, helo: str = "mx.example") -> Envelope:
    return Envelope(
        "smtp",
        "smtp",
        datetime(2026, 11, 23, tzinfo=UTC),
        mail_from,
        ("congvan@binhlam.example",),
        peer,
        helo,
        verdict=SenderVerdict.UNVERIFIED,
    )


def letter(*headers: str, body: str = "Kính gửi văn bản kèm theo.\r\n") -> bytes:
    """A mail of these header lines."""
    lines = [
        *headers,
        "To: congvan@binhlam.example",
        "Subject: Gui van ban",
        "Date: Mon, 23 Nov 2026 10:00:00 +0700",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
