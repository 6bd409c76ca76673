"""Finding the few rules that can match a document among thousands.

Every rule is filed under values one of which a matching document must have (the rarest
such condition); rules without any are always asked. The answer is a superset in order,
so that the index never changes a decision.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rules.routing.conditions import All, Any, Condition, OneOf, Parties, Words
from rules.routing.language import Rule, RuleSet
from rules.routing.look import Look

FEW = 60  # rules that are faster asked one by one
Key = tuple[str, str]  # facet (words: "subject" or "subject~" without accents), value


@dataclass(frozen=True)
class Index:
    rules: tuple[Rule, ...]
    filed: dict[Key, tuple[int, ...]]
    always: tuple[int, ...]
    facets: frozenset[str]

    def candidates(self, look: Look) -> Iterator[Rule]:
        """Rules that may hold for this document, in the order of the set."""
        found = set(self.always)
        for facet in self.facets:
            for value in _values(look, facet):
                found.update(self.filed.get((facet, value), ()))
        return (self.rules[position] for position in sorted(found))


@lru_cache(maxsize=32)
def index_of(rules: RuleSet) -> Index | None:
    """The index of a rule set, built once; None for a small one."""
    if len(rules.rules) <= FEW:
        return None
    options = [tuple(_options(rule.when)) for rule in rules.rules]
    common = Counter(key for option in options for keys in option for key in keys)
    filed: dict[Key, list[int]] = {}
    always: list[int] = []
    for position, option in enumerate(options):
        if not option:
            always.append(position)
            continue
        for key in min(option, key=lambda keys: sum(common[key] for key in keys)):
            filed.setdefault(key, []).append(position)
    done = {key: tuple(positions) for key, positions in filed.items()}
    return Index(rules.rules, done, tuple(always), frozenset(facet for facet, _ in done))


def candidates(rules: RuleSet, look: Look) -> Iterable[Rule]:
    """The rules worth asking about this document, in order."""
    index = index_of(rules)
    return rules.rules if index is None else index.candidates(look)


def _options(condition: Condition) -> Iterator[frozenset[Key]]:
    """Sets of keys; a matching document has at least one key of every set."""
    if isinstance(condition, OneOf):
        yield frozenset((condition.facet, value) for value in condition.values)
    elif isinstance(condition, Parties) and condition.facet in ("issuer", "unit"):
        if not (condition.groups or condition.below or condition.patterns or condition.any_outside):
            yield frozenset((condition.facet, code) for code in condition.codes)
    elif isinstance(condition, Words):
        yield from _word_options(condition)
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
        yield frozenset((facet, _longest(words.key(entry))) for entry in words.any)
    for entry in words.all:
        yield frozenset({(facet, _longest(words.key(entry)))})


def _longest(key: str) -> str:
    return max(key.split(), key=len)


def _values(look: Look, facet: str) -> Iterable[str]:
    if facet in ("issuer", "unit"):
        return (look.facts.issuer if facet == "issuer" else look.facts.unit,)
    if facet.rstrip("~") in ("subject", "text", "signer"):
        return look.syllables(facet.rstrip("~"), not facet.endswith("~"))
    return (look.value(facet),)
