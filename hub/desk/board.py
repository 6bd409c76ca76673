"""The compliance report is issued on somebody's word; by itself the ladder of reminders orders it."""

from __future__ import annotations

from typing import Any

from hub.context import Hub
from hub.desk.refused import Refused
from hub.reporting.board import issuing
from hub.reporting.board.letter import REPORT, SUPPLEMENT
from hub.texts import _
from rules.reporting.period import Every, named
from storage import journal, period_figures
from storage.journal import Event


def issue(hub: Hub, actor: str, *, month: str, supplement: bool = False) -> dict[str, Any]:
    """Order the report of a month, or its supplement; what was ordered before stays as it is."""
    period = named(month)
    if period is None or period.every is not Every.MONTH:
        raise Refused(_("{text} is no month; write it as 2026-11").format(text=month))
    if hub.today() < period.cut_off:
        raise Refused(
            _("the figures of {month} are complete on {day}; until then only --preview").format(
                month=month, day=f"{period.cut_off:%d/%m/%Y}"
            )
        )
    now, part = hub.now(), SUPPLEMENT if supplement else REPORT
    with hub.database.transaction() as connection:
        if supplement and period_figures.begun(connection, issuing.REPORTS, month, REPORT) is None:
            raise Refused(_("there is no report of {month} yet to supplement").format(month=month))
        if supplement and not issuing.came_since(connection, month):
            raise Refused(_("nothing has come since the report of {month}").format(month=month))
        ordered = issuing.order(connection, month, part, now)
        found = period_figures.begun(connection, issuing.REPORTS, month, part)
        if ordered:
            journal.append(connection, actor, [Event("report-ordered", f"report:{month}/{part}")], now)
    if ordered:
        hub.wake.ring()
    return {"ordered": ordered, "symbol": found.symbol if found is not None else ""}
