"""Everything that came in: recorded once per source, envelope and content."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from rules.values.arrival import Envelope, Spooled
from rules.vocabulary import ArrivalState
from storage.engine import AnyRow
from storage.ready import Ready
from storage.tables.arrivals import arrival_documents, arrivals
from storage.tables.documents import blobs
from storage.upsert import inserts

# Statements of the hot path stand here ready-made, because building one costs more than running it.
_BY_ID = Ready(select(arrivals).where(arrivals.c.id == bindparam("arrival")))
_SETTLE = Ready(update(arrivals).where(arrivals.c.id == bindparam("this")))
_RECORD = Ready(
    {
        dialect: statement.on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(arrivals.c.id)
        for dialect, statement in inserts(arrivals).items()
    }
)
_KEEP_BLOB = Ready(
    {
        dialect: statement.on_conflict_do_update(
            index_elements=["sha256"], set_={"purged_at": None}, where=blobs.c.purged_at.is_not(None)
        )
        for dialect, statement in inserts(blobs).items()
    }
)
_LINK = Ready(
    {dialect: statement.on_conflict_do_nothing() for dialect, statement in inserts(arrival_documents).items()}
)


def dedupe_key(envelope: Envelope, sha256: str) -> str:
    """Source account + envelope + content. The Message-ID is only a hint and no part of it."""
    parts = [envelope.source, envelope.account, envelope.mail_from, *sorted(envelope.recipients), sha256]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def record(connection: Connection, spooled: Spooled) -> int | None:
    """The new arrival's id, or None when this very parcel was recorded before."""
    envelope = spooled.envelope
    key = dedupe_key(envelope, spooled.sha256)
    keep_blob(connection, spooled.sha256, spooled.size, envelope.received_at)
    values = {
        "dedupe_key": key,
        "source": envelope.source,
        "account": envelope.account,
        "received_at": envelope.received_at,
        "mail_from": envelope.mail_from,
        "person": envelope.person,
        "verdict": envelope.verdict,
        "recipients": list(envelope.recipients),
        "envelope": msgspec.to_builtins(envelope),
        "sha256": spooled.sha256,
        "size": spooled.size,
        "state": ArrivalState.RECEIVED,
    }
    identity = _RECORD.run(connection, values).scalar()
    return None if identity is None else int(identity)


def keep_blob(connection: Connection, sha256: str, size: int, now: datetime) -> None:
    """Note that the blob store holds these bytes; also again, when they were purged and came once more."""
    _KEEP_BLOB.run(connection, {"sha256": sha256, "size": size, "created_at": now})


def get(connection: Connection, arrival: int) -> AnyRow:
    """One arrival. Raises NoResultFound."""
    return _BY_ID.run(connection, {"arrival": arrival}).one()


def find(connection: Connection, arrival: int) -> AnyRow | None:
    """The same, or None."""
    return connection.execute(select(arrivals).where(arrivals.c.id == arrival)).first()


def set_aside(connection: Connection, reasons: Collection[str], most: int) -> Sequence[AnyRow]:
    """Mail of programs for these reasons, newest first."""
    mine = (arrivals.c.state == ArrivalState.AUTOMATIC, arrivals.c.outcome.in_(reasons))
    return connection.execute(select(arrivals).where(*mine).order_by(arrivals.c.id.desc()).limit(most)).all()


def envelope_of(row: AnyRow) -> Envelope:
    """The envelope as the source knew it."""
    return msgspec.convert(row.envelope, Envelope)


def settle(connection: Connection, arrival: int, state: ArrivalState, **values: Any) -> None:
    """What became of an arrival."""
    _SETTLE.run(connection, {"this": arrival, "state": state, **values})


def link(connection: Connection, arrival: int, document: int, how: str) -> None:
    """This arrival brought, or brought again, this document."""
    _LINK.run(connection, {"arrival": arrival, "document": document, "how": how})


def of_document(connection: Connection, document: int) -> Sequence[AnyRow]:
    """All the ways a document came in, oldest first."""
    return connection.execute(
        select(arrivals, arrival_documents.c.how)
        .join(arrival_documents, arrival_documents.c.arrival == arrivals.c.id)
        .where(arrival_documents.c.document == document)
        .order_by(arrivals.c.id)
    ).all()
