"""What this process remembers of mail domains that asked to try later (R9)."""

from __future__ import annotations

import threading
from datetime import datetime

from connectors.transports import reasons
from rules.directory import local_and_domain
from rules.pacing import Pace, ask, begin, told
from rules.values.sending import Deferred, Outcome

MOST_A_MINUTE = 20
MOST_KNOWN = 10_000
_WHOLE_WAY = ""  # the smarthost itself, by which everything goes
_NOBODY_THERE = (reasons.UNREACHABLE, reasons.CERTIFICATE, reasons.NO_STARTTLS, reasons.LOG_IN)


class Paces:
    """Thread-safe; forgets everything with the process, which costs a domain one more round at most."""

    def __init__(self) -> None:
        self._known: dict[str, Pace] = {}
        self._guard = threading.Lock()

    def ask(self, address: str, now: datetime) -> datetime | None:
        """None when a mail to this address may be tried now, else from when."""
        _local, domain = local_and_domain(address)
        with self._guard:
            for key in (_WHOLE_WAY, domain):
                pace, when = ask(self._known.get(key) or begin(now), now, MOST_A_MINUTE)
                self._known[key] = pace
                if when is not None:
                    return when
            if len(self._known) > MOST_KNOWN:
                self._known = {key: pace for key, pace in self._known.items() if pace.troubled}
        return None

    def told(self, address: str, outcome: Outcome, now: datetime) -> None:
        """Learn from an attempt."""
        later = isinstance(outcome, Deferred)
        way_closed = isinstance(outcome, Deferred) and outcome.why.startswith(_NOBODY_THERE)
        _local, domain = local_and_domain(address)
        with self._guard:
            keys = {_WHOLE_WAY: way_closed, **({} if way_closed else {domain: later})}
            for key, trouble in keys.items():
                self._known[key] = told(self._known.get(key) or begin(now), later=trouble)
