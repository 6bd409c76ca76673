"""Mailboxes in use: who counts as active, and the share of the staff against the target."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Use:
    """One mailbox in one month."""

    mailbox: str
    logins: int = 0
    sent: int = 0
    received: int = 0

    @property
    def active(self) -> bool:
        """Opened or written with; to receive is no use."""
        return self.logins > 0 or self.sent > 0


@dataclass(frozen=True, slots=True)
class Share:
    """One unit, or all of them (``unit`` empty): people, not posts."""

    unit: str
    staff: int
    with_mailbox: int
    active: int
    silent: tuple[str, ...] = ()  # mailboxes nobody used

    @property
    def share(self) -> float:
        """Active people among the staff; 0 where there is nobody."""
        return self.active / self.staff if self.staff else 0.0


def shares(staff: Mapping[str, Iterable[str]], boxes: Iterable[str], uses: Iterable[Use]) -> list[Share]:
    """A line for each unit in its order, then one for all; a person of two units counts once in all."""
    held = set(boxes)
    active = {use.mailbox for use in uses if use.active} & held
    everybody: set[str] = set()
    found = []
    for unit, people in staff.items():
        names = set(people)
        everybody |= names
        found.append(_share(unit, names, held, active))
    return [*found, _share("", everybody, held, active)]


def _share(unit: str, names: set[str], held: set[str], active: set[str]) -> Share:
    owners = names & held
    return Share(unit, len(names), len(owners), len(owners & active), tuple(sorted(owners - active)))
