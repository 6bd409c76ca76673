"""A mail taken apart: its headers for people, its text, and its files as bytes.

Headers are read by mail-parser, which gets only the fields that matter, capped
and with known charsets; parts are split by ``parts``. A nested mail stays whole
as an .eml file, and its own files follow it, because offices forward letters
that way.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import mailparser

from connectors.readers import automatic, bounced, kind
from connectors.readers.charset import safe_codec
from connectors.readers.headers import Block, header_text, parameters, unfolded
from connectors.readers.html import text_of
from connectors.readers.limits import ReadLimits
from connectors.readers.logo import is_logo
from connectors.readers.outcome import tidy
from connectors.readers.parts import Part, Split, split
from rules.text.gate import clean
from rules.text.legacy import convert
from rules.values.reading import MailHeaders

_ADDRESSES = ("from", "sender", "reply-to", "to", "cc")
# mail-parser reads addresses in these fields only, so Sender goes in under the name of one we never use.
_FOR_PARSER = {name: name for name in (*_ADDRESSES, "date", "received")} | {"sender": "bcc"}
_CHARSET = re.compile(r"=\?([^?\s]{1,60})(\?[bBqQ]\?)")
_IDS = re.compile(r"<[^<>\s]{1,990}>")
_NEVER_A_DOCUMENT = frozenset(
    {
        "text/vcard",
        "text/x-vcard",
        "text/directory",
        "text/calendar",
        "application/ics",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/pgp-keys",
        "text/rfc822-headers",
        "message/delivery-status",
        "message/disposition-notification",
        "message/global-delivery-status",
    }
)
_MOST_ADDRESSES = 1000
_BYTES_A_LETTER = 8  # of a body, with the tags of HTML
_LONGEST_PAGE = 2_000_000
_SHOWN = re.compile(r"[\"'=(]cid:([^\"'\s<>)]{1,200})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attached:
    """One file of a mail: its name decoded but not yet cleaned, its decoded bytes."""

    name: str
    declared: str
    content: bytes
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """``inner``: subject and words of the innermost attached mail that brings no file."""

    headers: MailHeaders
    body: str
    files: tuple[Attached, ...]
    warnings: tuple[str, ...] = ()
    inner: tuple[str, str] = ("", "")


def read(data: bytes, limits: ReadLimits, depth: int = 0) -> Mail:
    """Take a mail apart; never raises for what the bytes hold."""
    header, found = split(_with_lines(data), limits)
    kinds = tuple(leaf.media_type for leaf in found.leaves)
    headers, defects = _headers(header, found, kinds)
    body_parts = [leaf for leaf in found.leaves if _is_body(leaf)]
    files: list[Attached] = []
    warnings = [*found.warnings, *defects]
    body, nested = _body(body_parts, found, limits), ("", "")
    shown = _shown(body_parts)
    for leaf in found.leaves:
        if leaf in body_parts:
            continue
        file, inner = _file(leaf, limits, depth, shown)
        files.append(file)
        if inner is not None:
            files += inner.files[: max(0, limits.parts - len(files))]
            said = inner.inner if inner.inner[1] else (inner.headers.subject, inner.body)
            nested = nested if nested[1] else said
            warnings += inner.warnings
    kept = tuple(files[: limits.parts])
    return Mail(headers, body or nested[1], kept, tuple(dict.fromkeys(warnings)), nested)


def _with_lines(data: bytes) -> bytes:
    """A mail whose lines end with CR alone would be one long line: old Macintosh files have that."""
    head = data[:4096]
    return data.replace(b"\r", b"\n") if b"\r" in head and b"\n" not in head else data


# --- files ---------------------------------------------------------------------


def _is_body(leaf: Part) -> bool:
    """Text that is the mail itself, and not a file."""
    if leaf.media_type not in ("text/plain", "text/html") or leaf.name:
        return False
    return leaf.disposition.main != "attachment"


def _shown(body_parts: list[Part]) -> frozenset[str]:
    """Content-IDs that the mail's HTML shows inside its text (RFC 2392)."""
    pages = (part.text(_LONGEST_PAGE) for part in body_parts if part.media_type == "text/html")
    return frozenset(found for page in pages for found in _SHOWN.findall(page))


def _file(leaf: Part, limits: ReadLimits, depth: int, shown: frozenset[str]) -> tuple[Attached, Mail | None]:
    content = leaf.content()
    if leaf.media_type in ("message/rfc822", "message/global") and _may_descend(len(content), depth, limits):
        inner = read(content, limits, depth + 1)
        name = leaf.name or f"{inner.headers.subject or 'mail'}.eml"
        return Attached(name, kind.MAIL, content), inner
    return Attached(leaf.name, leaf.media_type, content, _is_inline(leaf, content, shown)), None


