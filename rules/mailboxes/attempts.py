"""Guessing is slow (PROMISES S9): windows for each address of the network and for each mailbox.

Ten wrong passwords a minute from one place, a hundred a day for one mailbox. A place from
which the owner got in lately has a window of its own for this mailbox, so that nobody can
lock an owner out by guessing, neither from elsewhere nor at other mailboxes from there.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field

PER_PLACE, PLACE_SECONDS = 10, 60.0
PER_BOX, BOX_SECONDS = 100, 86_400.0
PER_KNOWN, KNOWN_PAUSE = 10, 300.0
KNOWN_SECONDS = 30 * 86_400.0
MOST_KEPT = 50_000  # places or mailboxes remembered; then the oldest are forgotten


@dataclass
class Window:
    """The moments of the last faults under each key, bounded in time and number."""

    most: int
    seconds: float
    _faults: dict[Hashable, deque[float]] = field(default_factory=dict)

    def full(self, key: Hashable, now: float) -> bool:
        """Whether one more would be too many."""
        return self.count(key, now) >= self.most

    def count(self, key: Hashable, now: float) -> int:
        """Faults inside the window."""
        faults = self._faults.get(key)
        if faults is None:
            return 0
        while faults and faults[0] <= now - self.seconds:
            faults.popleft()
        if not faults:
            del self._faults[key]
        return len(faults)

    def add(self, key: Hashable, now: float, number: int = 1) -> None:
        """So many more, now."""
        faults = self._faults.pop(key, None) or deque(maxlen=self.most)
        faults.extend([now] * min(number, self.most))
        self._faults[key] = faults  # at the end again: the order is that of the last fault
        if len(self._faults) > MOST_KEPT:
            del self._faults[next(iter(self._faults))]

    def forget(self, key: Hashable) -> None:
        """The owner got in."""
        self._faults.pop(key, None)


@dataclass
class Attempts:
    """Log-ins as they are tried, whatever the protocol."""

    places: Window = field(default_factory=lambda: Window(PER_PLACE, PLACE_SECONDS))
    boxes: Window = field(default_factory=lambda: Window(PER_BOX, BOX_SECONDS))
    pairs: Window = field(default_factory=lambda: Window(PER_KNOWN, KNOWN_PAUSE))
    _known: dict[tuple[str, str], float] = field(default_factory=dict)

    def refuses(self, place: str, box: str, now: float) -> bool:
        """Whether a password is not even looked at."""
        if self.knows(place, box, now):
            return self.pairs.full((place, box), now)
        return self.places.full(place, now) or self.boxes.full(box, now)

    def knows(self, place: str, box: str, now: float) -> bool:
        """Whether the owner got in from there lately."""
        return now - self._known.get((place, box), -KNOWN_SECONDS) < KNOWN_SECONDS

    def failed(self, place: str, box: str, now: float) -> None:
        """A wrong password."""
        self.places.add(place, now)
        self.boxes.add(box, now)
        self.pairs.add((place, box), now)

    def succeeded(self, place: str, box: str, now: float) -> None:
        """The owner got in."""
        self._known.pop((place, box), None)
        self._known[(place, box)] = now
        if len(self._known) > MOST_KEPT:
            del self._known[next(iter(self._known))]
