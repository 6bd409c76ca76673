"""The month's compliance, unit by unit, from what the hub has seen: as values, PDF and spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from connectors.writers.sheet_pdf import pdf_of
from connectors.writers.sheet_xlsx import xlsx_of
from hub.context import Hub
from hub.render import page
from hub.reporting.counting import count, reporting_units
from hub.reporting.words import LIGHTS, MEASURES, period_words, reading_words, target_words
from hub.texts import _, current
from rules.compliance.measures import (
    BY_CODE,
    NOTHING,
    Light,
    Reading,
    Score,
    Submission,
    readings,
    score,
    together,
)
from rules.compliance.measures import MEASURES as ALL
from rules.reporting.period import Period

# Units' own returns are not collected: what only they can say, and whether they came in time, is unknown.
UNSAID = Submission({})
RETURNED = "O30"


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit's figures with the targets it keeps."""

    code: str
    name: str
    readings: dict[str, Reading]
    score: Score
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Compliance:
    """A period of every unit that is measured, best first, and the whole."""

    period: Period
    units: tuple[UnitLine, ...]
    whole: dict[str, Reading]


def compliance(hub: Hub, connection: Connection, period: Period) -> Compliance:
    """Computed from registers, deliveries, mailboxes and look-ups; nothing is typed in."""
    codes = reporting_units(hub, period.last)
    facts = count(hub, connection, period, codes)
    found = {code: {**readings(facts[code], UNSAID), RETURNED: NOTHING} for code in codes}
    lines = [
        UnitLine(code, hub.directory.party_name(code), found[code], score(found[code]), facts[code].derived())
        for code in codes
    ]
    lines.sort(key=lambda line: (-line.score.share, -line.score.met, line.name))
    return Compliance(period, tuple(lines), together(found))


def rows(report: Compliance) -> list[dict[str, Any]]:
    """For --json: every figure with what it is out of."""
    return [
        {
            "unit": line.code,
            "name": line.name,
            "met": line.score.met,
            "applicable": line.score.applicable,
            "measures": {
                code: {
                    "value": reading.value,
                    "of": reading.of,
                    "light": BY_CODE[code].light(reading).value,
                }
                for code, reading in line.readings.items()
            },
            "facts": line.facts,
        }
        for line in report.units
    ]


def pdf(hub: Hub, report: Compliance) -> bytes:
    """The board's pages."""
    codes = [measure.code for measure in ALL]
    values = {
        "language": current(),
        "organisation": hub.config.organisation.name,
        "period": period_words(report.period),
        "first": report.period.first,
        "last": report.period.last,
        "printed": hub.local(hub.now()),
        "measures": [_measure_row(report, code) for code in codes],
        "codes": codes,
        "units": [_unit_row(line, codes) for line in report.units],
        "lights": {light.value: _(word) for light, word in LIGHTS.items()},
    }
    return pdf_of(page("compliance", values, current(), folder="sheets"))


def xlsx(report: Compliance) -> bytes:
    """The figures behind it: one sheet of measures, one of counts."""
    codes = [measure.code for measure in ALL]
    heads = [
        _("Unit"),
        _("Targets reached"),
        _("Applicable"),
        *(f"{code} {_(MEASURES[code])}" for code in codes),
    ]
    measured = [
        [line.name, line.score.met, line.score.applicable, *(_figure(line.readings[code]) for code in codes)]
        for line in report.units
    ]
    names = list(report.units[0].facts) if report.units else []
    counted = [[line.name, *(line.facts[name] for name in names)] for line in report.units]
    return xlsx_of({_("Measures"): [heads, *measured], _("Counts"): [[_("Unit"), *names], *counted]})


def _figure(reading: Reading) -> float | None:
    return reading.share


def _measure_row(report: Compliance, code: str) -> dict[str, Any]:
    reading = report.whole[code]
    lights = [BY_CODE[code].light(line.readings[code]) for line in report.units]
    return {
        "code": code,
        "name": _(MEASURES[code]),
        "paragraph": BY_CODE[code].paragraph,
        "target": target_words(code),
        "value": reading_words(code, reading),
        "light": BY_CODE[code].light(reading).value,
        "kept": lights.count(Light.GREEN),
        "of": len(lights) - lights.count(Light.NONE),
        "share": min(1.0, reading.share or 0.0),
        "known": bool(reading.of),
    }


def _unit_row(line: UnitLine, codes: Sequence[str]) -> dict[str, Any]:
    cells = [
        {
            "light": BY_CODE[code].light(line.readings[code]).value,
            "value": reading_words(code, line.readings[code]),
        }
        for code in codes
    ]
    return {"name": line.name, "met": line.score.met, "of": line.score.applicable, "cells": cells}
