"""What one bundle of files would become as a document: decided before the transaction that registers it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from connectors.readers.kind import PLAIN
from connectors.scans.scanners import is_scan
from hub.context import Hub
from hub.numbered_copy import BLANK
from hub.scanning import SEARCHABLE, UNREAD
from rules.directory import local_and_domain
from rules.identify.identity import folded_symbol, identity_key, text_fingerprint
from rules.identify.issuer import issuer_party
from rules.identify.symbol import find_all, parse
from rules.mail_subject import answered, bare_subject, forwarded
from rules.programs import PROGRAM
from rules.records.admission import ACTING, Admission, Handed, Sender, admit
from rules.records.bundle import Bundle, BundledFile
from rules.records.numbering import series_of
from rules.records.passing_on import FILE_PROGRAM
from rules.records.twins import Trait
from rules.text.fold import fold
from rules.text.gate import clean_name
from rules.values.antivirus import NOT_SCANNED, Scan
from rules.values.arrival import Envelope
from rules.values.reading import Fields, Found, ParcelReading
from rules.vocabulary import Direction, FileRole, PartyKind, Role, SenderVerdict, Urgency

MOST_CITATIONS = 50
GENERAL = "congvan"
ENCRYPTED = "file-encrypted"
REPLY = "reply"
OCR = "ocr"  # warning of a reading, and where its text was found
ODD_MAIL = frozenset({"end-missing", "parts-capped", "headers-capped", "nesting-capped"})
CODE = re.compile(r"[a-z0-9-]{2,40}")
UNREADABLE = {"symbol": "symbol-unread", "date": "date-unread"}


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """A file whose bytes are in the blob store, ready for its row."""

    columns: dict[str, Any]
    rendition: bool
    derived: bool = False  # the searchable copy of the file before it


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document to be: columns, files, identity and the verdict on it."""

    columns: dict[str, Any]
    files: tuple[CandidateFile, ...]
    trait: Trait
    admission: Admission
    text: str
    citations: tuple[str, ...]
    from_issuers_clerk: bool
    acting: bool  # the sender is who he says, so what he sends counts
    symbol_rest: str  # what is printed behind a number left blank
    answer_to: str  # address for the receipt, or nothing


def prepare(
    hub: Hub,
    reading: ParcelReading,
    bundle: Bundle,
    envelope: Envelope,
    folder: Path,
    scans: Mapping[str, Scan],
) -> Candidate:
    """Everything about one document that can be decided before looking at what is known.

    ``scans``: what the antivirus said of each file, by its path.
    """
    fields = _with_mail_subject(bundle.main.fields, reading)
    directory, today = hub.directory, hub.today()
    sender = sender_of(hub, envelope)
    match = issuer_party(fields, directory, fields.date.value if fields.date else today, tuple(sender.roles))
    issuer = match[0] if match is not None and match[1] >= hub.config.reading.threshold else None
    handed = _by_sheet(hub, handed_in(hub, envelope, sender), envelope, bundle.main.unit)
    admission = admit(
        fields, issuer, sender, handed, directory, hub.config.reading.threshold, signed=_signed(bundle)
    )
    admission = _asked(_led_on(admission, hub), reading, bundle, handed)
    files = tuple(
        kept
        for ordinal, item in enumerate(bundle.files)
        for kept in _keep(hub, item, ordinal, folder, _marks(reading, item, ordinal, scans))
    )
    main = files[0].columns["sha256"]
    text = bundle.main.reading.text
    columns = _columns(fields, issuer, match[1] if match else 0.0, envelope, today)
    scanned = OCR in bundle.main.reading.warnings
    trait = replace(_trait(columns, issuer, fields, main, text), scanned=scanned)
    if scanned:
        columns["found_at"] |= {"text": OCR, "look_at": " ".join(map(str, fields.look_at))}
    columns |= _compared_by(trait)
    return Candidate(
        columns,
        files,
        trait,
        admission,
        text,
        _citations(text, columns["symbol"]),
        _from_issuers_clerk(hub, sender, issuer),
        sender.verdict in ACTING,
        fields.symbol_rest,
        _answered_at(reading, envelope, sender),
    )


