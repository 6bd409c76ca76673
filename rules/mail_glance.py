"""The one look at a mail's header before the answer in SMTP: linear, bounded, and never deeper.

Only what can refuse a mail at the door is read here: who the From header
claims, how often the mail was passed on, how large the header is, and the
decoded Subject (SEMANTICS, Review: first 16 KiB). Everything else waits until
after the 250, in a child process.
"""

import binascii
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LOOK = 16 << 10  # bytes in which From and Subject are looked for
_FIELD = re.compile(rb"(?m)^([!-9;-~]{1,76})[ \t]*:([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)")
_WORD = re.compile(r"=\?([\w.-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?\s]{0,800})\?=")
_WORDS = re.compile(rf"(?:{_WORD.pattern})+")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")
_PIECE = re.compile(r'\\.|["()\\]|[^"()\\]+')
_STRANGE_CHARSET = re.compile(r"escape|punycode|idna|undefined|utf.?7", re.IGNORECASE)  # no charset of mail
_ADDRESS = re.compile(r'[^\s<>()\[\],;:"\\@]{1,64}@[^\s<>()\[\],;:"\\@]{1,255}')
_MAX_ADDRESSES = 20
_MAX_SUBJECT = 1000  # characters


@dataclass(frozen=True, slots=True)
class Glance:
    """What the door may know before it answers. ``from_addresses`` are lower case, in order."""

    subject: str = ""
    from_addresses: tuple[str, ...] = ()
    hops: int = 0  # Received headers
    header_bytes: int = 0
    header_lines: int = 0
    longest_header: int = 0  # bytes, of one unfolded header


def glance(head: bytes) -> Glance:
    """Look at the beginning of a mail (line ends CRLF). ``head`` should hold the whole
    header or as much of it as is allowed; never raises.
    """
    end = head.find(b"\r\n\r\n")
    if head.startswith(b"\r\n"):
        end = 0
    header = head if end < 0 else head[:end]
    subject, senders, hops, longest = "", [], 0, 0
    for field in _FIELD.finditer(header):
        longest = max(longest, field.end() - field.start())
        name = field[1].lower()
        if name == b"received":
            hops += 1
        elif name == b"from" and field.start() < LOOK:
            senders.append(_text(field[2]))
        elif name == b"subject" and field.start() < LOOK and not subject:
            subject = decoded(_text(field[2]))
    lines = header.count(b"\n") + 1 if header else 0
    return Glance(subject, claimed_addresses(senders), hops, len(header), lines, longest)


def header_fields(head: bytes) -> Iterator[tuple[str, str]]:
    """Names in lower case with their unfolded texts, of what begins within the look."""
    end = head.find(b"\r\n\r\n")
    for field in _FIELD.finditer(head[:LOOK] if end < 0 else head[: min(end, LOOK)]):
        yield field[1].decode("ascii").lower(), _text(field[2])


def _text(raw: bytes) -> str:
    """Unfolded; UTF-8 where it is, else byte for byte. Capped at the look."""
    raw = raw[:LOOK].replace(b"\r\n", b"").strip()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def claimed_addresses(headers: Sequence[str]) -> tuple[str, ...]:
    """Every address that any From header claims.

    Quoted display names and comments are set aside first. Where quotes or
    brackets do not pair up, nothing is set aside: what one reader takes for a
    comment another takes for the address (CVE-2023-27043).
    """
    found: dict[str, None] = {}
    for header in headers:
        for address in _ADDRESS.findall(_without_names(header)):
            found[address.lower()] = None
            if len(found) >= _MAX_ADDRESSES:
                return tuple(found)
    return tuple(found)


def _without_names(header: str) -> str:
    """Display names and comments out; all of the header when quotes or brackets do not pair.

    A quoted local part counts as the mailbox "quoted": only its domain can be a claim.
    """
    kept: list[str] = []
    quoted, depth = False, 0
    for piece in _PIECE.findall(header):
        if quoted:
            quoted = piece != '"'
        elif depth or piece == "(":
            depth += (piece == "(") - (piece == ")")
        elif piece == '"':
            quoted = True
            kept.append(" quoted")
        elif piece == ")" or piece[0] == "\\":
            return _joined(header)
        else:
            kept.append(piece)
    return _joined(header if depth or quoted else "".join(kept))


def _joined(text: str) -> str:
    """Without the blanks that RFC 5322 allows around ``@`` and the dots of a domain."""
    text = " ".join(text.split())
    for mark in "@.":
        text = text.replace(f" {mark}", mark).replace(f"{mark} ", mark)
    return text


def decoded(text: str) -> str:
    """A header's text with its encoded words (RFC 2047) decoded, NFC, without control characters."""
    if "=?" in text:
        text = _WORDS.sub(_decoded_words, _BETWEEN_WORDS.sub(r"\1", text))
    text = unicodedata.normalize("NFC", text[: _MAX_SUBJECT * 2])
    return "".join(c if c.isprintable() else " " for c in text)[:_MAX_SUBJECT].strip()


def _decoded_words(run: re.Match[str]) -> str:
    """Words that follow one another in one charset are decoded together: some mailers cut inside a letter."""
    pieces: list[tuple[str, bytes, str]] = []  # charset, bytes, as written
    for word in _WORD.finditer(run[0]):
        raw = None if _STRANGE_CHARSET.search(word[1]) else _bytes_of(word)
        if raw is None:
            pieces.append(("", b"", word[0]))
        elif pieces and pieces[-1][0] == word[1].lower():
            charset, before, written = pieces[-1]
            pieces[-1] = (charset, before + raw, written + word[0])
        else:
            pieces.append((word[1].lower(), raw, word[0]))
    return "".join(_in_charset(*piece) for piece in pieces)


def _bytes_of(word: re.Match[str]) -> bytes | None:
    payload = word[3]
    try:
        if word[2].lower() == "b":
            return binascii.a2b_base64(payload + "=" * (-len(payload) % 4))
        return binascii.a2b_qp(payload, header=True)
    except ValueError:
        return None


def _in_charset(charset: str, raw: bytes, written: str) -> str:
    """An unreadable word is shown as it stands, never dropped."""
    if not charset:
        return written
    try:
        return raw.decode(charset) or written
    except (LookupError, ValueError):
        return written
