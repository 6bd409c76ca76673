"""A sender takes back, replaces or corrects what was sent; the receiver agrees or keeps it (DOMAIN 2.7).

Nothing is deleted: the sender's document is frozen with its row, the receiver's line in the book stays, void
with the reason, and the wish itself is kept.
"""

from __future__ import annotations

from typing import Any

from hub.context import Hub
from hub.desk import rights
from hub.desk.handling import LONGEST, finished, moved, open_turn, spend, void_entry
from hub.desk.refused import Refused
from hub.following import telling, withdrawing
from hub.following.turn import Turn
from hub.texts import _
from rules.permission import Action
from rules.records.handling import way
from rules.text.gate import clean
from rules.vocabulary import Direction, DocumentStatus, Handling
from storage import deliveries, documents, handling, journal, papers, steps
from storage.journal import Event

KINDS = ("recall", "replace", "correct")


def ask(
    hub: Hub,
    actor: str,
    *,
    document: int,
    reason: str,
    kind: str = "recall",
    replacement: int | None = None,
) -> dict[str, Any]:
    """13 at every receiver; what has not gone out yet does not go. A correction asks nothing back."""
    reason = clean(reason, LONGEST)
    if kind not in KINDS:
        raise Refused(_("there is no kind {kind}; kinds: {known}").format(kind=kind, known=", ".join(KINDS)))
    if not reason:
        raise Refused(_("asking for a document back needs a reason"))
    now = hub.now()
    with hub.database.transaction() as connection:
        row = documents.get(connection, document)
        if row is None or row.direction != Direction.OUTGOING:
            raise Refused(_("there is no outgoing document {document}").format(document=document))
        if replacement is not None and documents.get(connection, replacement) is None:
            raise Refused(_("there is no outgoing document {document}").format(document=replacement))
        papers.ask_back(connection, document, kind, reason, replacement, actor, now)
        asked = 0
        if kind != "correct":
            papers.cancel(connection, document)
            documents.change(connection, document, status=DocumentStatus.RECALLED)
        for item in deliveries.of_documents(connection, [document]):
            found = handling.get(connection, item.id)
            if found is not None and found.state in ("delivered", "sent", "sending"):
                _ask_one(Turn(hub, connection, found, actor, "console", now), kind, reason)
                asked += 1
        journal.append(connection, actor, [Event(f"{kind}-asked", f"document:{document}")], now)
    hub.wake.ring()
    return {"document": document, "asked": asked}


def _ask_one(turn: Turn, kind: str, reason: str) -> None:
    current = Handling(turn.row.handling) if turn.row.handling else None
    former = handling.former(turn.connection, turn.row.id)
    if kind != "correct" and way(current, Handling.RECALL_ASKED, former):
        moved(turn, Handling.RECALL_ASKED, reason)
    telling.recall_asked(turn, kind, reason)


def agree(
    hub: Hub, actor: str, *, delivery: int, note: str = "", channel: str = "console", token: str = ""
) -> dict[str, Any]:
    """15: the receiver's line in the book is void with the recall's reason, its mail is taken back."""
    now = hub.now()
    with hub.database.transaction() as connection:
        turn = open_turn(hub, connection, actor, channel, delivery, now)
        spend(turn, token, "agree")
        rights.demand(hub, connection, actor, turn.row, Action.REGISTER)
        moved(turn, Handling.RECALL_AGREED, clean(note, LONGEST))
        wish = papers.asked_back(connection, turn.row.document)
        events = void_entry(turn, _("recalled: {reason}").format(reason=wish.reason if wish else note))
        handling.end_assignments(connection, delivery, actor, "withdrawn", now)
        steps.enqueue(connection, withdrawing.STAGE, delivery, now)
        events.append(Event("recall-agreed", f"delivery:{delivery}", {"channel": channel}))
        journal.append(connection, actor, events, now)
    return finished(turn, Handling.RECALL_AGREED)


def decline(
    hub: Hub, actor: str, *, delivery: int, reason: str, channel: str = "console", token: str = ""
) -> dict[str, Any]:
    """16: the receiver keeps it; what stood before stands again."""
    reason = clean(reason, LONGEST)
    if not reason:
        raise Refused(_("keeping a document that is asked back needs a reason"))
    now = hub.now()
    with hub.database.transaction() as connection:
        turn = open_turn(hub, connection, actor, channel, delivery, now)
        spend(turn, token, "decline")
        rights.demand(hub, connection, actor, turn.row, Action.REGISTER)
        moved(turn, Handling.RECALL_REFUSED, reason)
        event = Event("recall-refused", f"delivery:{delivery}", {"channel": channel})
        journal.append(connection, actor, [event], now)
    return finished(turn, Handling.RECALL_REFUSED)
