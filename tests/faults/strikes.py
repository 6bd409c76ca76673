"""The runs that strike a hub while clerks mail; the same for the hub and for its planted bugs."""

import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.chaos_proxy import ChaosProxy
from tests.faults.clerks import Clerks, Letter, Refused, hand_in
from tests.faults.disks import LoopDisk
from tests.faults.hub_process import HubProcess, log_lines
from tests.faults.ledger import Findings, audit, wait_until_settled

IDLE_START_SECONDS = 0.25
END_SECONDS = 300.0


def end_in_order(hub: HubProcess, clerks: Clerks, expected: int, url: str = "") -> Findings:
    """One undisturbed life in which everything is sent, registered and delivered; then the audit."""
    hub.start()
    hub.ready()
    acked = clerks.finish(END_SECONDS)
    wait_until_settled(hub.data, expected, END_SECONDS, url)
    hub.stop()
    return audit(hub.data, acked, url)


@dataclass
class Lives:
    """How long the next life lasts: mostly short, for the door; at times long enough for every stage."""

    dice: random.Random
    long_share: float = 0.2
    pace: float = 1.0  # how much slower than an idle machine this one is

    def measure(self, start: float) -> None:
        """Take the pace from how long a start took."""
        self.pace = min(2.0, max(self.pace, start / IDLE_START_SECONDS))

    def next(self) -> float:
        if self.dice.random() < self.long_share:
            return self.dice.uniform(0.3, 1.1) * self.pace
        return self.dice.uniform(0.0, 0.25) * self.pace


def _trickle(letters: Sequence[Letter], lives: int) -> float:
    """The pause after which two clerks have sent it all when the lives are over."""
    return lives * 0.5 * 2 / len(letters)


def killed(
    hub: HubProcess, letters: Sequence[Letter], kills: int, seed: int, long_share: float = 0.2
) -> Findings:
    """kill -9 at random moments from the fork on, while clerks send."""
    lives = Lives(random.Random(seed), long_share)
    clerks = Clerks(letters, hub.port, threads=2, pause=_trickle(letters, kills)).start()
    starts: list[float] = []
    for _ in range(kills):
        hub.start()
        if lives.dice.random() < 0.8:  # the others die on their way up
            starts.append(hub.ready())
            lives.measure(starts[0])
        time.sleep(lives.next())
        hub.kill()
    clerks.pause = 0.0
    found = end_in_order(hub, clerks, len(letters))
    found.figures |= {"kills": kills, "slowest_start_ms": int(max(starts) * 1000), **interrupted(hub)}
    return found


def interrupted(hub: HubProcess) -> dict[str, int]:
    """How many starts found work that the life before had in its hands."""
    return {"interrupted": len(log_lines(hub, "taking up"))}


def power_cut(hub: HubProcess, disk: LoopDisk, letters: Sequence[Letter], cuts: int, seed: int) -> Findings:
    """The power goes at random moments; what was not forced to the disk is gone."""
    lives = Lives(random.Random(seed))
    clerks = Clerks(letters, hub.port, threads=2, pause=_trickle(letters, cuts)).start()
    for _ in range(cuts):
        hub.start()
        lives.measure(hub.ready())
        time.sleep(lives.next())
        os.kill(hub.pid, signal.SIGSTOP)  # because a process that outlives its disk answers for a moment
        disk.cut()
        hub.kill()
        disk.remount()
    clerks.pause = 0.0
    found = end_in_order(hub, clerks, len(letters))
    found.figures |= {"cuts": cuts, **interrupted(hub)}
    return found


# -- strace ------------------------------------------------------------------------


