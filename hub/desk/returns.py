"""A return handed in by command: lines or a sheet, checked like one that comes by mail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from hub.context import Hub
from hub.desk.refused import Refused
from hub.reporting import replying
from hub.reporting.handing_in import Form, meant
from hub.reporting.handing_in import hand_in as take_in
from hub.reporting.kinds import kind_of
from hub.reporting.words_of_faults import mends
from hub.texts import _
from rules.reporting import sheet
from rules.reporting.saying import Said, SayFault, by_words
from rules.values.grid import Grid
from storage import returns


def hand_in(
    hub: Hub,
    actor: str,
    *,
    unit: str,
    kind: str,
    period: str = "",
    lines: Sequence[str] = (),
    grids: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """Keep it as a version. Raises Refused with a sentence for each thing to mend."""
    form = _form(hub, unit, kind, period)
    pages = [msgspec.convert(grid, Grid) for grid in grids]
    said = _by_sheet(form, pages) if pages else by_words(form.kind, "\n".join(lines))
    if said.nothing and not said.faults:
        said = Said(faults=(SayFault("nothing"),))
    outcome = take_in(hub, actor, form, said, channel="console", whole=bool(pages))
    if outcome.version is None:
        raise Refused(
            "\n".join(f"{m.field}: {m.what}".lstrip(": ") for m in mends(form.kind, outcome.faults))
        )
    replying.received(hub, outcome, actor)
    return {
        "kind": form.row.kind,
        "period": form.row.period,
        "unit": unit,
        "version": outcome.version,
        "new": outcome.new,
        "request": outcome.request,
    }


def _form(hub: Hub, unit: str, kind: str, period: str) -> Form:
    if hub.directory.unit(unit) is None:
        near = ", ".join(hub.directory.suggest(unit)) or "-"
        raise Refused(_("there is no unit {unit}; nearest: {near}").format(unit=unit, near=near))
    if kind_of(hub, kind) is None:
        raise Refused(_("there is no kind of report {kind}; see: vanthu report kinds").format(kind=kind))
    with hub.database.reading() as connection:
        row = (
            returns.form(connection, kind, period, unit)
            if period
            else returns.newest_form(connection, kind, unit)
        )
    form = meant(hub, row) if row is not None else None
    if form is None:
        raise Refused(
            _("{unit} was not asked for {report}; forms go out when the figures are complete").format(
                unit=unit, report=f"{kind} {period}".strip()
            )
        )
    return form


def _by_sheet(form: Form, pages: Sequence[Grid]) -> Said:
    named = sheet.reference(pages)
    asked = sheet.reference_words(form.row.kind, form.row.period, form.row.unit)
    if named is None:
        return Said(faults=(SayFault("no-mark", "", "", sheet.MARK),))
    found = sheet.reference_words(named.kind, named.period, named.unit)
    if found != asked:
        return Said(faults=(SayFault("other-period", "", found, asked),))
    return sheet.entries(form.kind, pages)
