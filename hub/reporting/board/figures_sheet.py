"""The figures behind the report, as tables for a spreadsheet and for a plain file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from connectors.writers.sheet_xlsx import xlsx_of
from hub.reporting.board.gathering import Whole
from hub.reporting.board.parts import CODES
from hub.reporting.words import DENOMINATORS, LIGHTS, MEASURES, paragraph_words, target_words
from hub.texts import N_, _
from rules.compliance.facts import Facts
from rules.compliance.measures import BY_CODE, Reading

Sheet = list[list[Any]]
# What each count is, for the head of its column.
FACTS = {
    "incoming": N_("incoming registered"),
    "incoming_network": N_("of these over the network"),
    "incoming_scanned": N_("of these scanned"),
    "outgoing": N_("outgoing registered"),
    "outgoing_network": N_("sent over the network"),
    "outgoing_scanned": N_("outgoing scanned"),
    "outgoing_paper": N_("on paper only"),
    "outgoing_with_paper": N_("with paper behind it"),
    "electronic_only": N_("without any paper"),
    "network_first": N_("the network first"),
    "minutes_to_send": N_("median minutes to sending"),
    "normative": N_("normative documents"),
    "normative_sent": N_("of these as files to the gazette"),
    "normative_days": N_("mean days until then"),
    "entries": N_("entries"),
    "incomplete": N_("entries with an empty field"),
    "gaps": N_("missing numbers"),
    "past_the_clerk": N_("not registered by anybody"),
    "overdue": N_("past their due date"),
    "lookups": N_("look-ups"),
    "logins": N_("log-ins"),
    "leader_lookups": N_("leaders' look-ups of work"),
    "boards": N_("progress lists mailed"),
    "staff": N_("staff"),
    "mailboxes": N_("mailboxes"),
    "active": N_("mailboxes in use"),
    "administrators": N_("administrators"),
    "scans": N_("scans"),
    "plans": N_("plans sent"),
    "indicators": N_("returns of indicators"),
}


def xlsx(whole: Whole) -> bytes:
    """A sheet for each: the whole, units, counts, returns, normative documents, late work, requests."""
    return xlsx_of(
        {
            _("Whole"): _whole(whole),
            _("Units"): units(whole),
            _("Counts"): _counts(whole),
            _("Returns"): _returns(whole),
            _("Normative"): _normative(whole),
            _("Past due"): _late(whole),
            _("Requests"): _requests(whole),
        }
    )


def plain(whole: Whole) -> bytes:
    """The units' figures for any program; what begins like a formula is marked as text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([_harmless(value) for value in row] for row in units(whole))
    return out.getvalue().encode("utf-8-sig")


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value


def units(whole: Whole) -> Sheet:
    """Every unit with value and denominator of every measure."""
    heads = [_("Code of the unit"), _("Unit"), _("Targets kept"), _("Applicable"), _("Not answered")]
    for code in CODES:
        heads += [f"{code} {_(MEASURES[code])}", f"{code} {_('out of')}", f"{code} {_('light')}"]
    rows: Sheet = [heads]
    for line in whole.report.units:
        row: list[Any] = [line.code, line.name]
        row += [line.score.met, line.score.applicable, line.score.unanswered]
        for code in CODES:
            row += [*_figures(line.readings[code]), _(LIGHTS[line.lights[code]])]
        rows.append(row)
    return rows


def _figures(reading: Reading) -> Sequence[float | None]:
    """Empty where nothing was answered or nothing counts, because that is not nought."""
    return (None if reading.silent or not reading.of else reading.value, reading.of or None)


def _whole(whole: Whole) -> Sheet:
    report = whole.report
    heads = [
        _("Measure"),
        _("Code"),
        _("Directive"),
        _("Counted out of"),
        _("Target"),
        _("Value"),
        _("Out of"),
    ]
    rows: Sheet = [[*heads, _("Not answered"), _("Share"), _("Share before")]]
    for code in CODES:
        measure, found = BY_CODE[code], report.whole[code]
        before = report.before.get(code)
        words = [_(MEASURES[code]), code, paragraph_words(code), _(DENOMINATORS[measure.per])]
        was = before.share if before is not None else None
        rows.append([*words, target_words(code), found.value, found.of, found.unanswered, found.share, was])
    return rows


def _counts(whole: Whole) -> Sheet:
    names = list(asdict(Facts()))
    rows: Sheet = [[_("Unit"), *(_(FACTS[name]) for name in names)]]
    for line in whole.report.units:
        facts = asdict(line.facts)
        rows.append([line.name, *(facts[name] for name in names)])
    return rows


def _returns(whole: Whole) -> Sheet:
    codes = sorted({code for line in whole.report.units for code in line.said.answers}, key=_order)
    rows: Sheet = [[_("Unit"), _("Asked"), _("Received"), _("Days late"), *codes]]
    for line in whole.report.units:
        said = line.said
        came = f"{said.received:%d/%m/%Y}" if said.received is not None else None
        answers = [_said(said.answers.get(code)) for code in codes]
        rows.append([line.name, _("yes") if said.asked else _("no"), came, said.days_late, *answers])
    return rows


def _order(code: str) -> list[tuple[int, str]]:
    return [(int(part) if part.isdigit() else 0, part) for part in code.split(".")]


def _said(answer: Any) -> Any:
    if isinstance(answer, bool):
        return _("yes") if answer else _("no")
    return answer


def _normative(whole: Whole) -> Sheet:
    heads = [_("Unit"), _("Issued"), _("Received"), _("Without a file"), _("Numbers that stand in no book")]
    rows: Sheet = [heads]
    for item in whole.normative:
        rows.append(
            [item.unit, item.issued, item.received, ", ".join(item.without_file), ", ".join(item.gaps)]
        )
    return rows


def _late(whole: Whole) -> Sheet:
    rows: Sheet = [[_("Unit"), _("Specialist"), _("Documents"), _("Due since")]]
    rows += [[line.unit, line.person, line.number, f"{line.oldest:%d/%m/%Y}"] for line in whole.late_work]
    return rows


def _requests(whole: Whole) -> Sheet:
    rows: Sheet = [[_("Unit"), _("No."), _("What it is about"), _("Days"), _("In charge")]]
    rows += [[item.unit, item.number, item.subject, item.days, item.owner] for item in whole.requests]
    return rows
