"""Mails put into and read out of one folder of a Maildir++ mailbox, also while Dovecot has it open."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from imapclient.imap_utf7 import decode, encode

from connectors.mailboxes.maildir import SUBFOLDERS, create, fsync_directory

LONGEST_NAME = 200  # bytes of a folder's name; the file system allows 255
_MARK = re.compile(r"\.C([0-9a-f]{32})\.vanthu")
SUBSCRIPTIONS = "subscriptions"


@dataclass(frozen=True, slots=True)
class Kept:
    """One mail as it lies there."""

    file: Path
    flags: str  # letters of maildir(5)
    stamp: float  # when it was received, in seconds since 1970

    def read(self) -> bytes:
        """Its octets. Raises FileNotFoundError when a program moved it meanwhile."""
        return self.file.read_bytes()


@dataclass
class MaildirFolder:
    """One folder; ``levels`` are its name, none for the inbox. It is made when it is missing."""

    root: Path
    home: Path
    levels: tuple[str, ...] = ()
    place: Path = field(init=False)

    def __post_init__(self) -> None:
        self.place = self.home / folder_directory(self.levels) if self.levels else self.home
        create(self.root, self.place)
        if self.levels:
            (self.place / "maildirfolder").touch(mode=0o600)

    def marks(self) -> set[str]:
        """What was put here before by ``keep``, whatever programs did with its flags since."""
        names = (entry.name for name in ("new", "cur") for entry in os.scandir(self.place / name))
        return {found[1] for name in names if (found := _MARK.search(name)) is not None}

    def keep(self, mark: str, flags: str, date: datetime, content: bytes) -> None:
        """Put a mail here, durable but for its name; the date is what programs show as received. OSError."""
        stamp = date.timestamp()
        name = f"{int(stamp)}.C{mark}.vanthu,S={len(content)}"
        draft = self.place / "tmp" / name
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.utime(draft, (stamp, stamp))
        os.rename(draft, self.place / "cur" / f"{name}:2,{flags}")

    def sync(self) -> None:
        """Make the names durable too."""
        fsync_directory(self.place / "cur")

    def mails(self) -> Iterator[Kept]:
        """All of them, oldest first."""
        files = [
            (entry.stat().st_mtime, entry.path)
            for name in ("new", "cur")
            for entry in os.scandir(self.place / name)
            if entry.is_file(follow_symlinks=False)
        ]
        for stamp, path in sorted(files):
            yield Kept(Path(path), path.rpartition(":2,")[2] if ":2," in path else "", stamp)


def content_mark(content: bytes) -> str:
    """Names what a mail is."""
    return hashlib.sha256(content).hexdigest()[:32]


def folder_directory(levels: Sequence[str]) -> str:
    """Maildir++: ``.A.B``, each level in modified UTF-7 (RFC 3501 5.1.3); shortened where it is too long."""
    words = [encode(level).decode("ascii") for level in levels]
    if any("." in word or "/" in word or not word for word in words):
        raise ValueError(f"no folder name: {levels!r}")
    whole = f".{'.'.join(words)}"
    if len(whole) <= LONGEST_NAME:
        return whole
    return f".{hashlib.sha256(whole.encode()).hexdigest()[:32]}"


def folders_in(home: Path) -> list[tuple[str, ...]]:
    """The folders of a mailbox by their levels, the inbox first."""
    found: list[tuple[str, ...]] = [()] if all((home / name).is_dir() for name in SUBFOLDERS) else []
    for entry in sorted(home.glob(".*")):
        if entry.is_dir() and (entry / "cur").is_dir():
            found.append(tuple(str(decode(word)) for word in os.fsencode(entry.name[1:]).split(b".")))
    return found


def subscribe(home: Path, folders: Sequence[tuple[str, ...]]) -> None:
    """Mail programs show what stands in this list; Dovecot's form of it, version 2."""
    path = home / SUBSCRIPTIONS
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        lines = ["V\t2", ""]
    apart = "\t" if lines[:1] == ["V\t2"] else "/"
    wanted = [apart.join(encode(level).decode("ascii") for level in levels) for levels in folders if levels]
    more = [name for name in wanted if name not in lines]
    if more:
        draft = path.with_name(f".{SUBSCRIPTIONS}.new")
        draft.write_text("\n".join([*lines, *more]) + "\n", encoding="utf-8")
        os.replace(draft, path)


def forget_counts(home: Path) -> None:
    """The mail server counts the mailbox's room anew (Maildir++)."""
    (home / "maildirsize").unlink(missing_ok=True)
