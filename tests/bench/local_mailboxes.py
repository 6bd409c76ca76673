"""How fast documents reach mailboxes of the hub, beside Dovecot's own LMTP fed directly, in turns.

Both end in the same Dovecot with the same mails, each synced to the disk; ours come out of the delivery
ledger. ``VANTHU_BENCH_LOCAL`` is how many (default 400), ``VANTHU_BENCH_ROUNDS`` how often.
"""

import os
import shutil
import smtplib
import socket
import statistics
import tempfile
import threading
import time
from pathlib import Path

from figure import Figure
from sqlalchemy import func, insert, select

from connectors.mailboxes.dovecot import find_program
from connectors.transports.lmtp import DETAIL
from hub import config as configuration
from hub.addresses import addressed
from hub.app import open_hub
from hub.context import Hub
from hub.desk import commands
from hub.founding import found
from hub.letters import Letters
from hub.mailboxes import hosting
from hub.worker import Worker
from storage import documents
from storage.tables.deliveries import DUE, deliveries
from tests.storage.filled import fill

COUNT = int(os.environ.get("VANTHU_BENCH_LOCAL", "400"))
ROUNDS = int(os.environ.get("VANTHU_BENCH_ROUNDS", "3"))
BOXES, FEEDERS = 20, 2  # as many feeders as the hub has workers


class Ours:
    """A hub with its Dovecot; the ledger is filled before each round."""

    def __init__(self, root: Path) -> None:
        self.hub = _hub(root)
        people = [p.email for p in self.hub.directory.people.values()][:BOXES]
        self.boxes = [
            row["address"]
            for row in commands.perform(self.hub, "console:bench", "mailbox.issue", {"people": people})
        ]
        dovecot = hosting.start(self.hub, 0)
        assert dovecot is not None
        self.dovecot = dovecot
        self._id = fill(self.hub.database, self.hub.blobs, 1)[0]
        with self.hub.database.reading() as connection:
            self._version = documents.latest_version(connection, self._id).id
        self._drain()  # the welcome mails

    def round(self, turn: int) -> float:
        """Mails a second."""
        now = self.hub.now()
        rows = [
            {
                "key": f"bench.{turn}.{number}", "kind": "document", "document": self._id,
                "version": self._version, "receiver": f"person:{self.boxes[number % BOXES]}",
                "state": "planned", "address": self.boxes[number % BOXES],
                "next_attempt": now, "created_at": now,
            }
            for number in range(COUNT)
        ]  # fmt: skip
        with self.hub.database.transaction() as connection:
            connection.execute(insert(deliveries), rows)
        return COUNT / self._drain()

    def mail(self) -> bytes:
        """One of ours, so that theirs is the same."""
        with self.hub.database.reading() as connection:
            row = connection.execute(select(deliveries).where(deliveries.c.key == "bench.0.0")).one()
        return b"".join(Letters(self.hub).write(row, addressed(self.hub, row.address)).pieces())

    def _drain(self) -> float:
        stop = threading.Event()
        workers = [Worker(self.hub, number, stop) for number in range(FEEDERS)]
        begun = time.perf_counter()
        for worker in workers:
            worker.start()
        while self._left():
            time.sleep(0.02)
        took = time.perf_counter() - begun
        stop.set()
        self.hub.wake.ring(64)
        for worker in workers:
            worker.join()
        return took

    def _left(self) -> int:
        with self.hub.database.reading() as connection:
            query = select(func.count()).select_from(deliveries).where(DUE)
            return int(connection.execute(query).scalar_one())

    def stop(self) -> None:
        self.dovecot.stop()
        self.hub.database.close()


def _hub(root: Path) -> Hub:
    hub = found(root, sample=True)
    hub.database.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "organisation": {"domains": list(hub.config.organisation.domains)},
        "mailboxes": {"imap": f"127.0.0.1:{port}"},
    }
    configuration.write(root / "config.toml", settings)
    return open_hub(root)


def feed(socket_path: str, boxes: list[str], content: bytes, turn: int) -> float:
    """Dovecot's own rate: as many connections as the hub has workers, a mail after the other."""

    def carry(first: int) -> None:
        with smtplib.LMTP(socket_path) as line:
            for number in range(first, COUNT, FEEDERS):
                local, _at, domain = boxes[number % BOXES].partition("@")
                head = f"X-Vanthu-Key: direct.{turn}.{number}\r\n".encode()
                line.sendmail("", [f"{local}+{DETAIL}@{domain}"], head + content)

    threads = [threading.Thread(target=carry, args=(first,)) for first in range(FEEDERS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return COUNT / (time.perf_counter() - begun)


def run() -> list[Figure]:
    if find_program("") is None:
        print("Dovecot is not installed: nothing to measure")
        return []
    root = Path(tempfile.mkdtemp(prefix="vanthu-bench-"))
    ours = Ours(root / "hub")
    try:
        rates, theirs = [ours.round(0)], []
        lmtp, content = str(hosting.run_folder(root / "hub" / "dovecot") / "lmtp"), ours.mail()
        theirs.append(feed(lmtp, ours.boxes, content, 0))
        for turn in range(1, ROUNDS):
            theirs.append(feed(lmtp, ours.boxes, content, turn))
            rates.append(ours.round(turn))
        paired = statistics.median(a / b for a, b in zip(rates, theirs, strict=True))
        value, anchor = statistics.median(rates), statistics.median(theirs)
        name = "documents into mailboxes, beside bare LMTP"
        return [Figure(name, value, "mails/s", anchor, at_least=0.9, paired=paired)]
    finally:
        ours.stop()
        shutil.rmtree(root, ignore_errors=True)
