"""The receivers while a decision is made: one entry per party, every path to it kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rules.routing.actions import Send
from rules.values.routing import Because, Receiver, Removed
from rules.vocabulary import DeliveryRole, Urgency

_WEIGHT = {DeliveryRole.MAIN: 2, DeliveryRole.COORDINATING: 1, DeliveryRole.INFORMATION: 0}


@dataclass(frozen=True, slots=True)
class Path:
    """One way by which a party came in. ``fixed`` paths stay whatever a unit's rules say."""

    role: DeliveryRole
    because: tuple[Because, ...]
    due_days: int | None = None
    due_hours: int | None = None
    due_open_hours: int | None = None
    book: str = ""
    person: str | None = None
    fixed: bool = False


@dataclass(slots=True)
class Gathering:
    """Parties in the order in which they came in."""

    paths: dict[str, list[Path]] = field(default_factory=dict)
    removed: list[Removed] = field(default_factory=list)

    def add(self, party: str, path: Path) -> None:
        """One more path; the same path a second time says nothing new."""
        known = self.paths.setdefault(party, [])
        if path not in known:
            known.append(path)

    def remove(self, party: str, why: Because, keep_fixed: bool, person: str | None = None) -> None:
        """Take away the paths that may be taken (only those of ``person``, if one is named);
        the party goes with its last one."""
        before = self.paths.get(party)
        if before is None:
            return
        left = [p for p in before if (keep_fixed and p.fixed) or person not in (None, p.person)]
        if left:
            self.paths[party] = left
        else:
            del self.paths[party]
            self.removed.append(Removed(party, why))

    def change(self, party: str, to: Send, level: Urgency, why: Because, keep_fixed: bool) -> None:
        """Give the party another role (and time), where it came in at all."""
        if party in self.paths:
            before = self.paths[party]
            self.paths[party] = [p if keep_fixed and p.fixed else _changed(p, to, level, why) for p in before]

    def receivers(self) -> Iterator[Receiver]:
        """Each party once: the heaviest role, the shortest time, every person and reason."""
        for party, paths in self.paths.items():
            yield _alone(party, paths[0]) if len(paths) == 1 else _joined(party, paths)


def _alone(party: str, path: Path) -> Receiver:
    """Apart from ``_joined``, because nearly every receiver came by one path."""
    persons = (path.person,) if path.person else ()
    return Receiver(
        party=party,
        role=path.role,
        because=tuple(dict.fromkeys(path.because)) if len(path.because) > 1 else path.because,
        due_days=path.due_days,
        due_hours=path.due_hours,
        due_open_hours=path.due_open_hours,
        book=path.book,
        person=persons[0] if persons else None,
        persons=persons,
    )


def _joined(party: str, paths: Sequence[Path]) -> Receiver:
    because = dict.fromkeys(reason for path in paths for reason in path.because)
    persons = tuple(dict.fromkeys(path.person for path in paths if path.person))
    days = [path.due_days for path in paths if path.due_days is not None]
    hours = [path.due_hours for path in paths if path.due_hours is not None]
    opened = [path.due_open_hours for path in paths if path.due_open_hours is not None]
    return Receiver(
        party=party,
        role=max((path.role for path in paths), key=_WEIGHT.__getitem__),
        because=tuple(because),
        due_days=min(days, default=None),
        due_hours=min(hours, default=None),
        due_open_hours=min(opened, default=None),
        book=next((path.book for path in paths if path.book), ""),
        person=persons[0] if persons else None,
        persons=persons,
    )


def _changed(path: Path, to: Send, level: Urgency, why: Because) -> Path:
    because = path.because if why in path.because else (*path.because, why)
    if not to.due:
        return replace(path, role=to.role, because=because)
    days, hours, opened = to.due.within(level)
    return replace(path, role=to.role, because=because, due_days=days, due_hours=hours, due_open_hours=opened)
