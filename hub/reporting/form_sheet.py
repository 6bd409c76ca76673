"""A unit's form as a workbook: pre-filled, one column to write into, and the mark that names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.writers.form_xlsx import FormRow, FormSheet, form_xlsx
from hub.context import Hub
from hub.reporting.words import period_words
from hub.texts import N_, _, current
from rules.reporting import sheet
from rules.reporting.kinds import NUMERIC, Asked, Field, Kind
from rules.reporting.period import Period
from rules.text.fold import fold
from storage.engine import AnyRow

HINTS: Mapping[Asked, str] = {
    Asked.WHOLE: N_("a whole number"),
    Asked.NUMBER: N_("a number"),
    Asked.SHARE: N_("a number, in percent"),
    Asked.YES: N_("yes or no"),
    Asked.CHOICE: N_("one of the list"),
    Asked.TEXT: N_("words"),
    Asked.DIFFICULTY: N_("becomes a request for help with a number"),
}


def file_name(form: AnyRow) -> str:
    """What the file is called: kind, period, unit."""
    return f"{form.kind}-{form.period}-{form.unit}.xlsx"


def workbook(hub: Hub, kind: Kind, period: Period, form: AnyRow, answers: Mapping[str, Any]) -> bytes:
    """The form with the frozen figures beside what the unit has said so far."""
    stand = {**form.frozen, **answers}
    due = f"{form.due_on:%d/%m/%Y}"
    lines = (
        (_("Unit"), hub.directory.party_name(form.unit)),
        (_("Period"), f"{period_words(period)} ({period.first:%d/%m/%Y} - {period.last:%d/%m/%Y})"),
        (_("Due"), due),
        (sheet.MARK, sheet.reference_words(form.kind, form.period, form.unit)),
    )
    notes = (
        _("Write into the yellow column only, save, and answer the mail with this file attached."),
        _("Do not merge cells, and leave codes and headings as they are."),
    )
    rows = tuple(_row(field, form.frozen.get(field.code), stand.get(field.code)) for field in kind.fields)
    heads = (sheet.CODE, sheet.NAME, sheet.UNIT, sheet.KNOWN, sheet.VALUE, _("How to fill in"))
    return form_xlsx(FormSheet("Bao cao", kind.called(current()), lines, heads, rows, notes))


def _row(field: Field, known: Any, value: Any) -> FormRow:
    hint = _(HINTS[field.kind])
    return FormRow(
        field.code,
        field.name_en if current() == "en" and field.name_en else field.name,
        field.unit,
        shown(known),
        shown(value),
        field.section,
        (_("yes"), _("no")) if field.kind is Asked.YES else field.choices,
        field.kind is Asked.WHOLE,
        field.kind in NUMERIC,
        hint if field.required else _("{hint}; may be left empty").format(hint=hint),
    )


def shown(value: Any) -> Any:
    """As a cell holds it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value


def is_form_name(name: str) -> bool:
    """Whether a file may be a form that came back."""
    return fold(name).endswith((".xlsx", ".xlsm", ".xls", ".ods"))
