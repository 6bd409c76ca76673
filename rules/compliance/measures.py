"""Each measurable row of the directive (DOMAIN 8.1): name, unit, source paragraph, target, denominator.

A measure looks at one unit. ``Reading.of`` is what it is out of; the province's figure is
the sum of values over the sum of denominators, so it is never a mean of means.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rules.compliance.facts import Facts


class Light(StrEnum):
    """How a unit stands against a target."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NONE = "none"  # not applicable, or nothing is known


class Scale(StrEnum):
    """How a figure is written."""

    SHARE = "share"
    COUNT = "count"
    YES = "yes"  # 1 or 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure: ``value`` out of ``of``; of None: nothing is known or nothing to count."""

    value: float
    of: float | None = None

    @property
    def share(self) -> float | None:
        return self.value / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Submission:
    """What the collection knows of a unit's return."""

    answers: Mapping[str, Any]  # by field code; empty when nothing was handed in
    in_time: bool = False
    received: bool = False


NOTHING = Reading(0, None)
Compute = Callable[[Facts, Submission], Reading]


@dataclass(frozen=True, slots=True)
class Measure:
    """One obligation that can be counted."""

    code: str  # the row of the obligations table
    paragraph: str
    scale: Scale
    target: float  # share for SHARE and YES, at most for COUNT
    denominator: str  # a code for words: units, documents, staff, normative, applications
    compute: Compute

    def light(self, reading: Reading) -> Light:
        """Green at the target, yellow from four fifths of it, else red; grey without a denominator."""
        if reading.of is None or reading.of == 0:
            return Light.NONE
        if self.scale is Scale.COUNT:
            return Light.GREEN if reading.value <= self.target else Light.RED
        share = reading.value / reading.of
        if share >= self.target - 1e-9:
            return Light.GREEN
        return Light.YELLOW if self.scale is Scale.SHARE and share >= 0.8 * self.target else Light.RED


def _share(value: float, of: float) -> Reading:
    return Reading(value, of or None)


def _yes(fact: bool) -> Reading:
    return Reading(1 if fact else 0, 1)


def _answered(submission: Submission, code: str, good: Callable[[Any], bool]) -> Reading:
    answer = submission.answers.get(code)
    return NOTHING if answer is None else _yes(good(answer))


def _electronic(facts: Facts, _said: Submission) -> Reading:
    network = facts.outgoing_network + facts.incoming_network + facts.incoming_scanned
    return _share(network, facts.outgoing + facts.incoming)


def _named(facts: Facts, said: Submission) -> Reading:
    return _yes(facts.administrators > 0 or bool(str(said.answers.get("9.1", "")).strip(" -")))


def _one_point(facts: Facts, _said: Submission) -> Reading:
    return _share(facts.entries, facts.entries + facts.past_the_clerk)


def _complete(facts: Facts, _said: Submission) -> Reading:
    return _share(facts.entries - facts.incomplete, facts.entries + facts.gaps)


def _applications(facts: Facts, said: Submission) -> Reading:
    economic = facts.indicators > 0 or said.answers.get("2.1") is True
    return Reading(int(economic) + int(facts.entries > 0) + int(said.answers.get("2.3") is True), 3)


def _drafts(_facts: Facts, said: Submission) -> Reading:
    return _answered(said, "7.1", lambda count: count > 0)


def _scanner(facts: Facts, said: Submission) -> Reading:
    return _yes(True) if facts.scans else _answered(said, "9.3", bool)


_DEGREES = frozenset({"cao đẳng", "đại học", "sau đại học"})
_LINES = frozenset({"ADSL", "cáp quang", "truyền số liệu chuyên dùng"})

MEASURES: tuple[Measure, ...] = (
    Measure("O03", "1", Scale.SHARE, 0.5, "documents", _electronic),
    Measure("O06", "3", Scale.YES, 1, "units", _named),
    Measure("O09", "5", Scale.YES, 1, "units", lambda f, _s: _yes(f.plans > 0)),
    Measure("O13", "6", Scale.SHARE, 1, "seen", _one_point),
    Measure("O14", "6", Scale.SHARE, 1, "entries", _complete),
    Measure("O15", "7", Scale.SHARE, 1, "normative", lambda f, _s: _share(f.normative_sent, f.normative)),
    Measure("O17", "8", Scale.SHARE, 1, "applications", _applications),
    Measure("O20", "10, 1a", Scale.YES, 1, "units", lambda f, _s: _yes(f.entries > 0 and f.lookups > 0)),
    Measure("O21", "10, 1b", Scale.YES, 1, "units", lambda f, _s: _yes(f.leader_lookups > 0)),
    Measure("O22", "10, 2", Scale.SHARE, 0.5, "staff", lambda f, _s: _share(f.active, f.staff)),
    Measure("O23", "10, 3", Scale.YES, 1, "units", _drafts),
    Measure("O24", "10, 1", Scale.YES, 1, "units", lambda _f, s: _answered(s, "9.2", _DEGREES.__contains__)),
    Measure("O25", "10, 2", Scale.SHARE, 1, "outgoing", lambda f, _s: _share(f.network_first, f.outgoing)),
    Measure("O26", "10, 2", Scale.YES, 1, "units", _scanner),
    Measure(
        "O27", "10, 3", Scale.SHARE, 0.5, "outgoing",
        lambda f, _s: _share(max(0, f.outgoing_network - f.outgoing_with_paper), f.outgoing),
    ),
    Measure("O29", "10, 5", Scale.YES, 1, "units", lambda _f, s: _answered(s, "9.4", _LINES.__contains__)),
    Measure("O30", "10, 6", Scale.YES, 1, "units", lambda _f, s: _yes(s.in_time)),
)  # fmt: skip
BY_CODE = {measure.code: measure for measure in MEASURES}


@dataclass(frozen=True, slots=True)
class Score:
    """How many targets a unit keeps out of those that apply to it (O31)."""

    met: int
    applicable: int

    @property
    def share(self) -> float:
        return self.met / self.applicable if self.applicable else 0.0


def readings(facts: Facts, submission: Submission) -> dict[str, Reading]:
    """Every measure of one unit."""
    return {measure.code: measure.compute(facts, submission) for measure in MEASURES}


def score(found: Mapping[str, Reading]) -> Score:
    """Targets kept; what does not apply is not counted."""
    lights = [BY_CODE[code].light(reading) for code, reading in found.items()]
    return Score(lights.count(Light.GREEN), len(lights) - lights.count(Light.NONE))


def together(all_units: Mapping[str, Mapping[str, Reading]]) -> dict[str, Reading]:
    """The province's figures: sums over sums, of the units to which a measure applies."""
    found: dict[str, Reading] = {}
    for measure in MEASURES:
        mine = [unit[measure.code] for unit in all_units.values() if unit[measure.code].of]
        found[measure.code] = Reading(sum(r.value for r in mine), sum(r.of or 0 for r in mine) or None)
    return found
