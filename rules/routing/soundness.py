"""Does a rule set make sense as a whole: rules that never count, rules that undo each other,
units nobody can reach, units and groups that end.

What cannot be meant is a mistake; what may be meant is a warning. Both in a coordinator's words.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from rules.directory import Directory
from rules.routing.conditions import Addressed, All, Any, Condition, Dated, NoneOf, Parties
from rules.routing.errors import RuleError, shown
from rules.routing.language import Rule, RuleSet
from rules.routing.logic import implies, impossible
from rules.routing.positions import Path
from rules.vocabulary import DeliveryRole

MOST_PAIRS = 200_000  # of rules that are compared with each other
MOST_FOUND = 200
SOON = 366  # days ahead in which an end is worth a word


def review(
    rule_set: RuleSet, directory: Directory, day: date, *, scope_unit: str | None = None
) -> tuple[RuleError, ...]:
    """Mistakes and warnings (``RuleError.warning``), in the order of the text."""
    survey = _Survey(rule_set, directory, day)
    found: list[RuleError] = []
    parts = [survey.never(), survey.shadowed(), survey.contradictions(), survey.ending()]
    if scope_unit is None:
        parts.append(survey.unreachable())
    for part in parts:
        for error in part:
            found.append(error)
            if len(found) >= MOST_FOUND:
                break
    return tuple(sorted(dict.fromkeys(found), key=lambda error: error.line))


def ending(rules: RuleSet, directory: Directory, day: date) -> tuple[RuleError, ...]:
    """Where rules name units and groups that end or have ended."""
    return tuple(_Survey(rules, directory, day).ending())


def reached(rules: RuleSet, directory: Directory, day: date) -> frozenset[str]:
    """The parties to whom some rule of the set sends, on this day."""
    sent = {word for _n, rule in _Survey(rules, directory, day).live for word in _sent(rule)}
    groups = [word for word in sent if word.startswith("group:")]
    sent |= {code for group in groups for code in directory.expand(group, day)}
    return frozenset(sent | {word.rpartition("@")[2] for word in sent if word.startswith("role:")})


class _Survey:
    """One look over one set."""

    def __init__(self, rules: RuleSet, directory: Directory, day: date) -> None:
        self.rules, self.directory, self.day = rules, directory, day
        self.live = [(n, rule) for n, rule in enumerate(rules.rules) if self._lives(rule)]
        self.pairs = 0

    def _lives(self, rule: Rule) -> bool:
        return rule.enabled and (rule.valid_to is None or self.day <= rule.valid_to)

    def never(self) -> Iterator[RuleError]:
        """Conditions that no document satisfies, and rules whose last day is over."""
        for index, rule in enumerate(self.rules.rules):
            if impossible(rule.when):
                yield self._error("never_matches", index, rule, "when")
            if rule.valid_to is not None and rule.valid_to < self.day:
                yield self._error("rule_over", index, rule, "valid_to", f"{rule.valid_to:%d/%m/%Y}")

    def shadowed(self) -> Iterator[RuleError]:
        """Rules behind a stop that every document of theirs meets first."""
        stops: list[Rule] = []
        for index, rule in self.live:
            above = next((stop for stop in stops if self._covers(stop, rule)), None)
            if above is not None:
                yield self._error("shadowed", index, rule, "when", above.name)
            if rule.then.stop:
                stops.append(rule)

    def _covers(self, earlier: Rule, later: Rule) -> bool:
        self.pairs += 1
        if self.pairs > MOST_PAIRS:
            return False
        starts = earlier.valid_from is None or earlier.valid_from <= max(
            self.day, later.valid_from or self.day
        )
        ends = earlier.valid_to is None or (later.valid_to is not None and later.valid_to <= earlier.valid_to)
        return starts and ends and implies(later.when, earlier.when)

    def contradictions(self) -> Iterator[RuleError]:
        """A later rule that sends what an earlier one took away, or gives another role, under conditions
        that hold together; a hold whose document is refused all the same."""
        by_party: defaultdict[str, list[tuple[int, Rule]]] = defaultdict(list)
        refusing: list[tuple[int, Rule]] = []
        for index, rule in self.live:
            if rule.then.refuse:
                refusing.append((index, rule))
            for party in dict.fromkeys(rule.then.parties()):
                by_party[party].append((index, rule))
        for party, rules in by_party.items():
            yield from self._about(party, rules)
        for index, rule in self.live:
            if rule.then.hold and not rule.then.refuse:
                other = next((r for _i, r in refusing if self._meets(rule, r)), None)
                if other is not None:
                    yield self._error("held_and_refused", index, rule, "then", other.name)

    def _about(self, party: str, rules: list[tuple[int, Rule]]) -> Iterator[RuleError]:
        removing = [(i, r) for i, r in rules if party in r.then.remove]
        for at, remover in removing:
            for index, rule in rules:
                if index > at and party in _sent(rule) and self._meets(remover, rule):
                    yield self._error("sends_removed", index, rule, "then", party, remover.name)
        by_when: dict[Condition, tuple[Rule, DeliveryRole]] = {}
        for index, rule in rules:
            role = _sent(rule).get(party)
            if role is None:
                continue
            known = by_when.setdefault(rule.when, (rule, role))
            if known[1] is not role:
                yield self._error("two_roles", index, rule, "then", party, known[0].name)

    def _meets(self, one: Rule, other: Rule) -> bool:
        """Whenever the one holds, so does the other."""
        self.pairs += 1
        return self.pairs <= MOST_PAIRS and implies(one.when, other.when)

    def ending(self) -> Iterator[RuleError]:
        """Units and groups that end, or have ended, and that a rule still names."""
        for index, rule in self.live:
            for key, words in (("then", rule.then.parties()), ("when", _named(rule.when))):
                for word in dict.fromkeys(words):
                    yield from self._end_of(index, rule, key, word)

    def _end_of(self, index: int, rule: Rule, key: str, word: str) -> Iterator[RuleError]:
        code = word.rpartition("@")[2] if word.startswith("role:") else word
        row = (
            self.directory.groups.get(code.removeprefix("group:"))
            if code.startswith("group:")
            else self.directory.unit(code)
        )
        end = row.valid_to if row is not None else None
        if end is None or (end - self.day).days > SOON or (rule.valid_to and rule.valid_to <= end):
            return
        when = f"{end:%d/%m/%Y}"
        if end >= self.day:
            yield self._error("ends_soon", index, rule, key, word, when)
        elif key == "when":
            if not _bounded(rule.when, end):
                yield self._error("ended_condition", index, rule, key, word, when)
        elif successor := self.directory.successor(code, self.day):
            yield self._error("ended_successor", index, rule, key, word, successor)

    def unreachable(self) -> Iterator[RuleError]:
        """Units of today that no rule sends to and whose name leads nowhere in a recipient block."""
        sent = reached(self.rules, self.directory, self.day)
        grouped = {c for g in self.directory.groups for c in self.directory.expand(g, self.day)}
        for code, unit in self.directory.units.items():
            if not self.directory.valid(code, self.day):
                continue
            lost = self.directory.keeper(code) is None
            named = self.directory.by_name(unit.name, self.day) == (code,)
            if lost or not (code in sent or code in grouped or named):
                why = "unreachable_no_book" if lost else "unreachable"
                yield RuleError(why, self.rules.file, 1, found=shown(unit.name), expected=code)

    def _error(
        self, code: str, index: int, rule: Rule, key: str, found: str = "", expected: str = ""
    ) -> RuleError:
        path: Path = ("rule", index, key)
        line = self.rules.line(path, found if key in ("when", "then") else "")
        return RuleError(code, self.rules.file, line, rule.name, shown(found) if found else "", expected)


def _sent(rule: Rule) -> dict[str, DeliveryRole]:
    return {word: send.role for send in rule.then.send for word in send.to}


def _named(condition: Condition) -> Iterator[str]:
    """Parties that a condition asks for."""
    if isinstance(condition, All | Any | NoneOf):
        for inner in condition.inner:
            yield from _named(inner)
    elif isinstance(condition, Addressed):
        yield from _named(condition.parties) if condition.parties else ()
    elif isinstance(condition, Parties):
        yield from _codes(condition)


def _codes(parties: Parties) -> Iterable[str]:
    return (*sorted(parties.codes), *parties.groups, *sorted(parties.below))


def _bounded(condition: Condition, end: date) -> bool:
    """Whether the rule is about documents of that time anyway."""
    tops = condition.inner if isinstance(condition, All) else (condition,)
    return any(isinstance(top, Dated) and top.end is not None and top.end <= end for top in tops)
