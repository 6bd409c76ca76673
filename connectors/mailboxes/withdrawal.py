"""A mail is taken out of one mailbox again: its sender asked for it back and the receiver agreed.

Found by its Message-ID in whichever folder people or filters moved it to. Readers of a Maildir, Dovecot among
them, take a file that is gone for an expunged mail.
"""

import os
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from email.policy import compat32
from pathlib import Path

from connectors.mailboxes.maildir import fsync_directory, place

HEADER_OCTETS = 65_536


def withdraw(root: Path, path: str, message_id: str) -> int:
    """How many copies were removed, durably; 0 where there is none (any more).

    Raises ValueError for a path that is none, OSError when the disk does not let go.
    """
    removed = 0
    for file in _mails(place(root, path)):
        if _message_id(file) == message_id:
            file.unlink(missing_ok=True)
            fsync_directory(file.parent)
            removed += 1
    return removed


def _mails(home: Path) -> Iterator[Path]:
    """Every mail of the mailbox, in all its folders."""
    if not home.is_dir():
        return
    folders = [home, *(entry for entry in home.iterdir() if entry.name.startswith(".") and entry.is_dir())]
    for folder in folders:
        for part in ("new", "cur"):
            if (folder / part).is_dir():
                yield from (Path(entry.path) for entry in os.scandir(folder / part) if entry.is_file())


def _message_id(file: Path) -> str:
    """Of the header alone, because the files of a mail are large; "" for a mail that is just being moved."""
    try:
        with file.open("rb") as source:
            head = source.read(HEADER_OCTETS)
    except FileNotFoundError:
        return ""
    return str(BytesHeaderParser(policy=compat32).parsebytes(head).get("Message-ID", "")).strip()
