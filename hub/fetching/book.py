"""What the hub remembers of one fetched folder: the source's FetchBook, kept in the database."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from connectors.ports import BookUnavailable
from hub.context import Hub
from rules.fetching import given_up, next_try
from rules.values.fetching import Body, Position
from storage import fetching, journal, leases, steps
from storage.blobs import BlobDamaged
from storage.journal import Event

LEASE = timedelta(seconds=120)
PROLONGED_EVERY = 20.0  # seconds
STAGE = "fetch"  # of the parked step that stands for a mail set aside


class HubBook:
    """Of one account and folder. Used by one thread."""

    def __init__(self, hub: Hub, account: str, folder: str) -> None:
        self._hub, self.account = hub, account
        self.source = source_name(account, folder)
        self._held_at = float("-inf")

    def hold(self) -> bool:
        if time.monotonic() - self._held_at < PROLONGED_EVERY:
            return True
        with self._writing() as connection:
            held = leases.take(connection, self.source, self._hub.instance, self._hub.now(), LEASE)
        self._held_at = time.monotonic() if held else float("-inf")
        return held

    def release(self) -> None:
        self._held_at = float("-inf")
        with self._writing() as connection:
            leases.give_back(connection, self.source, self._hub.instance)

    def open(self, validity: int) -> Position:
        with self._reading() as connection:
            row = fetching.cursor(connection, self.source)
            if row is not None and row.value.get("validity") == validity:
                return fetching.position(connection, self.source, validity, row)
        with self._writing() as connection:
            return fetching.open_folder(connection, self.source, validity)

    def known(self, validity: int) -> frozenset[int]:
        with self._reading() as connection:
            return fetching.known(connection, self.source, validity)

    def taken(self, validity: int, uid: int, body: Body) -> None:
        with self._writing() as connection:
            fetching.taken(connection, self.source, validity, uid, body, self._hub.now())

    def failed(self, validity: int, uid: int, why: str) -> bool:
        now = self._hub.now()
        with self._writing() as connection:
            tries = fetching.tries_of(connection, self.source, validity, uid) + 1
            aside = given_up(why, tries)
            due = None if aside else now + next_try(tries)
            fetching.failed(connection, self.source, validity, uid, why, now, due)
            if aside:
                where = {"source": self.source, "validity": validity, "uid": uid}
                step = steps.park(connection, STAGE, f"{self.source} uid {uid}: {why}", now, where)
                facts = {"uid": uid, "validity": validity, "why": why, "step": step}
                event = Event("fetch-given-up", f"source:{self.source}", facts)
                journal.append(connection, "hub", [event], now)
        return aside

    def is_safe(self, body_sha256: str) -> bool:
        with self._reading() as connection:
            if not fetching.is_registered(connection, self.account, body_sha256):
                return False
        try:
            self._hub.blobs.read(body_sha256)
        except BlobDamaged:  # because the original is the only whole copy then
            return False
        return True

    def lost(self, validity: int, uid: int) -> None:
        now = self._hub.now()
        with self._writing() as connection:
            fetching.failed(connection, self.source, validity, uid, "no-arrival", now, now)

    def cleared(self, validity: int, uids: Iterable[int]) -> None:
        with self._writing() as connection:
            fetching.cleared(connection, self.source, validity, uids, self._hub.now())

    def gone(self, validity: int, uids: Collection[int]) -> None:
        if not uids:
            return
        with self._writing() as connection:
            finished = fetching.finished(connection, self.source, validity)
            fetching.gone(connection, self.source, validity, finished & set(uids))

    def compared(self, differences: int) -> None:
        at = self._hub.now().isoformat()
        with self._writing() as connection:
            fetching.note(connection, self.source, {"compared": at, "differences": differences})

    def swept(self, waiting: int) -> None:
        now = self._hub.now()
        works = {"waiting": waiting, "trouble": "", "detail": "", "since": ""}
        with self._writing() as connection:
            fetching.note(connection, self.source, works, last_success=now, last_error="")

    def trouble(self, why: str, detail: str) -> None:
        now = self._hub.now().isoformat()
        with self._writing() as connection:
            row = fetching.cursor(connection, self.source)
            since = (row.value.get("since") if row is not None else "") or now
            bad = {"trouble": why, "detail": detail, "since": since}
            fetching.note(connection, self.source, bad, last_error=f"{why}: {detail}"[:500])

    def secret_ends(self, day: str) -> None:
        with self._reading() as connection:
            row = fetching.cursor(connection, self.source)
            if (row.value.get("ends", "") if row is not None else "") == day:
                return
        with self._writing() as connection:
            fetching.note(connection, self.source, {"ends": day})

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._hub.database.transaction() as connection:
                yield connection
        except DBAPIError as error:
            raise _unavailable(error) from error

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._hub.database.reading() as connection:
                yield connection
        except DBAPIError as error:
            raise _unavailable(error) from error


def source_name(account: str, folder: str) -> str:
    """The name of a folder's row in source_cursors, and of the right to fetch from it."""
    return f"imap:{account}/{folder}"


def _unavailable(error: DBAPIError) -> BookUnavailable:
    return BookUnavailable(str(error.orig).partition("\n")[0][:200])
