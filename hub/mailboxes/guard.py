"""Log-ins of every protocol pass here: guessing is slowed down, and use is counted (PROMISES S9).

The memory is the process's own: the hub that answers Dovecot's questions is the one that listens.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from rules.mailboxes.attempts import Attempts, Window
from storage import mailbox_use

if TYPE_CHECKING:  # because the hub itself holds a guard
    from hub.context import Hub

MOST_SENT = 1_000_000  # remembered for one person


class Guard:
    """Windows of wrong passwords and the log-ins not yet written down."""

    def __init__(self) -> None:
        self._attempts = Attempts()
        self._counted: dict[str, tuple[int, datetime]] = {}
        self.opens: frozenset[str] = frozenset()  # mailboxes whose password the mail server looks at
        self._sent = Window(MOST_SENT, 3600.0)
        self._lock = threading.Lock()

    def may_send(self, person: str, now: datetime, most: int) -> bool:
        """Count one more recipient of this person; False when there were too many in an hour."""
        with self._lock:
            if self._sent.count(person, now.timestamp()) >= most:
                return False
            self._sent.add(person, now.timestamp())
            return True

    def refuses(self, place: str, box: str, now: datetime) -> bool:
        """Whether the password is not even looked at."""
        with self._lock:
            return self._attempts.refuses(place, box.casefold(), now.timestamp())

    def note(self, place: str, box: str, right: bool, now: datetime) -> None:
        """How a log-in ended."""
        box = box.casefold()
        with self._lock:
            if right:
                self._attempts.succeeded(place, box, now.timestamp())
                self._counted[box] = (self._counted.get(box, (0, now))[0] + 1, now)
            else:
                self._attempts.failed(place, box, now.timestamp())

    def take(self) -> Mapping[str, tuple[int, datetime]]:
        """The log-ins since the last time."""
        with self._lock:
            taken, self._counted = self._counted, {}
        return taken


def write_down(hub: Hub) -> None:
    """Count what came since the last time, in one transaction."""
    taken = {box: use for box, use in hub.guard.take().items() if box in hub.snapshot().post.boxes}
    if not taken:
        return
    month = f"{hub.today():%Y-%m}"
    with hub.database.transaction() as connection:
        mailbox_use.count_logins(connection, month, taken)


def policy_key(hub: Hub) -> str:
    """What Dovecot shows with its questions, so that nobody else can ask or tell."""
    return hmac.new(hub.secret, b"dovecot policy", hashlib.sha256).hexdigest()
