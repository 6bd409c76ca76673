"""A frozen, dated snapshot of the organisation: who is who, on which day.

Pure values and look-ups; the hub builds one from its tables and replaces it as a
whole when somebody edits them. Party codes: a unit's code, ``outside:<code>``,
``group:<code>``, ``person:<address>``, ``gazette``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import TypeVar

from rules.directory_names import NameIndex, covers, name_key, official, parent_on, settled, undated
from rules.values.directory import (
    OUTSIDE,
    Group,
    Member,
    Name,
    Outside,
    Parent,
    Person,
    Post,
    Unit,
    is_outside,
)
from rules.vocabulary import NameKind, PartyKind, Role

__all__ = [
    "GAZETTE",
    "Directory",
    "Group",
    "Member",
    "Name",
    "Outside",
    "Parent",
    "Person",
    "Post",
    "Unit",
    "local_and_domain",
]

GAZETTE = "gazette"
T = TypeVar("T")
INTAKE_PREFIX = "vanthu."  # vanthu.<unit>@ is a unit's one intake point (DOMAIN 9.4)
CENTRAL_LOCAL = "congvan"  # the general address, stands for the central unit


@lru_cache(maxsize=256)  # because whoever deals with a mail asks again and again
def local_and_domain(address: str) -> tuple[str, str]:
    """Both halves of an address, lower case; empty halves when it is no address."""
    local, at, domain = address.strip().casefold().rpartition("@")
    return (local, domain.rstrip(".")) if at else ("", "")


@dataclass(frozen=True)
class Directory:
    """The snapshot. Build it with ``Directory.of``; keys of ``people`` are lower-case addresses."""

    units: Mapping[str, Unit] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    outside: Mapping[str, Outside] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    posts: tuple[Post, ...] = ()
    domains: tuple[str, ...] = ()

    @staticmethod
    def of(
        units: Iterable[Unit] = (),
        groups: Iterable[Group] = (),
        outside: Iterable[Outside] = (),
        people: Iterable[Person] = (),
        posts: Iterable[Post] = (),
        domains: Iterable[str] = (),
    ) -> "Directory":
        """A snapshot of these rows; of two rows with one code the later stands."""
        return Directory(
            {unit.code: unit for unit in units},
            {group.code: group for group in groups},
            {body.code: body for body in outside},
            {person.email.casefold(): person for person in people},
            tuple(posts),
            tuple(domain.casefold() for domain in domains),
        )

    def settled(self, day: date) -> "Directory":
        """The same organisation, each unit in the place, under the name and symbols of this day."""
        units = {code: settled(unit, day) for code, unit in self.units.items()}
        same = all(units[code] is unit for code, unit in self.units.items())
        return self if same else replace(self, units=units)

    # --- units -------------------------------------------------------------

    def unit(self, code: str) -> Unit | None:
        """The unit with this code, valid or closed."""
        return self.units.get(code)

    def body(self, party: str) -> Outside | None:
        """The body outside with this party code."""
        return self.outside.get(party.removeprefix(OUTSIDE)) if is_outside(party) else None

    def valid(self, code: str, day: date) -> bool:
        """Whether ``code`` is a unit that exists on ``day``."""
        unit = self.units.get(code)
        return unit is not None and covers(unit.valid_from, unit.valid_to, day)

    def children(self, code: str) -> tuple[str, ...]:
        """Codes of the units directly below, closed ones included."""
        return self._children.get(code, ())

    def keeper(self, code: str) -> str | None:
        """The unit that keeps the books of ``code``; None if none does.

        Its explicit keeper, else itself if it keeps books, else the keeper of the
        unit above.
        """
        seen: set[str] = set()
        at: str | None = code
        while at is not None and at not in seen and (unit := self.units.get(at)) is not None:
            seen.add(at)
            if unit.keeps_books and unit.keeper in (None, at):
                return at
            at = unit.keeper or unit.parent
        return None

    def kept_by(self, code: str) -> tuple[str, ...]:
        """Codes of the units whose books ``code`` keeps, itself first if it keeps its own."""
        return self._kept.get(code, ())

    def successor(self, code: str, day: date) -> str | None:
        """The first unit valid on ``day`` along the chain of successors, which starts
        with ``code`` itself; None when the chain ends or turns in a circle before."""
        seen: set[str] = set()
        at: str | None = code
        while at is not None and at not in seen:
            if self.valid(at, day):
                return at
            seen.add(at)
            unit = self.units.get(at)
            at = unit.successor if unit else None
        return None

    def followed(self, code: str, day: date) -> tuple[str, ...]:
        """The units closed before ``day`` whose business ``code`` took over."""
        return tuple(unit for unit in self._closing if unit != code and self.successor(unit, day) == code)

    @property
    def central(self) -> str | None:
        """Code of the unit behind the general address; None when none is marked."""
        return next((code for code, unit in self.units.items() if unit.central), None)

    # --- names -------------------------------------------------------------

    def expand(self, group_code: str, day: date) -> tuple[str, ...]:
        """Party codes that the group (with or without ``group:``) stands for on ``day``.

        Groups in groups are opened; units closed on that day are left out; persons
        stay whatever their posts, so that nobody disappears without a word.
        """
        found: dict[str, None] = {}
        self._open(group_code.removeprefix("group:"), day, found, set())
        return tuple(found)

    def by_name(self, text: str, day: date) -> tuple[str, ...]:
        """Parties named, otherwise named or with the symbol ``text`` on ``day``.

        Blind to case, accents, blanks and punctuation. Several when ambiguous; a
        unit answers to its names only while it exists.
        """
        return self._names.find(text, day)

    def bearers(self, text: str) -> tuple[tuple[str, date | None, date | None], ...]:
        """Parties that ``text`` names at some time, and the days on which it does."""
        return self._names.bearers(text)

    def by_symbol(self, body: str, day: date) -> tuple[str, ...]:
        """Units that exist on ``day`` and write ``body`` into their documents' symbols."""
        found = self._symbols.get(name_key(body), ())
        return tuple(dict.fromkeys(
            code for code, start, end in found if covers(start, end, day) and self.valid(code, day)
        ))  # fmt: skip

    def suggest(self, text: str, limit: int = 3) -> tuple[str, ...]:
        """The nearest names, best first, for a question to a person."""
        return self._names.suggest(text, limit)

    def party_name(self, code: str, day: date | None = None) -> str:
        """The name to show for a party code; the code itself when it is unknown.

        With a ``day`` what it was called then, because an old document keeps its issuer's old name.
        """
        entry = self._row(code)
        if entry is None:
            return code
        if day is None or isinstance(entry, Person):
            return entry.name
        return official(entry.name, entry.other_names, day)

    def party_kind(self, code: str) -> PartyKind:
        """What a party code stands for. ValueError for a group: it is opened, not addressed."""
        prefix, colon, _rest = code.partition(":")
        if not colon:
            return PartyKind.GAZETTE if code == GAZETTE else PartyKind.UNIT
        if prefix == "group":
            raise ValueError(f"{code} is a group, not a party")
        return PartyKind(prefix)

    # --- addresses and people -----------------------------------------------

    def intake(self, address: str) -> str | None:
        """The unit whose intake this address is; the central unit for ``congvan@``."""
        local, domain = local_and_domain(address)
        if domain not in self.domains:
            return None
        if local == CENTRAL_LOCAL:
            return self.central
        code = local.removeprefix(INTAKE_PREFIX) if local.startswith(INTAKE_PREFIX) else ""
        return self._codes.get(code) or self._intakes.get(f"{local}@{domain}")

    def person(self, address: str) -> Person | None:
        """The member of staff with this address, main or further."""
        key = address.strip().casefold()
        return self.people.get(key) or self._further.get(key)

    def posts_of(self, email: str, day: date) -> tuple[Post, ...]:
        """The person's posts that are held on ``day``, in units that exist then."""
        posts = self._posts_by_person.get(email.strip().casefold(), ())
        return tuple(post for post in posts if self._held(post, day))

    def clerks(self, unit: str, day: date) -> tuple[Person, ...]:
        """The people who are clerk of this unit on ``day``."""
        return self.holding(unit, Role.CLERK, day)

    def holding(self, unit: str, role: Role, day: date) -> tuple[Person, ...]:
        """The people who are this in this very unit on ``day``, in its successor if it was closed."""
        unit = self.successor(unit, day) or unit
        found: dict[str, Person] = {}
        for post in self._posts_by_unit.get(unit, ()):
            person = self.people.get(post.person.casefold())
            if person and post.role is role and self._held(post, day):
                found[person.email] = person
        return tuple(found.values())

    def roles_by_unit(self, email: str, day: date) -> dict[str, frozenset[Role]]:
        """Everything that this person is on ``day``; what a unit followed its people look after too."""
        posts = self.posts_of(email, day)
        own = {unit: frozenset(p.role for p in posts if p.unit == unit) for unit in {p.unit for p in posts}}
        old = {code: roles for unit, roles in own.items() for code in self.followed(unit, day)}
        return own | old

    def above(self, code: str, day: date | None = None) -> tuple[str, ...]:
        """The units above, the nearest first; with a ``day`` those that stood above it then."""
        found: dict[str, None] = {}
        unit = self.units.get(code)
        while unit is not None:
            parent = unit.parent if day is None else parent_on(unit, day)
            if not parent or parent in found:
                break
            found[parent] = None
            unit = self.units.get(parent)
        return tuple(found)

    def staff(self, unit: str, day: date) -> tuple[Person, ...]:
        """The people who hold a post in this unit or below on ``day``."""
        found: dict[str, Person] = {}
        for post in self.posts:
            person = self.people.get(post.person.casefold())
            inside = post.unit == unit or unit in self.above(post.unit)
            if person and inside and self._held(post, day):
                found[person.email] = person
        return tuple(found.values())

    def roles(self, email: str, unit: str, day: date) -> frozenset[Role]:
        """What this person is in this very unit on ``day``."""
        return frozenset(post.role for post in self.posts_of(email, day) if post.unit == unit)

    def domain_party(self, domain: str) -> str | None:
        """The outside body or unit whose registered domain is ``domain`` or the
        longest one above it; None when nobody registered it."""
        labels = domain.strip().casefold().rstrip(".")[:253].split(".")
        suffixes = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self._domains[s] for s in suffixes if s in self._domains), None)

    def _row(self, code: str) -> Unit | Group | Outside | Person | None:
        prefix, colon, rest = code.partition(":")
        if not colon:
            return self.units.get(code)
        if is_outside(code):
            return self.body(code)
        return self.groups.get(rest) if prefix == "group" else self.person(rest)

    # --- indexes, built at the first question and kept -----------------------

    def _open(self, code: str, day: date, found: dict[str, None], seen: set[str]) -> None:
        group = self.groups.get(code)
        waiting = [group] if group else []
        while waiting:
            group = waiting.pop(0)
            if group.code in seen or not covers(group.valid_from, group.valid_to, day):
                continue
            seen.add(group.code)
            inner = [
                member.party.removeprefix("group:")
                for member in group.members
                if member.party.startswith("group:") and covers(member.valid_from, member.valid_to, day)
            ]
            waiting.extend(self.groups[name] for name in inner if name in self.groups)
            found.update(dict.fromkeys(self._members(group, day)))

    def _members(self, group: Group, day: date) -> Iterator[str]:
        """Members that are no groups, then the units of the group's kinds."""
        parties = (m.party for m in group.members if covers(m.valid_from, m.valid_to, day))
        for member in parties:
            if ":" not in member:
                if member == GAZETTE or self.valid(member, day):
                    yield member
            elif not member.startswith("group:") and self._row(member):
                yield member
        for kind in group.kinds:
            yield from (code for code in self._of_kind.get(kind, ()) if self.valid(code, day))

    def _held(self, post: Post, day: date) -> bool:
        return covers(post.valid_from, post.valid_to, day) and self.valid(post.unit, day)

    @cached_property
    def _names(self) -> NameIndex:
        return NameIndex.build(
            self.units.values(), self.groups.values(), self.outside.values(), self.people.values()
        )

    @cached_property
    def _children(self) -> Mapping[str, tuple[str, ...]]:
        return _grouped((unit.parent, code) for code, unit in self.units.items() if unit.parent)

    @cached_property
    def _of_kind(self) -> Mapping[str, tuple[str, ...]]:
        return _grouped((unit.kind, code) for code, unit in self.units.items())

    @cached_property
    def _kept(self) -> Mapping[str, tuple[str, ...]]:
        pairs = [(self.keeper(code), code) for code in self.units]
        pairs.sort(key=lambda pair: pair[0] != pair[1])  # stable: itself first
        return _grouped((keeper, code) for keeper, code in pairs if keeper)

    @cached_property
    def _closing(self) -> tuple[str, ...]:
        return tuple(code for code, unit in self.units.items() if unit.valid_to and unit.successor)

    @cached_property
    def _symbols(self) -> Mapping[str, tuple[tuple[str, date | None, date | None], ...]]:
        return _grouped(
            (name_key(symbol), (code, start, end))
            for code, unit in self.units.items()
            for symbol, start, end in _symbols(unit)
        )

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        return {code.casefold(): code for code in self.units}

    @cached_property
    def _intakes(self) -> Mapping[str, str]:
        return {unit.email.casefold(): code for code, unit in self.units.items() if unit.email}

    @cached_property
    def _further(self) -> Mapping[str, Person]:
        return {a.casefold(): person for person in self.people.values() for a in person.addresses}

    @cached_property
    def _posts_by_person(self) -> Mapping[str, tuple[Post, ...]]:
        return _grouped((post.person.casefold(), post) for post in self.posts)

    @cached_property
    def _posts_by_unit(self) -> Mapping[str, tuple[Post, ...]]:
        return _grouped((post.unit, post) for post in self.posts)

    @cached_property
    def _domains(self) -> Mapping[str, str]:
        owned = {
            d.casefold(): f"{OUTSIDE}{code}" for code, body in self.outside.items() for d in body.domains
        }
        owned |= {d.casefold(): code for code, unit in self.units.items() for d in unit.domains}
        return owned


def _symbols(unit: Unit) -> Iterator[tuple[str, date | None, date | None]]:
    """The bodies in its documents' symbols, and in which days."""
    yield from ((symbol, None, None) for symbol in undated(unit.symbols, unit.other_names))
    for name in unit.other_names:
        if name.kind is NameKind.SYMBOL:
            yield name.text, name.valid_from, name.valid_to


def _grouped(pairs: Iterable[tuple[str, T]]) -> Mapping[str, tuple[T, ...]]:
    found: defaultdict[str, list[T]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return {key: tuple(values) for key, values in found.items()}
