"""What must be true at the end, read from the database and from the mailboxes, not from the hub."""

import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from pathlib import Path

from sqlalchemy import func, select

from rules.vocabulary import DeliveryState, Direction, DocumentStatus, MailKind, StepState
from storage.blobs import LocalBlobs
from storage.engine import Database, sqlite_url
from storage.tables.arrivals import arrivals
from storage.tables.deliveries import attempts, deliveries
from storage.tables.documents import documents
from storage.tables.machinery import steps
from storage.tables.registers import books, register_entries
from tests.faults.clerks import DOMAIN, Letter

QUIET_SECONDS = 5.0
TRAVELLING = (DeliveryState.PLANNED, DeliveryState.SENDING, DeliveryState.DEFERRED)
MESSAGE_ID = re.compile(r"<[^<>\s]+>")


@dataclass
class Findings:
    """Everything wrong, by kind; ``figures`` are for the report."""

    lost: list[str] = field(default_factory=list)  # acknowledged, but without an arrival
    double_arrivals: list[str] = field(default_factory=list)
    unregistered: list[str] = field(default_factory=list)
    double_registered: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    undelivered: list[str] = field(default_factory=list)
    seen_twice: list[str] = field(default_factory=list)  # a second copy of one Message-ID in one mailbox
    unfinished: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)

    def problems(self) -> dict[str, list[str]]:
        """What is wrong, the empty kinds left out."""
        return {name: found for name, found in vars(self).items() if name != "figures" and found}


def open_database(data: Path, url: str = "") -> Database:
    """A reader's way into a data folder's database."""
    return Database(url or sqlite_url(data / "hub.db"), read_only=not url)


def progress(data: Path, url: str = "") -> tuple[int, int]:
    """How many arrivals came, and how much of what follows from them is under way."""
    database = open_database(data, url)
    try:
        with database.reading() as connection:
            came = connection.execute(select(func.count()).select_from(arrivals)).scalar_one()
            working = select(func.count()).where(steps.c.state.in_((StepState.READY, StepState.RUNNING)))
            travelling = select(func.count()).where(deliveries.c.state.in_(TRAVELLING))
            under_way = connection.execute(working).scalar_one() + connection.execute(travelling).scalar_one()
            return int(came), int(under_way)
    finally:
        database.close()


def wait_until_settled(data: Path, expected: int, seconds: float, url: str = "") -> float:
    """Wait until so many arrivals came and nothing is under way; how long it took.

    Says nothing when time is up, or when nothing is under way for a while although arrivals are
    missing: the findings will.
    """
    began = quiet_since = time.monotonic()
    while time.monotonic() - began < seconds:
        came, under_way = progress(data, url)
        if under_way:
            quiet_since = time.monotonic()
        elif came >= expected or time.monotonic() - quiet_since > QUIET_SECONDS:
            break
        time.sleep(0.1)
    return time.monotonic() - began


def audit(data: Path, acked: Sequence[Letter], url: str = "") -> Findings:
    """Compare what was acknowledged with what became of it. The hub does not run."""
    database, found = open_database(data, url), Findings()
    try:
        _arrivals(database, acked, found)
        _documents(database, acked, found)
        _books(database, found)
        _deliveries(database, acked, data, found)
        _verify(database, data, found)
    finally:
        database.close()
    return found


def _arrivals(database: Database, acked: Sequence[Letter], found: Findings) -> None:
    with database.reading() as connection:
        came = Counter(connection.execute(select(arrivals.c.sha256)).scalars())
    for item in acked:
        number = came[item.sha256]
        if number == 0:
            found.lost.append(item.symbol)
        elif number > 1:
            found.double_arrivals.append(f"{item.symbol} x {number}")
    found.figures["arrivals"] = came.total()


