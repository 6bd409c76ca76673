"""Who gets a document: the recipient block, the envelope and the rules, with every reason.

SEMANTICS, Routing. Pure: the day of sending and the directory are arguments.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from rules.directory import Directory
from rules.routing.actions import Send, filled
from rules.routing.block import Block, own_parties
from rules.routing.gather import Gathering, Path
from rules.routing.index import candidates
from rules.routing.language import Rule, RuleSet
from rules.routing.look import Look, chain_above
from rules.routing.place import NOT_BELOW, Placed, Places
from rules.values.routing import Because, Decision, Facts, Held, Informed, ResolvedEntry
from rules.vocabulary import Direction

__all__ = ["PublishedSet", "decide", "layers"]


@dataclass(frozen=True, slots=True)
class PublishedSet:
    """A rule set in force. ``scope_unit`` is None for the organisation's rules."""

    rules: RuleSet
    version: int
    scope_unit: str | None = None


def decide(
    facts: Facts,
    resolved: Sequence[ResolvedEntry],
    sets: Sequence[PublishedSet],
    directory: Directory,
    day: date,
    *,
    look: Look | None = None,
) -> Decision:
    """Decide about one document on the day of sending.

    Outgoing: block and addressed intakes, then the organisation's rules, then those of
    the unit that keeps the issuer's books. Incoming: only the rules of the unit in whose
    book it stands, within it and below; the block of the letter is not sent again.
    ``look``: the document as prepared for another decision on the same day.
    """
    run = _Run(look or Look(facts, directory, day), Places(directory, day))
    if facts.direction is Direction.OUTGOING:
        block = Block(run.places, facts.date or day, run.gathering, run.held)
        block.entries(resolved)
        block.intakes(facts.addressed)
    for layer in layers(facts, sets, directory):
        run.layer(layer)
    return run.decision(tuple(resolved) if facts.direction is Direction.OUTGOING else ())


def layers(
    facts: Facts, sets: Sequence[PublishedSet], directory: Directory
) -> tuple[list[PublishedSet], ...]:
    """The sets that are asked about a document, one owner after the other."""
    if facts.direction is not Direction.OUTGOING:
        return (_scoped(sets, facts.unit),)
    return _scoped(sets, None), _scoped(sets, facts.unit or directory.keeper(facts.issuer))


def _scoped(sets: Iterable[PublishedSet], unit: str | None) -> list[PublishedSet]:
    return [published for published in sets if published.scope_unit == unit and unit != ""]


@dataclass
class _Run:
    """One decision in the making."""

    look: Look
    places: Places
    gathering: Gathering = field(default_factory=Gathering)
    held: list[Held] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    notify: list[Informed] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)

    def layer(self, sets: Sequence[PublishedSet]) -> None:
        """The rules of one owner, top to bottom, until one of them stops this layer."""
        for published, rule in self._matching(sets):
            self._apply(published, rule)
            if rule.then.stop:
                return

    def _matching(self, sets: Sequence[PublishedSet]) -> Iterator[tuple[PublishedSet, Rule]]:
        for published in sets:
            for rule in candidates(published.rules, self.look):
                if rule.active(self.look.day) and rule.when.holds(self.look):
                    yield published, rule

    def _apply(self, published: PublishedSet, rule: Rule) -> None:
        why = Because("rule", rule.title, rule.name, published.version)
        by_unit, then = published.scope_unit is not None, rule.then
        for party, person in self._named(then.remove):
            self.gathering.remove(party, why, by_unit, person)
        for change in then.change:
            for party, _person in self._named(change.to):
                self.gathering.change(party, change, self.look.facts.urgency, why, by_unit)
        for send in then.send:
            self._send(send, why, by_unit)
        self.trace.append(f"{rule.name}@{published.version}")
        self.notify += [_informed(word, why) for word in then.notify]
        self.labels += then.label
        self.holds += [filled(then.hold, self.look.facts)] if then.hold else []
        self.refusals += [filled(then.refuse, self.look.facts)] if then.refuse else []

    def _named(self, words: Iterable[str]) -> Iterator[tuple[str, str | None]]:
        """Parties behind the words of a remove or change: a closed unit is not its successor here,
        because a rule about the old office says nothing about the new one."""
        for word in words:
            if word.startswith("role:"):
                placed = (place for _member, place in self.places.placed(word, self.look.day))
                yield from ((place.party, place.person) for place in placed if place.party)
                continue
            for member in self.places.opened(word, self.look.day):
                person = self.places.place(member) if member.startswith("person:") else None
                yield (person.party, person.person) if person else (member, None)

    def _send(self, send: Send, why: Because, by_unit: bool) -> None:
        within = send.due.within(self.look.facts.urgency)
        for word in send.to:
            for member, placed in self.places.placed(word, self.look.day):
                reason = placed.reason or self._too_far(placed)
                if reason:
                    self.held.append(Held(f"{member} ({why.rule}@{why.version})", reason, party=member))
                    continue
                people = self.places.assigned(send.assign, placed.party) or (placed.person,)
                for person in people:
                    path = Path(send.role, (why, *placed.notes), *within, send.book, person, not by_unit)
                    self.gathering.add(placed.party, path)

    def _too_far(self, placed: Placed) -> str:
        """A unit's rules about incoming documents reach the unit, those whose books it
        keeps, and what is below any of them."""
        facts, directory = self.look.facts, self.look.directory
        if facts.direction is Direction.OUTGOING:
            return ""
        roots = {facts.unit, *directory.kept_by(facts.unit)}
        return "" if roots.intersection(chain_above(directory, placed.party)) else NOT_BELOW

    def decision(self, entries: tuple[ResolvedEntry, ...]) -> Decision:
        """All of it; a refusal beats a hold, and a refused document goes to nobody."""
        self._drop_own()
        refuse = _joined(self.refusals)
        left_out = (gone for gone in self.gathering.removed if gone.party not in self.gathering.paths)
        return Decision(
            receivers=() if refuse else tuple(self.gathering.receivers()),
            held=() if refuse else tuple(dict.fromkeys(self.held)),
            entries=entries,
            hold=None if refuse else _joined(self.holds),
            refuse=refuse,
            notify=tuple(dict.fromkeys(self.notify)),
            labels=tuple(dict.fromkeys(self.labels)),
            trace=tuple(self.trace),
            removed=tuple(dict.fromkeys(left_out)),
        )

    def _drop_own(self) -> None:
        for party in own_parties(self.look.facts, self.places):
            why = Because("own", self.look.directory.party_name(party))
            self.gathering.remove(party, why, keep_fixed=False)


def _informed(word: str, why: Because) -> Informed:
    """A word of a rule, ``whom`` or ``channel:whom``."""
    channel, colon, whom = word.rpartition(":")
    return Informed(whom, why, channel) if colon else Informed(word, why)


def _joined(texts: Iterable[str]) -> str | None:
    return "; ".join(dict.fromkeys(texts)) or None
