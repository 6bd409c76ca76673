"""A rendered text and the files of a document become mails, one for each receiver.

The files are encoded once for a document (``enclose``); what differs from
receiver to receiver is a few hundred octets of headers and the part with the
text (``compose``). MIME is put together by hand because the standard library's
generator walks every line of every file again for every receiver, and because
nothing but this module then decides what may stand in a header.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

import pybase64

from hub.render import Rendered
from rules.mail_address import wire_address
from rules.text.gate import clean, clean_name
from rules.values.sending import Address, Outbound

CRLF = b"\r\n"
_TOKEN = r"[A-Za-z0-9!#$&^_.+-]{1,64}"
_MEDIA_TYPE = re.compile(f"({_TOKEN})/({_TOKEN})")
_MESSAGE_ID = re.compile(r"<[^\x00-\x20<>@\x7f-\U0010ffff]{1,200}@[^\x00-\x20<>@\x7f-\U0010ffff]{1,250}>")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_MAX_SUBJECT, _MAX_NAME, _MAX_FILE_NAME = 400, 120, 240  # characters


@dataclass(frozen=True, slots=True)
class MailFile:
    """One file to enclose, by the name its sender gave it."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Enclosure:
    """The files of one document, encoded, with the boundary that holds them together."""

    boundary: str
    parts: bytes  # from the first delimiter after the text to the closing one


@dataclass(frozen=True, slots=True)
class Thread:
    """What keeps all mails about one document together in the reader's mail program."""

    key: str  # stable per document, e.g. "doc.<id>"
    topic: str
    began: datetime  # aware: when the document was registered


@dataclass(frozen=True, slots=True)
class Cover:
    """What the outside of one mail says. ``key`` is the delivery's key: same key, same Message-ID."""

    key: str
    hub_id: str
    domain: str  # the hub's mail domain, right-hand side of its Message-IDs
    sender: Address
    to: Address
    date: datetime  # aware
    thread: Thread | None = None
    in_reply_to: str = ""  # Message-ID of the mail that this one answers
    reply_to: str = ""
    hop: int = 1  # how many hubs' automatic mails led here, this one included (S7)
    personal: bool = False  # no automatic mail (rules.automatic)


def enclose(files: Sequence[MailFile], seed: str) -> Enclosure | None:
    """Encode the files once for all receivers; None when there are none.

    ``seed`` names the document: the same document always gets the same
    boundary, so a repeated mail is the same mail. "_" is in no base64 text,
    therefore the boundary cannot occur in a part.
    """
    if not files:
        return None
    boundary = f"=_{hashlib.sha256(seed.encode(errors='replace')).hexdigest()[:32]}"
    delimiter = b"--" + boundary.encode()
    pieces: list[bytes] = []
    for file in files:
        pieces += (delimiter, CRLF, _file_headers(file), CRLF, _base64_lines(file.content), CRLF)
    return Enclosure(boundary, b"".join((*pieces, delimiter, b"--", CRLF)))


def compose(
    rendered: Rendered,
    cover: Cover,
    mail_from: str,
    enclosure: Enclosure | None = None,
    first_try: bool = False,
    filed: bool = False,
) -> Outbound:
    """One mail for one receiver. Raises ValueError when an address of ours is no address."""
    headers = headers_for(rendered.subject, cover)
    alternative = _alternative(rendered, cover.key)
    if enclosure is None:
        body = b"MIME-Version: 1.0" + CRLF + alternative
        return Outbound(headers, body, mail_from, first_try=first_try, filed=filed)
    boundary = enclosure.boundary.encode()
    opening = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary="%b"\r\n\r\n--%b\r\n'
    body = opening % (boundary, boundary) + alternative
    return Outbound(headers, body, mail_from, enclosure.parts, first_try, filed)


_PERSONAL = (b"Auto-Submitted: no",)
_ANSWER = (b"Auto-Submitted: auto-replied", b"Precedence: bulk")
_AUTOMATIC = (b"Auto-Submitted: auto-generated", b"Precedence: bulk")


