"""The harness proves itself: each planted bug must be found by the run that watches for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.clerks import letter
from tests.faults.conftest import HubMaker
from tests.faults.disks import LoopDisk, no_loop_devices
from tests.faults.strikes import answers_before_fsync, killed, no_strace, power_cut, reset

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]


def test_an_answer_before_the_spool_is_found_by_kills(make_hub: HubMaker) -> None:
    hub = make_hub(plants=("early_answer",))
    found = killed(hub, [letter(number) for number in range(1, 61)], kills=10, seed=5)
    print("planted early answer:", len(found.lost), "lost")
    assert found.lost


def test_a_missing_dedupe_key_is_found_by_resets(make_hub: HubMaker) -> None:
    found = reset(make_hub(plants=("no_dedupe_key",)), [letter(1), letter(2)], resets=1)
    print("planted no dedupe key:", found.double_arrivals)
    assert len(found.double_arrivals) == 2


def test_a_number_taken_apart_is_found_by_kills(make_hub: HubMaker) -> None:
    hub = make_hub(plants=("number_apart",))
    found = killed(hub, [letter(number) for number in range(1, 25)], kills=8, seed=6, long_share=1.0)
    print("planted number apart:", found.gaps)
    assert found.gaps


@pytest.mark.skipif(bool(no_strace()), reason=f"planted no fsync: {no_strace()}")
@pytest.mark.parametrize("plants", [(), ("no_fsync",)], ids=["as it is", "planted"])
def test_an_answer_without_fsync_is_found_by_strace(
    make_hub: HubMaker, tmp_path: Path, plants: tuple[str, ...]
) -> None:
    early = answers_before_fsync(
        make_hub(plants=plants), [letter(number) for number in range(1, 6)], tmp_path
    )
    print("planted no fsync:", early, "of 5 answers before an fsync")
    assert bool(early) == bool(plants)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[LoopDisk]:
    made = LoopDisk(tmp_path)
    yield made
    made.remove()


@pytest.mark.skipif(bool(no_loop_devices()), reason=f"planted no fsync: {no_loop_devices()}")
def test_an_answer_without_fsync_is_found_by_a_power_cut(disk: LoopDisk, make_hub: HubMaker) -> None:
    hub = make_hub(disk.home / "data", plants=("no_fsync",))
    disk.sync()
    found = power_cut(hub, disk, [letter(number) for number in range(1, 41)], cuts=4, seed=7)
    print("planted no fsync:", {name: len(items) for name, items in found.problems().items()})
    assert found.lost or found.damaged or found.undelivered
