"""Decisions about mail that is fetched: what to take next, when to try again, when to call for help.

Pure: what the server shows and what is known go in, a decision comes out.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from rules.values.fetching import Position, SourceHealth

# A body that does not come is the mail's fault soon, and a connection that breaks only after long.
MOST_TRIES: Mapping[str, int] = {"too-large": 1, "cut": 10}
USUAL_TRIES = 3
LONGEST_PAUSE = timedelta(minutes=5)
REFUSED_PAUSE = timedelta(minutes=5)  # because servers lock accounts whose log-in fails often
# Nothing but a person can mend these, so nobody waits for them to pass.
HOPELESS = frozenset(
    {
        "login-refused",
        "token-refused",
        "certificate",
        "secret",
        "no-folder",
        "read-only",
        "no-tls",
        "no-validity",
        "not-cleared",
    }
)
WARN_BEFORE = timedelta(days=7)
REGISTERED_WITHIN = timedelta(minutes=15)  # a body that has no arrival after so long is fetched again


def to_take(present: Collection[int], position: Position, now: datetime) -> list[int]:
    """The mails to fetch: new ones as they came, then those whose next try is due.

    What failed comes last, because one bad mail must never stop the others.
    """
    new = sorted(
        uid
        for uid in present
        if uid > position.uid and uid not in position.beyond and uid not in position.failed
    )
    return new + sorted(uid for uid, due in position.failed.items() if uid in present and due <= now)


def missed(present: Collection[int], known: Collection[int], position: Position) -> list[int]:
    """Mails that should have been taken long ago: there, below the position, and unknown here."""
    return sorted(uid for uid in set(present) - set(known) if uid <= position.uid)


def given_up(why: str, tries: int) -> bool:
    """Whether a mail that failed so often is set aside for a person."""
    return tries >= MOST_TRIES.get(why, USUAL_TRIES)


def next_try(tries: int) -> timedelta:
    """How long a mail waits after so many failures."""
    return min(timedelta(seconds=1 << min(tries, 16)), LONGEST_PAUSE)


def pause(why: str, failures: int, shortest: timedelta) -> timedelta:
    """How long a connection waits after so many failures in a row, the first of them counted."""
    if why in ("login-refused", "token-refused"):
        return REFUSED_PAUSE
    return min(shortest * (1 << min(failures - 1, 16)), LONGEST_PAUSE)


def alarm(health: SourceHealth, now: datetime, patience: timedelta) -> str:
    """Why somebody must be told of this account now: a code, or "" when nobody need be.

    Silence is a trouble of its own: an account at which nothing looks any more says nothing.
    """
    if health.trouble and health.troubled_since is not None:
        waited = now - health.troubled_since
        return health.trouble if health.trouble in HOPELESS or waited >= patience else ""
    heard = health.last_success or health.known_since
    return "silent" if heard is not None and now - heard >= patience else ""


def ends_soon(expires: str, today: date) -> bool:
    """Whether the secret of an account ends within a week, or has ended."""
    return bool(expires) and date.fromisoformat(expires) - today <= WARN_BEFORE
