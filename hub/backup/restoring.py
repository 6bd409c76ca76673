"""Bringing a backup back: every file compared with its hash, then everything verified and counted again."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import msgspec

from hub import config as configuration
from hub.backup import copying, manifest
from hub.backup.manifest import FOLDERS, POSTGRES_DUMP, SQLITE_COPY, SUMS, BackupRefused, Manifest
from hub.findings import finding_text
from hub.texts import _
from storage import dump, inventory
from storage.blobs import LocalBlobs
from storage.engine import Database, sqlite_url
from storage.inventory import Inventory
from storage.verify import Progress, verify

MOST_DIFFERENCES = 200


@dataclass
class Restoring:
    """One restore under way."""

    source: Path
    data: Path
    manifest: Manifest
    progress: Progress
    differences: list[str] = field(default_factory=list)
    dump: Path | None = None  # of PostgreSQL

    def differs(self, text: str) -> None:
        """Something is not as it was."""
        if len(self.differences) < MOST_DIFFERENCES:
            self.differences.append(text)


def restore_hub(source: Path, data: Path, *, url: str = "", progress: Progress | None = None) -> list[str]:
    """Restore into a new or empty folder; what differs from the time of the backup, one sentence each.

    A PostgreSQL hub goes into the empty database of ``url``, VANTHU_STORAGE_URL or
    the configuration. Nothing is sent again: deliveries keep their states.
    Raises BackupRefused before anything is written, ConfigError.
    """
    made = manifest.read(source)
    if data.exists() and any(data.iterdir()):
        raise BackupRefused(_("{folder} is not empty; restore into a new folder").format(folder=data))
    sums = source / made.state / SUMS
    if not sums.is_file() or copying.digest_of(sums)[0] != made.sums_sha256:
        raise BackupRefused(
            _("{path} is not what the manifest says; this backup is damaged").format(path=sums)
        )
    work = Restoring(source, data, made, progress or _silent)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(data, 0o700)
    _copy_all(work, sums)
    _make_folders(work)
    _move_paths(work)
    database = _open_database(work, url)
    try:
        _compare(work, database)
        _verify(work, database)
    finally:
        database.close()
    return work.differences


def _copy_all(work: Restoring, sums: Path) -> None:
    for done, (digest, path) in enumerate(copying.read_sums(sums), 1):
        target = _place(work, path)
        try:
            seen, _size = copying.copy(work.source / path, target)
        except OSError as error:
            work.differs(_("{path}: cannot be read: {error}").format(path=path, error=error.strerror))
            continue
        if seen != digest:
            work.differs(_("{path} has changed since the backup was made").format(path=path))
        work.progress(done, work.manifest.files, _("files"))
    for name in work.manifest.damaged:
        work.differs(_("file {name} was damaged already when the backup was made").format(name=name))


def _place(work: Restoring, path: PurePosixPath) -> Path:
    """Where a file of the backup belongs in the data folder."""
    if path.parts[0] != work.manifest.state:
        return work.data / path
    own = PurePosixPath(*path.parts[1:])
    if own.parts[0] == "settings":
        return work.data / own.name
    if str(own) == POSTGRES_DUMP:
        work.dump = work.data / "work" / POSTGRES_DUMP
        return work.dump
    return work.data / ("work" if str(own) == FOLDERS else "") / own


def _make_folders(work: Restoring) -> None:
    """Empty mailboxes and scanner folders, as they were."""
    listing = work.data / "work" / FOLDERS
    for line in listing.read_bytes().splitlines():
        path = PurePosixPath(msgspec.json.decode(line, type=str))
        if not path.is_absolute() and ".." not in path.parts:
            (work.data / path).mkdir(parents=True, exist_ok=True, mode=0o700)
    listing.unlink()


def _move_paths(work: Restoring) -> None:
    """The configuration names files in the data folder; they lie in the new one now."""
    path = work.data / "config.toml"
    if path.is_file() and work.manifest.data:
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f'"{work.manifest.data}/', f'"{work.data.resolve()}/'), encoding="utf-8")


def _open_database(work: Restoring, url: str) -> Database:
    if work.manifest.engine == "sqlite":
        return Database(sqlite_url(work.data / SQLITE_COPY))
    database = Database(url or configuration.load(work.data / "config.toml").storage.url)
    if work.dump is None or database.sqlite or not dump.is_empty(database):
        database.close()
        raise BackupRefused(
            _("the database is not an empty PostgreSQL database; name one in VANTHU_STORAGE_URL")
        )
    try:
        dump.load(work.dump, database)
    except dump.ProgramMissing as error:
        database.close()
        raise BackupRefused(
            _("the program {name} is missing; install the client programs of PostgreSQL").format(name=error)
        ) from error
    except dump.DumpFailed as error:
        database.close()
        raise BackupRefused(_("the database could not be restored: {error}").format(error=error)) from error
    work.dump.unlink()
    return database


def _compare(work: Restoring, database: Database) -> None:
    """Counts, head of the journal, next numbers: as in the moment of the backup."""
    with database.reading() as connection:
        now = inventory.take(connection)
    then = work.manifest.inventory
    for what, was, seen in _figures(then, now):
        if was != seen:
            work.differs(_("{what}: {seen}, was {was}").format(what=what, seen=seen, was=was))


def _figures(then: Inventory, now: Inventory) -> list[tuple[str, object, object]]:
    tables = sorted({*then.rows, *now.rows})
    books = sorted({*then.next_numbers, *now.next_numbers})
    return [
        *((table, then.rows.get(table), now.rows.get(table)) for table in tables),
        *((f"book {book}", then.next_numbers.get(book), now.next_numbers.get(book)) for book in books),
        ("journal", then.head, now.head),
        ("schema", then.schema, now.schema),
    ]


def _verify(work: Restoring, database: Database) -> None:
    blobs = LocalBlobs(work.data / "blobs")
    report = verify(database, blobs, checkpoint=work.manifest.inventory.head, progress=work.progress)
    for finding in report.findings:
        if finding.severity == "error":
            work.differs(f"{finding.subject}: {finding_text(finding)}")


def _silent(done: int, total: int | None = None, what: str = "") -> None:
    """Nobody watches."""
