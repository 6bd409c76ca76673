"""The organisation as values: units, groups, outside bodies, people and their posts.

All dates are inclusive on both ends; None means "always" (SEMANTICS, The organisation).
"""

from dataclasses import dataclass
from datetime import date

from rules.vocabulary import Accept, BookMode, NameKind, Role, UnitKind


@dataclass(frozen=True, slots=True)
class Name:
    """Another name or abbreviation, as people write it, with the days on which it is understood.

    An official name is what the party was called on these days, and what documents of that
    time show; a symbol is its body in the symbols of documents of that time.
    """

    text: str
    valid_from: date | None = None
    valid_to: date | None = None
    kind: NameKind = NameKind.OTHER


@dataclass(frozen=True, slots=True)
class Parent:
    """Below which unit another stands in these days; None: below nobody."""

    unit: str | None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """One office of the organisation.

    ``symbols`` are the issuer bodies that stand in its documents' symbols
    ("SNV" in 12/SNV-VP). ``keeper`` is the unit that keeps its books, where that
    is not itself and not a unit above it. ``successor`` takes over after ``valid_to``.
    ``domains`` are mail domains of its own, beside the organisation's; ``national_id`` is its
    edXML organisation id, up to 35 characters. ``parents`` are the units above it with their
    days; ``parent`` counts on the days of which none speaks.
    """

    code: str
    name: str
    kind: UnitKind
    parent: str | None = None
    email: str = ""
    other_names: tuple[Name, ...] = ()
    symbols: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    deployed_since: date | None = None
    keeps_books: bool = True
    keeper: str | None = None
    central: bool = False
    accept: Accept = Accept.AUTO
    book_mode: BookMode = BookMode.BORNE
    successor: str | None = None
    channels: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    national_id: str = ""
    parents: tuple[Parent, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A party in a group, and since when and until when."""

    party: str
    valid_from: date | None = None
    valid_to: date | None = None

    @staticmethod
    def of(*parties: str) -> "tuple[Member, ...]":
        """Members without dates."""
        return tuple(Member(party) for party in parties)


@dataclass(frozen=True, slots=True)
class Group:
    """Several parties under one name, as recipient blocks use them (DOMAIN 4.5).

    Stands for ``members`` and for every unit of one of ``kinds``, each as far as
    valid on the day. A member's party is a unit's code, ``outside:<code>``,
    ``group:<code>``, ``person:<address>`` or ``gazette``.
    """

    code: str
    name: str
    other_names: tuple[Name, ...] = ()
    members: tuple[Member, ...] = ()
    kinds: tuple[UnitKind, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None


OUTSIDE = "outside:"


def is_outside(party: str) -> bool:
    """Whether a party code means a body that is not ours."""
    return party.startswith(OUTSIDE)


@dataclass(frozen=True, slots=True)
class Outside:
    """A body that is not ours; its party code is ``outside:<code>``.

    ``national_id`` is its edXML organisation id, up to 35 characters.
    """

    code: str
    name: str
    other_names: tuple[Name, ...] = ()
    domains: tuple[str, ...] = ()
    national_id: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff; ``email`` is the stable name, ``addresses`` are further ones."""

    email: str
    name: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """What a person is in a unit. Two posts in two units are normal."""

    person: str
    unit: str
    role: Role
    title: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
