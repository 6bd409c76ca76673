"""Names of measures, figures as people write them."""

from __future__ import annotations

from collections.abc import Mapping

from hub.texts import N_, _, current
from rules.compliance.measures import BY_CODE, Light, Reading, Scale
from rules.reporting.period import Every, Period

MEASURES: Mapping[str, str] = {
    "O03": N_("documents exchanged electronically"),
    "O06": N_("an IT officer is named"),
    "O09": N_("a plan for the three applications was sent"),
    "O13": N_("documents through the one point of receipt and issue"),
    "O14": N_("entries complete and without gaps"),
    "O15": N_("normative documents sent as files for the gazette"),
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
    Light.NONE: N_("does not apply"),
}


def number(value: float) -> str:
    """5.904,5 in Vietnamese, 5,904.5 in English."""
    text = f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
    return text.translate(str.maketrans(",.", ".,")) if current() == "vi" else text


def reading_words(code: str, reading: Reading) -> str:
    """A measure's figure: a share with its two numbers, yes or no, or a dash."""
    if not reading.of:
        return "–"
    if BY_CODE[code].scale is Scale.YES and reading.of == 1:
        return _("yes") if reading.value else _("no")
    return f"{number(round(100 * reading.value / reading.of, 1))} %"


def target_words(code: str) -> str:
    """What the directive wants."""
    measure = BY_CODE[code]
    return _("yes") if measure.scale is Scale.YES else f"{number(100 * measure.target)} %"


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
