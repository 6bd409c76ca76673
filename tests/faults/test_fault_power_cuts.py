"""R1: an acknowledged mail survives a power cut, and so does everything the hub did with it.

The whole hub runs on an ext4 file system in a loop device; the power is cut by the file system's
own shutdown, which throws away whatever no fsync has forced out.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.clerks import letter
from tests.faults.conftest import SOAK, HubMaker
from tests.faults.disks import LoopDisk, no_loop_devices
from tests.faults.strikes import power_cut

CUTS, MAILS = (600, 8000) if SOAK else (60, 600)
pytestmark = [
    pytest.mark.fault,
    pytest.mark.timeout(3600 if SOAK else 240),
    pytest.mark.skipif(bool(no_loop_devices()), reason=f"R1 power cuts: {no_loop_devices()}"),
]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[LoopDisk]:
    made = LoopDisk(tmp_path)
    yield made
    made.remove()


def test_no_acknowledged_mail_is_lost_by_power_cuts(disk: LoopDisk, make_hub: HubMaker) -> None:
    hub = make_hub(disk.home / "data")
    disk.sync()
    found = power_cut(hub, disk, [letter(number) for number in range(1, MAILS + 1)], CUTS, seed=1)
    print("R1:", found.figures)
    assert not found.problems()
