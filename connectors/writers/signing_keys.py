"""The keys with which mails of a domain are signed (DKIM, RFC 6376): a file for each domain, by selector.

Several keys stand side by side, because a new one must be known to DNS before it signs, and
an old one must stay known while mails signed with it are under way.
"""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.mailboxes.maildir import fsync_directory

BITS = (
    2048  # RFC 8301 3.2: at least 1024, should be 2048; larger ones do not fit into one DNS answer everywhere
)
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class KeyRing(msgspec.Struct):
    """``keys`` are selector -> PEM; ``active`` is the selector that signs, empty: none."""

    active: str = ""
    keys: dict[str, str] = {}


def ring_file(data: Path, domain: str) -> Path:
    """Where the keys of a domain lie. ValueError for what is no domain."""
    if not _DOMAIN.fullmatch(domain) or ".." in domain:
        raise ValueError(f"no mail domain: {domain[:100]!r}")
    return data / f"dkim-{domain}.json"


def read_ring(path: Path) -> KeyRing:
    """The keys of a domain, none where there is no file. OSError, ValueError when it cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=KeyRing)
    except FileNotFoundError:
        return KeyRing()
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: {error}") from error


def write_ring(path: Path, ring: KeyRing) -> None:
    """Replace the file as a whole; only the hub's user reads it."""
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(ring))
        file.flush()
        os.fsync(file.fileno())
    os.rename(draft, path)
    fsync_directory(path.parent)


def is_selector(text: str) -> bool:
    """One label of a DNS name in lower case."""
    return _SELECTOR.fullmatch(text) is not None


def new_key() -> str:
    """A private key in PEM form."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode("ascii")


def public_record(pem: str) -> str:
    """What DNS says of a key (RFC 6376 3.6.1)."""
    key = serialization.load_pem_private_key(pem.encode("ascii"), None)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public = key.public_key().public_bytes(serialization.Encoding.DER, form)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode('ascii')}"
