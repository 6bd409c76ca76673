"""A real hub in this process (spool, database, blobs) that fetches from a scripted server, visit by visit."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import select

from connectors.sources.imap import ImapSource
from connectors.sources.imap_session import ImapSession
from connectors.sources.imap_settings import Credentials, ImapSettings
from hub.app import open_hub
from hub.clock import SetClock
from hub.fetching.book import HubBook
from hub.intake import Intake, ingest
from rules.values.fetching import Afterwards
from storage import fetching
from storage.spool import Spool
from storage.tables.arrivals import arrivals
from storage.tables.fetching import source_mails

MOMENT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
INTAKE = "vanthu.sotaichinh@binhlam.example"


class Always:
    """A password that never changes."""

    def password(self) -> str:
        return "right"

    def token(self, *, fresh: bool) -> str:
        return ""

    def ends(self) -> date | None:
        return None


class Rig:
    """The hub, its door and one account."""

    def __init__(self, data: Path, port: int, credentials: Credentials, **settings: Any) -> None:
        self.clock = SetClock(MOMENT)
        self.hub = open_hub(data, clock=self.clock)
        self.spool = Spool(data / "spool", 50 << 20, 0.0)
        self.door = Intake(self.hub, self.spool)
        self.stop = Event()
        values: dict[str, Any] = {"name": "sotc", "user": "user", "intake": INTAKE, "tls": "none"}
        values |= {"timeout_seconds": 5.0, "shortest_pause": 0.0} | settings
        self.settings = ImapSettings(host="127.0.0.1", general="congvan@x", port=port, **values)
        self.credentials = credentials
        self.book = HubBook(self.hub, self.settings.name, self.settings.folder)
        self.source = ImapSource(self.settings, credentials, self.book, self.hub.now)

    def another(self, name: str, folder: str) -> ImapSource:
        """A second account, at another folder of the same user."""
        settings = replace(self.settings, name=name, folder=folder)
        return ImapSource(settings, self.credentials, HubBook(self.hub, name, folder), self.hub.now)

    def visit(self, source: ImapSource | None = None) -> Exception | None:
        """Connect, look once, leave; what went wrong, if anything. Then the hub writes its rows."""
        source = source or self.source
        try:
            session = ImapSession(source.settings, self.credentials)
            try:
                source.sweep(session, self.door, self.stop)
            finally:
                session.drop()
        except Exception as error:  # because the caller says which faults are right
            return error
        finally:
            self.ingest()
        return None

    def visits(self, count: int, seconds: float = 400.0, source: ImapSource | None = None) -> None:
        """Undisturbed ones, each so much later than the one before."""
        for _time in range(count):
            self.forward(seconds)
            assert (error := self.visit(source)) is None, error

    def forward(self, seconds: float) -> None:
        self.clock.moment += timedelta(seconds=seconds)

    def ingest(self) -> None:
        """What the door's own thread does."""
        batch = []
        while not self.door._waiting.empty():
            if (item := self.door._waiting.get()) is not None:
                batch.append(item)
        if batch:
            ingest(self.hub, self.spool, batch)

    def bodies(self) -> list[bytes]:
        """What arrived, in order."""
        with self.hub.database.reading() as connection:
            found = connection.execute(select(arrivals.c.sha256).order_by(arrivals.c.id)).scalars().all()
        return [self.hub.blobs.read(name) for name in found]

    def arrivals(self) -> list[Any]:
        with self.hub.database.reading() as connection:
            return list(connection.execute(select(arrivals).order_by(arrivals.c.id)).all())

    def states(self) -> dict[int, str]:
        with self.hub.database.reading() as connection:
            rows = connection.execute(select(source_mails.c.uid, source_mails.c.state))
            return {row.uid: str(row.state) for row in rows}

    def cursor(self) -> dict[str, Any]:
        with self.hub.database.reading() as connection:
            row = fetching.cursor(connection, self.book.source)
            return dict(row.value) if row is not None else {}

    def close(self) -> None:
        self.spool.close()
        self.hub.database.close()


@contextmanager
def rig(founded: Path, port: int, credentials: Credentials | None = None, **settings: Any) -> Iterator[Rig]:
    """On a copy of a founded hub, in memory where that is possible; ``port`` is the server's."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="vanthu-imap-", dir=memory))
    try:
        shutil.copytree(founded, folder / "data")
        made = Rig(folder / "data", port, credentials or Always(), **settings)
        try:
            yield made
        finally:
            made.close()
    finally:
        shutil.rmtree(folder)


def mail(number: int, size: int = 0) -> bytes:
    """A short mail that is like no other."""
    head = f"Return-Path: <a{number}@x.example>\r\nFrom: a{number}@x.example\r\nSubject: {number}\r\n\r\n"
    return head.encode() + b"x" * size + b"\r\n"


__all__ = ["INTAKE", "Afterwards", "Always", "Rig", "mail", "rig"]
