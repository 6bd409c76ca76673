"""Names of measures, figures as people write them."""

from __future__ import annotations

from collections.abc import Mapping

from hub.texts import N_, _, current
from rules.compliance.measures import BY_CODE, Light, Per, Reading, Scale
from rules.reporting.period import Every, Period

MEASURES: Mapping[str, str] = {
    "O03": N_("documents exchanged electronically"),
    "O06": N_("an IT officer is named"),
    "O09": N_("a plan for the three applications was sent"),
    "O13": N_("documents through the one point of receipt and issue"),
    "O14": N_("entries complete and without gaps"),
    "O15": N_("normative documents sent as files for the gazette"),
    "O16": N_("normative documents published in the gazette"),
    "O17": N_("of the three applications in use"),
    "O20": N_("documents entered and looked up on the network"),
    "O21": N_("leaders follow the progress of the work"),
    "O22": N_("staff who use their mailbox"),
    "O23": N_("drafts submitted for signature online"),
    "O24": N_("network administrator with a college degree in IT"),
    "O25": N_("outgoing documents sent over the network first"),
    "O26": N_("a scanner is there"),
    "O27": N_("outgoing documents without paper"),
    "O29": N_("a broadband line instead of dial-up"),
    "O30": N_("the monthly report came in time"),
}
LIGHTS: Mapping[Light, str] = {
    Light.GREEN: N_("reached"),
    Light.YELLOW: N_("nearly"),
    Light.RED: N_("not reached"),
    Light.UNKNOWN: N_("not answered"),
    Light.NONE: N_("nothing to count"),
}
DENOMINATORS: Mapping[Per, str] = {
    Per.UNITS: N_("units where the hub is deployed on the last day of the period"),
    Per.EXCHANGED: N_("documents registered as incoming and outgoing"),
    Per.SEEN: N_("entries, and documents that nobody registered"),
    Per.ENTRIES: N_("entries, and numbers that are missing"),
    Per.NORMATIVE: N_("normative documents issued"),
    Per.RECEIVED: N_("normative documents whose file reached the gazette"),
    Per.APPLICATIONS: N_("three applications for each unit"),
    Per.STAFF: N_("staff of the units"),
    Per.OUTGOING: N_("outgoing documents"),
}
NOTHING = "–"
SILENT = "?"


def number(value: float) -> str:
    """5.904,5 in Vietnamese, 5,904.5 in English."""
    text = f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
    return text.translate(str.maketrans(",.", ".,")) if current() == "vi" else text


def percent(share: float | None) -> str:
    """A share as people write it; a dash where there is none."""
    return NOTHING if share is None else f"{number(round(100 * share, 1))} %"


def reading_words(code: str, reading: Reading) -> str:
    """A measure's figure: a share, yes or no, ? where nothing was answered, a dash where nothing counts."""
    if not reading.of:
        return NOTHING
    if reading.silent:
        return SILENT
    if BY_CODE[code].scale is Scale.YES and reading.of == 1:
        return _("yes") if reading.value else _("no")
    return percent(reading.share)


def out_of(reading: Reading) -> str:
    """12/40: what a share is made of."""
    return f"{number(reading.value)}/{number(reading.of)}" if reading.of else NOTHING


def target_words(code: str) -> str:
    """What the directive wants."""
    measure = BY_CODE[code]
    return _("rising") if measure.target is None else percent(measure.target)


def paragraph_words(code: str) -> str:
    """Where the directive wants it: 10*2 is the second of the works below paragraph 10."""
    before, star, after = BY_CODE[code].paragraph.partition("*")
    if star:
        return _("paragraph {number}, work {point}").format(number=before, point=after)
    before, dot, after = before.partition(".")
    if dot:
        return _("paragraph {number}, target {point}").format(number=before, point=after)
    return _("paragraph {number}").format(number=before)


_PERIODS = {
    Every.MONTH: N_("month {number}/{year}"),
    Every.QUARTER: N_("quarter {number}/{year}"),
    Every.HALF: N_("half-year {number}/{year}"),
    Every.NINE_MONTHS: N_("nine months of {year}"),
    Every.YEAR: N_("year {year}"),
}


def period_words(period: Period) -> str:
    """A period as a person calls it."""
    year, month = period.due_month
    part = {Every.MONTH: month, Every.QUARTER: month // 3, Every.HALF: month // 6}.get(period.every, month)
    return _(_PERIODS[period.every]).format(number=part, year=year)
