"""Why a rule did not hold, and why a unit did not get a document: values for a person to read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rules.directory import Directory
from rules.routing.conditions import (
    Addressed,
    All,
    Any,
    AtLeast,
    Clock,
    Condition,
    Dated,
    Files,
    Matches,
    NoneOf,
    Normative,
    OneOf,
    Parties,
    Sender,
    Size,
    Symbol,
    Weekday,
    Words,
    WorkingHours,
)
from rules.routing.decide import PublishedSet
from rules.routing.language import Rule
from rules.routing.look import Look
from rules.routing.place import Places
from rules.values.routing import Decision

LONGEST = 120
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Miss:
    """One condition that the document does not satisfy, in the words of the rule language."""

    key: str
    wanted: str
    found: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that did not hold. ``state``: ``missed``, ``inactive`` (its dates or its switch),
    ``stopped`` (``misses`` is empty; ``by`` stopped before it)."""

    rule: str
    title: str
    version: int
    state: str
    misses: tuple[Miss, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a party has or has not got a document.

    ``state``: ``receives``, ``own``, ``removed``, ``held``, ``refused``, ``rules`` (rules that
    would send it, none of which holds) or ``nothing`` (nobody names it).
    """

    party: str
    state: str
    because: tuple[str, ...] = ()
    rules: tuple[NearMiss, ...] = ()


def misses(condition: Condition, look: Look) -> tuple[Miss, ...]:
    """The conditions that fail; nothing where the whole holds."""
    if condition.holds(look):
        return ()
    if isinstance(condition, All):
        return tuple(miss for inner in condition.inner for miss in misses(inner, look))
    if isinstance(condition, NoneOf):
        held = [inner for inner in condition.inner if inner.holds(look)]
        return tuple(Miss(f"none: {said[0]}", said[1], said[2]) for said in (_said(i, look) for i in held))
    return (Miss(*_said(condition, look)),)


def near_misses(sets: Iterable[PublishedSet], look: Look, trace: Sequence[str]) -> Iterator[NearMiss]:
    """Rules of these sets that all but held: a single condition failed while another held."""
    for published in sets:
        for rule in published.rules.rules:
            if f"{rule.name}@{published.version}" in trace or not rule.active(look.day):
                continue
            failed = misses(rule.when, look)
            if len(failed) == 1 and _parts(rule.when) > 1:
                yield NearMiss(rule.name, rule.title, published.version, "missed", failed)


def why_not(
    party: str, decision: Decision, sets: Sequence[PublishedSet], look: Look, directory: Directory
) -> WhyNot:
    """Why this party got it, or why not."""
    for receiver in decision.receivers:
        if receiver.party == party:
            return WhyNot(party, "receives", tuple(why.words() for why in receiver.because))
    if decision.refuse:
        return WhyNot(party, "refused", (decision.refuse,))
    for removed in decision.removed:
        if removed.party == party:
            state = "own" if removed.because.kind == "own" else "removed"
            return WhyNot(party, state, (removed.because.words(),))
    if party in (look.facts.issuer, look.facts.unit, directory.keeper(look.facts.issuer)):
        return WhyNot(party, "own")
    held = tuple(item.text for item in decision.held if item.party == party)
    if held:
        return WhyNot(party, "held", held)
    rules = tuple(_senders(party, decision, sets, look, Places(directory, look.day)))
    return WhyNot(party, "rules" if rules else "nothing", (), rules)


def _senders(
    party: str, decision: Decision, sets: Sequence[PublishedSet], look: Look, places: Places
) -> Iterator[NearMiss]:
    """Rules that would send to this party."""
    for published in sets:
        stopped = ""
        for rule in published.rules.rules:
            ran = f"{rule.name}@{published.version}" in decision.trace
            if not ran and _sends(rule, party, places):
                yield _state(rule, published.version, look, stopped)
            stopped = stopped or (rule.name if ran and rule.then.stop else "")


def _sends(rule: Rule, party: str, places: Places) -> bool:
    words = dict.fromkeys(word for send in rule.then.send for word in send.to)
    return any(placed.party == party for word in words for _m, placed in places.placed(word, places.day))


def _state(rule: Rule, version: int, look: Look, stopped: str) -> NearMiss:
    if not rule.active(look.day):
        return NearMiss(rule.name, rule.title, version, "inactive")
    failed = misses(rule.when, look)
    if not failed and stopped:
        return NearMiss(rule.name, rule.title, version, "stopped", by=stopped)
    return NearMiss(rule.name, rule.title, version, "missed", failed)


def _parts(condition: Condition) -> int:
    return sum(map(_parts, condition.inner)) if isinstance(condition, All) else 1


def _said(condition: Condition, look: Look) -> tuple[str, str, str]:
    """The key, what is wanted and what the document has."""
    key, wanted, found = _plain(condition, look)
    return key, _short(wanted), _short(found)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _plain(condition: Condition, look: Look) -> tuple[str, str, str]:
    facts = look.facts
    match condition:
        case OneOf():
            return condition.facet, _list(condition.values), look.value(condition.facet)
        case Normative() | WorkingHours() | Addressed():
            return _flag(condition, look)
        case AtLeast():
            return "urgency", f"≥ {condition.urgency.name.lower()}", facts.urgency.name.lower()
        case Parties():
            found = facts.unit if condition.facet == "unit" else facts.issuer or facts.issuer_text
            return condition.facet, _parties(condition), found
        case Symbol() | Matches():
            facet = condition.facet if isinstance(condition, Matches) else "symbol"
            return (
                facet,
                _list(condition.patterns, ordered=True),
                "" if facet == "text" else getattr(facts, facet),
            )
        case Words():
            found = "" if condition.facet == "text" else getattr(facts, condition.facet)
            return condition.facet, _words(condition), found
        case Any():
            return "any", " | ".join(" ".join(_plain(inner, look)[:2]) for inner in condition.inner), ""
        case _:
            return _measured(condition, look)


def _measured(condition: Condition, look: Look) -> tuple[str, str, str]:
    facts = look.facts
    match condition:
        case Sender():
            domains = tuple(f"@{domain}" for domain in condition.domains)
            return "sender", _list((*condition.addresses, *domains)), facts.sender
        case Files():
            return "file", _list(condition.kinds), _list(facts.file_kinds)
        case Size():
            bounds = [f"> {condition.over}"] if condition.over is not None else []
            bounds += [f"< {condition.under}"] if condition.under is not None else []
            return "size", ", ".join(bounds), str(facts.size)
        case Dated():
            return "dated", f"{condition.start or ''} - {condition.end or ''}", str(facts.date or "")
        case Clock():
            now = f"{facts.now:%H:%M}" if facts.now else ""
            return "time", f"{condition.start:%H:%M} - {condition.end:%H:%M}", now
        case Weekday():
            return (
                "weekday",
                ", ".join(_WEEKDAYS[n] for n in sorted(condition.days)),
                _WEEKDAYS[look.day.weekday()],
            )
        case _:
            return type(condition).__name__.lower(), "", ""


def _flag(condition: Condition, look: Look) -> tuple[str, str, str]:
    if isinstance(condition, Normative):
        return "normative", str(condition.wanted).lower(), str(look.facts.normative).lower()
    if isinstance(condition, WorkingHours):
        return "working_hours", str(condition.wanted).lower(), str(look.facts.working_hours).lower()
    named = isinstance(condition, Addressed) and condition.parties
    wanted = _parties(named) if named else str(getattr(condition, "wanted", "")).lower()
    return "addressed", wanted, _list(look.facts.addressed)


def _parties(parties: Parties) -> str:
    below = (f"below:{code}" for code in sorted(parties.below))
    outside = ("outside",) if parties.any_outside else ()
    return ", ".join((*sorted(parties.codes), *parties.groups, *below, *parties.patterns, *outside))


def _words(words: Words) -> str:
    lists = (("any", words.any), ("all", words.all), ("none", words.none))
    return "; ".join(f"{name}: {', '.join(entries)}" for name, entries in lists if entries)


def _list(values: Iterable[str], *, ordered: bool = False) -> str:
    return ", ".join(values if ordered else sorted(values))
