"""Mail that a program sent, taken up because a person says that a document came that way.

Systems of other offices and mailing lists send letters too; nothing says so but the letter itself.
"""

from __future__ import annotations

from typing import Any

from hub.context import Hub
from hub.desk.refused import Refused
from hub.texts import _
from rules.text.gate import clean
from rules.vocabulary import ArrivalState
from storage import arrivals, journal, steps
from storage.journal import Event

LONGEST = 500


def take(hub: Hub, actor: str, *, arrival: int, reason: str) -> dict[str, Any]:
    """It goes its way as if a person had sent it; nobody is answered, because a program would read it."""
    reason = clean(reason, LONGEST)
    if not reason:
        raise Refused(_("say why it is to be taken up"))
    now = hub.now()
    with hub.database.transaction() as connection:
        row = arrivals.find(connection, arrival)
        if row is None or row.state != ArrivalState.AUTOMATIC:
            raise Refused(_("arrival {arrival} was not set aside").format(arrival=arrival))
        arrivals.settle(connection, arrival, ArrivalState.RECEIVED, outcome="")
        payload = {"released": [ArrivalState.AUTOMATIC]}
        steps.enqueue(connection, "register", arrival, now, payload=payload)
        facts = {"why": row.outcome, "reason": reason}
        journal.append(connection, actor, [Event("taken-from-aside", f"arrival:{arrival}", facts)], now)
    hub.wake.ring()
    return {"arrival": arrival}
