"""Does a rule set fit the organisation: units, groups, people and types exist, nothing runs in circles."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain, islice

from rules.directory import GAZETTE, Directory
from rules.identify.types import LETTER, NAMES, ROWS
from rules.routing.conditions import Addressed, All, Any, Condition, NoneOf, OneOf, Parties
from rules.routing.cycles import circles
from rules.routing.decide import PublishedSet
from rules.routing.errors import RuleError, nearest, shown
from rules.routing.language import Rule, RuleSet
from rules.routing.look import chain_above, word_key
from rules.routing.place import CLOSED, Places
from rules.routing.positions import Path
from rules.vocabulary import Role

MOST_ERRORS = 200  # a person corrects some and looks again; a suggestion for each costs time
_UNKNOWN = {"group": "unknown_group", "outside": "unknown_outside", "person": "unknown_person"}


def check(
    rule_set: RuleSet,
    directory: Directory,
    day: date,
    *,
    scope_unit: str | None = None,
    others: Sequence[PublishedSet] = (),
) -> tuple[RuleError, ...]:
    """Mistakes that only the directory of ``day`` shows, in the order of the text, at most MOST_ERRORS.

    ``scope_unit`` is the unit whose rules these are (None: the organisation's);
    ``others`` are the sets in force beside it, for circles through several units.
    """
    checker = _Checker(rule_set, directory, day, scope_unit)
    each = (error for index, rule in enumerate(rule_set.rules) for error in checker.rule(index, rule))
    found = islice(chain(checker.circles(others), each), MOST_ERRORS)
    return tuple(sorted(dict.fromkeys(found), key=lambda error: error.line))


@lru_cache(maxsize=1)
def known_types() -> dict[str, str]:
    """Names of document types by their key, as documents and rules write them."""
    names = (LETTER, *(row.name for row in ROWS), *NAMES.values())
    return {word_key(name): name for name in names}


class _Checker:
    """One pass over one set."""

    def __init__(self, rules: RuleSet, directory: Directory, day: date, scope_unit: str | None) -> None:
        self.rules, self.directory, self.day, self.scope_unit = rules, directory, day, scope_unit
        self.places = Places(directory, day)

    def rule(self, index: int, rule: Rule) -> Iterator[RuleError]:
        """Mistakes of one rule."""
        at: Path = ("rule", index)
        for condition in _leaves(rule.when):
            yield from self._condition((*at, "when"), rule, condition)
        for word in rule.then.parties():
            yield from self._party((*at, "then"), rule, word)
        for word in dict.fromkeys(who for send in rule.then.send for who in send.assign):
            if word.startswith("person:"):
                yield from self._known((*at, "then", "assign"), rule, word)
        for word in rule.then.notify:
            yield from self._informed((*at, "then", "notify"), rule, word)
        for word in dict.fromkeys(word for send in rule.then.send for word in send.to):
            yield from self._reach((*at, "then"), rule, word)

    def circles(self, others: Iterable[PublishedSet]) -> Iterator[RuleError]:
        """Circles of incoming documents through this set and others (SEMANTICS, Routing)."""
        if self.scope_unit is None:
            return
        sets = [other for other in others if other.scope_unit != self.scope_unit]
        sets.append(PublishedSet(self.rules, 0, self.scope_unit))
        for circle in circles(sets, self.places, self.scope_unit):
            index = self.rules.rules.index(circle.rules[0])
            way = " -> ".join(circle.units)
            yield self._error("cycle", ("rule", index, "then"), circle.rules[0], way, raw=True)

    def _condition(self, path: Path, rule: Rule, condition: Condition) -> Iterator[RuleError]:
        if isinstance(condition, OneOf) and condition.facet == "type":
            for key in sorted(condition.values - known_types().keys()):
                near = nearest(key, known_types())
                yield self._error("unknown_type", (*path, "type"), rule, key, known_types().get(near, ""))
        elif isinstance(condition, Addressed) and condition.parties is not None:
            yield from self._condition(path, rule, condition.parties)
        elif isinstance(condition, Parties):
            at = (*path, condition.facet)
            for word in sorted((*condition.codes, *condition.groups)):
                yield from self._known(at, rule, word)
            for code in sorted(condition.below):
                yield from self._known(at, rule, code)

    def _party(self, path: Path, rule: Rule, word: str) -> Iterator[RuleError]:
        unknown = list(self._known(path, rule, word))
        yield from unknown
        if unknown:
            return
        if word.startswith("group:"):
            if not self.directory.expand(word, self.day):
                yield self._error("empty_group", path, rule, word)
        elif not word.startswith("role:") and self.places.place(word).reason == CLOSED:
            yield self._error("closed_unit", path, rule, word)

    def _known(self, path: Path, rule: Rule, word: str) -> Iterator[RuleError]:
        prefix, colon, rest = word.partition(":")
        directory = self.directory
        if word == GAZETTE or prefix == "mail" or (not colon and word in directory.units):
            return
        if prefix == "role" and "@" in rest:
            yield from self._holder(path, rule, word)
            return
        known = {"group": directory.groups, "outside": directory.outside}.get(prefix, {})
        if colon and (rest in known or (prefix == "person" and directory.person(rest))):
            return
        near = nearest(word, self._words())
        yield self._error(
            _UNKNOWN.get(prefix, "unknown_unit") if colon else "unknown_unit", path, rule, word, near
        )

    def _holder(self, path: Path, rule: Rule, word: str) -> Iterator[RuleError]:
        role, _at, unit = word.removeprefix("role:").partition("@")
        unknown = list(self._known(path, rule, unit))
        yield from unknown
        if not unknown and not self.directory.holding(unit, Role(role), self.day):
            yield self._error("nobody", path, rule, word)

    def _words(self) -> list[str]:
        groups = (f"group:{code}" for code in self.directory.groups)
        outside = (f"outside:{code}" for code in self.directory.outside)
        return [*self.directory.units, *groups, *outside]

    def _informed(self, path: Path, rule: Rule, word: str) -> Iterator[RuleError]:
        word = word.rpartition(":")[2]
        if "@" not in word:
            yield from self._known(path, rule, word)
        elif not self.directory.person(word) and not self.directory.intake(word):
            yield self._error("unknown_person", path, rule, word)

    def _reach(self, path: Path, rule: Rule, word: str) -> Iterator[RuleError]:
        """A unit does not send to itself, and incoming documents only to what is below it."""
        if self.scope_unit is None:
            return
        if word == self.scope_unit:
            yield self._error("to_itself", path, rule, word)
        elif _only_incoming(rule) and not self._below(word):
            yield self._error("not_below", path, rule, word)

    def _below(self, word: str) -> bool:
        roots = {self.scope_unit, *self.directory.kept_by(self.scope_unit or "")}
        members = [placed for _member, placed in self.places.placed(word, self.day)]
        return all(
            bool(placed.reason or roots.intersection(chain_above(self.directory, placed.party)))
            for placed in members
        )

    def _error(
        self, code: str, path: Path, rule: Rule, found: str, near: str = "", *, raw: bool = False
    ) -> RuleError:
        return RuleError(
            code,
            self.rules.file,
            self.rules.line(path, found),
            where=f"{rule.name}: {'.'.join(str(key) for key in path[2:])}",
            found=found if raw else shown(found),
            nearest=near,
        )


def _leaves(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, All | Any | NoneOf):
        for inner in condition.inner:
            yield from _leaves(inner)
    else:
        yield condition


def _only_incoming(rule: Rule) -> bool:
    tops = rule.when.inner if isinstance(rule.when, All) else (rule.when,)
    wanted = [top.values for top in tops if isinstance(top, OneOf) and top.facet == "direction"]
    return any(values == {"incoming"} for values in wanted)
