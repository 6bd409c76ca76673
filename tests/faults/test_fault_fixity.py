"""R18: a bit that flips in a kept document is found, and what is damaged does not go out."""

import random
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.clock import SystemClock
from rules.vocabulary import DeliveryState
from storage import arrivals, deliveries, migrate
from storage.blobs import BlobDamaged, LocalBlobs
from storage.engine import AnyRow, Database, sqlite_url
from storage.tables.deliveries import deliveries as delivery_rows
from storage.tables.documents import files as file_rows
from storage.verify import verify
from tests.faults.clerks import hand_in, letter
from tests.faults.conftest import SOAK, HubMaker
from tests.faults.ledger import progress

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]
BLOBS, FLIPPED = (1000, 20) if SOAK else (100, 5)


def _flip(path: Path, dice: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    path.write_bytes(data)


def test_every_flipped_bit_is_found_and_nothing_else(tmp_path: Path) -> None:
    dice = random.Random(18)
    database, blobs = Database(sqlite_url(tmp_path / "hub.db")), LocalBlobs(tmp_path / "blobs")
    migrate.upgrade(database)
    contents = [dice.randbytes(dice.randrange(1, 20_000)) for _ in range(BLOBS)]
    names = [blobs.put(content) for content in contents]
    with database.transaction() as connection:
        for name, content in zip(names, contents, strict=True):
            arrivals.keep_blob(connection, name, len(content), SystemClock().now())
    assert not verify(database, blobs).findings
    damaged = set(dice.sample(names, FLIPPED))
    for name in damaged:
        _flip(blobs.path(name), dice)
    found = {item.subject.removeprefix("blob:") for item in verify(database, blobs).findings}
    print(f"R18: {len(found & damaged)} of {FLIPPED} flipped bits found, {len(found - damaged)} false alarms")
    assert found == damaged
    for name in names:
        if name in damaged:
            with pytest.raises(BlobDamaged):
                blobs.read(name)
        else:
            blobs.read(name)
    database.close()


def test_a_damaged_document_is_not_sent_and_a_person_is_told(make_hub: HubMaker) -> None:
    hub = make_hub()
    home = hub.data / "mail" / "binhlam.example" / "vanthu.sotuphap"
    away = home.rename(home.with_name("away"))
    home.write_text("no folder, so that the delivery waits")
    hub.start()
    hub.ready()
    hand_in(letter(1), hub.port)
    _until_waiting(hub.data)
    hub.stop()
    database = Database(sqlite_url(hub.data / "hub.db"))
    with database.reading() as connection:
        name = connection.execute(select(file_rows.c.sha256)).scalars().one()
        row = connection.execute(select(delivery_rows).where(delivery_rows.c.receiver == "sotuphap")).one()
    _flip(LocalBlobs(hub.data / "blobs").path(name), random.Random(1))
    home.unlink()
    away.rename(home)
    with database.transaction() as connection:
        assert deliveries.reschedule(connection, row.id, SystemClock().now())
    hub.start()
    hub.ready()
    state = _until_over(database, row.id)
    hub.stop()
    database.close()
    assert state.state == DeliveryState.FAILED and name in state.error
    assert not [path for path in (home / "new").iterdir() if "1/SNV-VP" in path.read_text()]


def _until_waiting(data: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        came, _under_way = progress(data)
        database = Database(sqlite_url(data / "hub.db"), read_only=True)
        with database.reading() as connection:
            states = connection.execute(select(delivery_rows.c.state)).scalars().all()
        database.close()
        done = states.count(DeliveryState.DELIVERED)
        if came and done >= 2 and sorted(set(states)) == [DeliveryState.DEFERRED, DeliveryState.DELIVERED]:
            return
        time.sleep(0.1)
    raise AssertionError(f"the delivery did not wait: {states}")


def _until_over(database: Database, delivery: int) -> AnyRow:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with database.reading() as connection:
            row = connection.execute(select(delivery_rows).where(delivery_rows.c.id == delivery)).one()
        if row.finished_at is not None:
            return row
        time.sleep(0.1)
    raise AssertionError(f"the delivery is {row.state}")
