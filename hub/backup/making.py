"""Making a backup while the hub runs.

The order is the proof that nothing is missing: first the spool (what is taken
from it later has its row by then), then the database in one moment, then the
bytes its rows speak of, which were all there before their rows.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
from sqlalchemy import select

from hub.backup import copying, manifest
from hub.backup.copying import Sums
from hub.backup.manifest import FOLDERS, MANIFEST, POSTGRES_DUMP, SQLITE_COPY, SUMS, BackupRefused, Manifest
from hub.context import Hub
from hub.spools import folders
from hub.texts import _
from storage import dump
from storage.blobs import BlobDamaged
from storage.inventory import Inventory
from storage.tables.documents import blobs
from storage.verify import Progress

PAGE = 500
# What is remade at the start, or belongs to a running process.
NOT_SETTINGS = (".db", ".db-wal", ".db-shm", ".lock", ".sock", ".pid", ".log")


@dataclass
class Run:
    """One backup under way."""

    hub: Hub
    target: Path
    state: str
    sums: Sums
    progress: Progress
    damaged: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where this run's own files go."""
        return self.target / self.state

    def note(self, path: Path, digest: str, size: int) -> None:
        """A file of the backup that is whole."""
        self.sums.add(digest, PurePosixPath(path.relative_to(self.target).as_posix()), size)


def backup_hub(hub: Hub, target: Path, *, progress: Progress | None = None) -> dict[str, Any]:
    """Copy everything into ``target``, new or made by an earlier run; the manifest as plain values.

    Raises BackupRefused: for a strange folder, a missing program, and, after
    all else was copied, for files that are damaged where the hub keeps them.
    """
    _prepare(hub, target)
    state = f"state-{hub.now():%Y%m%dT%H%M%S%f}"
    (target / state).mkdir(mode=0o700)
    with (target / state / SUMS).open("w", encoding="utf-8", errors="surrogateescape") as file:
        run = Run(hub, target, state, Sums(file), progress or _silent)
        _copy_spool(run)
        inventory = _copy_database(run)
        _copy_settings(run)
        _copy_blobs(run, inventory.rows["blobs"])
        _copy_mail(run)
    made = _manifest(run, inventory)
    manifest.write(target, made)
    _forget_older(run)
    if run.damaged:
        text = _("the backup is written, but {count} files of the hub are damaged; run: vanthu verify")
        raise BackupRefused(text.format(count=len(run.damaged)))
    return dict(msgspec.to_builtins(made))


def _prepare(hub: Hub, target: Path) -> None:
    if target.resolve().is_relative_to(hub.data.resolve()):
        raise BackupRefused(_("{folder} lies in the data folder; choose another disk").format(folder=target))
    try:
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        strange = any(target.iterdir()) and not (target / MANIFEST).exists() and not _unfinished(target)
    except OSError as error:
        raise BackupRefused(_("{path}: cannot be read: {error}").format(path=target, error=error)) from error
    if strange:
        raise BackupRefused(_("{folder} is not empty and holds no backup").format(folder=target))


def _unfinished(target: Path) -> bool:
    """Only what a first run leaves that was stopped."""
    return all(item.name in ("blobs", "mail") or item.name.startswith("state-") for item in target.iterdir())


def _copy_spool(run: Run) -> None:
    for spool in folders(run.hub.data):
        for path in copying.walk(spool):
            if path.is_file() and path.suffix != ".part" and not path.name.startswith("."):
                _copy(run, path, run.folder / path.relative_to(run.hub.data))


def _copy_database(run: Run) -> Inventory:
    path = run.folder / (SQLITE_COPY if run.hub.database.sqlite else POSTGRES_DUMP)
    try:
        inventory = dump.dump(
            run.hub.database, path, lambda done, total: run.progress(done, total, _("database"))
        )
    except dump.ProgramMissing as error:
        raise BackupRefused(
            _("the program {name} is missing; install the client programs of PostgreSQL").format(name=error)
        ) from error
    except dump.DumpFailed as error:
        raise BackupRefused(_("the database could not be copied: {error}").format(error=error)) from error
    os.chmod(path, 0o600)
    run.note(path, *copying.digest_of(path))
    return inventory


