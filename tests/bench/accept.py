"""How fast mail is accepted and durable, beside Debian's Postfix on the same disk in the same run.

The two take turns in every round, so that a busy machine is busy for both; the
figures are medians. ``VANTHU_BENCH_DIR`` says on which disk (default: the
temporary folder), ``VANTHU_BENCH_ROUNDS`` how often (default 7).
"""

import os
import shutil
import smtplib
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from chain import TO, served
from figure import Figure
from postfix import Postfix, available
from sqlalchemy import func, select

import hub.context as hub_parts
from hub.app import open_hub
from hub.founding import found
from storage.tables.arrivals import arrivals

_ROUNDS = int(os.environ.get("VANTHU_BENCH_ROUNDS", "7"))
_SMALL, _MIDDLE, _LARGE = 4096, 200_000, 5_000_000


class Hub:
    """``vanthu serve --only smtp``: the door, the spool, and the thread that gives parcels their rows."""

    name = "vanthu"

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = 0
        self.pid = 0
        self._serving = ExitStack()
        self._hub: hub_parts.Hub | None = None

    def start(self) -> None:
        hub = found(self.root, sample=True)
        hub.database.close()
        self.port, self.pid = self._serving.enter_context(served(self.root, only="smtp"))

    def stop(self) -> None:
        self._serving.close()

    def rest(self) -> None:
        """Until no more parcels get their rows, so that the next round starts as the first did."""
        before = -1
        while before != (now := self.arrived()):
            before = now
            time.sleep(0.3)

    def arrived(self) -> int:
        """Parcels that have their row."""
        if self._hub is None:
            self._hub = open_hub(self.root, read_only=True)
        with self._hub.database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(arrivals)).scalar_one())


Server = Hub | Postfix


def _source(server: Server, size: int, count: int, sessions: int, keep: bool) -> list[str]:
    command = ["smtp-source", "-s", str(sessions), "-m", str(count), "-l", str(size)]
    command += ["-f", "bench@example.org", "-t", TO]
    return [*command, *(["-d"] if keep else []), f"127.0.0.1:{server.port}"]


def _rate(server: Server, size: int, count: int, sessions: int, keep: bool) -> float:
    """Mails a second, every one acknowledged (smtp-source fails otherwise)."""
    begun = time.perf_counter()
    subprocess.run(_source(server, size, count, sessions, keep), check=True, timeout=120)
    took = time.perf_counter() - begun
    if isinstance(server, Postfix):
        assert server.taken() == count, "Postfix did not keep every mail"
        server.clear()
    else:
        server.rest()
    return count / took


Measured = tuple[float, float | None, float | None]  # ours, the anchor's, the ratio round by round


def _alternate(ours: Hub, anchor: Postfix | None, measure: Callable[[Server], float]) -> Measured:
    """Medians of both, measured in turns."""
    mine: list[float] = []
    theirs: list[float] = []
    for turn in range(_ROUNDS):
        for server in (ours, anchor) if turn % 2 else (anchor, ours):
            if server is not None:
                (mine if server is ours else theirs).append(measure(server))
    if not theirs:
        return statistics.median(mine), None, None
    ratios = [a / b for a, b in zip(mine, theirs, strict=True)]
    return statistics.median(mine), statistics.median(theirs), statistics.median(ratios)


@contextmanager
def _busy(server: Server) -> Iterator[None]:
    """Four senders of 5 MB mails at work."""
    background = subprocess.Popen(_source(server, _LARGE, 100_000, 4, keep=False), stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        yield
        assert background.poll() is None, "the background senders ended too early"
    finally:
        background.kill()
        background.wait()


def _p99(server: Server) -> float:
    """Milliseconds, connect to answer, of small mails while large ones come in."""
    mail = b"Subject: bench\r\n\r\n" + b"X" * 78 * 50
    times: list[float] = []
    with _busy(server):
        for _ in range(100):
            begun = time.perf_counter()
            with smtplib.SMTP("127.0.0.1", server.port, timeout=60) as client:
                client.sendmail("bench@example.org", [TO], mail)
            times.append((time.perf_counter() - begun) * 1000)
    if isinstance(server, Postfix):
        server.clear()
    return sorted(times)[int(len(times) * 0.99) - 1]


def _memory(ours: Hub) -> float:
    """Highest resident size in MB of the whole process with 32 sessions of 5 MB."""
    Path(f"/proc/{ours.pid}/clear_refs").write_text("5")
    subprocess.run(_source(ours, _LARGE, 96, 32, keep=False), check=True, timeout=120)
    status = Path(f"/proc/{ours.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run() -> list[Figure]:
    root = Path(tempfile.mkdtemp(prefix="vanthu-bench-", dir=os.environ.get("VANTHU_BENCH_DIR")))
    root.chmod(0o755)  # because Postfix's own users walk through it
    ours, anchor = Hub(root / "data"), Postfix(root / "postfix", _free_port()) if available() else None
    if anchor is None:
        print("NO ANCHOR: Postfix is not installed or we are not root; our own figures only")
    try:
        ours.start()
        if anchor is not None:
            anchor.start()
        figures = _figures(ours, anchor)
    finally:
        for server in (ours, anchor):
            if server is not None:
                server.stop()
    print(f"{ours.arrived()} arrivals have their row")
    shutil.rmtree(root)
    return figures


def _figures(ours: Hub, anchor: Postfix | None) -> list[Figure]:
    figures = []
    for name, size, count, sessions, keep, bound in (
        ("accept 4 KB, 8 sessions, one mail each", _SMALL, 800, 8, False, 0.95),
        ("accept 4 KB, 8 sessions kept open", _SMALL, 1200, 8, True, 0.95),
        ("accept 200 KB, 8 sessions, one mail each", _MIDDLE, 250, 8, False, 1.1),
        ("accept 200 KB, 8 sessions kept open", _MIDDLE, 250, 8, True, 1.1),
        ("accept 5 MB, 4 sessions", _LARGE, 24, 4, False, 0.9),
    ):
        print(f"   {name} ...", flush=True)
        measured = _alternate(ours, anchor, lambda s, a=(size, count, sessions, keep): _rate(s, *a))
        mine, theirs, ratio = measured
        figures.append(Figure(name, mine, "mails/s", theirs, bound if theirs else None, paired=ratio))
    print("   p99 ...", flush=True)
    mine, theirs, ratio = _alternate(ours, anchor, _p99)
    bound = 2.0 if theirs else None
    figures.append(
        Figure("p99 4 KB beside four 5 MB senders", mine, "ms", theirs, at_most=bound, paired=ratio)
    )
    figures.append(Figure("memory, 32 sessions of 5 MB", _memory(ours), "MB", at_most=200.0))
    return figures
