"""What a notice of the ledger says: its few kept facts and the document's own become a value for a mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from hub import notices, tracking
from hub.context import Hub
from hub.following import signing, trouble
from hub.notices import About, Answers, DigestLine
from hub.texts import _, outcome
from hub.words import reason_text
from rules.progress import Progress
from rules.token import Purpose
from rules.vocabulary import Handling, Urgency
from storage import deliveries, documents, handling, papers, registers
from storage import notices as notice_rows
from storage.engine import AnyRow


def us(hub: Hub) -> notices.Hub:
    """Who speaks."""
    organisation = hub.config.organisation
    return notices.Hub(organisation.name, organisation.help_address or f"hotro@{hub.config.domain}")


def about(hub: Hub, document: AnyRow) -> About:
    """A document in the words of its entry."""
    issuer = document.issuer_text
    if document.issuer is not None:
        issuer = hub.directory.party_name(document.issuer, document.date)
    said = (document.subject, document.symbol, document.type, issuer, document.date, document.signer)
    return About(*said, Urgency(document.urgency))


def answers(hub: Hub, row: AnyRow, *purposes: Purpose) -> Answers:
    """How a mail about this row can be answered."""
    links = {purpose.name.lower(): signing.link(hub, purpose, row.id, row.created_at) for purpose in purposes}
    until = hub.local(row.created_at + signing.LIFETIME).date()
    return Answers(True, until, **{name: url for name, url in links.items() if url})


def notice_of(hub: Hub, connection: Connection, row: AnyRow) -> notices.Notice:
    """The value for a row whose letter names a notice. LookupError for one that nobody knows."""
    return _KINDS[row.letter["notice"]](hub, connection, row)


def person_name(hub: Hub, actor: str) -> str:
    """Who did it, as a person reads it."""
    known = hub.directory.person(actor)
    if known is not None:
        return known.name
    unit = hub.directory.intake(actor)
    return hub.directory.party_name(unit) if unit is not None else actor.removeprefix("link:")


class _Told:
    """The rows that most notices speak of."""

    def __init__(self, hub: Hub, connection: Connection, row: AnyRow) -> None:
        self.letter: Mapping[str, Any] = row.letter
        delivery = handling.get(connection, row.letter["delivery"])
        document = documents.get(connection, row.document)
        if delivery is None or document is None:
            raise LookupError(f"notice {row.id} is about nothing")
        self.delivery, self.document = delivery, document
        self.about = about(hub, document)
        self.unit = hub.directory.party_name(delivery.receiver)
        entry = [e for e in registers.entries_of(connection, [document.id]) if e.id == delivery.entry]
        self.number = entry[0].number if entry else None
        self.by = person_name(hub, str(row.letter.get("by", "")))
        self.instead_of = person_name(hub, str(row.letter.get("instead_of", "")))


def _handled(hub: Hub, connection: Connection, row: AnyRow) -> notices.Handled:
    told = _Told(hub, connection, row)
    at = hub.local(datetime.fromisoformat(told.letter["at"]))
    code = Handling(told.letter["handling"])
    return notices.Handled(us(hub), told.about, told.unit, code, told.letter["reason"], told.by, at)


def _submitted(hub: Hub, connection: Connection, row: AnyRow) -> notices.Submitted:
    told = _Told(hub, connection, row)
    due = _day(hub, told.delivery.due_at)
    return notices.Submitted(
        us(hub), told.about, told.unit, told.number, due, answers(hub, row), told.instead_of
    )


def _assigned(hub: Hub, connection: Connection, row: AnyRow) -> notices.Assigned:
    told = _Told(hub, connection, row)
    due = datetime.fromisoformat(told.letter["due"]) if told.letter["due"] else None
    ways = answers(hub, row, Purpose.BEGIN, Purpose.DONE)
    said = (told.unit, told.number, told.letter["opinion"], told.by, _day(hub, due))
    return notices.Assigned(us(hub), told.about, *said, ways, told.instead_of)


def _due_moved(hub: Hub, connection: Connection, row: AnyRow) -> notices.DueMoved:
    told = _Told(hub, connection, row)
    due = hub.local(datetime.fromisoformat(told.letter["due"])).date()
    return notices.DueMoved(us(hub), told.about, told.unit, due, told.letter["reason"], told.by)


def _time_asked(hub: Hub, connection: Connection, row: AnyRow) -> notices.TimeAsked:
    told = _Told(hub, connection, row)
    until = date.fromisoformat(told.letter["until"]) if told.letter["until"] else None
    said = (told.unit, told.by, told.letter["days"], until, told.letter["reason"])
    return notices.TimeAsked(us(hub), told.about, *said, _day(hub, told.delivery.due_at), answers(hub, row))


def _unclear(hub: Hub, connection: Connection, row: AnyRow) -> notices.AnswerUnclear:
    told = _Told(hub, connection, row)
    lines = tuple(str(told.letter["text"]).splitlines())
    why = reason_text(told.letter["why"]) if told.letter["why"] else ""
    return notices.AnswerUnclear(us(hub), told.about, told.unit, told.by, lines, why, answers(hub, row))


def _answer_refused(hub: Hub, connection: Connection, row: AnyRow) -> notices.AnswerRefused:
    told = _Told(hub, connection, row)
    return notices.AnswerRefused(us(hub), told.about, told.unit, told.letter["why"])


def _confirm(hub: Hub, connection: Connection, row: AnyRow) -> notices.Confirm:
    told = _Told(hub, connection, row)
    ways = answers(hub, row, Purpose.CONFIRM)
    return notices.Confirm(us(hub), told.about, told.unit, told.letter["act"], told.letter["reason"], ways)


def _reminder(hub: Hub, connection: Connection, row: AnyRow) -> notices.Reminder:
    told = _Told(hub, connection, row)
    due = datetime.fromisoformat(told.letter["due"]) if told.letter["due"] else None
    work = handling.assignments_of(connection, [told.delivery.id])
    people = ", ".join(person_name(hub, item.person) for item in work if item.ended_at is None)
    said = (told.unit, told.letter["level"], told.number, _day(hub, due), people)
    return notices.Reminder(us(hub), told.about, *said, answers(hub, row), told.instead_of)


def _recall(hub: Hub, connection: Connection, row: AnyRow) -> notices.RecallAsked:
    told = _Told(hub, connection, row)
    wish = papers.asked_back(connection, told.document.id)
    other = None
    if wish is not None and wish.replacement is not None:
        other = documents.get(connection, wish.replacement)
    said = (told.unit, told.letter["kind"], told.letter["reason"], told.by, told.number)
    name = f"{other.symbol} {other.subject}".strip() if other is not None else ""
    return notices.RecallAsked(us(hub), told.about, *said, name, answers(hub, row))


def _board(hub: Hub, connection: Connection, row: AnyRow) -> notices.Board:
    unit = row.letter["unit"]
    rows = tracking.assignments(hub, connection, unit=unit, days=7)
    numbers = ("open", "due_soon", "overdue", "in_time", "late")
    lines = tuple(
        notices.BoardLine(line["name"], *(line[name] for name in numbers)) for line in tracking.counts(rows)
    )
    late = tuple(
        notices.LateItem(
            " ".join(part for part in (item["symbol"], item["subject"]) if part),
            item["name"],
            hub.local(datetime.fromisoformat(item["due"])).date(),
        )
        for item in rows
        if item["progress"] == Progress.OVERDUE
    )
    return notices.Board(us(hub), hub.directory.party_name(unit), hub.today(), lines, late)


def _delay(hub: Hub, connection: Connection, row: AnyRow) -> notices.DelayNotice:
    document, receivers, first, at = _troubled(hub, connection, row)
    return notices.DelayNotice(us(hub), document, receivers, first, at + hub.retries.give_up_after)


def _failure(hub: Hub, connection: Connection, row: AnyRow) -> notices.FailureNotice:
    document, receivers, first, _at = _troubled(hub, connection, row)
    ended = hub.local(datetime.fromisoformat(row.letter["at"]))
    return notices.FailureNotice(us(hub), document, receivers, first, ended)


def _troubled(
    hub: Hub, connection: Connection, row: AnyRow
) -> tuple[About, tuple[notices.HeldBack, ...], datetime, datetime]:
    """The document, whom it does not reach and why in plain words, and when it first went out."""
    rows = [handling.get(connection, delivery) for delivery in row.letter["deliveries"]]
    known = [item for item in rows if item is not None]
    document = documents.get(connection, row.document)
    if document is None or not known:
        raise LookupError(f"notice {row.id} is about nothing")
    receivers = tuple(_unreached(hub, item) for item in known)
    first = min(item.created_at for item in known)
    return about(hub, document), receivers, hub.local(first), hub.local(first)


def _unreached(hub: Hub, row: AnyRow) -> notices.HeldBack:
    name = hub.directory.party_name(row.receiver)
    where = f"{name} <{row.address}>" if row.address else name
    near = ", ".join(trouble.suggestions(hub, row))
    why = outcome(row.error)
    return notices.HeldBack(
        where, _("{why}; perhaps meant: {addresses}").format(why=why, addresses=near) if near else why
    )


def _by_rule(hub: Hub, connection: Connection, row: AnyRow) -> notices.ByRule:
    document = documents.get(connection, row.document)
    if document is None:
        raise LookupError(f"notice {row.id} is about nothing")
    went_to = deliveries.of_documents(connection, [document.id])
    names = tuple(hub.directory.party_name(item.receiver) for item in went_to)
    rules, away = tuple(row.letter["rules"]), str(row.letter.get("instead_of", ""))
    return notices.ByRule(us(hub), about(hub, document), rules, names, person_name(hub, away))


def _digest(hub: Hub, connection: Connection, row: AnyRow) -> notices.Digest:
    lines = []
    for item in notice_rows.sent_in(connection, row.id):
        document = documents.get(connection, item.document) if item.document is not None else None
        if document is not None:
            lines.append(_line(hub, connection, item.letter, document))
    return notices.Digest(us(hub), hub.local(row.created_at), tuple(lines))


def _line(hub: Hub, connection: Connection, letter: Mapping[str, Any], document: AnyRow) -> DigestLine:
    found = handling.get(connection, letter["delivery"]) if "delivery" in letter else None
    unit = hub.directory.party_name(found.receiver) if found is not None else ""
    code = Handling(letter["handling"]) if letter.get("handling") else None
    due = datetime.fromisoformat(letter["due"]) if letter.get("due") else None
    why = outcome(str(letter.get("reason") or letter.get("opinion") or "; ".join(letter.get("rules", ()))))
    return DigestLine(letter["notice"], about(hub, document), unit, code, why, _day(hub, due))


def _day(hub: Hub, moment: datetime | None) -> date | None:
    return hub.local(moment).date() if moment is not None else None


_KINDS: Mapping[str, Callable[[Hub, Connection, AnyRow], notices.Notice]] = {
    "handled": _handled,
    "submitted": _submitted,
    "assigned": _assigned,
    "due_moved": _due_moved,
    "time_asked": _time_asked,
    "unclear": _unclear,
    "answer_refused": _answer_refused,
    "confirm": _confirm,
    "digest": _digest,
    "by_rule": _by_rule,
    "reminder": _reminder,
    "recall": _recall,
    "board": _board,
    "delay": _delay,
    "failure": _failure,
}
