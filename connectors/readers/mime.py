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
from rules.mail_subject import forwarded
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
_HOLLOW_BYTES, _HOLLOW_TIMES = 600, 3
_OPENING_CHARS = 4000
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
    """``inside``: subject and first words of each mail attached to this one, and to those."""

    headers: MailHeaders
    body: str
    files: tuple[Attached, ...]
    warnings: tuple[str, ...] = ()
    inside: tuple[tuple[str, str], ...] = ()


def read(data: bytes, limits: ReadLimits, depth: int = 0) -> Mail:
    """Take a mail apart; never raises for what the bytes hold."""
    header, found = split(_with_lines(data), limits)
    kinds = tuple(leaf.media_type for leaf in found.leaves)
    headers, defects = _headers(header, found, kinds)
    body_parts = [leaf for leaf in found.leaves if _is_body(leaf)]
    shown, body = _shown(body_parts), _body(body_parts, found, limits)
    taken = [_file(leaf, limits, depth, shown) for leaf in found.leaves if leaf not in body_parts]
    nested = [inner for _file, inner in taken if inner is not None]
    alone = not any(can_be_document(file) for file, _inner in taken)
    passes_on = alone and (depth > 0 or forwarded(headers.subject) or not headers.in_reply_to)
    files: list[Attached] = []
    for file, inner in taken:
        more = () if inner is None else (*inner.files, *(_letter(inner) if passes_on else ()))
        files += [file, *more][: max(0, limits.parts - len(files))]
    warnings = [*found.warnings, *defects, *(text for inner in nested for text in inner.warnings)]
    inside = [said for inner in nested for said in (_opening(inner), *inner.inside)]
    body = body or next((inner.body for inner in nested if inner.body), "")
    return Mail(headers, body, tuple(files), tuple(dict.fromkeys(warnings)), tuple(inside[: limits.parts]))


def can_be_document(file: Attached) -> bool:
    """Whether a file of a mail may be one: no logo, and no mail, which is kept for what it holds."""
    return not file.inline and file.declared != kind.MAIL


def _letter(inner: Mail) -> tuple[Attached, ...]:
    """The words of an attached mail that brings no file: they are what is passed on."""
    if any(map(can_be_document, inner.files)) or not inner.body.strip():
        return ()
    return (text_file(inner.headers.subject, inner.body),)


def text_file(subject: str, text: str) -> Attached:
    """The words of a mail as a file under its subject."""
    return Attached(f"{subject[:140] or 'mail'}.txt", kind.PLAIN, text.encode())


def _opening(inner: Mail) -> tuple[str, str]:
    return inner.headers.subject, inner.body[:_OPENING_CHARS]


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
    pages = [part for part in parts if part.media_type == "text/html" and _is_alternative(part, found)]
    hollow = [part for part in parts if part.group in found.alternatives and _is_hollow(part, pages)]
    parts = [part for part in parts if part not in hollow]
    plain = {part.group for part in parts if part.media_type == "text/plain" and part.content().strip()}
    chosen = bool(plain & found.alternatives)
    for part in parts:
        if part in pages and chosen:
            continue
        text = part.text(room * _BYTES_A_LETTER)[: room * 4]
        text = text_of(text) if part.media_type == "text/html" else text
        yield convert(text[:room]).text
        room -= min(room, len(text))


def _is_hollow(part: Part, pages: list[Part]) -> bool:
    """Plain text that only says "see the page": some programs write such for readers without HTML."""
    size = part.end - part.header.body
    if part.media_type != "text/plain" or size > _HOLLOW_BYTES or not pages:
        return False
    said = len(part.text(_HOLLOW_BYTES).strip())
    shown = max(len(text_of(page.text(_LONGEST_PAGE))) for page in pages[:3])
    return shown > 200 and shown > _HOLLOW_TIMES * said


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
