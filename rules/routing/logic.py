"""What follows from what: conditions that can never hold, and conditions that hold whenever others do.

Only what can be shown from the words of the rules; where nothing can be shown the answer is no.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations

from rules.routing.conditions import (
    All,
    Any,
    AtLeast,
    Clock,
    Condition,
    Dated,
    Files,
    NoneOf,
    Normative,
    OneOf,
    Parties,
    Size,
    Weekday,
    Words,
    WorkingHours,
)

MOST_PARTS = 40  # conditions of one rule that are compared with each other


def impossible(condition: Condition) -> bool:
    """No document can satisfy this."""
    if isinstance(condition, Any):
        return all(impossible(inner) for inner in condition.inner)
    if isinstance(condition, Words):
        return _forbids_itself(condition)
    if isinstance(condition, Dated):
        return bool(condition.start and condition.end and condition.end < condition.start)
    if isinstance(condition, Size):
        return (
            condition.over is not None
            and condition.under is not None
            and condition.under <= condition.over + 1
        )
    if not isinstance(condition, All):
        return False
    parts = list(_flat(condition))[:MOST_PARTS]
    if any(impossible(part) for part in parts):
        return True
    return any(_exclude(one, other) or _exclude(other, one) for one, other in combinations(parts, 2))


def implies(one: Condition, other: Condition) -> bool:
    """Whenever ``one`` holds, ``other`` holds."""
    if one == other:
        return True
    if isinstance(other, All):
        return all(implies(one, inner) for inner in other.inner)
    if isinstance(one, Any):
        return all(implies(inner, other) for inner in one.inner)
    if isinstance(one, All) and any(implies(inner, other) for inner in one.inner):
        return True
    if isinstance(other, Any):
        return any(implies(one, inner) for inner in other.inner)
    if isinstance(one, NoneOf) and isinstance(other, NoneOf):
        return all(any(implies(theirs, ours) for ours in one.inner) for theirs in other.inner)
    return _narrower(one, other)


def _flat(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, All):
        for inner in condition.inner:
            yield from _flat(inner)
    else:
        yield condition


def _narrower(one: Condition, other: Condition) -> bool:
    if isinstance(one, OneOf) and isinstance(other, OneOf):
        return one.facet == other.facet and one.values <= other.values
    if isinstance(one, AtLeast) and isinstance(other, AtLeast):
        return one.urgency >= other.urgency
    if isinstance(one, Parties) and isinstance(other, Parties):
        return _fewer_parties(one, other)
    if isinstance(one, Words) and isinstance(other, Words):
        return _fewer_words(one, other)
    if isinstance(one, Dated) and isinstance(other, Dated):
        starts = other.start is None or (one.start is not None and one.start >= other.start)
        return starts and (other.end is None or (one.end is not None and one.end <= other.end))
    if isinstance(one, Weekday) and isinstance(other, Weekday):
        return one.days <= other.days
    return isinstance(one, Files) and isinstance(other, Files) and one.kinds <= other.kinds


def _fewer_parties(one: Parties, other: Parties) -> bool:
    same = one.facet == other.facet
    named = one.codes <= other.codes and set(one.groups) <= set(other.groups)
    wide = one.below <= other.below and set(one.patterns) <= set(other.patterns)
    return same and named and wide and (other.any_outside or not one.any_outside)


def _fewer_words(one: Words, other: Words) -> bool:
    """Asked with or without accents alike; a phrase holds wherever a longer one with it inside does."""
    if (one.facet, one.accents) != (other.facet, other.accents):
        return False
    ours, theirs = _keys(one), _keys(other)
    wanted = not theirs[0] or (bool(ours[0]) and all(_inside(theirs[0], key) for key in ours[0]))
    wanted = wanted or any(_inside(theirs[0], key) for key in ours[1])
    every = all(any(key in mine for mine in ours[1]) for key in theirs[1])
    forbidden = all(any(mine in key for mine in ours[2]) for key in theirs[2])
    return wanted and every and forbidden


def _inside(parts: Iterable[str], key: str) -> bool:
    return any(part in key for part in parts)


def _keys(words: Words) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(words.key, entries)) for entries in (words.any, words.all, words.none))


def _forbids_itself(words: Words) -> bool:
    """Every wanted phrase has a forbidden one inside."""
    wanted, every, forbidden = _keys(words)
    if any(_inside(forbidden, key) for key in every):
        return True
    return bool(wanted) and all(_inside(forbidden, key) for key in wanted)


def _exclude(one: Condition, other: Condition) -> bool:
    """Both cannot hold for one document."""
    if isinstance(other, NoneOf):
        return any(implies(one, inner) for inner in other.inner)
    if isinstance(one, OneOf) and isinstance(other, OneOf):
        return one.facet == other.facet and not one.values & other.values
    if isinstance(one, Parties) and isinstance(other, Parties):
        return (
            one.facet == other.facet != "addressed"
            and _only_codes(one, other)
            and not one.codes & other.codes
        )
    if isinstance(one, Normative) and isinstance(other, Normative):
        return one.wanted is not other.wanted
    if isinstance(one, WorkingHours):
        return _closed(one, other)
    if isinstance(one, Dated) and isinstance(other, Dated):
        return bool(one.end and other.start and one.end < other.start)
    if isinstance(one, Clock) and isinstance(other, Clock):
        plain = one.start < one.end and other.start < other.end
        return plain and (one.end <= other.start or other.end <= one.start)
    if isinstance(one, Weekday) and isinstance(other, Weekday):
        return not one.days & other.days
    return isinstance(one, Words) and isinstance(other, Words) and _words_exclude(one, other)


def _only_codes(*parties: Parties) -> bool:
    return not any(p.groups or p.below or p.patterns or p.any_outside for p in parties)


def _closed(one: WorkingHours, other: Condition) -> bool:
    if isinstance(other, WorkingHours):
        return one.wanted is not other.wanted
    off = isinstance(other, OneOf) and other.facet == "day" and "working" not in other.values
    return one.wanted and off


def _words_exclude(one: Words, other: Words) -> bool:
    if (one.facet, one.accents) != (other.facet, other.accents):
        return False
    wanted, every, _own = _keys(one)
    forbidden = _keys(other)[2]
    if any(_inside(forbidden, key) for key in every):
        return True
    return bool(wanted) and all(_inside(forbidden, key) for key in wanted)
