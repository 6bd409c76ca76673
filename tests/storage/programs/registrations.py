"""One registration as the hub does it: document, number, entry, journal in one transaction."""

from datetime import UTC, datetime

from rules.vocabulary import Direction, DocumentStatus
from storage import documents, journal, registers
from storage.engine import Database
from storage.journal import Event
from storage.registers import BookKey, Line


class RolledBack(Exception):
    """Forced, to see whether the number comes back."""


def register(database: Database, writer: str, turn: int, books: int = 1) -> int | None:
    """The number taken, or None when this was one of the 5 % that are rolled back at the end."""
    now = datetime.now(UTC)
    keeper = f"unit{turn % books}"
    try:
        with database.transaction() as connection:
            values = {"direction": Direction.INCOMING, "status": DocumentStatus.REGISTERED, "unit": keeper}
            document, _version = documents.add(connection, {**blank(), **values}, None, now)
            book = registers.open_book(connection, BookKey(keeper, keeper, Direction.INCOMING, "", 2026))
            number = registers.take_number(connection, book)
            line = Line(document, f"{number:02d}", str(number), number)
            entry = registers.enter(connection, book, line, now, writer)
            facts = {"book": book, "number": number, "entry": entry}
            journal.append(connection, writer, [Event("accepted", f"document:{document}", facts)], now)
            if turn % 20 == 19:
                raise RolledBack
    except RolledBack:
        return None
    return number


def blank() -> dict[str, object]:
    """The columns of a document that have no default in the database."""
    texts = ("issuer_text", "parent_issuer_text", "type", "series", "symbol", "symbol_key", "suffix")
    texts += ("place", "subject", "signer", "signer_title", "source", "sender", "sender_verdict")
    return dict.fromkeys(texts, "")
