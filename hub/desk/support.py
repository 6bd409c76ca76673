"""Requests for help at the Centre: taken by somebody, closed with an answer."""

from __future__ import annotations

from typing import Any

from hub.context import Hub
from hub.desk.refused import Refused
from hub.reporting.help_notices import tell_closed
from hub.texts import _
from storage import journal, support
from storage.journal import Event


def take(hub: Hub, actor: str, *, number: int, owner: str = "") -> dict[str, Any]:
    """Somebody takes care of it: the one who says so, or a person named. Raises Refused."""
    person = hub.directory.person(owner or actor)
    if person is None:
        raise Refused(_("nobody in the directory has the address {address}").format(address=owner or actor))
    now = hub.now()
    with hub.database.transaction() as connection:
        if not support.take(connection, number, person.email, now):
            raise Refused(_("there is no open request {number}").format(number=number))
        journal.append(connection, actor, [Event("support-taken", f"support:{number}")], now)
    return {"number": number, "owner": person.email, "state": support.TAKEN}


def close(hub: Hub, actor: str, *, number: int, answer: str) -> dict[str, Any]:
    """It is done; whoever asked is told. Raises Refused."""
    if not answer.strip():
        raise Refused(_("say what was done: --answer"))
    now = hub.now()
    with hub.database.transaction() as connection:
        if not support.close(connection, number, answer.strip(), now):
            raise Refused(_("there is no open request {number}").format(number=number))
        request = support.get(connection, number)
        if request is not None:
            tell_closed(hub, connection, request, actor, now)
        journal.append(connection, actor, [Event("support-closed", f"support:{number}")], now)
    hub.wake.ring()
    return {"number": number, "state": support.CLOSED}