def _answered_at(reading: ParcelReading, envelope: Envelope, sender: Sender) -> str:
    """Who is told, or nobody: a program never (PROMISES S7)."""
    automatic = reading.headers is not None and reading.headers.automatic
    return envelope.mail_from if sender.verdict in ACTING and not automatic else ""


def _compared_by(trait: Trait) -> dict[str, Any]:
    """The columns by which it is found again."""
    return {
        "identity_key": trait.identity_key,
        "fingerprint": trait.fingerprint,
        "text_length": trait.text_length,
        "main_sha256": trait.main_sha256,
    }


def _trait(columns: dict[str, Any], issuer: str | None, fields: Fields, main: str, text: str) -> Trait:
    """What it is compared by with what is known."""
    without_number = identity_key(issuer or fold(columns["issuer_text"]), "", fields_date(fields), main)
    return Trait(
        columns["identity_key"] or without_number,
        _number_key(columns),
        main,
        text_fingerprint(text),
        len(text),
        subject=fold(columns["subject"]),
    )


def _led_on(admission: Admission, hub: Hub) -> Admission:
    """What came to a closed unit is its successor's matter, because nobody answers for the closed one."""
    if admission.direction is Direction.OUTGOING:
        return admission
    return replace(admission, unit=hub.directory.successor(admission.unit, hub.today()) or admission.unit)


def _asked(admission: Admission, reading: ParcelReading, bundle: Bundle, handed: Handed) -> Admission:
    """With why a person must look at a scan; that says more than that something is missing."""
    reasons = [*([REPLY] if _is_reply(reading, bundle) else []), *_file_reasons(bundle, handed)]
    if not reasons:
        return admission
    said = {f"{name}-missing" for name in bundle.main.fields.unread}
    others = [reason for reason in admission.reasons if reason not in said]
    return replace(admission, reasons=tuple(dict.fromkeys((*reasons, *others))))


def sender_of(hub: Hub, envelope: Envelope) -> Sender:
    """The sender with the roles held today; a scanner's folder acts as a clerk of its unit."""
    if envelope.source == "scanner":
        unit = envelope.account.partition("/")[0]
        return Sender(SenderVerdict.AUTHENTICATED, "", {unit: frozenset({Role.CLERK})})
    directory, today = hub.directory, hub.today()
    address = envelope.person or envelope.mail_from
    roles: dict[str, frozenset[Role]] = {}
    if envelope.verdict is SenderVerdict.AUTHENTICATED:
        own = directory.intake(address)
        if own is not None and directory.person(address) is None:
            roles[own] = frozenset({Role.CLERK})  # the unit's own address is its clerks'
        for unit, held in directory.roles_by_unit(_main_address(hub, address), today).items():
            roles[unit] = roles.get(unit, frozenset()) | held
    return Sender(envelope.verdict, address, roles)


def handed_in(hub: Hub, envelope: Envelope, sender: Sender) -> Handed:
    """The units whose intakes stand in the envelope; the general address counts from outside only."""
    if envelope.source == "scanner":
        unit, _slash, folder = envelope.account.partition("/")
        return Handed((unit,), folder=Direction(folder))
    directory = hub.directory
    units: dict[str, None] = {}
    general = False
    for address in envelope.recipients:
        if local_and_domain(address)[0] == GENERAL:
            general = True
        elif (found := directory.intake(address)) is not None:
            units[found] = None
    if general and not sender.roles and directory.central is not None:
        units[directory.central] = None
    return Handed(tuple(units), general, people=not units and not general)


def _main_address(hub: Hub, address: str) -> str:
    person = hub.directory.person(address)
    return person.email if person is not None else address


