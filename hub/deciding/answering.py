"""What a clerk answers about a waiting document becomes the command of the desk that it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.context import Hub
from hub.deciding import asking
from hub.desk.commands import perform
from hub.desk.refused import Refused
from hub.texts import _
from rules.directory import local_and_domain
from rules.records.case_words import CaseAct, CaseSaid, understand_case
from rules.text.gate import clean
from rules.vocabulary import ArrivalState
from storage import waiting
from storage.engine import AnyRow


def answer(hub: Hub, actor: str, case: int, body: str, arrival: int) -> tuple[ArrivalState, str]:
    """Do it, and tell whoever wrote: (what the arrival became, why). ``actor`` is proved, or ""."""
    with hub.database.reading() as connection:
        found = waiting.get(connection, case)
    if found is None:
        return ArrivalState.REFUSED, "answer-expired"
    if not actor:
        return ArrivalState.REFUSED, "sender-unverified"
    said = understand_case(body)
    if said is None:
        _tell(hub, found, actor, arrival, why=_("your answer was not understood"))
        return ArrivalState.ANSWER, "not-understood"
    try:
        result = perform(hub, actor, f"review.{said.act}", _arguments(hub, case, said))
    except Refused as error:
        _tell(hub, found, actor, arrival, why=clean(str(error), 500))
        return ArrivalState.REFUSED, clean(str(error), 200)
    other = result["document"] if said.act in (CaseAct.SAME, CaseAct.VERSION) else 0
    _tell(hub, found, actor, arrival, done=said.act.value, other=other)
    return ArrivalState.ANSWER, said.act.value


def _arguments(hub: Hub, case: int, said: CaseSaid) -> dict[str, Any]:
    if said.act is CaseAct.REFUSE:
        return {"case": case, "reason": said.text}
    if said.act is CaseAct.ACCEPT:
        return {"case": case, "fields": _fields(hub, said.fields), "number": said.number}
    return {"case": case, "of": said.of}


def _fields(hub: Hub, written: Mapping[str, str]) -> dict[str, str]:
    """An issuer goes by its code; people write its name. Raises Refused for one that means none."""
    fields = dict(written)
    name = fields.get("issuer", "")
    if name and name not in hub.directory.units and hub.directory.body(name) is None:
        named = hub.directory.by_name(name, hub.today())
        parties = [code for code in named if not code.startswith(("group:", "person:"))]
        if len(parties) != 1:
            near = ", ".join(hub.directory.suggest(name)) or "-"
            raise Refused(_("no unit is called {name}; nearest: {near}").format(name=name, near=near))
        fields["issuer"] = parties[0]
    return fields


def _tell(hub: Hub, case: AnyRow, actor: str, arrival: int, **what: Any) -> None:
    """Our own people only: robots live outside (PROMISES S7)."""
    if local_and_domain(actor)[1] in hub.directory.domains:
        mark = f"{case.id}.{arrival}"
        with hub.database.transaction() as connection:
            asking.answered(hub, connection, case, actor, mark, hub.now(), **what)
    hub.wake.ring()
