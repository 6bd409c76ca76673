"""What a coordinator answers about recipients that wait becomes commands of the desk, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.deciding.asking import hold_answered
from hub.desk.commands import perform
from hub.desk.refused import Refused
from hub.texts import _
from rules.directory import local_and_domain
from rules.records.hold_words import HoldAct, HoldSaid, understand_hold
from rules.text.gate import clean
from rules.vocabulary import ArrivalState, WaitingList
from storage import waiting
from storage.engine import AnyRow


def answer(hub: Hub, actor: str, document: int, body: str, arrival: int) -> tuple[ArrivalState, str]:
    """Do what each line says, and tell whoever wrote: (what the arrival became, why)."""
    if not actor:
        return ArrivalState.REFUSED, "sender-unverified"
    with hub.database.reading() as connection:
        held = _held(connection, document)
    said = understand_hold(body, [case.id for case in held])
    if said is None:
        why = _("your answer was not understood") if held else _("nothing of it waits any more")
        _tell(hub, actor, document, arrival, [], why)
        return ArrivalState.ANSWER, "not-understood"
    texts = {case.id: case.detail for case in held}
    decided = [_decide(hub, actor, item, texts[item.case]) for item in said]
    _tell(hub, actor, document, arrival, decided, "")
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


def _tell(hub: Hub, actor: str, document: int, arrival: int, decided: list[dict[str, Any]], why: str) -> None:
    """Our own people only: robots live outside (PROMISES S7)."""
    if local_and_domain(actor)[1] in hub.directory.domains:
        with hub.database.transaction() as connection:
            hold_answered(hub, connection, document, actor, arrival, hub.now(), decided=decided, why=why)
    hub.wake.ring()
