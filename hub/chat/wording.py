"""What a chat notice says: number, subject, urgency, due date and buttons, never the document's content."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.context import Hub
from hub.following.signing import public_base
from hub.texts import N_, _, speaking, word
from rules.values.chat import Button, ChatMessage
from rules.values.sending import Outbound
from rules.vocabulary import Handling, Urgency
from storage import documents, handling, registers
from storage.engine import AnyRow

LONGEST_SUBJECT = 300
MARK = "#"  # before the delivery's id, at the end of a notice: an answer to the message names it


def outbound(hub: Hub, row: AnyRow) -> Outbound:
    """The chat message of one row of the ledger."""
    with speaking(hub.config.organisation.language):
        return Outbound(b"", msgspec.json.encode(notice(hub, row)), "")


def notice(hub: Hub, row: AnyRow) -> ChatMessage:
    """A notice about a delivery, with the buttons that fit where it stands. LookupError when it is gone."""
    if "form" in row.letter or "request" in row.letter:
        from hub.reporting import chatting  # late, because reports know the chat and not the other way round

        return chatting.notice(hub, row)
    if "account" in row.letter:
        return _of_account(hub, row)
    if "delivery" not in row.letter:
        return _of_document(hub, row)
    with hub.database.reading() as connection:
        told = handling.get(connection, row.letter["delivery"])
        if told is None:
            raise LookupError(f"notice {row.id} is about nothing")
        entries = registers.entries_of(connection, [told.document])
    label = next((entry.label for entry in entries if entry.id == told.entry), "")
    return ChatMessage("\n".join(_lines(hub, row, told, label)), _buttons(hub, told))


def _of_document(hub: Hub, row: AnyRow) -> ChatMessage:
    """A notice to somebody who does not receive the document: nothing to press."""
    with hub.database.reading() as connection:
        document = documents.get(connection, row.document)
    if document is None:
        raise LookupError(f"notice {row.id} is about nothing")
    issuer = hub.directory.party_name(document.issuer) if document.issuer else document.issuer_text
    lines = [_(_SAID[row.letter["notice"]]), f"{document.symbol or '-'} · {issuer}"]
    if document.urgency > Urgency.NORMAL:
        lines.append(word(Urgency(document.urgency)).upper())
    return ChatMessage("\n".join([*lines, document.subject[:LONGEST_SUBJECT]]))


def _of_account(hub: Hub, row: AnyRow) -> ChatMessage:
    """Mail of an account elsewhere does not come in, or soon will not."""
    from hub.fetching import wording  # late, because what fetches knows the chat and not the other way round

    with hub.database.reading() as connection:
        told = wording.source_trouble(hub, connection, row)
    lines = [_("Mail account {name}").format(name=told.account), told.what, told.detail]
    return ChatMessage("\n".join(line for line in lines if line))


def _lines(hub: Hub, row: AnyRow, told: AnyRow, label: str) -> list[str]:
    said = _SAID.get(row.letter["notice"], "")
    head = f"{told.symbol or '-'} · {hub.directory.party_name(told.receiver)}"
    lines = [_(said), head] if said else [head]
    if label:
        lines.append(_("Incoming number {number}").format(number=label))
    if told.urgency > Urgency.NORMAL:
        lines.append(word(Urgency(told.urgency)).upper())
    lines.append(told.subject[:LONGEST_SUBJECT])
    due = row.letter.get("due") or (told.due_at.isoformat() if told.due_at is not None else "")
    if due:
        lines.append(_("Due {day}").format(day=f"{hub.local(datetime.fromisoformat(due)):%d/%m/%Y}"))
    code = row.letter.get("handling") or told.handling
    if code:
        lines.append(word(Handling(code)))
    return [*lines, f"{MARK}{told.id}"]


_SAID = {
    "arrived": N_("A document has arrived"),
    "by_rule": N_("For your information, by a rule"),
    "submitted": N_("A document waits for your decision"),
    "assigned": N_("A task for you"),
    "due_moved": N_("The due date has moved"),
    "time_asked": N_("More time is asked for"),
    "handled": N_("Word of your document"),
    "reminder": N_("A reminder"),
    "hold_asked": N_("A document waits for the coordinator"),
    "hold_answered": N_("Your decision about a document"),
    "review_answered": N_("Your decision about a document"),
    "review_asked": N_("A document waits for the clerk to look at"),
}


def _buttons(hub: Hub, told: AnyRow) -> tuple[tuple[Button, ...], ...]:
    """Received while it has only arrived; later assign and done; the page where there is one."""
    if told.handling in (None, Handling.ARRIVED):
        first = [Button(_("Received"), f"receive:{told.id}")]
    elif told.handling in (Handling.RECEIVED, Handling.ASSIGNED, Handling.IN_HAND):
        first = [Button(_("Done"), f"done:{told.id}")]
    else:
        return ()
    first.append(Button(_("Assign"), f"assign:{told.id}"))
    base = public_base(hub)
    return (tuple(first), (Button(_("Open"), url=base),)) if base.startswith("https://") else (tuple(first),)
