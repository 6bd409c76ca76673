"""Running the tests of a rule set: every expectation that the decision does not meet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from rules.directory import Directory
from rules.routing.decide import PublishedSet, decide
from rules.routing.errors import RuleError, nearest, shown
from rules.routing.examples import Example
from rules.routing.language import RuleSet
from rules.values.routing import Decision, Facts, ResolvedEntry
from rules.vocabulary import Direction


@dataclass(frozen=True, slots=True)
class Stored:
    """A registered document as a test sees it."""

    facts: Facts
    resolved: tuple[ResolvedEntry, ...]


def prove(
    rule_set: RuleSet,
    directory: Directory,
    day: date,
    *,
    scope_unit: str | None = None,
    documents: Mapping[int, Stored] | None = None,
) -> tuple[RuleError, ...]:
    """What fails, in the order of the text; nothing when every test passes.

    Only this set runs, on its own: ``scope_unit`` is the unit whose rules these are,
    None the organisation's. Outgoing documents stand in the book of their issuer's keeper.
    """
    published = PublishedSet(rule_set, 0, scope_unit)
    found: list[RuleError] = []
    for index, test in enumerate(rule_set.tests):
        if test.document is not None and test.document not in (documents or {}):
            line = rule_set.line(("test", index, "document"))
            code = "test_unknown_document"
            found.append(RuleError(code, rule_set.file, line, test.name, str(test.document)))
            continue
        facts, block = _case(test, directory, scope_unit, documents or {})
        decision = decide(facts, block, (published,), directory, test.on or day)
        found += _Trial(rule_set, index, test, decision).failures()
    return tuple(found)


def _case(
    test: Example, directory: Directory, scope_unit: str | None, documents: Mapping[int, Stored]
) -> tuple[Facts, tuple[ResolvedEntry, ...]]:
    if test.document is not None:
        stored = documents[test.document]
        return stored.facts, stored.resolved
    block = (ResolvedEntry("block", test.block),) if test.block else ()
    return _placed(test.facts, directory, scope_unit), block


def _placed(facts: Facts, directory: Directory, scope_unit: str | None) -> Facts:
    """The unit in whose book the document stands, where the test does not say."""
    if facts.unit:
        return facts
    keeper = directory.keeper(facts.issuer) if facts.direction is Direction.OUTGOING else None
    return replace(facts, unit=keeper or scope_unit or "")


@dataclass(frozen=True, slots=True)
class _Trial:
    rule_set: RuleSet
    index: int
    test: Example
    decision: Decision

    def failures(self) -> Iterator[RuleError]:
        yield from self._parties()
        yield from self._rules()
        expected, decision = self.test.expected, self.decision
        for label in expected.labels:
            if label not in decision.labels:
                yield self._error("test_label", label)
        states = (("held", expected.held, decision.hold), ("refused", expected.refused, decision.refuse))
        for word, wanted, said in states:
            if wanted is not None and wanted is not (said is not None):
                yield self._error("test_state", expected=word if wanted else f"not {word}")

    def _parties(self) -> Iterator[RuleError]:
        expected = self.test.expected
        got = {receiver.party: receiver for receiver in self.decision.receivers}
        for party in (*expected.to, *(expected.only or ())):
            if party not in got:
                yield self._error("test_not_sent", party)
        spare = () if expected.only is None else [party for party in got if party not in expected.only]
        for party in (*(party for party in expected.not_to if party in got), *spare):
            yield self._error("test_sent", party, ", ".join(why.words() for why in got[party].because))
        for party, role in expected.roles:
            if party not in got or got[party].role is not role:
                yield self._error("test_role", party, role.value)

    def _rules(self) -> Iterator[RuleError]:
        held = {name.rpartition("@")[0] for name in self.decision.trace}
        names = [rule.name for rule in self.rule_set.rules]
        for name in self.test.expected.rules:
            if name not in names:
                yield self._error("test_unknown_rule", name, near=nearest(name, names))
            elif name not in held:
                yield self._error("test_rule", name)

    def _error(self, code: str, found: str = "", expected: str = "", near: str = "") -> RuleError:
        line = self.rule_set.line(("test", self.index, "expect"))
        word = shown(found) if found else ""
        return RuleError(code, self.rule_set.file, line, self.test.name, word, expected, near)
