"""What a clerk answers about a waiting document becomes the command of the desk that it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.context import Hub
from hub.deciding import asking
from hub.deciding.asking import Writer
from hub.desk.commands import perform
from hub.desk.refused import Refused
from hub.following import telling
from hub.texts import _
from rules.named_party import named_party
from rules.records.case_words import CaseAct, CaseSaid, understand_case
from rules.text.gate import clean
from rules.vocabulary import ArrivalState
from storage import waiting
from storage.engine import AnyRow


def answer(hub: Hub, writer: Writer, case: int, body: str, arrival: int) -> tuple[ArrivalState, str]:
    """Do it, and tell whoever wrote: (what the arrival became, why)."""
    with hub.database.reading() as connection:
        found = waiting.get(connection, case)
    if found is None:
        return ArrivalState.REFUSED, "answer-expired"
    if not writer.actor:
        _tell(hub, found, writer, arrival, why=asking.unproved(writer))
        return ArrivalState.REFUSED, "sender-unverified"
    said = understand_case(body)
    if said is None:
        _tell(hub, found, writer, arrival, why=_("your answer was not understood"))
        return ArrivalState.ANSWER, "not-understood"
    try:
        result = perform(hub, writer.actor, f"review.{said.act}", _arguments(hub, case, said))
    except Refused as error:
        _tell(hub, found, writer, arrival, why=clean(str(error), 500))
        return ArrivalState.REFUSED, clean(str(error), 200)
    other = result["document"] if said.act in (CaseAct.SAME, CaseAct.VERSION) else 0
    _tell(hub, found, writer, arrival, done=said.act.value, other=other)
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
    if name := fields.get("issuer", ""):
        party = named_party(hub.directory, name, hub.today())
        if party is None:
            near = ", ".join(hub.directory.suggest(name)) or "-"
            raise Refused(_("there is no party {code}; nearest: {near}").format(code=name, near=near))
        fields["issuer"] = party
    return fields


def _tell(hub: Hub, case: AnyRow, writer: Writer, arrival: int, **what: Any) -> None:
    asked = telling.clerks_of(hub, case.unit)
    with hub.database.transaction() as connection:
        for address in asking.readers(hub, writer, asked):
            asking.answered(hub, connection, case, address, f"{case.id}.{arrival}", hub.now(), **what)
    hub.wake.ring()
