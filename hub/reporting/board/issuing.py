"""The report is issued: a number is kept for it, it is written, registered and sent; each slot once.

The number stands on the report, so it is taken before the report is written, in a transaction of its
own; a crash in between finds the number again and goes on with it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub import books as books_of_hub
from hub.addresses import address_of
from hub.context import Hub
from hub.reporting import history, proposing
from hub.reporting.board import letter
from hub.reporting.board.gathering import Whole
from hub.reporting.board.letter import KIND, Numbered, Parties
from hub.reporting.compliance import UnitLine
from hub.scanning import Lease
from hub.texts import N_, speaking
from hub.transitions import label, tell
from rules.identify.identity import folded_symbol, identity_key
from rules.records.numbering import given_symbol, own_series, series_of
from rules.reporting.kinds import Act
from rules.reporting.period import Period, named
from rules.values.paper import Paper
from rules.vocabulary import (
    BookMode,
    Direction,
    DocumentStatus,
    FileRole,
    SenderVerdict,
)
from storage import (
    arrivals,
    deliveries,
    documents,
    journal,
    notices,
    period_figures,
    registers,
    returns,
    search,
    steps,
)
from storage.engine import AnyRow
from storage.journal import Event
from storage.registers import BookKey
from storage.steps import Claim

log = logging.getLogger("vanthu.reporting")
STAGE = "board-report"
REPORTS = "compliance"  # the kind of report
BY = "hub"
# Where clerks enter the numbers that documents bear, the hub's own reports stand in a book of their own
# and say so in their symbol, because nobody knows which numbers the clerk has given on paper.
OWN_SERIES, OWN_SIGN = own_series("bao-cao"), "HTVB"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file whose bytes lie in the blob store."""

    name: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Written:
    """The report with its files and the units' pages."""

    whole: Whole
    paper: Paper
    files: tuple[Stored, ...]
    pages: Mapping[str, Stored]


def order(connection: Connection, period: str, part: str, now: datetime, *, late: bool = False) -> bool:
    """Have the report of a period, or its supplement, issued; False when it was ordered before."""
    payload = {"period": period, "part": part, "late": late}
    return steps.enqueue_once(connection, STAGE, f"{STAGE}/{period}/{part}", now, payload=payload)


def run(hub: Hub, step: Claim, worker: str) -> None:
    """One report, from its number to the mails."""
    period = named(step.payload["period"])
    if period is None:
        raise LookupError(f"period {step.payload['period']}")
    begun = _begun(hub, period, step.payload["part"], late=step.payload["late"])
    if begun.document is None:
        written = _written(hub, period, begun, Lease(hub, step).beat)
        _issue(hub, step, period, begun, written)
        hub.wake.ring()
        return
    with hub.database.transaction() as connection:
        steps.finish(connection, step)


def run_ladder(hub: Hub, step: Claim, worker: str) -> None:
    """The ladder's turn for the board: the report, or the supplement where something came since.

    A hub that was down over both issues the report alone, late: it counts what has come by then.
    """
    now, payload = hub.now(), step.payload
    kind, period, late = str(payload["kind"]), str(payload["period"]), bool(payload["late"])
    with hub.database.transaction() as connection:
        if proposing.settle(connection, kind, payload, now):
            if kind != REPORTS:
                log.warning("%s has no report of its own yet; see vanthu report status", kind)
            elif payload["act"] == Act.REPORT or not _ordered(connection, period):
                order(connection, period, letter.REPORT, now, late=late)
            elif came_since(connection, period):
                order(connection, period, letter.SUPPLEMENT, now, late=late)
        steps.finish(connection, step)
    hub.wake.ring()


def _ordered(connection: Connection, period: str) -> bool:
    return steps.slot_known(connection, f"{STAGE}/{period}/{letter.REPORT}")


def came_since(connection: Connection, period: str) -> frozenset[str]:
    """Units whose return came after the report was begun; while there is no report nobody."""
    report = period_figures.begun(connection, REPORTS, period, letter.REPORT)
    if report is None:
        return frozenset()
    rows = returns.of_period(connection, REPORTS, period)
    return frozenset(row.unit for row in rows if row.first_at is not None and row.first_at > report.begun_at)


