"""The ten parts of the compliance report (DOMAIN 8.3), in the language that is being spoken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.reporting.board.details import gazette, late_work, mailboxes, requests, sending
from hub.reporting.board.gathering import Whole
from hub.reporting.compliance import UnitLine
from hub.reporting.words import (
    DENOMINATORS,
    LIGHTS,
    MEASURES,
    NOTHING,
    number,
    out_of,
    paragraph_words,
    percent,
    reading_words,
    target_words,
)
from hub.texts import _
from rules.compliance.measures import MEASURES as ALL
from rules.compliance.measures import Light
from rules.values.paper import Annex, Block, Bullets, Cell, Column, Heading, Key, Table, Text

FIVE = 5
A_PAGE = 34  # units on one page of the annex
CODES = tuple(measure.code for measure in ALL)


def body(whole: Whole) -> tuple[Block, ...]:
    """Parts 1 to 9, and where part 10 is."""
    parts = (returns, targets, changes, best_and_worst, gazette, sending, late_work, mailboxes, requests)
    return tuple(block for part in (*parts, method) for block in part(whole))


def annexes(whole: Whole) -> tuple[Annex, ...]:
    """Every unit against every target, so many to a page, because one long table takes minutes to lay out."""
    lines = whole.report.units
    pages = [lines[start : start + A_PAGE] for start in range(0, len(lines), A_PAGE)]
    tables: list[Block] = [_units_table(page) for page in pages]
    title = _("Annex. Units against the targets of the directive")
    legend: list[Block] = [key(), Text(" · ".join(f"{c[1:]} {_(MEASURES[c])}" for c in CODES), note=True)]
    return (Annex(title, (*legend, *tables)),) if tables else ()


def key() -> Key:
    """What the lights mean."""
    return Key(tuple((light.value, _(words)) for light, words in LIGHTS.items()))


def returns(whole: Whole) -> Iterable[Block]:
    """1. Who handed in, who was late, who is missing by name."""
    yield Heading(_("1. Monthly returns of the units"))
    asked = [line for line in whole.report.units if line.said.asked]
    if not asked:
        yield Text(_("No returns were asked for this period; the figures are those that the hub counts."))
        return
    in_time = sum(line.said.in_time for line in asked)
    yield Text(
        _("Due: {due} units; in time: {in_time}; late: {late}; not received: {missing}.").format(
            due=len(asked), in_time=in_time, late=len(whole.late), missing=len(whole.missing)
        )
    )
    if whole.missing:
        yield Text(_("Not received from:"))
        yield Bullets(whole.missing)
    if whole.late:
        yield Text(_("Late:"))
        days = _("{name}: {days} days late")
        yield Bullets(tuple(days.format(name=name, days=late) for name, late in whole.late))


def targets(whole: Whole) -> Iterable[Block]:
    """2. The whole against each target."""
    yield Heading(_("2. The targets of the directive"))
    yield Text(
        _("{units} units use the hub. Each unit's figures stand in the annex.").format(
            units=len(whole.report.units)
        )
    )
    columns = (
        Column(_("Code"), 0.07),
        Column(_("Measure"), 0.37),
        Column(_("Target"), 0.1, "right"),
        Column(_("Result"), 0.1, "right"),
        Column(_("Out of"), 0.14, "right"),
        Column(_("Units that reach it"), 0.1, "right"),
        Column(_("12 months"), 0.12, "center"),
    )
    yield Table(columns, tuple(_target_row(whole, code) for code in CODES))
    yield key()


def _target_row(whole: Whole, code: str) -> tuple[Cell, ...]:
    report = whole.report
    shown = [line.lights[code] for line in report.units]
    kept, applicable = shown.count(Light.GREEN), len(shown) - shown.count(Light.NONE)
    return (
        Cell(code),
        Cell(_(MEASURES[code]), report.lights[code].value),
        Cell(target_words(code)),
        Cell(percent(report.whole[code].share)),
        Cell(out_of(report.whole[code])),
        Cell(f"{kept}/{applicable}" if applicable else NOTHING),
        Cell("", trend=report.trends[code]),
    )


def changes(whole: Whole) -> Iterable[Block]:
    """3. Against the period before."""
    yield Heading(_("3. Change against the month before"))
    report = whole.report
    if not report.before:
        yield Text(_("There is no report of the month before to compare with."))
        return
    moved = [
        (code, report.whole[code].share, report.before[code].share) for code in CODES if code in report.before
    ]
    rows = [
        (Cell(code), Cell(_(MEASURES[code])), Cell(percent(was)), Cell(percent(now)), Cell(points(now, was)))
        for code, now, was in moved
        if now is not None and was is not None and abs(now - was) >= 0.0005
    ]
    if not rows:
        yield Text(_("No figure of the whole has changed."))
    columns = (
        Column(_("Code"), 0.08),
        Column(_("Measure"), 0.5),
        Column(_("Before"), 0.14, "right"),
        Column(_("Now"), 0.14, "right"),
        Column(_("Points"), 0.14, "right"),
    )
    if rows:
        yield Table(columns, tuple(rows))
    up = sum(1 for line in report.units if (line.change or 0) > 0)
    down = sum(1 for line in report.units if (line.change or 0) < 0)
    yield Text(
        _("{up} units keep more targets than the month before, {down} fewer.").format(up=up, down=down)
    )


def points(now: float | None, was: float | None) -> str:
    """+3,5: percentage points."""
    if now is None or was is None:
        return NOTHING
    change = round(100 * (now - was), 1)
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{number(abs(change))}"


def best_and_worst(whole: Whole) -> Iterable[Block]:
    """4. Five best, five worst, those silent twice."""
    yield Heading(_("4. Units in front and behind"))
    lines = whole.report.units
    yield Text(_("The five units that keep the most targets:"))
    yield _ranked(lines[:FIVE])
    if len(lines) > FIVE:
        yield Text(_("The five units that keep the fewest:"))
        yield _ranked(lines[: FIVE - 1 : -1][:FIVE])
    if whole.silent:
        yield Text(_("Without a return for two months or more:"))
        yield Bullets(whole.silent)


def _ranked(lines: Sequence[UnitLine]) -> Table:
    columns = (
        Column(_("Unit"), 0.5),
        Column(_("Targets kept"), 0.16, "right"),
        Column(_("Share"), 0.14, "right"),
        Column(_("12 months"), 0.2, "center"),
    )
    rows = [
        (
            Cell(line.name),
            Cell(f"{line.score.met}/{line.score.applicable}"),
            Cell(percent(line.score.share)),
            Cell("", trend=line.trend),
        )
        for line in lines
    ]
    return Table(columns, tuple(rows))


def method(whole: Whole) -> Iterable[Block]:
    """10. Raw figures and method."""
    yield Heading(_("10. Raw figures and method"))
    period = whole.report.period
    yield Text(
        _(
            "Counted from {first} to {last} from registers, deliveries, mailboxes and look-ups; kept at the "
            "cut-off, so that later work does not change them. What only a unit knows is taken from its "
            "return; “{silent}” means that it was not answered, which is not the same as 0. The figures "
            "of the whole are sums over sums of the units. All figures are in the spreadsheet enclosed; the "
            "rows behind each are shown by the hub."
        ).format(first=f"{period.first:%d/%m/%Y}", last=f"{period.last:%d/%m/%Y}", silent="?")
    )
    columns = (
        Column(_("Code"), 0.08),
        Column(_("Measure"), 0.36),
        Column(_("Directive"), 0.2),
        Column(_("Counted out of"), 0.36),
    )
    rows = [
        (Cell(m.code), Cell(_(MEASURES[m.code])), Cell(paragraph_words(m.code)), Cell(_(DENOMINATORS[m.per])))
        for m in ALL
    ]
    rows.append(
        (
            Cell("O31"),
            Cell(_("the score of each unit")),
            Cell(_("closing words")),
            Cell(_("targets that apply to it")),
        )
    )
    yield Table(columns, tuple(rows))


def _units_table(lines: Sequence[UnitLine]) -> Table:
    wide = 0.24
    each = (1 - wide - 0.05 - 0.075) / len(CODES)
    columns = (
        Column(_("Unit"), wide),
        Column(_("Kept"), 0.05, "right"),
        *(Column(code[1:], each, "center") for code in CODES),
        Column(_("12 months"), 0.075, "center"),
    )
    rows = [
        (
            Cell(line.name),
            Cell(f"{line.score.met}/{line.score.applicable}"),
            *(Cell(_short(line, code), line.lights[code].value) for code in CODES),
            Cell("", trend=line.trend),
        )
        for line in lines
    ]
    return Table(columns, tuple(rows), small=True)


def _short(line: UnitLine, code: str) -> str:
    """Without the sign, because twenty columns have no room for it."""
    return reading_words(code, line.readings[code]).removesuffix(" %")
