"""A backup made during writes comes back whole (PROMISES R15)."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from hub.backup import BackupRefused, backup_hub, restore_hub
from hub.backup.copying import Sums, read_sums
from hub.context import Hub
from hub.founding import found
from rules.values.arrival import Envelope
from rules.vocabulary import DeliveryState
from storage import inventory
from storage.engine import Database, sqlite_url
from storage.spool import Spool
from storage.tables.deliveries import deliveries
from storage.tables.documents import blobs as blob_rows
from storage.verify import verify
from tests.storage.filled import NOW, fill


@pytest.fixture(params=["sqlite", "postgresql"])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = found(tmp_path / "hub", sample=False, domain="binhlam.example", storage_url=url)
    yield made
    made.database.close()


def restored(hub: Hub, copy: Path, request: pytest.FixtureRequest) -> tuple[list[str], Database]:
    data = copy.parent / "again"
    url = "" if hub.database.sqlite else request.getfixturevalue("postgres_server").fresh()
    differences = restore_hub(copy, data, url=url)
    return differences, Database(url or sqlite_url(data / "hub.db"), read_only=not url)


def mails(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in (folder / "mail").rglob("*")
        if path.is_file() and path.parent.name != "tmp"
    }


def put_mail(hub: Hub, name: str, content: bytes) -> None:
    folder = hub.data / "mail" / "binhlam.example" / "an"
    for part in ("tmp", "new", "cur"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "new" / name).write_bytes(content)


def test_a_copy_made_during_writes_comes_back_whole(
    hub: Hub, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    fill(hub.database, hub.blobs, 10)
    put_mail(hub, "a", b"mail a")
    with hub.database.transaction() as connection:
        last = update(deliveries).where(deliveries.c.id == 20)
        connection.execute(last.values(state=DeliveryState.PLANNED, next_attempt=NOW))
    stop = threading.Event()

    def write() -> None:
        number = 100
        while not stop.is_set():
            fill(hub.database, hub.blobs, 1, first=number)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        manifest = backup_hub(hub, tmp_path / "copy")
    finally:
        stop.set()
        writer.join()
    assert manifest["inventory"]["rows"]["documents"] >= 10
    differences, database = restored(hub, tmp_path / "copy", request)
    assert differences == []
    with database.reading() as connection:
        seen = inventory.take(connection)
        states = connection.execute(select(deliveries.c.id, deliveries.c.state, deliveries.c.attempts)).all()
    assert seen.rows == manifest["inventory"]["rows"] and seen.rows["documents"] >= 10
    assert seen.head.sequence == manifest["inventory"]["head"]["sequence"]
    assert seen.next_numbers == manifest["inventory"]["next_numbers"]
    assert [row.id for row in states if row.state == DeliveryState.PLANNED] == [20], "nothing is sent again"
    assert mails(tmp_path / "again") == mails(hub.data) != {}
    for name in ("config.toml", "secret.key", "tls.key"):
        assert (tmp_path / "again" / name).stat().st_mode & 0o077 == 0
    assert (tmp_path / "again" / "secret.key").read_bytes() == (hub.data / "secret.key").read_bytes()
    assert str(tmp_path / "again" / "tls.key") in (tmp_path / "again" / "config.toml").read_text()
    assert (tmp_path / "again" / "mail" / "binhlam.example" / "an" / "cur").is_dir()
    database.close()


def test_what_was_accepted_but_has_no_row_yet_is_in_the_copy(tmp_path: Path) -> None:
    hub = found(tmp_path / "hub", sample=False, domain="binhlam.example")
    spool = Spool(hub.data / "spool")
    envelope = Envelope(source="smtp", account="x", received_at=NOW)
    parcels = [spool.put(envelope, f"parcel {number}".encode()) for number in range(3)]
    big = spool.put(envelope, b"x" * 2_000_000)
    spool.remove(parcels[1])
    backup_hub(hub, tmp_path / "copy")
    spool.close()
    hub.database.close()
    assert restore_hub(tmp_path / "copy", tmp_path / "again") == []
    again = Spool(tmp_path / "again" / "spool")
    waiting = {again.read(item) for item in again.recover()}
    assert {b"parcel 0", b"parcel 2", b"x" * 2_000_000} == waiting and big.size == 2_000_000
    again.close()


def test_a_second_run_copies_what_is_new_and_heals_what_rotted(
    hub: Hub, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    names = fill(hub.database, hub.blobs, 3)
    put_mail(hub, "a", b"mail a")
    copy = tmp_path / "copy"
    backup_hub(hub, copy)
    first = sorted(path.name for path in copy.glob("state-*"))
    [rotten, purged, *_] = (path for path in sorted((copy / "blobs").rglob("*")) if path.is_file())
    before = {path: path.stat().st_ino for path in (copy / "blobs").rglob("*") if path.is_file()}
    rotten.write_bytes(b"rot")
    fill(hub.database, hub.blobs, 2, first=50)
    put_mail(hub, "b", b"mail b")
    with hub.database.transaction() as connection:
        gone = update(blob_rows).where(blob_rows.c.sha256 == purged.name).values(purged_at=NOW)
        connection.execute(gone)
    hub.blobs.path(purged.name).unlink()
    manifest = backup_hub(hub, copy)
    after = {path: path.stat().st_ino for path in (copy / "blobs").rglob("*") if path.is_file()}
    assert purged not in after and len(after) == 9 and names == [1, 2, 3]
    assert all(after[path] == inode for path, inode in before.items() if path not in (rotten, purged))
    assert [path.name for path in copy.glob("state-*")] == [manifest["state"]] != first
    differences, database = restored(hub, copy, request)
    assert differences == []
    assert len(mails(tmp_path / "again")) == 2
    database.close()


def test_what_changed_in_the_copy_is_told(hub: Hub, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    fill(hub.database, hub.blobs, 3)
    copy = tmp_path / "copy"
    backup_hub(hub, copy)
    changed, missing, *_ = (path for path in sorted((copy / "blobs").rglob("*")) if path.is_file())
    changed.write_bytes(b"other")
    missing.unlink()
    differences, database = restored(hub, copy, request)
    assert any(changed.name in line for line in differences)
    assert sum(missing.name in line for line in differences) == 2, "once when copying, once when verifying"
    database.close()


def test_a_damaged_hub_is_copied_as_far_as_it_goes_and_says_so(hub: Hub, tmp_path: Path) -> None:
    fill(hub.database, hub.blobs, 3)
    name = next(iter(hub.blobs.names()))
    hub.blobs.path(name).write_bytes(b"rot")
    with pytest.raises(BackupRefused, match="1 "):
        backup_hub(hub, tmp_path / "copy")
    if hub.database.sqlite:
        differences = restore_hub(tmp_path / "copy", tmp_path / "again")
        assert all(name in line for line in differences) and len(differences) == 2


def test_strange_folders_are_refused(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    for target in (tmp_path / "other", hub.data / "copy", hub.data):
        with pytest.raises(BackupRefused):
            backup_hub(hub, target)
    with pytest.raises(BackupRefused):
        restore_hub(tmp_path / "other", tmp_path / "again")
    backup_hub(hub, tmp_path / "copy")
    with pytest.raises(BackupRefused):
        restore_hub(tmp_path / "copy", tmp_path / "other")
    assert not (tmp_path / "again").exists()
    sums = next((tmp_path / "copy").glob("state-*/SHA256SUMS"))
    sums.write_text(sums.read_text().replace("a", "b", 1))
    with pytest.raises(BackupRefused):
        restore_hub(tmp_path / "copy", tmp_path / "again")
    (tmp_path / "copy" / "manifest.json").write_text("{")
    with pytest.raises(BackupRefused):
        restore_hub(tmp_path / "copy", tmp_path / "again")


def test_a_database_in_use_is_never_restored_into(tmp_path: Path, postgres_url: str) -> None:
    hub = found(tmp_path / "hub", sample=False, domain="binhlam.example", storage_url=postgres_url)
    backup_hub(hub, tmp_path / "copy")
    with pytest.raises(BackupRefused):
        restore_hub(tmp_path / "copy", tmp_path / "again")
    assert verify(hub.database, hub.blobs).ok
    hub.database.close()


def test_without_pg_dump_it_says_so(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = found(tmp_path / "hub", sample=False, domain="binhlam.example", storage_url=postgres_url)
    monkeypatch.setattr("storage.dump.program", lambda name, major=0: None)
    with pytest.raises(BackupRefused, match="pg_dump"):
        backup_hub(hub, tmp_path / "copy")
    hub.database.close()


def test_the_list_keeps_every_name_and_leads_nowhere_else(tmp_path: Path) -> None:
    names = ["a", "b c", "d\ne", "f\\n", "g\r", "ữ:2,S"]
    with (tmp_path / "sums").open("w") as file:
        sums = Sums(file)
        for name in names:
            sums.add("0" * 64, Path("mail") / name, 1)  # type: ignore[arg-type]
    assert [str(path) for _digest, path in read_sums(tmp_path / "sums")] == [f"mail/{name}" for name in names]
    for hostile in ("/etc/passwd", "../x", "a/../../x", ""):
        (tmp_path / "sums").write_text(f"{'0' * 64}  {hostile}\n")
        with pytest.raises(ValueError, match="sums"):
            list(read_sums(tmp_path / "sums"))


def test_the_figures_of_a_hub_are_those_of_its_tables(hub: Hub) -> None:
    fill(hub.database, hub.blobs, 2)
    with hub.database.reading() as connection:
        seen: Any = inventory.take(connection)
        counted = connection.execute(text("SELECT count(*) FROM journal")).scalar()
    assert seen.rows["documents"] == 2 and seen.rows["journal"] == counted == seen.head.sequence
    assert seen.next_numbers == {"1": 1, "2": 3}
