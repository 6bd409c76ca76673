"""What the month's report says after the demo's traffic: a few measures, and the command for all of it."""

from __future__ import annotations

from hub.cli.console import console
from hub.cli.table import plain_table
from hub.context import Hub
from hub.reporting.compliance import compliance
from hub.reporting.words import MEASURES, out_of, percent, period_words, target_words
from hub.texts import _
from rules.reporting.period import Every, Period, ending_in

SHOWN = ("O13", "O14", "O25", "O27")  # what shows within minutes


def show_month(hub: Hub) -> None:
    """The running period, computed from what has just happened."""
    period = running(hub)
    with hub.database.reading() as connection:
        whole = compliance(hub, connection, period).whole
    table = plain_table(_("The month's report so far: {period}").format(period=period_words(period)))
    for heading in (_("Measure"), _("Result"), _("Out of"), _("Target")):
        table.add_column(heading)
    for code in SHOWN:
        reading = whole[code]
        table.add_row(_(MEASURES[code]), percent(reading.share), out_of(reading), target_words(code))
    console.print(table)
    words = _("All of it as PDF, DOCX and XLSX: vanthu report run --preview --month {month} --out DIR")
    console.print(words.format(month=period.name), style="dim", markup=False, soft_wrap=True)


def running(hub: Hub) -> Period:
    """The month to which today belongs; its figures are complete on the 15th."""
    today = hub.today()
    found = ending_in(Every.MONTH, today.year, today.month)
    if found is not None and found.last < today:
        found = ending_in(Every.MONTH, today.year + today.month // 12, today.month % 12 + 1)
    assert found is not None  # because a month ends in every month
    return found