def _copy_settings(run: Run) -> None:
    """Configuration, secrets, certificates: every file that lies directly in the data folder."""
    for path in sorted(run.hub.data.iterdir()):
        if path.is_file() and not path.is_symlink() and not path.name.endswith(NOT_SETTINGS):
            _copy(run, path, run.folder / "settings" / path.name)


def _copy_blobs(run: Run, expected: int) -> None:
    done = 0
    for page in _known_blobs(run):
        for name, purged in page:
            path = run.target / "blobs" / name[:2] / name
            if purged:
                path.unlink(missing_ok=True)
            else:
                _copy_blob(run, name, path)
        done += len(page)
        run.progress(done, max(done, expected), _("files"))


def _known_blobs(run: Run) -> Iterator[Sequence[tuple[str, bool]]]:
    after = ""
    statement = select(blobs.c.sha256, blobs.c.purged_at).order_by(blobs.c.sha256).limit(PAGE)
    while True:
        with run.hub.database.reading() as connection:
            rows = connection.execute(statement.where(blobs.c.sha256 > after)).all()
        if not rows:
            return
        yield [(row.sha256, row.purged_at is not None) for row in rows]
        after = rows[-1].sha256


def _copy_blob(run: Run, name: str, path: Path) -> None:
    """What an earlier run copied is read again, because a copy that nobody reads is no copy."""
    if path.is_file():
        digest, size = copying.digest_of(path)
        if digest == name:
            run.note(path, digest, size)
            return
    try:
        data = run.hub.blobs.read(name)
    except (BlobDamaged, OSError):
        run.damaged.append(name)
        return
    copying.write(data, path)
    run.note(path, name, len(data))


def _copy_mail(run: Run) -> None:
    """Mailboxes; also the folders themselves, and those of the scanners, because empty ones count."""
    data = run.hub.data
    mail = data / "mail"
    done = 0
    with (run.folder / FOLDERS).open("w", encoding="utf-8") as folders:
        for root in (mail, data / (run.hub.config.scanner.folder or "scan")):
            for path in copying.walk(root):
                if path.is_dir():
                    folders.write(msgspec.json.encode(str(path.relative_to(data))).decode() + "\n")
                elif root == mail and path.parent.name != "tmp":
                    done += _copy_shared(run, path)
                    run.progress(done, None, _("mailboxes"))
    run.note(run.folder / FOLDERS, *copying.digest_of(run.folder / FOLDERS))


def _copy_shared(run: Run, path: Path) -> int:
    target = run.target / "mail" / path.relative_to(run.hub.data / "mail")
    try:
        seen = path.stat()
        if target.is_file():
            known = target.stat()
            if (known.st_size, known.st_mtime_ns) == (seen.st_size, seen.st_mtime_ns):
                run.note(target, *copying.digest_of(target))
                return 1
    except FileNotFoundError:
        return 0  # moved by a mail program a moment ago
    return _copy(run, path, target)


def _copy(run: Run, source: Path, target: Path) -> int:
    """Copy unless it went away meanwhile: from the spool into a row, from ``new`` to ``cur``."""
    try:
        run.note(target, *copying.copy(source, target))
    except FileNotFoundError:
        return 0
    return 1


def _manifest(run: Run, inventory: Inventory) -> Manifest:
    return Manifest(
        made_at=run.hub.now().isoformat(),
        hub_id=run.hub.hub_id,
        engine="sqlite" if run.hub.database.sqlite else "postgresql",
        data=str(run.hub.data.resolve()),
        state=run.state,
        sums_sha256=copying.digest_of(run.folder / SUMS)[0],
        files=run.sums.files,
        bytes=run.sums.bytes,
        inventory=inventory,
        damaged=run.damaged,
    )


def _forget_older(run: Run) -> None:
    for path in run.target.glob("state-*"):
        if path.name != run.state:
            shutil.rmtree(path)


def _silent(done: int, total: int | None = None, what: str = "") -> None:
    """Nobody watches."""
