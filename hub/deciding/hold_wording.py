"""Mails to coordinators: a row of the ledger becomes the value that its mail is written from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.deciding.asking import HOLD_ASKED
from hub.deciding.notices import Decided, DecidingNotice, HeldCase, HoldAnswered, HoldAsked
from hub.following import signing
from hub.following.wording import about, person_name, us
from hub.texts import outcome
from hub.words import reason_text
from rules.records.hold_words import HoldAct, asks_who
from storage import documents, waiting
from storage.engine import AnyRow


def _document(connection: Connection, row: AnyRow) -> AnyRow:
    document = documents.get(connection, row.document) if row.document is not None else None
    if document is None:
        raise LookupError(f"notice {row.id} is about nothing")
    return document


def _asked(hub: Hub, connection: Connection, row: AnyRow) -> HoldAsked:
    """What was decided since is left out."""
    found = (waiting.get(connection, case) for case in row.letter["cases"])
    return HoldAsked(
        hub=us(hub),
        document=about(hub, _document(connection, row)),
        unit=hub.directory.party_name(row.letter["unit"]),
        cases=tuple(_case(case) for case in found if case is not None and case.resolved_at is None),
        until=hub.local(row.created_at + signing.LIFETIME).date(),
        instead_of=person_name(hub, str(row.letter.get("instead_of", ""))),
    )


def _case(case: AnyRow) -> HeldCase:
    who = asks_who(case.reason, case.delivery)
    near = tuple(case.suggestions) if who else ()
    return HeldCase(case.id, case.detail, reason_text(case.reason), near, who)


def _answered(hub: Hub, connection: Connection, row: AnyRow) -> HoldAnswered:
    decided = tuple(_decided(hub, item) for item in row.letter["decided"])
    return HoldAnswered(us(hub), about(hub, _document(connection, row)), decided, outcome(row.letter["why"]))


def _decided(hub: Hub, item: Mapping[str, Any]) -> Decided:
    done = HoldAct(item["done"]) if item["done"] else None
    to = hub.directory.party_name(item["to"]) if item["to"] else ""
    return Decided(item["case"], item["text"], done, to, outcome(item["why"]))


KINDS: Mapping[str, Callable[[Hub, Connection, AnyRow], DecidingNotice]] = {
    HOLD_ASKED: _asked,
    "hold_answered": _answered,
}
