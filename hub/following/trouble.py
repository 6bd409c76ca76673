"""What does not arrive is shown to people: a case, and one mail to the sender's clerk in plain words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection

from hub.context import Hub
from hub.following import telling
from rules.directory import local_and_domain
from rules.suggest import nearest
from rules.vocabulary import MailKind, WaitingList
from storage import documents, waiting
from storage.engine import AnyRow


def failed(hub: Hub, connection: Connection, done: Sequence[tuple[AnyRow, str]]) -> None:
    """Deliveries that ended: a case for each, and one mail for each document."""
    now = hub.now()
    by_document: dict[int, list[AnyRow]] = defaultdict(list)
    for row, why in done:
        if row.kind != MailKind.DOCUMENT:
            continue
        by_document[row.document].append(row)
        waiting.open_case(
            connection,
            WaitingList.HOLD,
            hub.directory.central or "",
            "delivery-failed",
            now,
            detail=f"{row.receiver}: {why}",
            suggestions=suggestions(hub, row),
            document=row.document,
            delivery=row.id,
        )
    for document, rows in by_document.items():
        key = f"failure.{rows[0].id}.{rows[0].attempts}.{len(rows)}"
        _mail(hub, connection, document, key, "failure", rows)


def delayed(hub: Hub, connection: Connection, rows: Sequence[AnyRow]) -> None:
    """Deliveries that wait for longer than the schedule allows without a word: one mail for each
    document and mail domain, never a second one."""
    now = hub.now()
    groups: dict[tuple[int, str], list[AnyRow]] = defaultdict(list)
    for row in rows:
        if row.kind == MailKind.DOCUMENT and now - row.created_at >= hub.retries.notice_after:
            groups[row.version, local_and_domain(row.address)[1]].append(row)
    for (version, domain), members in groups.items():
        key = f"delay.{version}.{domain}"
        _mail(hub, connection, members[0].document, key, "delay", members)


def suggestions(hub: Hub, row: AnyRow) -> list[str]:
    """Addresses that may be meant: the directory's present one first, then those written alike."""
    directory = hub.directory
    present = telling.mailbox_of(hub, row.receiver)
    known = {body.email for body in directory.outside.values()} | {u.email for u in directory.units.values()}
    known |= {person.email for person in directory.people.values()}
    found = [present] if present and present.casefold() != row.address.casefold() else []
    return list(dict.fromkeys([*found, *nearest(row.address, known)]))[:3]


def _mail(
    hub: Hub, connection: Connection, document: int, key: str, kind: str, rows: Sequence[AnyRow]
) -> None:
    about = documents.get(connection, document)
    if about is None:
        return
    letter = {"notice": kind, "deliveries": [row.id for row in rows], "at": hub.now().isoformat()}
    to = telling.sender_address(hub, about.sender, about.unit)
    if to:
        telling.notify(hub, connection, key, to, letter, hub.now(), document=document, urgent=True)
