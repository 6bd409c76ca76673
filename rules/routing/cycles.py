"""Circles: a unit's rules send incoming documents to a unit whose rules send them back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rules.routing.conditions import All, OneOf
from rules.routing.decide import PublishedSet
from rules.routing.language import Rule
from rules.routing.place import Places
from rules.vocabulary import Direction

Edges = dict[str, dict[str, Rule]]  # unit -> the unit that registers next -> the rule that sends


@dataclass(frozen=True, slots=True)
class Circle:
    """The units in order, the first again at the end, and the rules between them."""

    units: tuple[str, ...]
    rules: tuple[Rule, ...]


def circles(sets: Iterable[PublishedSet], places: Places, start: str) -> Iterator[Circle]:
    """Circles through the unit ``start``, one for each unit it sends to."""
    edges = _edges(sets, places)
    for first in edges.get(start, {}):
        if way := _way(edges, first, start):
            units = (start, *way)
            yield Circle(units, tuple(edges[a][b] for a, b in pairwise(units)))


def _edges(sets: Iterable[PublishedSet], places: Places) -> Edges:
    found: Edges = {}
    for published in sets:
        if published.scope_unit is None:
            continue  # the organisation's rules look at outgoing documents only, once
        for rule in published.rules.rules:
            if rule.active(places.day) and _incoming(rule):
                for unit in _registers(rule, places, published.scope_unit):
                    found.setdefault(published.scope_unit, {}).setdefault(unit, rule)
    return found


def _registers(rule: Rule, places: Places, sender: str) -> Iterator[str]:
    """Units in whose books the rule's receivers register, the sender's own book left out."""
    words = (word for send in rule.then.send for word in send.to)
    for member in (member for word in words for member in places.opened(word, places.day)):
        keeper = places.directory.keeper(places.place(member).party)
        if keeper and keeper != sender:
            yield keeper


def _incoming(rule: Rule) -> bool:
    """Whether the rule can hold for an incoming document, as far as its direction says."""
    tops: Sequence[object] = rule.when.inner if isinstance(rule.when, All) else (rule.when,)
    wanted = [top.values for top in tops if isinstance(top, OneOf) and top.facet == "direction"]
    return all(Direction.INCOMING.value in values for values in wanted)


def _way(edges: Edges, start: str, goal: str) -> tuple[str, ...]:
    """A shortest way from ``start`` to ``goal``, both named; nothing if there is none."""
    before: dict[str, str] = {start: ""}
    waiting = [start]
    while waiting:
        at = waiting.pop(0)
        if at == goal:
            return _back(before, at)
        for after in edges.get(at, {}):
            if after not in before:
                before[after] = at
                waiting.append(after)
    return ()


def _back(before: dict[str, str], at: str) -> tuple[str, ...]:
    way = [at]
    while before[at]:
        at = before[at]
        way.append(at)
    return tuple(reversed(way))
