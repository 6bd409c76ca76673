"""Conditions of a rule: small frozen values that answer whether they hold for a document."""

import re
from dataclasses import dataclass, field
from datetime import date, time
from fnmatch import translate
from functools import cached_property
from typing import Protocol

from rules.routing.look import Look
from rules.routing.patterns import compiled
from rules.routing.words import bare, plain, symbol_key
from rules.vocabulary import Urgency

OUTSIDE = "outside"  # any party that is not a unit of the organisation


class Condition(Protocol):
    def holds(self, look: Look) -> bool:
        """Whether the document satisfies this condition."""


@dataclass(frozen=True)
class All:
    """Every inner condition holds; without any it always holds."""

    inner: tuple[Condition, ...]

    def holds(self, look: Look) -> bool:
        for condition in self.inner:  # noqa: SIM110  # asked most, and a generator takes twice the time
            if not condition.holds(look):
                return False
        return True


@dataclass(frozen=True)
class Any:
    inner: tuple[Condition, ...]

    def holds(self, look: Look) -> bool:
        return any(condition.holds(look) for condition in self.inner)


@dataclass(frozen=True)
class NoneOf:
    inner: tuple[Condition, ...]

    def holds(self, look: Look) -> bool:
        return not any(condition.holds(look) for condition in self.inner)


@dataclass(frozen=True)
class OneOf:
    """A facet with one plain value: type, direction, source, sender_verdict."""

    facet: str
    values: frozenset[str]

    def holds(self, look: Look) -> bool:
        return look.value(self.facet) in self.values


@dataclass(frozen=True)
class Normative:
    wanted: bool

    def holds(self, look: Look) -> bool:
        return look.facts.normative is self.wanted


@dataclass(frozen=True)
class Addressed:
    """Intakes in the envelope: any at all (or none), or one of these units."""

    wanted: bool = True
    parties: "Parties | None" = None

    def holds(self, look: Look) -> bool:
        if self.parties is None:
            return bool(look.facts.addressed) is self.wanted
        return any(self.parties.fits(code, "", look) for code in look.facts.addressed)


@dataclass(frozen=True)
class AtLeast:
    urgency: Urgency

    def holds(self, look: Look) -> bool:
        return look.facts.urgency >= self.urgency


@dataclass(frozen=True)
class Parties:
    """The issuer or the unit: codes, ``group:``, ``below:``, ``outside`` or a pattern of its name."""

    facet: str  # issuer | unit | addressed
    codes: frozenset[str]
    groups: tuple[str, ...] = ()
    below: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()
    any_outside: bool = False

    def holds(self, look: Look) -> bool:
        if self.facet == "issuer":
            return self.fits(look.facts.issuer, look.facts.issuer_text, look)
        return self.fits(look.facts.unit, "", look)

    def fits(self, party: str, text: str, look: Look) -> bool:
        if party in self.codes or (self.any_outside and look.directory.unit(party) is None):
            return True
        if any(party in look.members(group) for group in self.groups):
            return True
        if self.below and not self.below.isdisjoint(look.above(party)):
            return True
        return bool(self.patterns) and self._named_like(party, text, look)

    def _named_like(self, party: str, text: str, look: Look) -> bool:
        names = [text] if text else []
        if party:
            names.append(look.directory.party_name(party))
        keys = [bare(name).strip() for name in names]
        return any(pattern.match(key) for pattern in self._compiled for key in keys)

    @cached_property
    def _compiled(self) -> tuple[re.Pattern[str], ...]:
        return tuple(glob(" ".join(bare_pattern(pattern).split())) for pattern in self.patterns)


@dataclass(frozen=True)
class Symbol:
    """Number and symbol against patterns with ``*`` and ``?``: ``*/QĐ-UBND``."""

    patterns: tuple[str, ...]

    def holds(self, look: Look) -> bool:
        return any(pattern.match(look.symbol) for pattern in self._compiled)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The patterns as compared."""
        return tuple(symbol_key(pattern) for pattern in self.patterns)

    @cached_property
    def _compiled(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(glob, self.keys))


@dataclass(frozen=True)
class Words:
    """Words of the subject, the text or the signer. Each entry is one word or several that
    stand together; ``any`` needs one of them, ``all`` every one, ``none`` forbids them."""

    facet: str
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    accents: bool = True  # False: "dat dai" finds "đất đai"

    def holds(self, look: Look) -> bool:
        text = look.text(self.facet, self.accents)
        wanted, every, forbidden = self._keys
        if wanted and not any(word in text for word in wanted):
            return False
        return all(word in text for word in every) and not any(word in text for word in forbidden)

    @cached_property
    def _keys(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(map(self.key, entries)) for entries in (self.any, self.all, self.none))

    def key(self, entry: str) -> str:
        return plain(entry) if self.accents else bare(entry)


@dataclass(frozen=True)
class Matches:
    """A regular expression finds something in the subject, the text, the signer or the symbol."""

    facet: str
    patterns: tuple[str, ...]
    accents: bool = True  # False: asked of the text without accents

    def holds(self, look: Look) -> bool:
        text = look.raw(self.facet, self.accents)
        return any(compiled(pattern).search(text) is not None for pattern in self.patterns)


@dataclass(frozen=True)
class Size:
    """All files together, in bytes: more than ``over``, less than ``under``."""

    over: int | None
    under: int | None

    def holds(self, look: Look) -> bool:
        size = look.facts.size
        return (self.over is None or size > self.over) and (self.under is None or size < self.under)


@dataclass(frozen=True)
class WorkingHours:
    """Offices are open at this moment; unknown without a moment."""

    wanted: bool

    def holds(self, look: Look) -> bool:
        return look.facts.working_hours is self.wanted


@dataclass(frozen=True)
class Sender:
    """Addresses, or domains with everything below them."""

    addresses: frozenset[str]
    domains: tuple[str, ...]
    _suffixes: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_suffixes", tuple(f".{domain}" for domain in self.domains))

    def holds(self, look: Look) -> bool:
        address, domain = look.sender
        return address in self.addresses or domain in self.domains or domain.endswith(self._suffixes)


@dataclass(frozen=True)
class Files:
    """A file of one of these kinds (extensions) came with the document."""

    kinds: frozenset[str]

    def holds(self, look: Look) -> bool:
        return not self.kinds.isdisjoint(look.facts.file_kinds)


@dataclass(frozen=True)
class Dated:
    """The document's own date lies within, both ends included; an undated one never does."""

    start: date | None
    end: date | None

    def holds(self, look: Look) -> bool:
        day = look.facts.date
        if day is None:
            return False
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Clock:
    """The time of day in the organisation's zone, ``start`` included, ``end`` not; a start after
    the end runs over midnight. Without a moment it never holds."""

    start: time
    end: time

    def holds(self, look: Look) -> bool:
        if look.facts.now is None:
            return False
        clock = look.facts.now.time()
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


@dataclass(frozen=True)
class Weekday:
    """The day of sending is one of these; 0 is Monday."""

    days: frozenset[int]

    def holds(self, look: Look) -> bool:
        return look.day.weekday() in self.days


def glob(pattern: str) -> re.Pattern[str]:
    """``*`` and ``?`` only. Linear on hostile texts: every star of ``translate`` is atomic."""
    return re.compile(translate(pattern.replace("[", "[[]")))


def bare_pattern(pattern: str) -> str:
    """A name's pattern, folded around its stars."""
    return "*".join(bare(part) for part in pattern.split("*"))
