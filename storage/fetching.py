"""Where fetched folders stand: their rows in source_cursors, and a row for every mail seen there.

The cursor is derived from the mails' rows in the transaction that changes one, so it never
passes a body that did not come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update

from rules.values.fetching import Body, MailState, Position, Uncleared
from storage.engine import AnyRow
from storage.tables.arrivals import arrivals, source_cursors
from storage.tables.fetching import source_mails
from storage.upsert import upsert

IMAP = "imap"
BATCH = 500
_MAIL = source_mails.c


def cursor(connection: Connection, source: str) -> AnyRow | None:
    """The folder's row, or None before its first sight."""
    return connection.execute(select(source_cursors).where(source_cursors.c.name == source)).first()


def cursors(connection: Connection) -> Sequence[AnyRow]:
    """Every folder that was ever fetched from, by name."""
    return connection.execute(select(source_cursors).order_by(source_cursors.c.name)).all()


def note(connection: Connection, source: str, changes: Mapping[str, Any], **columns: Any) -> None:
    """Change some of what is known of a folder."""
    row = cursor(connection, source)
    _write(connection, source, {**(row.value if row is not None else {}), **changes}, **columns)


def open_folder(connection: Connection, source: str, validity: int) -> Position:
    """Where the folder stands; under another UIDVALIDITY nothing of it is known (RFC 9051 2.3.1.1)."""
    row = cursor(connection, source)
    known = row is not None and row.value.get("validity") == validity
    if not known:
        connection.execute(delete(source_mails).where(_MAIL.source == source))
        begun = {"validity": validity, "uid": 0, "resyncs": row.value.get("resyncs", -1) + 1 if row else 0}
        note(connection, source, begun)
    return position(connection, source, validity)


def position(connection: Connection, source: str, validity: int, row: AnyRow | None = None) -> Position:
    """The same, once the folder is open; ``row`` is its cursor where the caller has it."""
    row = row if row is not None else cursor(connection, source)
    uid = int(row.value["uid"]) if row is not None else 0
    open_ones = or_(_MAIL.uid > uid, _MAIL.state.in_((MailState.FAILED, MailState.TAKEN)))
    query = select(_MAIL.uid, _MAIL.state, _MAIL.sha256, _MAIL.size, _MAIL.at, _MAIL.due_at)
    mine = (_MAIL.source == source, _MAIL.validity == validity, open_ones)
    found = connection.execute(query.where(*mine).order_by(_MAIL.uid)).all()
    return Position(
        validity,
        uid,
        frozenset(mail.uid for mail in found if mail.uid > uid),
        {mail.uid: mail.due_at for mail in found if mail.state == MailState.FAILED},
        tuple(
            Uncleared(mail.uid, mail.sha256, mail.size, mail.at)
            for mail in found
            if mail.state == MailState.TAKEN
        ),
    )


def known(connection: Connection, source: str, validity: int) -> frozenset[int]:
    """Every UID of which anything is known."""
    mine = (_MAIL.source == source, _MAIL.validity == validity)
    return frozenset(connection.execute(select(_MAIL.uid).where(*mine)).scalars())


def taken(connection: Connection, source: str, validity: int, uid: int, body: Body, now: datetime) -> None:
    """A body came and is durable."""
    values = {"state": MailState.TAKEN, "sha256": body.sha256, "size": body.size, "why": "", "due_at": None}
    _put(connection, source, validity, uid, now, values)
    lag = {} if body.came is None else {"lag": round(max(0.0, (now - body.came).total_seconds()), 1)}
    _advance(connection, source, validity, **lag)


def failed(
    connection: Connection,
    source: str,
    validity: int,
    uid: int,
    why: str,
    now: datetime,
    due: datetime | None,
) -> None:
    """A body did not come; without ``due`` it is set aside."""
    state = MailState.ASIDE if due is None else MailState.FAILED
    tries = tries_of(connection, source, validity, uid) + 1
    values = {"state": state, "why": why[:200], "tries": tries, "due_at": due}
    _put(connection, source, validity, uid, now, values)
    _advance(connection, source, validity)


def tries_of(connection: Connection, source: str, validity: int, uid: int) -> int:
    """How often a mail has failed."""
    return connection.execute(select(_MAIL.tries).where(*_one(source, validity, uid))).scalar() or 0


