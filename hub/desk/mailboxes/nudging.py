"""The silent ones are written to: who has a mailbox and did not use it in a month, once for that month."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hub.context import Hub
from hub.desk.mailboxes.issuing import permit
from hub.desk.refused import Denied, Refused
from hub.mailboxes.use import shares_of
from hub.texts import _
from rules.directory import local_and_domain
from rules.mailboxes.book import BoxState
from storage import deliveries, journal, mailboxes, notices
from storage.journal import Event

GRACE = timedelta(days=7)  # after which a new mailbox may be called silent


def nudge(hub: Hub, actor: str, *, month: str, unit: str = "") -> dict[str, Any]:
    """A mail to each silent one of the unit, or of all units that the actor looks after.

    Raises Refused for a month that is none, Denied where the actor looks after nobody.
    """
    try:
        found = {share.unit: share.silent for share in shares_of(hub, month) if share.unit}
    except ValueError as error:
        raise Refused(_("write a month as 2026-11")) from error
    if unit and unit not in found:
        raise Refused(_("there is no unit {about}; see: vanthu units").format(about=unit))
    units = [unit] if unit else [code for code in found if _may(hub, actor, code)]
    permit(hub, actor, units)
    if not units:
        raise Denied(_("{actor} looks after no unit").format(actor=actor))
    now = hub.now()
    with hub.database.transaction() as connection:
        open_ = {
            row.address
            for row in mailboxes.listing(connection)
            if row.state == BoxState.ACTIVE and now - row.created_at >= GRACE
        }
        silent = dict.fromkeys(box for code in units for box in found[code] if box in open_)
        rows = [
            notices.to_person(
                f"nudge-{month}-{box}",
                _reachable(hub, box),
                {"notice": "nudge", "month": month, "mailbox": box},
                now,
            )
            for box in silent
        ]
        written = sum(
            len(deliveries.plan(connection, rows[at : at + 200])) for at in range(0, len(rows), 200)
        )
        event = Event("silent-written-to", f"month:{month}", {"mails": written})
        journal.append(connection, actor, [event], now)
    hub.wake.ring()
    return {"month": month, "silent": len(silent), "written": written}


def _may(hub: Hub, actor: str, unit: str) -> bool:
    try:
        permit(hub, actor, [unit])
    except Refused:
        return False
    return True


def _reachable(hub: Hub, box: str) -> str:
    """Another address of the person where there is one, because the mailbox itself is not read."""
    person = hub.directory.person(box)
    others = person.addresses if person is not None else ()
    outside = [address for address in others if local_and_domain(address)[1] not in hub.directory.domains]
    return outside[0] if outside else box
