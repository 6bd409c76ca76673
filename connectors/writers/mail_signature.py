"""Mails that leave are signed for the domain of their From header (DKIM, RFC 6376).

dkimpy canonicalises and hashes the header. It never sees the body, which it would take apart line
by line: that hash comes from ``connectors.checks.body_hash``, as for mails that are checked. The key
is used by ``cryptography``, because dkimpy's own arithmetic takes twenty times as long.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import dkim
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from dkim.canonicalization import CanonicalizationPolicy

from connectors.checks.body_hash import body_hash
from connectors.writers.signing_keys import read_ring, ring_file
from rules.mail_glance import glance

log = logging.getLogger("vanthu.signatures")
LONGEST_HEADER = 64 << 10  # bytes; dkimpy's patterns are quadratic on hostile ones
_FROM = re.compile(rb"(?mi)^from[ \t]*:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*")
_BLANK_RUN = re.compile(rb"\s{81}")
_POLICY = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
_NAMES: tuple[bytes, ...] = (
    b"from",
    b"to",
    b"cc",
    b"subject",
    b"date",
    b"message-id",
    b"reply-to",
    b"in-reply-to",
    b"references",
)
_NAMES += (b"mime-version", b"content-type", b"content-transfer-encoding", b"auto-submitted")
# Signed once more than they stand there, so that nobody can add one (RFC 6376 8.15).
_ONCE = (b"from", b"to", b"subject", b"date", b"reply-to")
_FIELD = b"DKIM-Signature"


class Signer:
    """Signs with the keys of one data folder; a key that is changed there is used at once."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._known: dict[str, tuple[int, str, Any]] = {}  # domain -> file's time, selector, key

    def sign(self, content: bytes) -> bytes:
        """The mail with its signature in front; as it came where no key is there or it cannot be signed.

        Lines must end with CRLF already. An unsigned mail is better than none: it leaves, and the
        log says why it is unsigned.
        """
        domain = _author_domain(content)
        try:
            found = self._key(domain) if domain else None
            return content if found is None else _signature(content, domain, *found) + content
        except (OSError, ValueError, LookupError, dkim.DKIMException) as error:
            log.warning("a mail of %s leaves without a signature: %s", domain, error)
            return content

    def _key(self, domain: str) -> tuple[str, Any] | None:
        try:
            path = ring_file(self._data, domain)
            changed = path.stat().st_mtime_ns
        except (ValueError, FileNotFoundError):
            return None
        kept = self._known.get(domain)
        if kept is None or kept[0] != changed:
            ring = read_ring(path)
            pem = ring.keys.get(ring.active, "")
            key = load_pem_private_key(pem.encode("ascii"), None) if pem else None
            kept = self._known[domain] = (changed, ring.active, key)
        return (kept[1], kept[2]) if kept[2] is not None else None


def _author_domain(content: bytes) -> str:
    """The domain of the one author; empty where there are none or several of different domains."""
    end = content.find(b"\r\n\r\n", 0, LONGEST_HEADER)
    header = content[: end if end >= 0 else LONGEST_HEADER]
    return _domain_of(b"\r\n".join(_FROM.findall(header)))


@lru_cache(maxsize=64)
def _domain_of(senders: bytes) -> str:
    """Of the From lines, which are the same in most mails of a hub."""
    domains = {address.rpartition("@")[2] for address in glance(senders).from_addresses}
    return domains.pop() if len(domains) == 1 else ""


def _signature(content: bytes, domain: str, selector: str, key: Any) -> bytes:
    """The header line. Raises ValueError for a header that cannot be signed."""
    end = content.find(b"\r\n\r\n", 0, LONGEST_HEADER)
    header = content[: end + 2]
    if end < 0 or _BLANK_RUN.search(header) is not None:
        raise ValueError("the header is too long, or has long runs of blanks")
    lines = dkim.rfc822_parse(header + b"\r\n")[0]
    present = [name.lower() for name, _value in lines]
    names = [name for name in _NAMES for _time in range(present.count(name) + (name in _ONCE))]
    digest = body_hash(memoryview(content)[end + 4 :], "sha256", relaxed=True)
    fields = {
        b"v": b"1",
        b"a": b"rsa-sha256",
        b"c": b"relaxed/relaxed",
        b"d": domain.encode("ascii"),
        b"s": selector.encode("ascii"),
        b"h": b" : ".join(names),
        b"bh": base64.b64encode(digest),
        b"b": b"",
    }
    line = b"; ".join(b"=".join(item) for item in fields.items())
    value: bytes = b" " + dkim.fold(line, len(_FIELD))
    hashed = hashlib.sha256()
    dkim.hash_headers(hashed, _POLICY, _POLICY.canonicalize_headers(lines), names, (_FIELD, value), fields)
    signature = base64.b64encode(key.sign(hashed.digest(), PKCS1v15(), Prehashed(SHA256())))
    pieces = (signature[start : start + 72] for start in range(0, len(signature), 72))
    # After an empty b= folding changes nothing: blanks inside the value are not looked at (RFC 6376 3.5).
    return _FIELD + b":" + value + b"\r\n " + b"\r\n ".join(pieces) + b"\r\n"