@contextmanager
def traced(hub: HubProcess, calls: str, fault: str, record: Path) -> Iterator[None]:
    """The hub started under strace, which injects ``fault`` into ``calls``; strace ends with it."""
    hub.start(halted=True)
    _wait_for(hub.pid, "State:\tT")  # because a SIGCONT that comes before the stop would be lost
    command = [
        "strace",
        "-f",
        "-ttt",
        "-s",
        "99",
        "-p",
        str(hub.pid),
        "-o",
        str(record),
        "-e",
        f"trace={calls}",
    ]
    if fault:
        command += ["-e", f"inject={calls}:{fault}"]
    tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_for(hub.pid, f"TracerPid:\t{tracer.pid}")
        os.kill(hub.pid, signal.SIGCONT)
        yield
    finally:
        hub.kill()
        tracer.wait(timeout=20)


def _wait_for(pid: int, words: str) -> None:
    until = time.monotonic() + 10
    while words not in Path(f"/proc/{pid}/status").read_text():
        assert time.monotonic() < until, f"process {pid} never came to {words}"
        time.sleep(0.005)


def no_strace() -> str:
    """Why system calls cannot be struck here; empty when they can."""
    return "" if shutil.which("strace") else "strace is not installed"


def killed_at(
    hub: HubProcess, points: Sequence[tuple[str, int]], letters: Iterator[Letter], work: Path
) -> Findings:
    """SIGKILL at the N-th call of a kind in a thread; one data folder lives through all points."""
    acked: list[Letter] = []
    died = 0
    for calls, number in points:
        with traced(hub, calls, f"signal=SIGKILL:when={number}", work / "trace"):
            died += _until_death(hub, letters, acked)
    clerks = Clerks([next(letters)], hub.port).start()
    found = end_in_order(hub, clerks, len(acked) + 1)
    found = audit(hub.data, [*acked, *clerks.acked])
    found.figures |= {"points": len(points), "died": died}
    return found


def _until_death(hub: HubProcess, letters: Iterator[Letter], acked: list[Letter], mails: int = 2) -> bool:
    """Send a few letters to a hub that is about to die; whether it did."""
    for _ in range(mails):
        item = next(letters)
        until = time.monotonic() + 20
        while hub.code is None and time.monotonic() < until:
            try:
                hand_in(item, hub.port)
                acked.append(item)
                break
            except (OSError, Refused):  # because it may die at any moment
                time.sleep(0.02)
    return hub.wait(1.0) is not None


FSYNC = re.compile(r"^\d+ +([\d.]+) (?:<\.\.\. )?f(?:data)?sync[( ].*= 0")
ANSWER = re.compile(r"^\d+ +([\d.]+) sendto\(.*\"250 2\.0\.0 \w+ accepted")


def answers_before_fsync(hub: HubProcess, letters: Sequence[Letter], work: Path) -> int:
    """How many 250s to DATA were sent without an fsync since the mail came in: counted by strace."""
    record = work / "trace-order"
    early = 0
    with traced(hub, "fsync,fdatasync,sendto", "", record):
        hub.ready()
        for item in letters:
            mark = time.time()
            hand_in(item, hub.port)
            early += not _synced_between(record, mark)
            wait_until_settled(hub.data, item.number, 30)  # because the database's fsyncs would hide it
    return early


def _synced_between(record: Path, mark: float) -> bool:
    """Whether an fsync ended after ``mark`` and before the first acceptance after it."""
    synced = False
    for line in record.read_text(errors="replace").splitlines():
        if (sync := FSYNC.match(line)) and float(sync[1]) >= mark:
            synced = True
        elif (answer := ANSWER.match(line)) and float(answer[1]) >= mark:
            return synced
    raise AssertionError("strace saw no answer to DATA")


def reset(hub: HubProcess, letters: Sequence[Letter], resets: int) -> Findings:
    """Each sender loses the connection just before the final 250 on its first tries."""
    hub.start()
    hub.ready()
    with ChaosProxy(hub.port, resets) as proxy:
        clerks = Clerks(letters, proxy.port).start()
        acked = clerks.finish(END_SECONDS)
        swallowed = proxy.swallowed.total()
    wait_until_settled(hub.data, len(letters), END_SECONDS)
    hub.stop()
    found = audit(hub.data, acked)
    found.figures |= {"acked": len(acked), "swallowed": swallowed, "tries": clerks.tries}
    return found