def _begun(hub: Hub, period: Period, part: str, *, late: bool) -> AnyRow:
    """The report's row with its number, taken now or kept since an earlier try."""
    from hub.reporting.board import preview  # late, because a hub that starts should not wait for writers

    now, parties = hub.now(), preview.parties(hub)
    with hub.database.transaction() as connection:
        hub.database.serialise(connection, f"{STAGE}/{period.name}/{part}")
        found = period_figures.begun(connection, REPORTS, period.name, part)
        if found is not None:
            return found
        book, signs = _book(hub, connection, parties.issuer, now)
        (number,), event = books_of_hub.reserve(connection, book, 1, BY, now)
        unit = hub.directory.unit(parties.issuer)
        body = unit.symbols[0] if unit is not None and unit.symbols else parties.issuer.upper()
        symbol = given_symbol(number, KIND, body, unit=signs)
        period_figures.keep_number(
            connection,
            REPORTS,
            period.name,
            part,
            book=book,
            number=number,
            symbol=symbol,
            dated=hub.today(),
            late=late,
            now=now,
        )
        journal.append(connection, BY, [event], now)
        made = period_figures.begun(connection, REPORTS, period.name, part)
        assert made is not None  # because it was just written
        return made


def _book(hub: Hub, connection: Connection, issuer: str, now: datetime) -> tuple[int, str]:
    """The issuer's book where the hub gives its numbers, else one of the hub's own; what the symbol adds."""
    keeper = hub.directory.keeper(issuer) or issuer
    unit, year = hub.directory.unit(keeper), hub.local(now).year
    if unit is not None and unit.book_mode is BookMode.HUB:
        general = series_of(KIND, False, Direction.OUTGOING)
        book = registers.open_book(connection, BookKey(keeper, issuer, Direction.OUTGOING, general, year))
        if registers.counted(connection, book):
            return book, ""
    return registers.open_book(
        connection, BookKey(keeper, issuer, Direction.OUTGOING, OWN_SERIES, year)
    ), OWN_SIGN


def _written(hub: Hub, period: Period, begun: AnyRow, beat: Callable[[], None]) -> Written:
    """Everything that needs no transaction."""
    from hub.reporting.board import files, preview

    def advance(_what: str, _done: int, _of: int) -> None:
        beat()

    history.freeze(hub, period)
    with hub.database.reading() as connection:
        whole = preview.gathered(hub, connection, period, advance)
    parties, numbered = preview.parties(hub), Numbered(begun.symbol, begun.dated, begun.part, begun.late)
    with speaking(hub.config.organisation.language):
        paper = letter.paper(hub, whole, parties, numbered)
        made = files.board_files(hub, whole, parties, numbered, advance)
        stored = tuple(_stored(hub, file) for file in made)
        chosen = _concerned(hub, whole, begun.part)
        pages = {
            code: _stored(hub, file)
            for code, file in files.unit_pages(hub, whole.report, advance, only=chosen)
        }
    return Written(whole, paper, stored, pages)


def _stored(hub: Hub, file: Any) -> Stored:
    return Stored(file.name, file.media_type, hub.blobs.put(file.content), len(file.content))


def _concerned(hub: Hub, whole: Whole, part: str) -> frozenset[str]:
    """Whose page goes out: every unit's, with a supplement those whose return came since the report."""
    if part == letter.REPORT:
        return frozenset(line.code for line in whole.report.units)
    with hub.database.reading() as connection:
        return came_since(connection, whole.report.period.name)


def _issue(hub: Hub, step: Claim, period: Period, begun: AnyRow, written: Written) -> None:
    """Document, entry, figures, unit pages and the step to routing, all at once."""
    from hub.reporting.board import preview

    now, parties = hub.now(), preview.parties(hub)
    with hub.database.transaction() as connection:
        hub.database.serialise(connection, f"{STAGE}/{period.name}/{begun.part}")
        again = period_figures.begun(connection, REPORTS, period.name, begun.part)
        if again is None or again.document is not None:  # another worker was quicker
            steps.finish(connection, step)
            return
        document = _register(hub, connection, begun, written, parties, now)
        period_figures.issued(connection, begun.id, document)
        figures = {line.code: line.readings for line in written.whole.report.units}
        history.keep(connection, period, figures, now)
        deliveries.plan(connection, _page_rows(hub, connection, period, begun, written, now))
        events = [
            Event("registered", f"document:{document}", {"sha256": written.files[0].sha256}),
            books_of_hub.enter_outgoing(hub, connection, document, BY, now),
        ]
        steps.enqueue(connection, "route", document, now, payload={"arrival": None, "receivers": []})
        steps.finish(connection, step)
        journal.append(connection, BY, events, now)
    tell(
        N_("report {document} of {period} is issued"),
        document=label(document, begun.symbol),
        period=period.name,
    )


