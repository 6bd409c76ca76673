"""The month's compliance, unit by unit, from what the hub has seen and what units have answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.reporting import history
from hub.reporting.history import Readings
from rules.compliance.answers import UNASKED, Submission
from rules.compliance.facts import Facts
from rules.compliance.measures import (
    BY_CODE,
    Light,
    Reading,
    Score,
    lights,
    readings,
    score,
    together,
)
from rules.reporting.period import Period

Trend = tuple[float | None, ...]  # the oldest first, this period last; None: no report was made
NO_ANSWERS: Mapping[str, Submission] = {}


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit's figures with the targets it keeps."""

    code: str
    name: str
    readings: dict[str, Reading]
    lights: dict[str, Light]
    score: Score
    facts: Facts
    said: Submission = UNASKED
    before: Score | None = None
    trend: Trend = ()

    @property
    def change(self) -> int | None:
        """Targets kept more or fewer than in the period before."""
        return self.score.met - self.before.met if self.before is not None else None


@dataclass(frozen=True, slots=True)
class Compliance:
    """A period of every unit that is measured, best first, and the whole."""

    period: Period
    units: tuple[UnitLine, ...]
    whole: dict[str, Reading]
    before: dict[str, Reading]  # of the period before; empty when it had no report
    trends: dict[str, Trend]  # of the whole, by measure

    @property
    def lights(self) -> dict[str, Light]:
        """Of the whole."""
        return lights(self.whole, self.before)


def compliance(
    hub: Hub, connection: Connection, period: Period, answers: Mapping[str, Submission] = NO_ANSWERS
) -> Compliance:
    """Computed from registers, deliveries, mailboxes and look-ups; ``answers`` holds the units' returns."""
    facts = history.facts_for(hub, connection, period)
    return compose(hub, period, facts, answers, history.earlier(connection, period))


def compose(
    hub: Hub,
    period: Period,
    facts: Mapping[str, Facts],
    answers: Mapping[str, Submission],
    earlier: Mapping[str, Mapping[str, Readings]],
) -> Compliance:
    """The same from values that were read already."""
    names = history.names_before(period)
    last = earlier.get(names[-1], {})
    scores = {name: _scores(earlier, names, at) for at, name in enumerate(names) if name in earlier}
    lines = []
    for code, counts in facts.items():
        said = answers.get(code, UNASKED)
        found = readings(counts, said)
        shown = lights(found, last.get(code))
        mine = score(shown)
        trend = tuple(scores[name].get(code) if name in scores else None for name in names)
        shares = tuple(item.share if item is not None else None for item in trend)
        name = hub.directory.party_name(code)
        lines.append(UnitLine(code, name, found, shown, mine, counts, said, trend[-1], (*shares, mine.share)))
    lines.sort(key=lambda line: (-line.score.share, -line.score.met, line.name))
    whole = together({line.code: line.readings for line in lines})
    wholes = [together(earlier[name]) if name in earlier else None for name in names]
    trends = {code: (*(_share(w, code) for w in wholes), whole[code].share) for code in BY_CODE}
    return Compliance(period, tuple(lines), whole, wholes[-1] or {}, trends)


def _scores(earlier: Mapping[str, Mapping[str, Readings]], names: Sequence[str], at: int) -> dict[str, Score]:
    before = earlier.get(names[at - 1], {}) if at else {}
    return {unit: score(lights(found, before.get(unit))) for unit, found in earlier[names[at]].items()}


def _share(whole: Mapping[str, Reading] | None, code: str) -> float | None:
    return whole[code].share if whole is not None and code in whole else None


def rows(report: Compliance) -> list[dict[str, Any]]:
    """For --json: every figure with what it is out of."""
    return [
        {
            "unit": line.code,
            "name": line.name,
            "met": line.score.met,
            "applicable": line.score.applicable,
            "unanswered": line.score.unanswered,
            "measures": {
                code: {
                    "value": reading.value,
                    "of": reading.of,
                    "unanswered": reading.unanswered,
                    "light": line.lights[code].value,
                }
                for code, reading in line.readings.items()
            },
            "facts": asdict(line.facts),
        }
        for line in report.units
    ]


def seen(report: Compliance, units: frozenset[str] | None) -> Compliance:
    """Only the lines of these units (None: of all); the whole is everybody's."""
    if units is None:
        return report
    return replace(report, units=tuple(line for line in report.units if line.code in units))
