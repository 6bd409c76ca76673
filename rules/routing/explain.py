"""Why a rule did not hold, and why a unit did not get a document: values for a person to read."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from rules.directory import Directory
from rules.routing.check import known_types
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
from rules.routing.words import bare, plain
from rules.values.routing import Because, Decision

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
    because: tuple[Because | str, ...] = ()  # a refusal and a held recipient are texts
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
    """Rules of these sets that all but held: a single condition failed while others held."""
    for published in sets:
        for rule in published.rules.rules:
            if f"{rule.name}@{published.version}" in trace or not rule.active(look.day):
                continue
            failed = tuple(_failing(rule.when, look))
            if len(failed) == 1 and _near(rule.when, failed[0], look):
                yield NearMiss(rule.name, rule.title, published.version, "missed", misses(failed[0], look))


def _failing(condition: Condition, look: Look) -> Iterator[Condition]:
    if isinstance(condition, All):
        for inner in condition.inner:
            yield from _failing(inner, look)
    elif not condition.holds(look):
        yield condition


def _near(when: Condition, failed: Condition, look: Look) -> bool:
    """Most rules are about one issuer and some words or one type: that the issuer is right makes none of them
    near. Two conditions that held do, or one beside words of which two thirds stand there."""
    held = [part for part in _leaves(when) if part is not failed and not isinstance(part, NoneOf)]
    return len(held) > 1 or (bool(held) and _close(failed, look))


def _close(condition: Condition, look: Look) -> bool:
    if not isinstance(condition, Words):
        return isinstance(condition, Normative | Dated | Symbol | NoneOf)
    if any(condition.key(entry) in look.text(condition.facet, condition.accents) for entry in condition.any):
        return True  # only what it forbids is in the way
    there, folded = set(look.text(condition.facet, True).split()), look.text(condition.facet, False)
    entries = (*condition.any, *condition.all)
    return not entries or any(
        bare(entry) in folded or _mostly(plain(entry).split(), there) for entry in entries
    )


def _mostly(words: Sequence[str], there: Set[str]) -> bool:
    return 3 * len(there & set(words)) >= 2 * len(words)


def why_not(
    party: str, decision: Decision, sets: Sequence[PublishedSet], look: Look, directory: Directory
) -> WhyNot:
    """Why this party got it, or why not."""
    for receiver in decision.receivers:
        if receiver.party == party:
            return WhyNot(party, "receives", receiver.because)
    if decision.refuse:
        return WhyNot(party, "refused", (decision.refuse,))
    for removed in decision.removed:
        if removed.party == party:
            state = "own" if removed.because.kind == "own" else "removed"
            return WhyNot(party, state, (removed.because,))
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


def _leaves(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, All):
        for inner in condition.inner:
            yield from _leaves(inner)
    else:
        yield condition


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
            wanted = (known_types().get(value, value) for value in condition.values)
            found = facts.type if condition.facet == "type" else look.value(condition.facet)
            return condition.facet, _list(wanted), found
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
    quoted = ((name, ", ".join(f"“{entry}”" for entry in entries)) for name, entries in lists if entries)
    return "; ".join(f"{name}: {entries}" for name, entries in quoted)


def _list(values: Iterable[str], *, ordered: bool = False) -> str:
    return ", ".join(values if ordered else sorted(values))
