"""Finding the few rules that can match a document among thousands.

Every rule is filed under values one of which a matching document must have (the rarest
such condition): equal values in a table, words and the literal pieces of patterns in a
keyword automaton that reads a text once whatever the number of words. Rules that ask for a
type stand in the automaton of that type, so that a text which only they ask about is not even
prepared for a document of another. Rules without any such condition are always asked. The
answer is a superset in order, so that the index never changes a decision.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any as Automaton

import ahocorasick

from rules.routing.conditions import All, Any, Condition, OneOf, Parties, Symbol, Words
from rules.routing.language import Rule, RuleSet
from rules.routing.look import Look
from rules.text.quiet import collector_paused

FEW = 60  # rules that are faster asked one by one
Key = tuple[str, str]  # facet (words: "subject" or "subject~" without accents), value
_EQUAL = ("issuer", "unit", "type", "direction", "source", "sender_verdict", "day")
_COMMONEST = 8  # a word of a text counts as so rare: it is sharper than a type that as many rules name


@dataclass(frozen=True)
class Index:
    rules: tuple[Rule, ...]
    equal: Mapping[str, Mapping[str, tuple[int, ...]]]
    words: Mapping[str, Mapping[str, Automaton]]  # by facet and type ("": any); finds positions of rules
    always: tuple[int, ...]

    def candidates(self, look: Look) -> Iterator[Rule]:
        """Rules that may hold for this document, in the order of the set."""
        found = set(self.always)
        for facet, filed in self.equal.items():
            found.update(filed.get(_value(look, facet), ()))
        for facet, by_type in self.words.items():
            for wanted in by_type.keys() & {"", look.value("type")}:
                for _end, positions in by_type[wanted].iter(_text(look, facet)):
                    found.update(positions)
        return (self.rules[position] for position in sorted(found))


@lru_cache(maxsize=32)
def index_of(rules: RuleSet) -> Index | None:
    """The index of a rule set, built once; None for a small one."""
    return None if len(rules.rules) <= FEW else build(rules.rules)


def build(rules: tuple[Rule, ...]) -> Index:
    """The index of these rules."""
    with collector_paused():
        return _build(rules)


def _build(rules: tuple[Rule, ...]) -> Index:
    options = [tuple(_options(rule.when)) for rule in rules]
    common = Counter(key for option in options for keys in option for key in keys)
    equal: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    words: defaultdict[Key, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    always: list[int] = []
    for position, option in enumerate(options):
        if not option:
            always.append(position)
            continue
        for facet, value in min(option, key=lambda keys: sum(_weight(key, common) for key in keys)):
            if facet in _EQUAL:
                equal[facet][value].append(position)
                continue
            for wanted in _types(option):
                words[facet, wanted][value].append(position)
    automata: defaultdict[str, dict[str, Automaton]] = defaultdict(dict)
    for (facet, wanted), filed in words.items():
        automata[facet][wanted] = _automaton(filed)
    return Index(rules, _frozen(equal), dict(automata), tuple(always))


def _types(option: Iterable[frozenset[Key]]) -> Iterable[str]:
    """The types of which a matching document must have one; "" where it may have any."""
    typed = (keys for keys in option if all(facet == "type" for facet, _value in keys))
    return [value for _facet, value in next(typed, ())] or ("",)


def _automaton(filed: Mapping[str, list[int]]) -> Automaton:
    made = ahocorasick.Automaton()
    for word, positions in filed.items():
        made.add_word(word, tuple(positions))
    made.make_automaton()
    return made


def _frozen(equal: Mapping[str, Mapping[str, list[int]]]) -> Mapping[str, Mapping[str, tuple[int, ...]]]:
    return {
        facet: {value: tuple(positions) for value, positions in filed.items()}
        for facet, filed in equal.items()
    }


def candidates(rules: RuleSet, look: Look) -> Iterable[Rule]:
    """The rules worth asking about this document, in order."""
    index = index_of(rules)
    return rules.rules if index is None else index.candidates(look)


def _weight(key: Key, common: Counter[Key]) -> float:
    return common[key] if key[0] in _EQUAL else common[key] / _COMMONEST


def _options(condition: Condition) -> Iterator[frozenset[Key]]:
    """Sets of keys; a matching document has at least one key of every set."""
    if isinstance(condition, OneOf):
        yield frozenset((condition.facet, value) for value in condition.values)
    elif isinstance(condition, Parties) and condition.facet in ("issuer", "unit"):
        if not (condition.groups or condition.below or condition.patterns or condition.any_outside):
            yield frozenset((condition.facet, code) for code in condition.codes)
    elif isinstance(condition, Words):
        yield from _word_options(condition)
    elif isinstance(condition, Symbol):
        pieces = [_piece(pattern) for pattern in condition.keys]
        if all(pieces):
            yield frozenset(("symbol", piece) for piece in pieces)
    elif isinstance(condition, All):
        for inner in condition.inner:
            yield from _options(inner)
    elif isinstance(condition, Any):
        firsts = [next(_options(inner), None) for inner in condition.inner]
        keys = [first for first in firsts if first is not None]
        if keys and len(keys) == len(firsts):
            yield frozenset().union(*keys)


def _word_options(words: Words) -> Iterator[frozenset[Key]]:
    facet = words.facet if words.accents else f"{words.facet}~"
    if words.any:
        yield frozenset((facet, words.key(entry)) for entry in words.any)
    for entry in words.all:
        yield frozenset({(facet, words.key(entry))})


def _piece(pattern: str) -> str:
    """The longest part of a symbol's pattern that stands in every symbol it fits."""
    return max(pattern.replace("?", "*").split("*"), key=len)


def _value(look: Look, facet: str) -> str:
    if facet in ("issuer", "unit"):
        return look.facts.issuer if facet == "issuer" else look.facts.unit
    return look.value(facet)


def _text(look: Look, facet: str) -> str:
    if facet == "symbol":
        return look.symbol
    return look.text(facet.rstrip("~"), not facet.endswith("~"))
