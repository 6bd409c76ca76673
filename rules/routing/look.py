"""One document as the conditions see it: prepared once, asked many times."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from unicodedata import normalize

from rules.directory import Directory, local_and_domain
from rules.routing.words import LONGEST_TEXT, bare, plain, symbol_key
from rules.text.fold import fold
from rules.values.routing import Facts


@dataclass
class Look:
    """Facts with the directory and the day of sending. Texts are prepared at the first question."""

    facts: Facts
    directory: Directory
    day: date
    _texts: dict[tuple[str, bool], str] = field(default_factory=dict)
    _groups: dict[str, frozenset[str]] = field(default_factory=dict)
    _raws: dict[tuple[str, bool], bytes] = field(default_factory=dict)

    def text(self, facet: str, accents: bool) -> str:
        """Subject, text or signer as comparable words."""
        key = (facet, accents)
        if key not in self._texts:
            written: str = getattr(self.facts, facet)
            self._texts[key] = plain(written) if accents else bare(written)
        return self._texts[key]

    def raw(self, facet: str, accents: bool) -> bytes:
        """The same as written, for regular expressions."""
        key = (facet, accents)
        if key not in self._raws:
            written: str = getattr(self.facts, facet)[:LONGEST_TEXT]
            self._raws[key] = (normalize("NFC", written) if accents else fold(written)).encode()
        return self._raws[key]

    def value(self, facet: str) -> str:
        """A facet with a single plain value, as compared."""
        return self._values[facet]

    @cached_property
    def _values(self) -> dict[str, str]:
        facts = self.facts
        return {
            "type": word_key(facts.type),
            "direction": facts.direction.value,
            "source": facts.source.casefold(),
            "sender_verdict": facts.sender_verdict.value,
            "day": facts.day_kind or ("weekend" if self.day.weekday() > 4 else "working"),
        }

    @cached_property
    def symbol(self) -> str:
        return symbol_key(self.facts.symbol)

    @cached_property
    def sender(self) -> tuple[str, str]:
        """Address and domain of the sender, lower case."""
        local, domain = local_and_domain(self.facts.sender)
        return f"{local}@{domain}", domain

    def members(self, group: str) -> frozenset[str]:
        """Parties of a group on the day of sending."""
        if group not in self._groups:
            self._groups[group] = frozenset(self.directory.expand(group, self.day))
        return self._groups[group]

    def above(self, party: str) -> tuple[str, ...]:
        """The unit itself and every unit that stood above it when the document was written."""
        return chain_above(self.directory, party, self.facts.date or self.day)


def chain_above(directory: Directory, code: str, day: date | None = None) -> tuple[str, ...]:
    """The unit itself and every unit above it, nearest first; nothing for other parties."""
    return (code, *directory.above(code, day)) if directory.unit(code) is not None else ()


def word_key(text: str) -> str:
    """A name of a type or the like as compared: folded, single blanks."""
    return " ".join(fold(text[:300]).split())
