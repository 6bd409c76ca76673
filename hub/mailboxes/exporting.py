"""A mailbox as one file to take away: a zip of Maildirs, or of mbox files (mboxrd)."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from connectors.mailboxes.maildir import SUBFOLDERS, place
from connectors.mailboxes.maildir_folder import Kept, MaildirFolder, folders_in
from rules.mailboxes.taking_over import INBOX

FORMS = ("maildir", "mbox")
_FROM = re.compile(rb"(?m)^(>*From )")
_STATUS = (
    ("S", b"R"),
    ("R", b"A"),
    ("F", b"F"),
    ("D", b"T"),
    ("T", b"D"),
)  # as mutt and Thunderbird write it


def export(
    root: Path, path: str, target: Path, form: str, told: Callable[[int, int, str], None]
) -> dict[str, int]:
    """Write the file, for its owner only; how many mails of each folder. OSError, also where it exists."""
    home = place(root, path)
    folders = [(levels, list(MaildirFolder(root, home, levels).mails())) for levels in folders_in(home)]
    total, done = sum(len(mails) for _levels, mails in folders), 0
    counts: dict[str, int] = {}
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with (
        os.fdopen(descriptor, "wb") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, True) as archive,
    ):
        for levels, mails in folders:
            name = "/".join(levels) or INBOX
            counts[name] = 0
            write = _as_maildir if form == "maildir" else _as_mbox
            for _mail in write(archive, name, mails):
                counts[name], done = counts[name] + 1, done + 1
                told(done, total, name)
    return counts


def _as_maildir(archive: zipfile.ZipFile, name: str, mails: list[Kept]) -> Iterator[Kept]:
    for part in SUBFOLDERS:
        archive.mkdir(f"{name}/{part}")
    for mail in mails:
        content = _content(mail)
        if content is not None:
            archive.writestr(f"{name}/cur/{mail.file.name}", content)
            yield mail


def _as_mbox(archive: zipfile.ZipFile, name: str, mails: list[Kept]) -> Iterator[Kept]:
    with archive.open(f"{name}.mbox", "w", force_zip64=True) as out:
        for mail in mails:
            content = _content(mail)
            if content is not None:
                out.write(_mbox_entry(mail, content))
                yield mail


def _mbox_entry(mail: Kept, content: bytes) -> bytes:
    when = datetime.fromtimestamp(mail.stamp, UTC).strftime("%a %b %d %H:%M:%S %Y").encode("ascii")
    status = b"".join(word for letter, word in _STATUS if letter in mail.flags)
    lines = content.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"
    return b"From - %b\nX-Status: %b\n%b\n" % (when, status, _FROM.sub(rb">\1", lines))


def _content(mail: Kept) -> bytes | None:
    """None where a program removed or moved the mail while the file was written."""
    try:
        return mail.read()
    except FileNotFoundError:
        return None