def again(connection: Connection, source: str, validity: int, uid: int, now: datetime) -> bool:
    """A mail is tried from the start; False when nothing of it is known any more."""
    values = {"state": MailState.FAILED, "tries": 0, "due_at": now, "at": now}
    statement = update(source_mails).where(*_one(source, validity, uid), _MAIL.state == MailState.ASIDE)
    changed = connection.execute(statement, values).rowcount == 1
    if changed:
        _advance(connection, source, validity)
    return changed


def cleared(connection: Connection, source: str, validity: int, uids: Iterable[int], now: datetime) -> None:
    """What was to be done to these mails on their server was done."""
    _each(
        connection,
        source,
        validity,
        uids,
        lambda: update(source_mails),
        {"state": MailState.CLEARED, "at": now},
    )


def gone(connection: Connection, source: str, validity: int, uids: Iterable[int]) -> None:
    """Mails that are no longer there need no rows."""
    _each(connection, source, validity, uids, lambda: delete(source_mails), None)


def finished(connection: Connection, source: str, validity: int) -> frozenset[int]:
    """UIDs of which nothing is left to do, so that their rows may go with their mails."""
    mine = (_MAIL.source == source, _MAIL.validity == validity)
    done = _MAIL.state.in_((MailState.CLEARED, MailState.FAILED))
    return frozenset(connection.execute(select(_MAIL.uid).where(*mine, done)).scalars())


def counts(connection: Connection) -> dict[tuple[str, str], int]:
    """(folder, state) -> how many mails."""
    query = select(_MAIL.source, _MAIL.state, func.count()).group_by(_MAIL.source, _MAIL.state)
    return {(source, state): count for source, state, count in connection.execute(query)}


def is_registered(connection: Connection, account: str, sha256: str) -> bool:
    """Whether an arrival of this account holds these bytes."""
    here = (arrivals.c.sha256 == sha256, arrivals.c.source == IMAP, arrivals.c.account == account)
    return connection.execute(select(arrivals.c.id).where(*here).limit(1)).first() is not None


def _one(source: str, validity: int, uid: int) -> tuple[Any, ...]:
    return _MAIL.source == source, _MAIL.validity == validity, _MAIL.uid == uid


def _put(
    connection: Connection, source: str, validity: int, uid: int, now: datetime, values: dict[str, Any]
) -> None:
    statement = upsert(connection, source_mails)
    row = {"source": source, "validity": validity, "uid": uid, "sha256": "", "size": 0, "tries": 0}
    again = {**values, "at": now}
    statement = statement.values(**(row | again))
    connection.execute(
        statement.on_conflict_do_update(index_elements=["source", "validity", "uid"], set_=again)
    )


def _advance(connection: Connection, source: str, validity: int, **changes: Any) -> None:
    """The position after a mail has changed: the highest UID up to which every body came or was set aside."""
    row = cursor(connection, source)
    value = dict(row.value) if row is not None else {"validity": validity}
    mine = (_MAIL.source == source, _MAIL.validity == validity)
    failed_first = select(func.min(_MAIL.uid)).where(*mine, _MAIL.state == MailState.FAILED)
    first = connection.execute(failed_first).scalar()
    if first is not None:
        value["uid"] = int(first) - 1
    else:  # rows go with their mails, but the position stays
        highest = connection.execute(select(func.max(_MAIL.uid)).where(*mine)).scalar() or 0
        value["uid"] = max(int(highest), int(value.get("uid", 0)))
    _write(connection, source, value | changes)


def _write(connection: Connection, source: str, value: dict[str, Any], **columns: Any) -> None:
    statement = upsert(connection, source_cursors).values(name=source, value=value, **columns)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": value, **columns})
    )


def _each(
    connection: Connection,
    source: str,
    validity: int,
    uids: Iterable[int],
    statement: Any,
    values: dict[str, Any] | None,
) -> None:
    """For a few hundred at a time, because a statement holds only so many values."""
    todo = sorted(uids)
    for start in range(0, len(todo), BATCH):
        mine = (_MAIL.source == source, _MAIL.validity == validity)
        made = statement().where(*mine, _MAIL.uid.in_(todo[start : start + BATCH]))
        connection.execute(made if values is None else made.values(**values))
