"""The stages of a hub in this process, step by step, under a clock that tests move."""

import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.readers.pool import ReaderPool
from connectors.transports.sink import MailSink
from hub import deliver, listing
from hub.app import open_hub
from hub.clock import SetClock
from hub.context import Hub
from hub.desk import commands
from hub.founding import found
from hub.intake import ingest
from hub.worker import STAGES, perform
from rules.identify.identity import folded_symbol
from rules.values.arrival import Envelope
from rules.vocabulary import SenderVerdict, WaitingList
from storage import deliveries, documents, steps
from storage.spool import Spool
from tests.journeys.house import GENERAL, File, mail

__all__ = ["MailSink", "Stages"]
WORKER = "test/1"


def template(folder: Path) -> Path:
    """A founded sample hub to copy from."""
    found(folder, sample=True).database.close()
    return folder


class Stages:
    """A hub without threads: ``mail`` hands in, ``work`` goes on until nothing is due.

    A copy of ``founded``, or with ``url`` a sample hub on that PostgreSQL database.
    """

    def __init__(
        self, founded: Path, data: Path, readers: ReaderPool, moment: datetime, url: str = ""
    ) -> None:
        if url:
            found(data, sample=True, storage_url=url).database.close()
        else:
            shutil.copytree(founded, data)
        self.clock = SetClock(moment)
        self.hub: Hub = open_hub(data, clock=self.clock)
        self.hub.readers = readers
        (data / "work").mkdir()
        self.spool = Spool(data / "spool", 50 << 20, 0.0)
        self.hub.refresh()

    def close(self) -> None:
        self.spool.close()
        self.hub.database.close()

    def mail(
        self,
        sender: str,
        files: Iterable[File] = (),
        to: Sequence[str] = (GENERAL,),
        *,
        verdict: SenderVerdict = SenderVerdict.AUTHENTICATED,
        work: bool = True,
        **parts: Any,
    ) -> None:
        """A mail as the door would have let it in."""
        known = verdict is SenderVerdict.AUTHENTICATED
        envelope = Envelope(
            source="smtp",
            account="smtp",
            received_at=self.clock.now(),
            mail_from=sender,
            recipients=tuple(to),
            person=sender if known else None,
            verdict=verdict,
        )
        self._take(envelope, mail(sender, list(to), files, **parts), work)

    def scan(self, unit: str, direction: str, file: File, *, work: bool = True) -> None:
        """A file as the scanner's door hands it over."""
        envelope = Envelope("scanner", f"{unit}/{direction}", self.clock.now(), file_name=file[0])
        self._take(envelope, file[1], work)

    def arrive(self, envelope: Envelope, content: bytes) -> None:
        """A parcel as it is, to the end."""
        self._take(envelope, content, True)

    def _take(self, envelope: Envelope, content: bytes, work: bool) -> None:
        (spooled,) = self.spool.put_many([(envelope, content)])
        ingest(self.hub, self.spool, [spooled])
        if work:
            self.work()

    def work(self) -> None:
        """What workers do, until nothing is due."""
        while self.step():
            pass
        while deliver.run(self.hub, WORKER):
            pass

    def step(self) -> bool:
        """One step with what follows from it at once."""
        self.hub.refresh()
        claim = steps.claim(self.hub.database, tuple(STAGES), WORKER, self.clock.now())
        worked = claim is not None
        while claim is not None:
            done = perform(self.hub, claim, WORKER)
            claim = done if isinstance(done, steps.Claim) else None
            if isinstance(done, deliveries.Claimed):
                deliver.send(self.hub, done)
        return worked

    def act(self, command: str, actor: str = "console:test", **arguments: Any) -> Any:
        """A command of the desk, and what follows from it."""
        answer = commands.perform(self.hub, actor, command, arguments)
        self.work()
        return answer

    def forward(self, **by: float) -> None:
        """Time passes."""
        self.clock.moment += timedelta(**by)

    # -- looking ------------------------------------------------------------------

    def documents(self, symbol: str = "") -> list[dict[str, Any]]:
        """Documents by number and symbol, oldest first."""
        with self.hub.database.reading() as connection:
            rows = documents.listing(connection, symbol=folded_symbol(symbol) if symbol else None)
            return listing.document_rows(connection, rows)[::-1]

    def document(self, symbol: str) -> dict[str, Any]:
        """The one with this number and symbol."""
        (found_one,) = self.documents(symbol)
        return found_one

    def deliveries(self, document: int | None = None, kind: str | None = "document") -> list[dict[str, Any]]:
        """The ledger."""
        with self.hub.database.reading() as connection:
            return listing.delivery_rows(deliveries.listing(connection, kind=kind, document=document))

    def receivers(self, document: int) -> set[str]:
        """Who gets a document."""
        return {row["unit"] for row in self.deliveries(document)}

    def cases(self, kind: str) -> list[dict[str, Any]]:
        """What waits on a list."""
        with self.hub.database.reading() as connection:
            return listing.cases(connection, WaitingList(kind))

    def parked(self) -> list[dict[str, Any]]:
        """Steps that were given up."""
        with self.hub.database.reading() as connection:
            return listing.parked(connection)

    def numbers(self, unit: str, direction: str = "incoming") -> list[tuple[int, int | None]]:
        """(year, number) of every valid line in a unit's books, in the order they were written."""
        lines = [
            (entry["id"], entry["year"], entry["number"])
            for document in self.documents()
            for entry in document["entries"]
            if (entry["unit"], entry["direction"]) == (unit, direction)
        ]
        return [(year, number) for _id, year, number in sorted(lines)]