def _register(
    hub: Hub,
    connection: Connection,
    begun: AnyRow,
    written: Written,
    parties: Parties,
    now: datetime,
) -> int:
    columns = _columns(hub, connection, begun, written, parties, now)
    document, version = documents.add(connection, columns, None, now)
    main: int | None = None
    for at, file in enumerate(written.files):
        values = {
            "name": file.name,
            "media_type": file.media_type,
            "size": file.size,
            "sha256": file.sha256,
            "role": FileRole.MAIN if at < 2 else FileRole.ANNEX,  # the office file says what the PDF says
            "ordinal": at,
            "rendition_of": main if at == 1 else None,
        }
        identity = documents.add_file(connection, version, values, now)
        main = main or identity
    search.index(
        connection, document, columns["symbol"], columns["subject"], letter.plain_text(written.paper)
    )
    return document


def _columns(
    hub: Hub, connection: Connection, begun: AnyRow, written: Written, parties: Parties, now: datetime
) -> dict[str, Any]:
    head, closing = written.paper.letterhead, written.paper.closing
    series = registers.series_of_book(connection, begun.book)
    return {
        "direction": Direction.OUTGOING,
        "status": DocumentStatus.REGISTERED,
        "unit": hub.directory.keeper(parties.issuer) or parties.issuer,
        "issuer": parties.issuer,
        "issuer_text": hub.directory.party_name(parties.issuer),
        "type": KIND,
        "series": series,
        "symbol": begun.symbol,
        "symbol_key": folded_symbol(begun.symbol),
        "number": begun.number,
        "year": begun.dated.year,
        "date": begun.dated,
        "place": hub.config.organisation.place,
        "subject": head.subject,
        "signer": closing.signer,
        "signer_title": closing.power,
        "recipients": _recipients(hub, parties),
        "identity_key": identity_key(parties.issuer, series, begun.dated, begun.symbol),
        "main_sha256": written.files[0].sha256,
        "source": BY,
        "sender": BY,
        "sender_verdict": SenderVerdict.AUTHENTICATED,
        "registered_at": now,
    }


def _recipients(hub: Hub, parties: Parties) -> list[dict[str, Any]]:
    """As they stand on the letter, for routing to resolve and rules to see."""
    name = hub.directory.party_name
    named_ones = [("addressee", name(code), "named", "") for code in parties.to]
    named_ones += [("block", "Như trên", "reference", "")]
    named_ones += [("block", name(code), "named", "b/c") for code in parties.copies]
    named_ones += [("block", "Lưu: VT", "archive", "")]
    keys = ("source", "text", "kind", "purpose")
    return [{**dict(zip(keys, values, strict=True)), "parties": []} for values in named_ones]


def _page_rows(
    hub: Hub, connection: Connection, period: Period, begun: AnyRow, written: Written, now: datetime
) -> list[dict[str, Any]]:
    """A mail to each unit with its own page; its key names slot and unit, so that none comes twice."""
    lines = {line.code: line for line in written.whole.report.units}
    rows = []
    for code, file in written.pages.items():
        arrivals.keep_blob(connection, file.sha256, file.size, now)
        address = address_of(hub, code)
        rows.append(
            notices.row(
                f"unit-page.{period.name}.{begun.part}.{code}",
                code,
                address.email if address is not None else "",
                _page_letter(lines[code], period, begun, file),
                now,
            )
        )
    return rows


def _page_letter(line: UnitLine, period: Period, begun: AnyRow, file: Stored) -> dict[str, Any]:
    return {
        "notice": "unit_page",
        "unit": line.code,
        "period": period.name,
        "symbol": begun.symbol,
        "met": line.score.met,
        "applicable": line.score.applicable,
        "missing": line.said.asked and line.said.received is None,
        "files": [{"name": file.name, "media_type": file.media_type, "sha256": file.sha256}],
    }
