"""Whoever handed a return in learns what became of it; what comes from nobody known is told to the unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.following import telling
from hub.reporting.handing_in import Form, Outcome, form_of
from hub.reporting.help_notices import tell_centre
from rules.directory import local_and_domain
from rules.reporting.saying import SayFault
from rules.text.gate import clean
from storage import support

LONGEST_SAID = 1000
MOST_FAULTS = 60


def received(hub: Hub, outcome: Outcome, actor: str) -> None:
    """The receipt: to the writer, and to the unit's mailbox where that is another."""
    form, now = outcome.form, hub.now()
    letter = {"notice": "return_received", "form": form.row.id, "version": outcome.version}
    with hub.database.transaction() as connection:
        for address in _both(hub, form, actor):
            key = f"returned.{form.row.id}.{outcome.version}.{address}"
            telling.notify(hub, connection, key, address, letter, now, urgent=True)
        request = support.get(connection, outcome.request) if outcome.request is not None else None
        if request is not None:
            tell_centre(hub, connection, request, now)
    hub.wake.ring()


def refused(
    hub: Hub,
    form: Form,
    actor: str,
    faults: Sequence[SayFault],
    mark: str,
    *,
    said: str = "",
    kept: int = 0,
) -> None:
    """What to mend: to the writer; where nobody proved to be one, to the unit's own mailbox (S7, S8)."""
    now = hub.now()
    letter: dict[str, Any] = {
        "notice": "return_refused",
        "form": form.row.id,
        "faults": [asdict(fault) for fault in faults[:MOST_FAULTS]],
        "kept": kept,
        "said": clean(said, LONGEST_SAID, lines=True),
        "at": now.isoformat(),
    }
    with hub.database.transaction() as connection:
        for address in _told(hub, form, actor):
            telling.notify(hub, connection, f"{mark}.{address}", address, letter, now, urgent=True)
    hub.wake.ring()


def came_back(hub: Hub, connection: Connection, form: int, row: Any, why: str) -> None:
    """A mail about a form did not arrive: the clerks who collect are shown it."""
    found = form_of(hub, connection, form)
    if found is None or row.letter.get("notice") == "form_came_back":
        return
    letter = {"notice": "form_came_back", "form": form, "address": row.address, "why": clean(why, 500)}
    for address in telling.clerks_of(hub, found.kind.collector or hub.directory.central or ""):
        key = f"came-back.{row.id}.{address}"
        telling.notify(hub, connection, key, address, letter, hub.now(), urgent=True)


def _both(hub: Hub, form: Form, actor: str) -> list[str]:
    mine = [actor] if "@" in actor and not actor.startswith("console:") else []
    return list(dict.fromkeys([*mine, *telling.clerks_of(hub, form.row.unit)]))


def _told(hub: Hub, form: Form, actor: str) -> list[str]:
    """A writer of ours, or one who is proved; else the unit, because an unproved address may be forged."""
    unit = telling.clerks_of(hub, form.row.unit)
    known = bool(actor) and bool(local_and_domain(actor)[1])
    return [actor] if known else unit
