"""From a party as named to the party that gets the document on the day of sending."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from rules.directory import GAZETTE, Directory
from rules.values.routing import Because
from rules.vocabulary import Role

UNKNOWN = "unknown_party"
NOT_YET = "not_valid_yet"
CLOSED = "closed_without_successor"
NO_POST = "person_without_post"
NO_HOLDER = "nobody_in_this_role"
NOT_BELOW = "not_in_or_below_unit"  # a unit's rules reach only itself and what is below (SEMANTICS, Routing)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a named party's copy goes; ``notes`` stand beside the because that named it.
    Without ``party`` the recipient is held for ``reason``."""

    party: str = ""
    person: str | None = None
    notes: tuple[Because, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """The directory on the day of sending."""

    directory: Directory
    day: date

    def opened(self, word: str, named_on: date) -> tuple[str, ...]:
        """Members of a group as it stood on ``named_on``; any other party is itself."""
        return self.directory.expand(word, named_on) if word.startswith("group:") else (word,)

    def placed(self, word: str, named_on: date) -> Iterator[tuple[str, Placed]]:
        """Every member that a word of a rule stands for, with where its copy goes."""
        if word.startswith("role:"):
            role, _at, unit = word.removeprefix("role:").partition("@")
            holders = self.directory.holding(unit, Role(role), self.day)
            yield from ((word, self.of_person(unit, person.email)) for person in holders)
            if not holders:
                yield word, Placed(reason=NO_HOLDER)
            return
        for member in self.opened(word, named_on):
            yield member, self.place(member)

    def assigned(self, words: Iterable[str], unit: str) -> tuple[str, ...]:
        """Whose work it is in this unit: addresses of people who hold a post there, in order."""
        found: dict[str, None] = {}
        for word in words:
            kind, _colon, rest = word.partition(":")
            if kind == "role":
                found.update(
                    (person.email, None) for person in self.directory.holding(unit, Role(rest), self.day)
                )
            elif any(post.unit == unit for post in self.directory.posts_of(rest, self.day)):
                found[rest] = None
        return tuple(found)

    def place(self, party: str) -> Placed:
        """Units of today, successors of closed units, units of persons; else why it is held."""
        prefix, colon, rest = party.partition(":")
        if not colon:
            return Placed(GAZETTE) if party == GAZETTE else self._unit(party)
        if prefix == "person":
            return self._person(rest)
        if prefix == "mail":
            return Placed(party)
        known = prefix == "outside" and rest in self.directory.outside
        return Placed(party) if known else Placed(reason=UNKNOWN)

    def of_person(self, party: str, address: str) -> Placed:
        """The unit that the recipient block names together with a person."""
        placed = self.place(party)
        return Placed(placed.party, address, placed.notes, placed.reason)

    def _unit(self, code: str) -> Placed:
        unit = self.directory.unit(code)
        if unit is None:
            return Placed(reason=UNKNOWN)
        if self.directory.valid(code, self.day):
            return Placed(code)
        if unit.valid_from and self.day < unit.valid_from:
            return Placed(reason=NOT_YET)
        successor = self.directory.successor(code, self.day)
        if successor is None:
            return Placed(reason=CLOSED)
        return Placed(successor, notes=(Because("successor", f"{unit.name} ({code})"),))

    def _person(self, address: str) -> Placed:
        person = self.directory.person(address)
        if person is None:
            return Placed(reason=UNKNOWN)
        posts = self.directory.posts_of(person.email, self.day)
        if not posts:
            return Placed(reason=NO_POST)
        note = Because("person", f"{person.name} <{person.email}>")
        return Placed(posts[0].unit, person.email, (note,))
