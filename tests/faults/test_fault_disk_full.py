"""R6: a disk that is full, out of inodes or read-only is answered with 4xx, keeps nothing half, and
when it is well again everything arrives."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tests.faults.clerks import Clerks, Letter, letter
from tests.faults.conftest import HubMaker
from tests.faults.disks import LoopDisk, no_loop_devices, no_mounting, small_disk
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


def test_a_disk_without_inodes_refuses_for_the_moment(tmp_path: Path, make_hub: HubMaker) -> None:
    with small_disk(tmp_path, 256, inodes=3000) as home:
        hub = make_hub(home / "data", storage={"reserve_share": 0.05})
        hub.start()
        hub.ready()
        clerks = Clerks(map(letter, count(1)), hub.port, pause=0.1).start()  # until they are told to stop
        _until(lambda: len(clerks.acked) > 5, 30)
        taken = home / "taken"
        taken.mkdir()
        with suppress(OSError):
            for number in range(3000):
                (taken / str(number)).touch()
        before = clerks.refusals.total() + 5
        _until(partial(_refused, clerks, before), 30)
        shutil.rmtree(taken)
        acked = _some_more(clerks)
        wait_until_settled(hub.data, len(acked), WITHIN_SECONDS)
        assert hub.code is None, hub.words()
        hub.stop()
        found = audit(hub.data, acked)
        print(f"R6, inodes: refusals {dict(clerks.refusals)},", found.figures)
        assert not found.problems()
        assert set(clerks.refusals) <= {452, 451, 421, 0} and clerks.refusals[452] > 0


@pytest.mark.skipif(bool(no_loop_devices()), reason=f"R6 read-only disk: {no_loop_devices()}")
def test_a_disk_that_turned_read_only_takes_nothing_until_it_is_repaired(
    tmp_path: Path, make_hub: HubMaker
) -> None:
    disk = LoopDisk(tmp_path)
    try:
        hub = make_hub(disk.home / "data")
        disk.sync()  # because the copy of the data folder is the test's own
        hub.start()
        hub.ready()
        clerks = Clerks(map(letter, count(1)), hub.port, pause=0.1).start()  # until they are told to stop
        _until(lambda: len(clerks.acked) > 5, 30)
        disk.fail()
        before = clerks.refusals.total() + 5
        _until(partial(_refused, clerks, before), 30)
        hub.kill()
        disk.repair()
        hub.start()
        hub.ready()
        acked = _some_more(clerks)
        wait_until_settled(hub.data, len(acked), WITHIN_SECONDS)
        hub.stop()
        found = audit(hub.data, acked)
        print(f"R6, read-only: refusals {dict(clerks.refusals)},", found.figures)
        assert not found.problems()
        assert set(clerks.refusals) <= {452, 451, 421, 0}
    finally:
        disk.remove()


def _some_more(clerks: Clerks) -> list[Letter]:
    """The hub takes mails again: ten more, then the clerks go home."""
    wanted = len(clerks.acked) + 10
    _until(lambda: len(clerks.acked) >= wanted, WITHIN_SECONDS)
    return clerks.stop()


def _refused(clerks: Clerks, times: int) -> bool:
    return clerks.refusals.total() >= times


def _until(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)
