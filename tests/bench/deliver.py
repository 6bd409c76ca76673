"""How fast mails leave for one mail server, beside Postfix's queue manager sending as many to the same sink.

Both drain a queue that is filled beforehand, over loopback, into Postfix's own ``smtp-sink``, in turns.
``VANTHU_BENCH_DELIVERIES`` is how many (default 1000; the promise speaks of 100,000, where nothing
but the time changes: the ledger is read by index and the process keeps no list).
"""

import os
import resource
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from figure import Figure
from postfix import Relay, available
from sqlalchemy import func, insert, select

from hub import config as configuration
from hub.addresses import addressed
from hub.app import open_hub
from hub.context import Hub
from hub.founding import found
from hub.letters import Letters
from hub.worker import Worker
from storage import documents
from storage.tables.deliveries import DUE, deliveries
from tests.storage.filled import fill

COUNT = int(os.environ.get("VANTHU_BENCH_DELIVERIES", "1000"))
ROUNDS = int(os.environ.get("VANTHU_BENCH_ROUNDS", "3"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _sink() -> Iterator[int]:
    """A mail server that takes everything and keeps nothing."""
    port = _free_port()
    command = ["smtp-sink", "-u", "postfix", "-c", f"127.0.0.1:{port}", "1000"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        yield port
    finally:
        process.terminate()
        process.wait(10)


class Ours:
    """A hub whose workers deliver; the ledger is filled before each round."""

    def __init__(self, root: Path, sink: int) -> None:
        self._root = root
        hub = found(root, sample=True)
        hub.database.close()
        settings = {
            "organisation": {"domains": list(hub.config.organisation.domains)},
            "delivery": {"smarthost": f"127.0.0.1:{sink}", "smarthost_tls": "none"},
        }
        configuration.write(root / "config.toml", settings)
        self.hub: Hub = open_hub(root)
        self._id = fill(self.hub.database, self.hub.blobs, 1)[0]
        with self.hub.database.reading() as connection:
            self._version = documents.latest_version(connection, self._id).id

    def fill(self, turn: int) -> None:
        now = self.hub.now()
        rows = [
            {
                "key": f"bench.{turn}.{number}", "kind": "document", "document": self._id,
                "version": self._version, "receiver": "outside:btp", "state": "planned",
                "address": f"u{number}@botuphap.example", "next_attempt": now, "created_at": now,
            }
            for number in range(COUNT)
        ]  # fmt: skip
        with self.hub.database.transaction() as connection:
            connection.execute(insert(deliveries), rows)

    def left(self) -> int:
        with self.hub.database.reading() as connection:
            query = select(func.count()).select_from(deliveries).where(DUE)
            return int(connection.execute(query).scalar_one())

    def drain(self) -> float:
        """Mails a second."""
        stop = threading.Event()
        workers = [Worker(self.hub, number, stop) for number in range(self.hub.config.work.workers)]
        begun = time.perf_counter()
        for worker in workers:
            worker.start()
        while self.left():
            time.sleep(0.05)
        took = time.perf_counter() - begun
        stop.set()
        self.hub.wake.ring(64)
        for worker in workers:
            worker.join()
        return COUNT / took


class Theirs:
    """Postfix with the same number of mails of the same size held in its queue."""

    def __init__(self, root: Path, sink: int) -> None:
        self._postfix = Relay(root, _free_port(), sink)
        self._postfix.start()

    def fill(self, size: int) -> None:
        command = ["smtp-source", "-s", "4", "-m", str(COUNT), "-l", str(size), "-d"]
        command += ["-f", "bench@example.org", "-t", "u@botuphap.example"]
        subprocess.run([*command, f"127.0.0.1:{self._postfix.port}"], check=True, timeout=600)

    def drain(self) -> float:
        """Mails a second."""
        begun = time.perf_counter()
        self._postfix.release()
        while self._postfix.left():
            time.sleep(0.05)
        return COUNT / (time.perf_counter() - begun)

    def stop(self) -> None:
        self._postfix.stop()


def _size(hub: Hub) -> int:
    """Octets of one of our mails, so that theirs are no smaller."""
    with hub.database.reading() as connection:
        row = connection.execute(select(deliveries).where(deliveries.c.key == "bench.0.0")).one()
    parcel = Letters(hub).write(row, addressed(hub, row.address))
    return sum(len(piece) for piece in parcel.pieces())


def run() -> list[Figure]:
    """Mails a second, and what the memory did."""
    if not available():
        print("postfix is not installed, or this is not root: no anchor, nothing measured")
        return []
    # Postfix's processes must reach their folder, so it is not below a private one
    root = Path(tempfile.mkdtemp(prefix="vanthu-deliver-"))
    root.chmod(0o755)
    mine, theirs = [], []
    try:
        with _sink() as sink:
            ours, anchor = Ours(root / "hub", sink), Theirs(root / "postfix", sink)
            before = 0
            for turn in range(ROUNDS):
                ours.fill(turn)
                anchor.fill(_size(ours.hub))
                mine.append(ours.drain())
                theirs.append(anchor.drain())
                before = before or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            anchor.stop()
            ours.hub.database.close()
    finally:
        shutil.rmtree(root, ignore_errors=True)
    ratio = statistics.median(a / b for a, b in zip(mine, theirs, strict=True))
    rate, anchored = statistics.median(mine), statistics.median(theirs)
    return [
        Figure("deliveries to one server", rate, "mails/s", anchored, at_least=0.8, paired=ratio),
        Figure("memory grown over the later rounds", grown, "MB", at_most=20.0),
    ]
