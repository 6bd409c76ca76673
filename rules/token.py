"""Addresses and links that carry a signed right: for one row, one purpose, until a moment.

A token is ``purpose (1) + row (6) + expiry in minutes (4) + nonce (6) + HMAC-SHA256/128 (16)`` octets,
written in base32: a local part is folded to lower case on its way and must still verify (PROMISES S6),
and ``cmd+`` with it stays under the 64 octets of RFC 5321 4.5.3.1.1.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from hashlib import sha256

_MAC_OCTETS = 16
_BODY_OCTETS = 17
LENGTH = 53  # characters
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz234567")
_MOST_ROWS = 1 << 48


class Purpose(IntEnum):
    """What a token is good for; nothing else."""

    REPLY = 1  # an answer by mail about a delivery
    RECEIVE = 2
    REFUSE = 3
    BEGIN = 4
    DONE = 5
    CONFIRM = 6  # what was asked a second time
    FEED = 7  # a calendar
    RETURN = 8  # an answer by mail about a unit's form
    REVIEW = 9  # an answer by mail about what waits for a clerk
    HOLD = 10  # about what of a document waits for a coordinator


@dataclass(frozen=True, slots=True)
class Token:
    """A right that was signed by us and has not run out."""

    purpose: Purpose
    row: int
    expires: datetime


def sign(secret: bytes, purpose: Purpose, row: int, expires: datetime, nonce: bytes) -> str:
    """The token in lower-case base32. ValueError for a row or nonce that does not fit."""
    if not 0 < row < _MOST_ROWS or len(nonce) != 6:
        raise ValueError("a token needs a row and six octets of nonce")
    minutes = int(expires.timestamp()) // 60
    body = bytes((purpose,)) + row.to_bytes(6, "big") + minutes.to_bytes(4, "big") + nonce
    return base64.b32encode(body + _mac(secret, body)).decode().rstrip("=").lower()


def verify(secret: bytes, text: str, now: datetime) -> Token | None:
    """The right behind a token; None when it is not ours, altered or has run out."""
    text = text.lower()
    if len(text) != LENGTH or not _LETTERS.issuperset(text):
        return None
    try:
        raw = base64.b32decode(text.upper() + "===")
    except binascii.Error:
        return None
    body, mac = raw[:_BODY_OCTETS], raw[_BODY_OCTETS:]
    if not hmac.compare_digest(mac, _mac(secret, body)):
        return None
    if base64.b32encode(raw).decode().rstrip("=").lower() != text:
        return None  # because the last letter has bits that say nothing, and one token is one text
    expires = datetime.fromtimestamp(int.from_bytes(body[7:11], "big") * 60, UTC)
    if expires <= now or body[0] not in set(Purpose):
        return None
    return Token(Purpose(body[0]), int.from_bytes(body[1:7], "big"), expires)


def digest(text: str) -> str:
    """What is kept of a spent token."""
    return sha256(text.lower().encode()).hexdigest()


def _mac(secret: bytes, body: bytes) -> bytes:
    return hmac.digest(secret, b"vanthu token " + body, "sha256")[:_MAC_OCTETS]
