"""What a mail that came back to a bounce address says of one delivery (RFC 3464, RFC 8098, the wild kinds).

Which delivery it is stands in the address it came to; here only what happened is read: a bounded look for
the few lines that matter, in the report where there is one, else in words that servers write. The bytes are
foreign: nothing is decoded but what is needed, nothing is believed beyond its meaning.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from rules.bounce_words import status_by_words
from rules.text.gate import clean

MOST_OCTETS = 256 << 10
_LONGEST = 300


class Came(StrEnum):
    """What came back."""

    FAILED = "failed"  # it will never arrive
    DELAYED = "delayed"  # the other side still tries
    DELIVERED = "delivered"  # it is in the mailbox
    RELAYED = "relayed"  # passed to a server that sends no receipts
    READ = "read"  # a reader's program says that it was shown
    DELETED = "deleted"  # ... that it was deleted unread
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Returned:
    """``status`` is as in RFC 3463 ("5.1.1") or empty; ``words`` are the other side's own."""

    came: Came
    status: str = ""
    words: str = ""

    @property
    def no_such_address(self) -> bool:
        """Whether it says that the address does not exist, so that trying again is of no use."""
        return self.came is Came.FAILED and self.status in _NO_ADDRESS


_NO_ADDRESS = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
_ACTIONS = {
    "failed": Came.FAILED,
    "delayed": Came.DELAYED,
    "delivered": Came.DELIVERED,
    "relayed": Came.RELAYED,
    "expanded": Came.RELAYED,
}
_FIELD = re.compile(
    rb"^(action|status|diagnostic-code|disposition|x-failed-recipients)\s*:[ \t]*([^\r\n]{0,2000}"
    rb"(?:\r?\n[ \t][^\r\n]{0,1000}){0,5})",
    re.IGNORECASE | re.MULTILINE,
)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY = re.compile(r"\b([45]\d\d)(?:[- ]+([45]\.\d{1,3}\.\d{1,3}))?[ :-]+([^\n]{3,300})")
_SIGNED = re.compile(rb"(?<![\w.+-])(?:bounce|cmd)\+[a-z0-9.]{34,60}@[a-z0-9.-]{3,253}", re.IGNORECASE)
_ENCODING = re.compile(rb"^content-transfer-encoding:[ \t]*(base64|quoted-printable)", re.IGNORECASE | re.M)
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_MOST_PARTS = 10


def read_returned(raw: bytes) -> Returned:
    """What it says. A mail without any of the known marks is UNKNOWN: a person looks at it."""
    raw = _plain(raw[:MOST_OCTETS])
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(raw):
        fields.setdefault(name.decode().lower(), clean(value, _LONGEST))
    if "disposition" in fields:
        said = fields["disposition"].lower()
        return Returned(Came.DELETED if "deleted" in said else Came.READ, words=fields["disposition"])
    action = _ACTIONS.get(fields.get("action", "").split(";")[0].strip().lower())
    words = fields.get("diagnostic-code", "").partition(";")[2].strip() or fields.get("diagnostic-code", "")
    if action is not None:
        found = _STATUS.search(fields.get("status", "")) or _STATUS.search(words)
        status = found[1] if found else ""
        if status == "5.0.0" and (better := _STATUS.search(words)):
            status = better[1]
        return Returned(action, status, words)
    return _wild(raw, failed="x-failed-recipients" in fields)


def _wild(raw: bytes, *, failed: bool) -> Returned:
    """A bounce in prose: a reply code with its words, or the words alone."""
    text = clean(raw, MOST_OCTETS, lines=True)
    reply = _REPLY.search(text)
    known = status_by_words(text)
    if reply is not None:
        status = reply[2] or (known if reply[1].startswith("5") else "")
        if reply[1].startswith("4"):
            return Returned(Came.DELAYED, reply[2] or "", clean(reply[0], _LONGEST))
        return Returned(Came.FAILED, status, clean(reply[0], _LONGEST))
    if known:
        line = next((line for line in text.splitlines() if status_by_words(line)), "")
        return Returned(Came.FAILED, known, clean(line, _LONGEST))
    return Returned(Came.FAILED if failed else Came.UNKNOWN)


def signed_addresses(raw: bytes) -> Iterator[str]:
    """Addresses with a signed local part in what a bounce quotes: Return-Path, Reply-To of our own mail."""
    for found in _SIGNED.finditer(_plain(raw[:MOST_OCTETS])):
        yield found[0].decode("ascii")


def _plain(raw: bytes) -> bytes:
    """The mail with its encoded text parts decoded behind it."""
    parts = [raw]
    for found in _ENCODING.finditer(raw):
        begin = _HEADERS_END.search(raw, found.end())
        if begin is None or len(parts) > _MOST_PARTS:
            break
        end = raw.find(b"\n--", begin.end())
        body = raw[begin.end() : end if end >= 0 else len(raw)]
        parts.append(_decoded(found[1].lower(), body))
    return b"\n".join(parts)


def _decoded(encoding: bytes, body: bytes) -> bytes:
    if encoding == b"quoted-printable":
        return quopri.decodestring(body)
    letters = b"".join(body.split())
    try:
        return base64.b64decode(letters[: len(letters) // 4 * 4])
    except (binascii.Error, ValueError):  # because a broken part has no words for us
        return b""
