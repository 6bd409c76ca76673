"""Each measurable row of the directive (DOMAIN 8.1): one pure function with unit, source paragraph,
target and denominator. What the hub calls them in words stands in ``hub.reporting.words``.

A measure looks at one unit that uses the hub at the end of the period. ``Reading.of`` is what it is
out of; the province's figure is the sum of values over the sum of denominators, so it is never a mean
of means, and a unit that did not answer stays in the denominator.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.compliance.answers import BROADBAND, COLLEGE, Asked, Submission
from rules.compliance.facts import Facts


class Light(StrEnum):
    """How a unit stands against a target."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    UNKNOWN = "unknown"  # it was asked, and the answer would decide
    NONE = "none"  # nothing to count, or nobody asked


class Scale(StrEnum):
    """How a figure is written."""

    SHARE = "share"
    YES = "yes"  # 1 or 0


class Per(StrEnum):
    """What a measure counts: its denominator."""

    UNITS = "units"  # units where the hub is deployed
    EXCHANGED = "exchanged"  # documents that came and went
    SEEN = "seen"  # entries, and what came in past the clerk
    ENTRIES = "entries"  # entries, and numbers that are missing
    NORMATIVE = "normative"
    RECEIVED = "received"  # normative documents that the gazette got as files
    APPLICATIONS = "applications"
    STAFF = "staff"
    OUTGOING = "outgoing"


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure: ``value`` out of ``of``, of which ``unanswered`` wait for the unit's own word."""

    value: float
    of: float = 0
    unanswered: float = 0

    @property
    def share(self) -> float | None:
        """None where there is nothing to count."""
        return self.value / self.of if self.of else None

    @property
    def silent(self) -> bool:
        """Nothing at all was answered: not the same as nought."""
        return self.of > 0 and self.unanswered == self.of


NOTHING = Reading(0)
Compute = Callable[[Facts, Submission], Reading]
NEARLY = 0.8  # share of a target from which a figure is yellow
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Measure:
    """One obligation that can be counted. ``target`` None: it shall rise from period to period."""

    code: str  # the row of the obligations table
    paragraph: str
    scale: Scale
    target: float | None
    per: Per
    compute: Compute

    def light(self, reading: Reading, before: Reading | None = None) -> Light:
        """Green at the target, yellow from four fifths of it, else red; without a denominator none."""
        target = self.target
        if target is None:
            target = before.share if before is not None and not before.silent else None
        if not reading.of or target is None:
            return Light.NONE
        if reading.value >= target * reading.of - _ROUNDING:
            return Light.GREEN
        if reading.value + reading.unanswered >= target * reading.of - _ROUNDING:
            return Light.UNKNOWN
        nearly = reading.value >= NEARLY * target * reading.of - _ROUNDING
        return Light.YELLOW if self.scale is Scale.SHARE and nearly else Light.RED


def _yes(fact: bool) -> Reading:
    return Reading(1 if fact else 0, 1)


def _answered(said: Submission, field: Asked, good: Callable[[object], bool]) -> Reading:
    """Of a question that only the unit can answer."""
    if not said.asked:
        return NOTHING
    answer = said.answers.get(field)
    return Reading(0, 1, 1) if answer is None else _yes(good(answer))


def electronic(facts: Facts, _said: Submission) -> Reading:
    """O03: documents that came or went over the network or as scans."""
    network = facts.outgoing_network + facts.incoming_network + facts.incoming_scanned
    return Reading(network, facts.outgoing + facts.incoming)


def officer(facts: Facts, said: Submission) -> Reading:
    """O06: an IT officer is named, in the directory or in the return."""
    if facts.administrators:
        return _yes(True)
    answer = _answered(said, Asked.OFFICER, lambda name: bool(str(name).strip(" -0")))
    return answer if answer.of else _yes(False)


def plan(facts: Facts, _said: Submission) -> Reading:
    """O09: a plan for the three applications reached the centre, at whatever time."""
    return _yes(facts.plans > 0)


def one_point(facts: Facts, _said: Submission) -> Reading:
    """O13: what the clerk registered, of all that was seen."""
    return Reading(facts.entries, facts.entries + facts.past_the_clerk)


def complete(facts: Facts, _said: Submission) -> Reading:
    """O14: entries with every field that the law wants, of those there are and those that are missing."""
    return Reading(facts.entries - facts.incomplete, facts.entries + facts.gaps)


def to_gazette(facts: Facts, _said: Submission) -> Reading:
    """O15: normative documents whose file reached the gazette."""
    return Reading(facts.normative_sent, facts.normative)


def published(facts: Facts, said: Submission) -> Reading:
    """O16: of them those that the gazette published; asked until the hub has a gazette of its own."""
    if not said.asked or not facts.normative_sent:
        return NOTHING
    number = said.number(Asked.PUBLISHED)
    if number is None:
        return Reading(0, facts.normative_sent, facts.normative_sent)
    return Reading(min(number, facts.normative_sent), facts.normative_sent)


def applications(facts: Facts, said: Submission) -> Reading:
    """O17: how many of the three applications were used."""
    others = [
        True if facts.indicators else said.answers.get(Asked.ECONOMY),
        said.answers.get(Asked.PORTAL),
    ]
    silent = others.count(None) if said.asked else 0
    return Reading((facts.entries > 0) + sum(bool(answer) for answer in others), 3, silent)