def _may_descend(size: int, depth: int, limits: ReadLimits) -> bool:
    """Each level of nesting is one more copy of what it holds, so large mails nest less deep."""
    return depth < limits.nesting and size * (depth + 1) <= 2 * limits.unpacked_bytes


def _is_inline(leaf: Part, content: bytes, shown: frozenset[str]) -> bool:
    """Logos, signatures and calendar entries: kept, but never a document."""
    if leaf.media_type in _NEVER_A_DOCUMENT:
        return True
    if not leaf.media_type.startswith("image/") or leaf.media_type == kind.TIFF:
        return False
    by_place = bool(leaf.content_id) or leaf.parent == "multipart/related"
    # what is shown is in place whatever its disposition says: some call every picture an attachment
    in_place = leaf.content_id in shown or (by_place and leaf.disposition.main != "attachment")
    return in_place and is_logo(content)


# --- body ----------------------------------------------------------------------


def _body(parts: list[Part], found: Split, limits: ReadLimits) -> str:
    texts = list(_texts(parts, found, limits.text_chars // 4))
    return tidy("\n".join(texts)).strip()


def _texts(parts: list[Part], found: Split, room: int) -> Iterator[str]:
    """Plain text where there is a choice; HTML as text where there is none."""
    plain = {part.group for part in parts if part.media_type == "text/plain" and part.content().strip()}
    chosen = bool(plain & found.alternatives)
    for part in parts:
        if part.media_type == "text/html" and chosen and _is_alternative(part, found):
            continue
        text = part.text(room * _BYTES_A_LETTER)[: room * 4]
        text = text_of(text) if part.media_type == "text/html" else text
        yield convert(text[:room]).text
        room -= min(room, len(text))


def _is_alternative(part: Part, found: Split) -> bool:
    return part.group in found.alternatives or part.parent == "multipart/related"


# --- headers -------------------------------------------------------------------


def _headers(header: Block, found: Split, leaf_types: tuple[str, ...]) -> tuple[MailHeaders, list[str]]:
    parsed = mailparser.parse_from_string(_pruned(header))
    people = {name: _people(parsed, name) for name in _ADDRESSES}
    ambiguous = len(header.all("from")) > 1
    sender_name, sender = people["from"][0] if people["from"] and not ambiguous else ("", "")
    subject = clean(convert(header_text(header.raw("subject"))).text, 1000)
    reason = automatic.why(header, parameters(header.raw("content-type")), leaf_types, subject)
    own = [address for name in ("to", "cc", "from") for _, address in people[name]]
    reason, failed = bounced.read(header, found.leaves, own, reason)
    headers = MailHeaders(
        subject=subject,
        from_address=sender,
        from_name=sender_name,
        sender_address=_first(people["sender"]),
        reply_to=_first(people["reply-to"]),
        to=tuple(address for _, address in people["to"]),
        cc=tuple(address for _, address in people["cc"]),
        date=clean(unfolded(header.raw("date")), 100),
        message_id=next(iter(_ids(header.raw("message-id"))), ""),
        in_reply_to=next(iter(_ids(header.raw("in-reply-to"))), ""),
        references=tuple(_ids(header.raw("references")))[-50:],
        automatic=reason,
        hops=len(header.all("received")),
        failures=failed,
    )
    return headers, [*sorted(parsed.defects_categories), *(["two-from"] if ambiguous else [])]


def _pruned(header: Block) -> str:
    """The fields that mail-parser shall read, without the body and without strange charsets."""
    fields = [(_FOR_PARSER.get(name), value) for name, value in header.fields]
    lines = [f"{name}: {_known(unfolded(value))}" for name, value in fields if name]
    return "\n".join(lines) + "\n\n"


def _known(text: str) -> str:
    if "=?" not in text:
        return text
    return _CHARSET.sub(
        lambda m: m.group() if safe_codec(m.group(1).lower()) else f"=?utf-8{m.group(2)}", text
    )


def _people(parsed: mailparser.MailParser, name: str) -> list[tuple[str, str]]:
    """(display name, address), cleaned; an address without @ is none."""
    pairs = getattr(parsed, _FOR_PARSER[name].replace("-", "_") + "_") or []
    found = [(clean(who, 200), clean(address, 320)) for who, address in pairs[:_MOST_ADDRESSES]]
    return [(who, address) for who, address in found if "@" in address and " " not in address]


def _first(people: list[tuple[str, str]]) -> str:
    return people[0][1] if people else ""


def _ids(value: bytes) -> list[str]:
    return [clean(found, 1000) for found in _IDS.findall(unfolded(value))]
