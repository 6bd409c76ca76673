"""What a coordinator answers about recipients that wait becomes commands of the desk, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.deciding.asking import Writer, hold_answered, readers, unproved
from hub.desk.commands import perform
from hub.desk.refused import Refused
from hub.following import telling
from hub.texts import _
from rules.records.hold_words import HoldAct, HoldSaid, understand_hold
from rules.text.gate import clean
from rules.vocabulary import ArrivalState, WaitingList
from storage import waiting
from storage.engine import AnyRow


def answer(hub: Hub, writer: Writer, document: int, body: str, arrival: int) -> tuple[ArrivalState, str]:
    """Do what each line says, and tell whoever wrote: (what the arrival became, why)."""
    with hub.database.reading() as connection:
        held = _held(connection, document)
    if not writer.actor:
        _tell(hub, writer, document, held, arrival, [], unproved(writer))
        return ArrivalState.REFUSED, "sender-unverified"
    said = understand_hold(body, [case.id for case in held])
    if said is None:
        why = _("your answer was not understood") if held else _("nothing of it waits any more")
        _tell(hub, writer, document, held, arrival, [], why)
        return ArrivalState.ANSWER, "not-understood"
    texts = {case.id: case.detail for case in held}
    decided = [_decide(hub, writer.actor, item, texts[item.case]) for item in said]
    _tell(hub, writer, document, held, arrival, decided, "")
    done = any(item["done"] for item in decided)
    return (ArrivalState.ANSWER, "decided") if done else (ArrivalState.REFUSED, decided[0]["why"])


def _held(connection: Connection, document: int) -> Sequence[AnyRow]:
    cases = waiting.open_for(connection, document=document)
    return [case for case in cases if case.kind == WaitingList.HOLD]


def _decide(hub: Hub, actor: str, said: HoldSaid, text: str) -> dict[str, Any]:
    result = {"case": said.case, "text": text, "done": "", "to": "", "why": ""}
    try:
        done = perform(hub, actor, f"hold.{said.act}", _arguments(said))
    except Refused as error:
        return {**result, "why": clean(str(error), 300)}
    return {**result, "done": said.act.value, "to": done.get("party", "")}


def _arguments(said: HoldSaid) -> dict[str, Any]:
    if said.act is HoldAct.SEND:
        return {"case": said.case, "to": said.to, "keep": said.keep}
    return {"case": said.case, "reason": said.text} if said.act is HoldAct.DROP else {"case": said.case}


def _tell(
    hub: Hub,
    writer: Writer,
    document: int,
    held: Sequence[AnyRow],
    arrival: int,
    decided: list[dict[str, Any]],
    why: str,
) -> None:
    asked = telling.coordinators(hub, held[0].unit) if held else []
    with hub.database.transaction() as connection:
        for to in readers(hub, writer, asked):
            hold_answered(hub, connection, document, to, arrival, hub.now(), decided=decided, why=why)
    hub.wake.ring()
