"""What another rule set would change for one document: who gets more, who less, and by which rule."""

from collections.abc import Iterator
from dataclasses import dataclass

from rules.values.routing import Because, Decision, Receiver


@dataclass(frozen=True, slots=True)
class Change:
    """``kind``: ``more``, ``less``, ``role`` for a party; ``hold``, ``release``, ``refuse``, ``allow``
    for the whole document (``party`` is empty). ``rules`` are the names of those that cause it."""

    kind: str
    party: str
    rules: tuple[str, ...]
    text: str = ""


def changes(old: Decision, new: Decision) -> tuple[Change, ...]:
    """Nothing where both decide alike."""
    return (*_document(old, new), *_parties(old, new))


def _document(old: Decision, new: Decision) -> Iterator[Change]:
    pairs = (("refuse", "allow", old.refuse, new.refuse), ("hold", "release", old.hold, new.hold))
    for starts, ends, before, after in pairs:
        if bool(before) is not bool(after):
            yield Change(starts if after else ends, "", _rules_between(old, new), after or before or "")


def _rules_between(old: Decision, new: Decision) -> tuple[str, ...]:
    names = [{entry.rpartition("@")[0] for entry in decision.trace} for decision in (old, new)]
    return tuple(sorted(names[0] ^ names[1]))


def _parties(old: Decision, new: Decision) -> Iterator[Change]:
    before = {receiver.party: receiver for receiver in old.receivers}
    after = {receiver.party: receiver for receiver in new.receivers}
    if before == after:
        return
    for party, receiver in after.items():
        if party not in before:
            yield Change("more", party, _causes(receiver, old, party))
        elif before[party].role is not receiver.role:
            causes = _names(set(receiver.because) ^ set(before[party].because))
            yield Change("role", party, causes, f"{before[party].role} -> {receiver.role}")
    for party, receiver in before.items():
        if party not in after:
            yield Change("less", party, _causes(receiver, new, party))


def _causes(receiver: Receiver, other: Decision, party: str) -> tuple[str, ...]:
    """Rules that send in the one, or that take away in the other."""
    removers = _names(item.because for item in other.removed if item.party == party)
    return removers or _names(receiver.because) or _names_of_refusal(other)


def _names_of_refusal(other: Decision) -> tuple[str, ...]:
    return tuple(entry.rpartition("@")[0] for entry in other.trace) if other.refuse else ()


def _names(because: "set[Because] | tuple[Because, ...] | Iterator[Because]") -> tuple[str, ...]:
    return tuple(sorted({why.rule for why in because if why.rule}))