def _is_reply(reading: ParcelReading, bundle: Bundle) -> bool:
    """Words that answer a mail and bring no file: whether they are a document, a person says."""
    headers, main = reading.headers, bundle.main.reading
    if headers is None or forwarded(headers.subject):
        return False
    answers = bool(headers.in_reply_to) or answered(headers.subject)
    return answers and main.media_type == PLAIN and main.text == reading.body


def _with_mail_subject(fields: Fields, reading: ParcelReading) -> Fields:
    """A document that names no subject takes the mail's, with little confidence."""
    subject = bare_subject(reading.headers.subject) if reading.headers is not None else ""
    if fields.subject is not None or not subject:
        return fields
    values = {name: getattr(fields, name) for name in Fields.__dataclass_fields__}
    return Fields(**{**values, "subject": Found(subject, 0.4, "mail subject")})


def fields_date(fields: Fields) -> date | None:
    """The document's date, if it bears one."""
    return fields.date.value if fields.date is not None else None


def _columns(
    fields: Fields, issuer: str | None, issuer_confidence: float, envelope: Envelope, today: date
) -> dict[str, Any]:
    symbol = fields.symbol.value if fields.symbol is not None else ""
    parsed = parse(symbol) if symbol else None
    day = fields_date(fields)
    kind = fields.type.value if fields.type is not None else ""
    year = (
        day.year if day is not None else (parsed.year if parsed is not None and parsed.year else today.year)
    )
    series = series_of(kind, fields.normative, Direction.OUTGOING)
    issuer_name = issuer or fold(fields.issuer.value if fields.issuer is not None else "")
    return {
        "issuer": issuer,
        "issuer_text": fields.issuer.value if fields.issuer is not None else "",
        "parent_issuer_text": fields.parent_issuer.value if fields.parent_issuer is not None else "",
        "type": kind,
        "normative": fields.normative,
        "series": series,
        "symbol": symbol,
        "symbol_key": folded_symbol(symbol) if symbol else "",
        "number": parsed.number if parsed is not None else None,
        "suffix": parsed.suffix if parsed is not None else "",
        "year": year,
        "date": day,
        "place": fields.place.value if fields.place is not None else "",
        "subject": fields.subject.value if fields.subject is not None else "",
        "signer": fields.signer.value if fields.signer is not None else "",
        "signer_title": fields.signer_title.value if fields.signer_title is not None else "",
        "urgency": int(fields.urgency.value) if fields.urgency is not None else int(Urgency.NORMAL),
        "recipients": _block(fields),
        "confidence": _confidence(fields, issuer_confidence),
        "found_at": _found_at(fields),
        "identity_key": identity_key(issuer_name, series, day, symbol) if symbol else "",
        "source": envelope.source,
        "sender": envelope.person or envelope.mail_from,
        "sender_verdict": envelope.verdict,
    }


def _number_key(columns: dict[str, Any]) -> str:
    if not columns["symbol_key"]:
        return ""
    return f"{columns['issuer'] or ''}|{columns['year']}|{columns['symbol_key']}"


def _block(fields: Fields) -> list[dict[str, Any]]:
    """Addressees and recipients as written; routing adds the parties they stand for."""
    blocks = (("addressee", fields.addressees), ("block", fields.recipients))
    return [
        {"source": source, "text": entry.text, "kind": entry.kind, "purpose": entry.purpose, "parties": []}
        for source, entries in blocks
        for entry in entries
    ]


def _named(fields: Fields) -> dict[str, Found[Any]]:
    names = ("symbol", "date", "place", "issuer", "type", "subject", "signer", "urgency")
    return {name: found for name in names if (found := getattr(fields, name)) is not None}


def _confidence(fields: Fields, issuer_confidence: float) -> dict[str, float]:
    values = {name: round(found.confidence, 2) for name, found in _named(fields).items()}
    if issuer_confidence:
        values["issuer"] = round(issuer_confidence, 2)
    return values


def _found_at(fields: Fields) -> dict[str, str]:
    places = {name: found.where for name, found in _named(fields).items()}
    return {**places, "number": BLANK} if fields.blank_number else places


