"""Mailboxes as Maildir++ folders below the mail folder: ``<domain>/<local part>/{tmp,new,cur}``."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from rules.values.sending import Deferred, Delivered, Failed, Mailbox, Outcome

_DOMAIN = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}")
_LOCAL = re.compile(r"[a-z0-9_][a-z0-9_.+=-]{0,63}")
_FOLDER = re.compile(r"[^\x00-\x1f\x7f/.~][^\x00-\x1f\x7f/]{0,99}")
_STALE_SECONDS = 36 * 3600  # what lies longer in tmp/ belongs to a writer that died (maildir(5))
SUBFOLDERS = ("tmp", "new", "cur")


class MaildirHost:
    """Issues mailboxes in the file system.

    ``quota_bytes`` is written where Maildir++ readers look for it; this host
    never refuses a document for it, because an office cannot un-receive one.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def ensure(self, box: Mailbox) -> Outcome:
        """Make the mailbox and its folders exist, durably. Repeating it changes nothing."""
        try:
            home = place(self._root, box.path)
            folders = [home, *(home / folder_name(name) for name in box.folders)]
        except ValueError as error:
            return Failed(str(error))
        try:
            made = [create(self._root, folder) for folder in folders]
            _write_quota(home, box.quota_bytes)
            _sweep(home / "tmp", time.time())
        except OSError as error:
            return Deferred(f"mailbox {box.path}: {error.strerror}")
        return Delivered("created" if any(made) else "there")


def place(root: Path, path: str) -> Path:
    """The folder of a mailbox path such as ``example.vn/vanthu.sonoivu``; ValueError for any other."""
    domain, slash, local = path.partition("/")
    if not slash or not _DOMAIN.fullmatch(domain) or not _LOCAL.fullmatch(local):
        raise ValueError(f"no mailbox path: {path[:100]!r}")
    if ".." in domain or ".." in local:
        raise ValueError(f"no mailbox path: {path[:100]!r}")
    return root / path


def folder_name(name: str) -> str:
    """Maildir++: a folder is a directory ``.Name`` beside new/, a dot parting the levels."""
    if not _FOLDER.fullmatch(name) or ".." in name or name.endswith("."):
        raise ValueError(f"no folder name: {name[:100]!r}")
    return f".{name}"


def create(root: Path, home: Path) -> bool:
    """Make ``home`` with tmp, new and cur, and each new name durable; True when something was made."""
    made = False
    for directory in (*reversed(list(_missing_parents(root, home))), *(home / name for name in SUBFOLDERS)):
        if not directory.is_dir():
            directory.mkdir(mode=0o700, exist_ok=True)
            fsync_directory(directory.parent)
            made = True
    return made


def fsync_directory(directory: Path | str) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _missing_parents(root: Path, home: Path) -> Iterator[Path]:
    while home != root.parent and not home.is_dir():
        yield home
        home = home.parent


def _write_quota(home: Path, quota_bytes: int | None) -> None:
    if quota_bytes is None:
        return
    target, wanted = home / "maildirsize", f"{quota_bytes}S\n"
    if target.is_file() and target.read_text().partition("\n")[0] + "\n" == wanted:
        return
    # Counts are left out, so that the mail server that reads the file counts anew.
    fresh = home / "tmp" / "maildirsize"
    fresh.write_text(wanted)
    os.replace(fresh, target)


def _sweep(tmp: Path, now: float) -> None:
    for entry in os.scandir(tmp):
        if entry.is_file(follow_symlinks=False) and now - entry.stat().st_mtime > _STALE_SECONDS:
            os.unlink(entry.path)