def headers_for(subject: str, cover: Cover) -> bytes:
    """The header lines of one mail, complete with CRLF, without those of the MIME body.

    Every mail carries the hub's own loop mark, and every mail that is not
    ``personal`` says that it is automatic (RFC 3834).
    """
    answer = _message_id_or_none(cover.in_reply_to)
    lines = [
        b"From: " + _mailbox(cover.sender),
        b"To: " + _mailbox(cover.to),
        b"Subject: " + _subject_text(subject),
        b"Date: " + format_datetime(cover.date).encode("ascii"),
        b"Message-ID: " + message_id(cover.key, cover.domain).encode("ascii"),
        *(_PERSONAL if cover.personal else _ANSWER if answer else _AUTOMATIC),
        b"X-Auto-Response-Suppress: All",
        b"X-Hub-Loop: %b;%d" % (_key(cover.hub_id).encode("ascii"), cover.hop),
    ]
    if cover.reply_to:
        lines.append(b"Reply-To: " + _angle(cover.reply_to))
    lines += _thread_lines(cover, answer)
    return CRLF.join(lines) + CRLF


def message_id(key: str, domain: str) -> str:
    """The Message-ID of a key: the same each time, so that a second copy is recognised (rule 5)."""
    host = wire_address(f"x@{domain}")
    if host is None:
        raise ValueError(f"not a mail domain: {domain!r}")
    return f"<{_key(key)}@{host[2:]}>"


def header_text(text: str) -> bytes:
    """Unstructured header text: plain when short ASCII, else encoded words (RFC 2047), folded."""
    if text.isascii() and text.isprintable() and len(text) <= 60 and "=?" not in text:
        return text.encode("ascii")
    return b"\r\n ".join(_encoded_words(text))


@lru_cache(maxsize=64)
def _subject_text(text: str) -> bytes:
    """The same for all receivers of a document."""
    return header_text(clean(text, _MAX_SUBJECT))


def _thread_lines(cover: Cover, answer: bytes | None) -> list[bytes]:
    root = message_id(cover.thread.key, cover.domain).encode("ascii") if cover.thread else None
    references = [i for i in (root, answer) if i]
    lines = [b"In-Reply-To: " + (answer or references[0])] if references else []
    if references:
        lines.append(b"References: " + b"\r\n ".join(references))
    if cover.thread:
        lines.append(b"Thread-Topic: " + _subject_text(cover.thread.topic))
        lines.append(b"Thread-Index: " + _thread_index(cover.thread))
    return lines