def _signed(bundle: Bundle) -> bool:
    """Whether a rendition of the document is signed: what is signed cannot get a number any more."""
    return any("signed" in item.file.reading.warnings for item in bundle.files if item.role is FileRole.MAIN)


def _by_sheet(hub: Hub, handed: Handed, envelope: Envelope, unit: str) -> Handed:
    """What a separator sheet says: in a scanner's incoming folder it names the receiving unit.

    Elsewhere the code is only paper that anybody may print, so it decides nothing.
    """
    if not unit or envelope.source != "scanner" or handed.units == (unit,):
        return handed
    if handed.folder is Direction.INCOMING and unit in hub.directory.units:
        return replace(handed, units=(unit,))
    return replace(handed, sheet=unit)


def _file_reasons(bundle: Bundle, handed: Handed) -> list[str]:
    """Why a person must look at a file, whatever else is known of it."""
    unread = [UNREADABLE[name] for name in bundle.main.fields.unread if name in UNREADABLE]
    if is_scan(bundle.main):
        unread.insert(0, UNREAD)
    if bundle.main.reading.state == "encrypted":
        unread.insert(0, ENCRYPTED)
    if any(PROGRAM in item.file.reading.warnings for item in bundle.files):
        unread.insert(0, FILE_PROGRAM)
    return [*unread, "sheet-unit"] if handed.sheet else unread


def _marks(
    reading: ParcelReading, item: BundledFile, ordinal: int, scans: Mapping[str, Scan]
) -> dict[str, str]:
    """What a person should know before opening a file; what is odd about a mail stands at its first."""
    notes = [note.partition(":")[0] for note in item.file.reading.warnings]
    notes += [note for note in reading.warnings if note in ODD_MAIL] if ordinal == 0 else []
    codes = [note for note in dict.fromkeys(notes) if CODE.fullmatch(note)]
    scan = scans.get(item.file.path, Scan(NOT_SCANNED))
    return {"antivirus": str(scan)[:200], "warnings": " ".join(codes)[:500]}


def _keep(
    hub: Hub, item: BundledFile, ordinal: int, folder: Path, marks: dict[str, str]
) -> list[CandidateFile]:
    """Put a file's bytes into the blob store, and its searchable copy's; a child only named the places."""
    file = item.file
    data = (folder / file.path).read_bytes()
    columns = {
        "sha256": hub.blobs.put(data),
        "name": file.name,
        "media_type": file.reading.media_type,
        "size": len(data),
        "role": item.role,
        "ordinal": ordinal,
        "pages": file.reading.page_count,
        "converted_from": " ".join(file.reading.converted_from),
        "state": file.reading.state,
        **marks,
    }
    if not file.searchable:
        return [CandidateFile(columns, item.rendition)]
    copy = (folder / file.searchable).read_bytes()
    derived = columns | {
        "sha256": hub.blobs.put(copy),
        "name": clean_name(f"{file.name.rpartition('.')[0] or file.name}.ocr.pdf"),
        "media_type": "application/pdf",
        "size": len(copy),
        "state": SEARCHABLE,
    }
    return [CandidateFile(columns, item.rendition), CandidateFile(derived, False, derived=True)]


def _citations(text: str, own: str) -> tuple[str, ...]:
    """The numbers of other documents that this one names, each once."""
    cited = dict.fromkeys(symbol.text for symbol in find_all(text))
    return tuple(symbol for symbol in cited if folded_symbol(symbol) != folded_symbol(own or "-"))[
        :MOST_CITATIONS
    ]


def _from_issuers_clerk(hub: Hub, sender: Sender, issuer: str | None) -> bool:
    if issuer is None or issuer.partition(":")[0] == PartyKind.OUTSIDE:
        return False
    keeper = hub.directory.keeper(issuer)
    mine = tuple(unit for unit in sender.roles if hub.directory.keeper(unit) == keeper)
    return sender.verdict is SenderVerdict.AUTHENTICATED and sender.is_clerk(mine)
