"""Which party a written name stands for, blind to case, accents, blanks and punctuation."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from unicodedata import combining

from rules.likeness import Likeness
from rules.text.fold import squash
from rules.values.directory import OUTSIDE, Group, Name, Outside, Person, Unit
from rules.vocabulary import NameKind

LONGEST_NAME = 300  # characters; what is longer is not a name


def name_key(text: str) -> str:
    """Letters and digits only, folded: "LĐ VP" and "LĐVP." have the same key."""
    return squash(text[:LONGEST_NAME])


def exact_key(text: str) -> str:
    """``name_key`` with its accents behind it, to choose between names that differ only there.

    The accents are sorted, because hoà and hòa are two ways to write one word.
    """
    apart = unicodedata.normalize("NFD", text[:LONGEST_NAME]).casefold()
    return (
        name_key(text)
        + " "
        + "".join(sorted(mark for mark in apart.replace("ð", "đ") if mark == "đ" or combining(mark)))
    )


def covers(valid_from: date | None, valid_to: date | None, day: date) -> bool:
    """Whether ``day`` lies within, both ends included; None is open."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day <= valid_to)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One written form of one party. ``rank`` 0 is a name, 1 a symbol, 2 what it was called before:
    the lower one wins."""

    party: str
    text: str
    rank: int
    spans: tuple[tuple[date | None, date | None], ...]

    def valid(self, day: date) -> bool:
        return all(covers(start, end, day) for start, end in self.spans)

    def lasts(self) -> tuple[date | None, date | None]:
        """The days on which it is understood."""
        starts = [start for start, _end in self.spans if start is not None]
        ends = [end for _start, end in self.spans if end is not None]
        return max(starts, default=None), min(ends, default=None)


def official(name: str, others: Iterable[Name], day: date) -> str:
    """What the party is called on this day."""
    dated = (other for other in others if other.kind is NameKind.OFFICIAL)
    return next((o.text for o in dated if covers(o.valid_from, o.valid_to, day)), name)


def undated(symbols: Iterable[str], others: Iterable[Name]) -> tuple[str, ...]:
    """The symbols of which no row says in which days they are used."""
    dated = {other.text for other in others if other.kind is NameKind.SYMBOL}
    return tuple(symbol for symbol in symbols if symbol not in dated)


def parent_on(unit: Unit, day: date) -> str | None:
    """The unit above it on this day."""
    return next((p.unit for p in unit.parents if covers(p.valid_from, p.valid_to, day)), unit.parent)


def settled(unit: Unit, day: date) -> Unit:
    """The unit in the place, under the name and with the symbols that it has on this day."""
    name = official(unit.name, unit.other_names, day)
    dated = tuple(
        other.text
        for other in unit.other_names
        if other.kind is NameKind.SYMBOL and covers(other.valid_from, other.valid_to, day)
    )
    symbols = tuple(dict.fromkeys((*dated, *undated(unit.symbols, unit.other_names))))
    parent = parent_on(unit, day)
    same = name == unit.name and parent == unit.parent and set(symbols) == set(unit.symbols)
    return unit if same else replace(unit, name=name, parent=parent, symbols=symbols)


def _forms(
    party: str,
    name: str,
    others: tuple[Name, ...],
    symbols: Iterable[str],
    span: tuple[date | None, date | None],
) -> Iterator[_Entry]:
    dated = [other for other in others if other.kind is NameKind.OFFICIAL]
    if all(other.text != name for other in dated):
        yield _Entry(party, name, 0, (span, (_after(dated), None)))
    for other in others:
        rank = 1 if other.kind is NameKind.SYMBOL else 0
        yield _Entry(party, other.text, rank, (span, (other.valid_from, other.valid_to)))
    for other in dated:
        if other.valid_to is not None:  # because people write an old name for months
            yield _Entry(party, other.text, 2, (span, (_after([other]), None)))
    for symbol in undated(symbols, others):
        yield _Entry(party, symbol, 1, (span,))


def _after(names: Iterable[Name]) -> date | None:
    """The day after the last of these names ended."""
    ends = [name.valid_to for name in names if name.valid_to is not None]
    return max(ends) + timedelta(days=1) if ends and max(ends) < date.max else None


def _entries(
    units: Iterable[Unit], groups: Iterable[Group], outside: Iterable[Outside], people: Iterable[Person]
) -> Iterator[_Entry]:
    for unit in units:
        span = (unit.valid_from, unit.valid_to)
        yield from _forms(unit.code, unit.name, unit.other_names, unit.symbols, span)
    for group in groups:
        span = (group.valid_from, group.valid_to)
        yield from _forms(f"group:{group.code}", group.name, group.other_names, (), span)
    for body in outside:
        yield from _forms(f"{OUTSIDE}{body.code}", body.name, body.other_names, (), (None, None))
    for person in people:
        yield from _forms(f"person:{person.email}", person.name, (), (), (None, None))


@dataclass(frozen=True)
class NameIndex:
    """Every written form of every party, by its key."""

    by_key: Mapping[str, tuple[_Entry, ...]]

    @staticmethod
    def build(
        units: Iterable[Unit],
        groups: Iterable[Group],
        outside: Iterable[Outside],
        people: Iterable[Person],
    ) -> "NameIndex":
        found: defaultdict[str, list[_Entry]] = defaultdict(list)
        for entry in _entries(units, groups, outside, people):
            if key := name_key(entry.text):
                found[key].append(entry)
        return NameIndex({key: tuple(entries) for key, entries in found.items()})

    def find(self, text: str, day: date) -> tuple[str, ...]:
        """Parties that ``text`` names on ``day``; several when it is ambiguous.

        A name beats a symbol, and a name with the same accents beats one without.
        """
        if len(text) > LONGEST_NAME:
            return ()
        entries = [e for e in self.by_key.get(name_key(text), ()) if e.valid(day)]
        if len(entries) > 1:
            best = min(entry.rank for entry in entries)
            entries = [entry for entry in entries if entry.rank == best]
            wanted = exact_key(text)
            entries = [e for e in entries if exact_key(e.text) == wanted] or entries
        return tuple(dict.fromkeys(entry.party for entry in entries))

    def bearers(self, text: str) -> tuple[tuple[str, date | None, date | None], ...]:
        """Every party that ``text`` names at some time, and from when to when."""
        entries = self.by_key.get(name_key(text), ()) if len(text) <= LONGEST_NAME else ()
        return tuple((entry.party, *entry.lasts()) for entry in entries if entry.rank < 2)

    def suggest(self, text: str, limit: int) -> tuple[str, ...]:
        """The names most like ``text``, best first; none when nothing is alike."""
        keys = self._likeness.nearest(name_key(text), limit)
        return tuple(dict.fromkeys(self.by_key[key][0].text for key in keys))

    @cached_property
    def _likeness(self) -> Likeness:
        return Likeness(self.by_key)
