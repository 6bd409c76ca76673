"""Each accepting process has a spool of its own, and what a dead one left is taken up."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub import spools
from hub.context import Hub
from rules.values.arrival import Envelope
from storage.spool import Spool
from storage.tables.arrivals import arrivals
from tests.hub.stages import Stages


def parcel(number: int) -> tuple[Envelope, bytes]:
    envelope = Envelope("smtp", "smtp", datetime.now(UTC), "a@x.example", ("congvan@binhlam.example",))
    return envelope, b"Subject: %d\r\n\r\ntext\r\n" % number


def rows(hub: Hub) -> int:
    with hub.database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(arrivals)).scalar_one())


def test_two_processes_never_share_a_spool(stages: Stages) -> None:
    first = spools.own(stages.hub)
    second = spools.own(stages.hub)
    assert first.root != second.root and {first.root, second.root} <= set(spools.folders(stages.hub.data))
    second.close()
    assert spools.own(stages.hub).root == second.root
    first.close()


@pytest.mark.parametrize("count", [1, 150])
def test_what_a_dead_process_left_gets_its_rows(stages: Stages, count: int) -> None:
    mine = spools.own(stages.hub)
    dead = Spool(stages.hub.data / "spool-5")
    for number in range(count):
        dead.put(*parcel(number))
    dead.close()
    assert spools.take_up(stages.hub, mine) == count
    assert rows(stages.hub) == count
    assert spools.take_up(stages.hub, mine) == 0
    mine.close()


def test_a_living_process_keeps_its_spool(stages: Stages) -> None:
    mine, other = spools.own(stages.hub), spools.own(stages.hub)
    other.put(*parcel(1))
    assert spools.take_up(stages.hub, mine) == 0 and rows(stages.hub) == 0
    mine.close()
    other.close()


def test_the_folders_are_named_by_number(tmp_path: Path) -> None:
    for name in ("spool", "spool-3", "other"):
        (tmp_path / name).mkdir()
    assert [folder.name for folder in spools.folders(tmp_path)] == ["spool", "spool-3"]
