"""R6: a full disk is answered with 452, keeps nothing half, and when room comes back everything arrives."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.faults.clerks import Clerks, letter
from tests.faults.conftest import HubMaker
from tests.faults.disks import no_mounting, small_disk
from tests.faults.ledger import audit, wait_until_settled

pytestmark = [
    pytest.mark.fault,
    pytest.mark.timeout(400),
    pytest.mark.skipif(bool(no_mounting()), reason=f"R6 full disk: {no_mounting()}"),
]
MAILS = 120
WITHIN_SECONDS = 120.0


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, 48) as home:
        yield home


def _fill(path: Path, leave: int) -> None:
    """Take all room but ``leave`` bytes."""
    with suppress(OSError), path.open("ab", buffering=0) as file:  # because the hub writes at the same time
        while (room := shutil.disk_usage(path.parent).free - leave) > 0:
            file.write(bytes(min(room, 1 << 16)))


def test_a_full_disk_refuses_for_the_moment_and_loses_nothing(small: Path, make_hub: HubMaker) -> None:
    hub = make_hub(small / "data")
    hub.start()
    hub.ready()
    clerks = Clerks([letter(number) for number in range(1, MAILS + 1)], hub.port, pause=0.05).start()
    filler = small / "filler"
    for leave in (2 << 20, 0):  # below the high-water mark, and then nothing at all under the hub's feet
        _until(lambda: len(clerks.acked) > 5 or not clerks.busy, 30)
        _fill(filler, leave)
        before = clerks.refusals.total() + 5
        _until(partial(_refused, clerks, before), 30)
        time.sleep(1.0)
        filler.unlink()
        time.sleep(0.3)
    assert hub.code is None, hub.words()
    acked = clerks.finish(WITHIN_SECONDS)
    took = wait_until_settled(hub.data, MAILS, WITHIN_SECONDS)
    hub.stop()
    found = audit(hub.data, acked)
    print(
        f"R6: refusals {dict(clerks.refusals)}, all there {took:.1f} s after the last was taken,",
        found.figures,
    )
    assert not found.problems()
    assert set(clerks.refusals) <= {452, 451, 421, 0} and clerks.refusals[452] > 0
    assert not list((hub.data / "spool").glob("*.part"))


def _refused(clerks: Clerks, times: int) -> bool:
    return clerks.refusals.total() >= times


def _until(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)
