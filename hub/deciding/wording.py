"""A row of the ledger about a waiting document becomes the value that its mail is written from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from hub import page_image
from hub.comparing import FIELD_WORDS, side_by_side
from hub.context import Hub
from hub.deciding import hold_wording
from hub.deciding.asking import ASKED
from hub.deciding.notices import DecidingNotice, ReviewAnswered, ReviewAsked, Suspect
from hub.desk.refused import Refused
from hub.following import signing
from hub.following.wording import about, person_name, us
from hub.letter import MailFile
from hub.notice_parts import ListedFile
from hub.scanning import SEARCHABLE
from hub.texts import _, outcome
from hub.words import reason_text
from rules.permission import View, view
from rules.records.case_words import CaseAct
from rules.records.passing_on import withheld
from rules.vocabulary import Role
from storage import arrivals, documents, waiting
from storage.engine import AnyRow

MOST_OCTETS = 10 << 20  # of enclosed files; a mailbox elsewhere takes about twice as much


def _asked(hub: Hub, connection: Connection, row: AnyRow) -> ReviewAsked:
    case, document = _about(connection, row)
    arrival = arrivals.get(connection, case.arrival) if case.arrival is not None else None
    kept, left_out = _chosen(connection, case, document)
    return ReviewAsked(
        hub=us(hub),
        document=about(hub, document),
        unit=hub.directory.party_name(case.unit),
        case=case.id,
        source=arrival.source if arrival is not None else "",
        sender=arrival.mail_from if arrival is not None else "",
        came=hub.local(arrival.received_at if arrival is not None else case.opened_at),
        reasons=tuple(reason_text(reason) for reason in case.detail.split()),
        letters="" if document.symbol else document.handed.get("symbol_rest", ""),
        files=tuple(ListedFile(file.name, file.size) for file in kept),
        left_out=tuple(ListedFile(file.name, file.size) for file in left_out),
        withheld=_withheld(case, document),
        picture=_picture(hub, connection, case) is not None,
        suspects=_suspects(hub, connection, case),
        until=hub.local(row.created_at + signing.LIFETIME).date(),
        instead_of=person_name(hub, str(row.letter.get("instead_of", ""))),
    )


def _answered(hub: Hub, connection: Connection, row: AnyRow) -> ReviewAnswered:
    case, document = _about(connection, row)
    letter = row.letter
    return ReviewAnswered(
        us(hub),
        about(hub, document),
        hub.directory.party_name(case.unit),
        case.id,
        CaseAct(letter["done"]) if letter["done"] else None,
        letter["other"],
        outcome(letter["why"]),
    )


KINDS: Mapping[str, Callable[[Hub, Connection, AnyRow], DecidingNotice]] = {
    ASKED: _asked,
    "review_answered": _answered,
    **hold_wording.KINDS,
}


def files(hub: Hub, connection: Connection, row: AnyRow) -> list[MailFile]:
    """The place of number and date as a picture, then the files, so that the clerk sees what is asked."""
    if row.letter["notice"] != ASKED:
        return []
    case, document = _about(connection, row)
    picture = _picture(hub, connection, case)
    shown = [MailFile(_("number-and-date") + ".png", "image/png", picture)] if picture is not None else []
    kept, _left_out = _chosen(connection, case, document)
    return shown + [MailFile(file.name, file.media_type, hub.blobs.read(file.sha256)) for file in kept]


def _about(connection: Connection, row: AnyRow) -> tuple[AnyRow, AnyRow]:
    case = waiting.get(connection, row.letter["case"])
    document = documents.get(connection, case.document) if case is not None else None
    if case is None or document is None:
        raise LookupError(f"notice {row.id} is about nothing")
    return case, document


def _chosen(
    connection: Connection, case: AnyRow, document: AnyRow
) -> tuple[Sequence[AnyRow], Sequence[AnyRow]]:
    """The files as they came, as many as one mail can carry, and those that are left out."""
    version = documents.latest_version(connection, document.id).id
    if _withheld(case, document):
        return [], documents.files_of(connection, version)
    came = [file for file in documents.files_of(connection, version) if file.state != SEARCHABLE]
    kept: list[AnyRow] = []
    for file in came:
        if sum(other.size for other in kept) + file.size <= MOST_OCTETS:
            kept.append(file)
    return kept, [file for file in came if file not in kept]


def _withheld(case: AnyRow, document: AnyRow) -> str:
    return withheld(document.sender_verdict, case.detail.split())


def _picture(hub: Hub, connection: Connection, case: AnyRow) -> bytes | None:
    try:
        return page_image.of_case(hub, connection, case.id)
    except Refused:  # because what came as text, or is decided by now, has no such place
        return None


def _suspects(hub: Hub, connection: Connection, case: AnyRow) -> tuple[Suspect, ...]:
    try:
        found: Mapping[str, Any] = side_by_side(connection, case.id, _view(hub, case.unit))
    except Refused:  # because it was decided before the mail was written
        return ()
    return tuple(_suspect(other) for other in found["suspects"])


def _view(hub: Hub, unit: str) -> View:
    """What the unit's clerk may see."""
    return view({unit: frozenset({Role.CLERK})}, "", {unit: hub.directory.kept_by(unit)})


def _suspect(other: Mapping[str, Any]) -> Suspect:
    fields = other["fields"]
    day = f"{date.fromisoformat(fields['date']):%d/%m/%Y}" if fields["date"] else ""
    title = " ".join(part for part in (fields["symbol"], day, fields["subject"]) if part)
    differs = tuple(_(FIELD_WORDS[name]) for name in other["differs"] if name not in ("files", "text"))
    return Suspect(other["document"], title, differs, other["text_alike"])