def _thread_index(thread: Thread) -> bytes:
    """Outlook's conversation mark: one reserved octet, five of FILETIME, a GUID (MS-OXOMSG 2.2.1.3)."""
    ticks = int((thread.began - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
    guid = hashlib.sha256(thread.key.encode(errors="replace")).digest()[:16]
    return base64.b64encode(b"\x01" + ticks.to_bytes(8, "big")[1:6] + guid)


@lru_cache(maxsize=256)
def _mailbox(address: Address) -> bytes:
    name = clean(address.name, _MAX_NAME)
    if not name:
        return _angle(address.email)
    if name.isascii() and name.isprintable() and len(name) <= 60 and "=?" not in name:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return b'"' + quoted.encode("ascii") + b'" ' + _angle(address.email)
    return header_text(name) + b"\r\n " + _angle(address.email)


def _angle(email: str) -> bytes:
    wire = wire_address(email)
    if wire is None:
        raise ValueError(f"not a mail address: {email!r}")
    return b"<" + wire.encode() + b">"


def _message_id_or_none(text: str) -> bytes | None:
    # A foreign Message-ID is data: what is not of the plain form is left out, never repaired.
    return text.encode("ascii") if _MESSAGE_ID.fullmatch(text) else None


def _key(key: str) -> str:
    if _KEY.fullmatch(key):
        return key
    return "k" + hashlib.sha256(key.encode(errors="replace")).hexdigest()[:40]


def _encoded_words(text: str) -> list[bytes]:
    """Words of at most 75 octets that never cut a character in two (RFC 2047 section 5)."""
    words: list[bytes] = []
    rest = text.encode(errors="replace")
    while rest:
        cut = min(45, len(rest))
        while cut < len(rest) and rest[cut] & 0xC0 == 0x80:
            cut -= 1
        words.append(b"=?utf-8?B?" + base64.b64encode(rest[:cut]) + b"?=")
        rest = rest[cut:]
    return words


def _alternative(rendered: Rendered, key: str) -> bytes:
    boundary = b"=_" + hashlib.sha256(b"text " + key.encode(errors="replace")).hexdigest()[:32].encode()
    return b"".join(
        (
            b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n\r\n--%b\r\n' % (boundary, boundary),
            _text_part(b"plain", rendered.text),
            b"\r\n--%b\r\n" % boundary,
            _text_part(b"html", rendered.html),
            b"\r\n--%b--\r\n" % boundary,
        )
    )


def _text_part(kind: bytes, text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")  # RFC 2046 4.1.1
    head = b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" % kind
    return head + _base64_lines(lines.encode(errors="replace"))


def _base64_lines(content: bytes) -> bytes:
    """Base64 in lines of 76 with CRLF (RFC 2045 6.8); 0.4 ms for 240 KB."""
    return pybase64.encodebytes(content).replace(b"\n", CRLF) or CRLF


def _file_headers(file: MailFile) -> bytes:
    """Name twice: RFC 2231 for programs that know it, RFC 2047 in ``name=`` for old Outlooks.

    No plain ``filename=`` beside ``filename*=``: some readers, Python's among
    them, would take the one that lost its accents.
    """
    name = clean_name(file.name, _MAX_FILE_NAME)
    lines = [
        b"Content-Type: " + _media_type(file.media_type) + b";\r\n name=" + _quoted_name(name),
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: attachment;" + _file_name(name),
    ]
    return CRLF.join(lines) + CRLF


def _media_type(media_type: str) -> bytes:
    """As given when it is a type; messages and multiparts may not be base64 (RFC 2046 5.2.1)."""
    found = _MEDIA_TYPE.fullmatch(media_type)
    if found is None or found[1].lower() in ("message", "multipart"):
        return b"application/octet-stream"
    return media_type.encode("ascii")


def _plain_name(name: str) -> bool:
    return (
        name.isascii()
        and name.isprintable()
        and len(name) <= 60
        and not set(name) & set('"\\%')
        and "=?" not in name
    )


def _quoted_name(name: str) -> bytes:
    return b'"' + (name.encode("ascii") if _plain_name(name) else b"\r\n ".join(_encoded_words(name))) + b'"'


def _file_name(name: str) -> bytes:
    if _plain_name(name):
        return b'\r\n filename="%b"' % name.encode("ascii")
    pieces = _percent_pieces(name)
    if len(pieces) == 1:
        return b"\r\n filename*=utf-8''" + pieces[0]
    first = b"\r\n filename*0*=utf-8''" + pieces[0]
    return first + b"".join(b";\r\n filename*%d*=%b" % (n, p) for n, p in enumerate(pieces[1:], 1))


def _percent_pieces(name: str) -> list[bytes]:
    """Percent-encoded (RFC 2231), in pieces short enough for a folded line, cut between characters."""
    pieces, piece = [], b""
    for character in name:
        encoded = b"".join(_percent(octet) for octet in character.encode(errors="replace"))
        if len(piece) + len(encoded) > 60:
            pieces.append(piece)
            piece = b""
        piece += encoded
    return [*pieces, piece]


def _percent(octet: int) -> bytes:
    plain = (chr(octet).isalnum() and octet < 0x80) or octet in b"-._~"
    return bytes((octet,)) if plain else b"%%%02X" % octet