def looked_up(facts: Facts, _said: Submission) -> Reading:
    """O20: at least one entry and at least one look-up."""
    return _yes(facts.entries > 0 and facts.lookups > 0)


def followed(facts: Facts, _said: Submission) -> Reading:
    """O21: a leader opened the list of work, or was mailed it."""
    return _yes(facts.leader_lookups > 0 or facts.boards > 0)


def mailboxes(facts: Facts, _said: Submission) -> Reading:
    """O22: staff who have a mailbox and sent a mail."""
    return Reading(facts.active, facts.staff)


def drafts(_facts: Facts, said: Submission) -> Reading:
    """O23: at least one draft taken through to signature on the network; asked."""
    if not said.asked:
        return NOTHING
    number = said.number(Asked.DRAFTS)
    return Reading(0, 1, 1) if number is None else _yes(number > 0)


def degree(_facts: Facts, said: Submission) -> Reading:
    """O24: an administrator with at least a college degree; asked."""
    return _answered(said, Asked.DEGREE, lambda said: str(said).strip().casefold() in COLLEGE)


def network_first(facts: Facts, _said: Submission) -> Reading:
    """O25: outgoing documents sent over the network before any paper."""
    return Reading(facts.network_first, facts.outgoing)


def scanner(facts: Facts, said: Submission) -> Reading:
    """O26: something came from the unit's scanner folder, or the unit says it has one."""
    return _yes(True) if facts.scans else _answered(said, Asked.SCANNER, bool)


def electronic_only(facts: Facts, _said: Submission) -> Reading:
    """O27: outgoing documents that went over the network and had no paper behind them."""
    return Reading(facts.electronic_only, facts.outgoing)


def line(_facts: Facts, said: Submission) -> Reading:
    """O29: a line in place of dial-up; asked."""
    return _answered(said, Asked.LINE, lambda said: str(said).strip().casefold() in BROADBAND)


def returned(_facts: Facts, said: Submission) -> Reading:
    """O30: the return came before the 25th."""
    return _yes(said.in_time) if said.asked else NOTHING


MEASURES: tuple[Measure, ...] = (
    Measure("O03", "1", Scale.SHARE, None, Per.EXCHANGED, electronic),
    Measure("O06", "3", Scale.YES, 1, Per.UNITS, officer),
    Measure("O09", "5", Scale.YES, 1, Per.UNITS, plan),
    Measure("O13", "6", Scale.SHARE, 1, Per.SEEN, one_point),
    Measure("O14", "6", Scale.SHARE, 1, Per.ENTRIES, complete),
    Measure("O15", "7", Scale.SHARE, 1, Per.NORMATIVE, to_gazette),
    Measure("O16", "7", Scale.SHARE, 1, Per.RECEIVED, published),
    Measure("O17", "8", Scale.SHARE, 1, Per.APPLICATIONS, applications),
    Measure("O20", "10.1", Scale.YES, 1, Per.UNITS, looked_up),
    Measure("O21", "10.1", Scale.YES, 1, Per.UNITS, followed),
    Measure("O22", "10.2", Scale.SHARE, 0.5, Per.STAFF, mailboxes),
    Measure("O23", "10.3", Scale.YES, 1, Per.UNITS, drafts),
    Measure("O24", "10*1", Scale.YES, 1, Per.UNITS, degree),
    Measure("O25", "10*2", Scale.SHARE, 1, Per.OUTGOING, network_first),
    Measure("O26", "10*2", Scale.YES, 1, Per.UNITS, scanner),
    Measure("O27", "10*3", Scale.SHARE, None, Per.OUTGOING, electronic_only),
    Measure("O29", "10*5", Scale.YES, 1, Per.UNITS, line),
    Measure("O30", "10*6", Scale.YES, 1, Per.UNITS, returned),
)
BY_CODE = {measure.code: measure for measure in MEASURES}


@dataclass(frozen=True, slots=True)
class Score:
    """O31: how many targets a unit keeps of those that apply to it; what it did not answer is not kept,
    because silence shall not look better than an honest no."""

    met: int
    applicable: int
    unanswered: int = 0

    @property
    def share(self) -> float:
        return self.met / self.applicable if self.applicable else 0.0


def readings(facts: Facts, submission: Submission) -> dict[str, Reading]:
    """Every measure of one unit."""
    return {measure.code: measure.compute(facts, submission) for measure in MEASURES}


def lights(found: Mapping[str, Reading], before: Mapping[str, Reading] | None = None) -> dict[str, Light]:
    """Every light of one unit; ``before`` holds the figures of the period before."""
    earlier = before or {}
    return {code: BY_CODE[code].light(reading, earlier.get(code)) for code, reading in found.items()}


def score(shown: Mapping[str, Light]) -> Score:
    """Targets kept; what does not apply is not counted."""
    all_of_them = list(shown.values())
    applicable = len(all_of_them) - all_of_them.count(Light.NONE)
    return Score(all_of_them.count(Light.GREEN), applicable, all_of_them.count(Light.UNKNOWN))


def together(all_units: Mapping[str, Mapping[str, Reading]]) -> dict[str, Reading]:
    """The province's figures: sums over sums."""
    found: dict[str, Reading] = {}
    for measure in MEASURES:
        mine = [unit[measure.code] for unit in all_units.values() if measure.code in unit]
        sums = (sum(r.value for r in mine), sum(r.of for r in mine), sum(r.unanswered for r in mine))
        found[measure.code] = Reading(*sums)
    return found