def _documents(database: Database, acked: Sequence[Letter], found: Findings) -> None:
    """One routed document and one outgoing line for each letter."""
    entered = (
        select(documents.c.symbol, documents.c.id)
        .join(register_entries, register_entries.c.document == documents.c.id)
        .join(books, books.c.id == register_entries.c.book)
        .where(books.c.direction == Direction.OUTGOING)
    )
    with database.reading() as connection:
        rows = connection.execute(select(documents.c.symbol, documents.c.status)).all()
        lines = Counter(symbol for symbol, _id in connection.execute(entered).all())
    papers = Counter(row.symbol for row in rows)
    routed = {row.symbol for row in rows if row.status == DocumentStatus.ROUTED}
    for item in acked:
        if item.symbol not in routed or not lines[item.symbol]:
            found.unregistered.append(item.symbol)
    found.double_registered += [
        f"{symbol}: {number} documents, {lines[symbol]} lines"
        for symbol, number in papers.items()
        if (symbol and number > 1) or lines[symbol] > 1  # what waits in review may bear no number
    ]
    found.figures["documents"] = papers.total()


def _books(database: Database, found: Findings) -> None:
    """Hub-given numbers run from the start without a gap, and the next one follows the last."""
    with database.reading() as connection:
        for book in connection.execute(select(books).where(books.c.mode == "hub")).all():
            numbers = sorted(
                connection.execute(
                    select(register_entries.c.number).where(register_entries.c.book == book.id)
                ).scalars()
            )
            if numbers != list(range(book.start, book.next_number)):
                found.gaps.append(f"{book.keeper}: {len(numbers)} lines, next number {book.next_number}")


def _deliveries(database: Database, acked: Sequence[Letter], data: Path, found: Findings) -> None:
    """Every delivery is done in the ledger and lies in its mailbox once."""
    statement = select(deliveries, documents.c.symbol).join(
        documents, documents.c.id == deliveries.c.document
    )
    with database.reading() as connection:
        rows = connection.execute(statement).all()
        tried = len(connection.execute(select(attempts.c.delivery)).all())
        waiting = connection.execute(
            select(steps.c.stage, steps.c.subject, steps.c.state, steps.c.error).where(
                steps.c.state.in_((StepState.READY, StepState.RUNNING, StepState.PARKED))
            )
        ).all()
    found.unfinished += [f"{row.stage} {row.subject} {row.state} {row.error[:200]}" for row in waiting]
    found.undelivered += [
        f"{row.symbol} to {row.receiver} is {row.state}: {row.error[:100]}"
        for row in rows
        if row.state != (DeliveryState.DELIVERED if _ours(row.address) else DeliveryState.SENT)
    ]
    reached = {(row.symbol, row.receiver) for row in rows if row.kind == MailKind.DOCUMENT}
    for item in acked:
        missing = [unit for unit in item.receivers if (item.symbol, unit) not in reached]
        found.undelivered += [f"{item.symbol} to {unit}: no delivery" for unit in missing]
    _mailboxes(data, Counter(row.address for row in rows if _ours(row.address)), found)
    repeated = sum(max(0, row.attempts - 1) for row in rows)
    found.figures |= {"deliveries": len(rows), "attempts": tried, "tried_again": repeated}


def _ours(address: str) -> bool:
    return address.endswith(f"@{DOMAIN}")


def _mailboxes(data: Path, expected: Counter[str], found: Findings) -> None:
    visible = 0
    for address, number in expected.items():
        home = data / "mail" / DOMAIN / address.partition("@")[0]
        identities = identities_in(home)
        visible += identities.total()
        found.seen_twice += [f"{address} {name} x {count}" for name, count in identities.items() if count > 1]
        if len(identities) != number:
            found.undelivered.append(f"{address}: {len(identities)} mails for {number} deliveries")
    found.figures["mails"] = visible


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []


def identities_in(folder: Path) -> Counter[str]:
    """How often each Message-ID lies in a Maildir."""
    return Counter(
        name for part in ("new", "cur") for path in _files(folder / part) for name in _identity(path)
    )


def _identity(path: Path) -> list[str]:
    with path.open("rb") as file:
        headers = BytesHeaderParser().parse(file)
    return MESSAGE_ID.findall(str(headers.get("Message-ID", ""))) or [f"no Message-ID in {path.name}"]


def _verify(database: Database, data: Path, found: Findings) -> None:
    from storage.verify import verify

    report = verify(database, LocalBlobs(data / "blobs"))
    found.damaged += [str(item) for item in report.findings if item.severity == "error"]
