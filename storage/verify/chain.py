"""The journal: each link recomputed, none missing, none added, and the rows it speaks of are there.

Values are read as raw text, because a changed byte may no longer be JSON or a
date, and that is to be found, not to be stumbled over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, LargeBinary, Text, cast, func, select

from storage.engine import AnyRow
from storage.journal import GENESIS, Head, link_hash
from storage.tables.machinery import journal, journal_head
from storage.verify.events import check_events
from storage.verify.survey import Survey

PAGE = 1000
LOWEST = -(2**62)


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as it was read; ``values`` is None unless they are what the hash was made of."""

    sequence: int
    previous: str
    hash: str
    values: dict[str, Any] | None


def check_chain(survey: Survey, checkpoint: Head | None) -> None:
    """Every link, the head, and the copy of a head that was kept elsewhere."""
    with survey.database.reading() as connection:
        head = connection.execute(select(journal_head.c.sequence, journal_head.c.hash)).first()
        last = connection.execute(select(func.max(journal.c.sequence))).scalar() or 0
    end = Head(0, GENESIS)
    done = 0
    for page in _pages(survey, last):
        for link in page:
            end = _check_link(survey, link, end)
            if checkpoint is not None and link.sequence == checkpoint.sequence:
                _compare(survey, "journal-rewritten", link.hash, checkpoint.hash, checkpoint.sequence)
        check_events(survey, [link.values for link in page if link.values is not None])
        done += len(page)
        survey.progress(done, max(last, done), "journal")
    survey.counts["journal"] = done
    _check_head(survey, Head(0, GENESIS) if head is None else Head(head.sequence, head.hash), end)
    if checkpoint is not None and checkpoint.sequence > end.sequence:
        survey.error("journal-truncated", f"journal:{checkpoint.sequence}", f"last {end.sequence}")


def _check_link(survey: Survey, link: Link, before: Head) -> Head:
    """Compare a link with its content and with the one before."""
    expected = before.sequence + 1
    if link.sequence < expected:
        survey.error("journal-inserted", f"journal:{link.sequence}")
    elif link.sequence > expected:
        missing = f"{expected}-{link.sequence - 1}" if link.sequence - 1 > expected else str(expected)
        survey.error("journal-missing", f"journal:{missing}")
    elif link.previous != before.hash:
        survey.error("journal-unlinked", f"journal:{link.sequence}")
    if link.values is None:
        survey.error("journal-changed", f"journal:{link.sequence}")
    return Head(link.sequence, link.hash)


def _check_head(survey: Survey, head: Head, end: Head) -> None:
    if head.sequence > end.sequence:
        survey.error("journal-tail-missing", f"journal:{end.sequence + 1}-{head.sequence}")
    elif head.sequence < end.sequence:
        survey.error("journal-beyond-head", f"journal:{head.sequence + 1}-{end.sequence}")
    else:
        _compare(survey, "journal-head-wrong", end.hash, head.hash, head.sequence)


def _compare(survey: Survey, kind: str, seen: str, wanted: str, sequence: int) -> None:
    if seen != wanted:
        survey.error(kind, f"journal:{sequence}", f"{seen[:12]} != {wanted[:12]}")


def _pages(survey: Survey, last: int) -> Iterator[Sequence[Link]]:
    """Entries up to ``last``, page by page, so that no long transaction keeps SQLite from checkpointing."""
    after = LOWEST
    while True:
        statement = select(
            journal.c.sequence,
            *(_raw(survey, journal.c[name]) for name in ("actor", "event", "subject", "facts")),
            _raw(survey, journal.c.at) if survey.database.sqlite else journal.c.at,
            *(_raw(survey, journal.c[name]) for name in ("previous", "hash")),
        )
        window = journal.c.sequence > after, journal.c.sequence <= last
        with survey.database.reading() as connection:
            rows = connection.execute(statement.where(*window).order_by(journal.c.sequence).limit(PAGE)).all()
        if not rows:
            return
        yield [_link(row) for row in rows]
        after = rows[-1].sequence


def _raw(survey: Survey, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column as it is kept; as bytes on SQLite, where text need not be valid UTF-8."""
    return cast(column, LargeBinary if survey.database.sqlite else Text).label(str(column.key))


def _link(row: AnyRow) -> Link:
    previous, digest = _text(row.previous), _text(row.hash)
    try:
        values = {
            "sequence": row.sequence,
            "at": _moment(row.at),
            "actor": _text(row.actor),
            "event": _text(row.event),
            "subject": _text(row.subject),
            "facts": msgspec.json.decode(_text(row.facts)),
            "previous": previous,
        }
    except (ValueError, msgspec.DecodeError):
        return Link(row.sequence, previous, digest, None)
    return Link(row.sequence, previous, digest, values if link_hash(values) == digest else None)


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(_text(value)).replace(tzinfo=UTC)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return "" if value is None else str(value)
