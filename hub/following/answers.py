"""What somebody said about a delivery becomes a command; what cannot be done is told to somebody.

``answer`` is for what was understood, by whatever way it came; ``unclear`` is for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hub.context import Hub
from hub.desk.commands import COMMANDS
from hub.desk.refused import Refused
from hub.following import telling
from hub.texts import _
from rules.directory import local_and_domain
from rules.replies import DANGEROUS, Act, Said
from rules.text.gate import clean
from rules.token import digest
from storage import handling
from storage.engine import AnyRow

LONGEST = 2000


def subject_of(hub: Hub, row: int) -> tuple[AnyRow, AnyRow] | None:
    """The ledger row that a token names, and the delivery of a document that it is about."""
    with hub.database.reading() as connection:
        named = handling.ledger_row(connection, row)
        if named is None:
            return None
        about = named.id if "notice" not in named.letter else named.letter.get("delivery", 0)
        delivery = handling.get(connection, about)
    return (named, delivery) if delivery is not None else None


def answer(
    hub: Hub, actor: str, named: AnyRow, delivery: AnyRow, said: Said, *, channel: str, token: str
) -> dict[str, Any]:
    """Do what was said, or ask once more where it cannot be taken back. Raises Refused."""
    if named.letter.get("notice") == "confirm" and said.act in (Act.AGREE, Act.DECLINE):
        return confirmed(hub, named, said.act is Act.AGREE, channel=channel, token=token)
    if said.act in DANGEROUS and channel == "mail":
        return _ask_again(hub, actor, delivery, said, token)
    command = _COMMANDS[said.act]
    result: dict[str, Any] = COMMANDS[command](
        hub, actor, delivery=delivery.id, channel=channel, token=digest(token), **_ARGUMENTS[said.act](said)
    )
    return result


def confirmed(hub: Hub, named: AnyRow, yes: bool, *, channel: str, token: str) -> dict[str, Any]:
    """The second word on what cannot be taken back; it counts as said by the one who was asked."""
    letter = named.letter
    if not yes:
        return {"delivery": letter["delivery"], "handling": None}
    act = Act(letter["act"])
    said = Said(act, text=letter["reason"])
    result: dict[str, Any] = COMMANDS[_COMMANDS[act]](
        hub,
        letter["actor"],
        delivery=letter["delivery"],
        channel=channel,
        token=digest(token),
        **_ARGUMENTS[act](said),
    )
    return result


def unclear(hub: Hub, actor: str, delivery: AnyRow, text: str, why: str, mark: str) -> None:
    """What nobody understood goes to the unit's clerks with the document's number, never into the void."""
    letter = {
        "notice": "unclear",
        "delivery": delivery.id,
        "by": actor,
        "text": clean(text, LONGEST, lines=True),
        "why": why,
    }
    now = hub.now()
    with hub.database.transaction() as connection:
        for address in _readers(hub, delivery):
            key = f"unclear.{mark}"
            telling.notify(
                hub, connection, key, address, letter, now, document=delivery.document, urgent=True
            )
    hub.wake.ring()


def told_why_not(hub: Hub, actor: str, delivery: AnyRow, why: str, mark: str) -> None:
    """Whoever of our people answered learns why it was not done; those outside are never answered (S7)."""
    if local_and_domain(actor)[1] not in hub.directory.domains:
        return
    letter = {"notice": "answer_refused", "delivery": delivery.id, "why": clean(why, 500)}
    now = hub.now()
    with hub.database.transaction() as connection:
        key = f"answer-refused.{mark}"
        telling.notify(hub, connection, key, actor, letter, now, document=delivery.document, urgent=True)
    hub.wake.ring()


def _readers(hub: Hub, delivery: AnyRow) -> list[str]:
    """The receiver's clerks; of a receiver outside the sender's, because robots live outside (S7)."""
    if delivery.receiver in hub.directory.units:
        return telling.clerks_of(hub, delivery.receiver)
    address = telling.sender_address(hub, delivery.sender, delivery.sender_unit)
    return [address] if address else []


def _ask_again(hub: Hub, actor: str, delivery: AnyRow, said: Said, token: str) -> dict[str, Any]:
    if said.act is Act.REFUSE and not said.text:
        raise Refused(_("a refusal needs a reason"))
    letter = {
        "notice": "confirm",
        "delivery": delivery.id,
        "act": said.act.value,
        "reason": clean(said.text, 500),
        "actor": actor,
    }
    now = hub.now()
    with hub.database.transaction() as connection:
        if not handling.spend(connection, digest(token), f"ask {said.act.value}", actor, now):
            raise Refused(_("this answer was given already"))
        key = f"confirm.{delivery.id}.{said.act.value}.{int(now.timestamp())}"
        telling.notify(hub, connection, key, actor, letter, now, document=delivery.document, urgent=True)
    hub.wake.ring()
    return {"delivery": delivery.id, "handling": delivery.handling, "asked": True}


_COMMANDS: Mapping[Act, str] = {
    Act.RECEIVE: "deliveries.receive",
    Act.REFUSE: "deliveries.refuse",
    Act.ASSIGN: "deliveries.assign",
    Act.BEGIN: "deliveries.begin",
    Act.DONE: "deliveries.done",
    Act.EXTEND: "deliveries.extend",
    Act.AGREE: "recall.agree",
    Act.DECLINE: "recall.decline",
}


def _until(said: Said) -> str:
    return said.until.isoformat() if said.until is not None else ""


_ARGUMENTS: Mapping[Act, Callable[[Said], dict[str, Any]]] = {
    Act.RECEIVE: lambda said: {"note": said.text},
    Act.REFUSE: lambda said: {"reason": said.text},
    Act.ASSIGN: lambda said: {
        "person": said.person,
        "days": said.days,
        "until": _until(said),
        "opinion": said.text,
    },
    Act.BEGIN: lambda said: {"note": said.text},
    Act.DONE: lambda said: {"note": said.text},
    Act.EXTEND: lambda said: {"days": said.days, "until": _until(said), "reason": said.text},
    Act.AGREE: lambda said: {"note": said.text},
    Act.DECLINE: lambda said: {"reason": said.text},
}
