"""An older mailbox comes over, folder by folder; stopped anywhere, it goes on where it was.

A mail's file name says what it is, so that neither what was put down and not yet noted comes twice, nor
anything of a server that counts anew (another UIDVALIDITY).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from connectors.mailboxes.maildir import place
from connectors.mailboxes.maildir_folder import (
    MaildirFolder,
    content_mark,
    forget_counts,
    subscribe,
)
from connectors.mailboxes.old_mailbox import OldFolder, OldMailbox
from rules.mailboxes.taking_over import INBOX, LARGEST, batches, letters, target


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one folder has come, as it is kept between runs."""

    uidvalidity: int = 0
    last_uid: int = 0
    taken: int = 0


@dataclass
class Brought:
    """One folder at the end: so many there, so many of them here, and the UIDs that did not come."""

    folder: str
    target: str
    there: int
    taken: int = 0
    new: int = 0
    lacking: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Carrier:
    """What carries mails from one mailbox into another. ``note`` keeps progress, ``told`` shows it."""

    old: OldMailbox
    mail: Path  # below it lie all mailboxes
    path: str
    note: Callable[[str, Progress], None]
    told: Callable[[int, str], None]

    @property
    def home(self) -> Path:
        """The mailbox's own folder."""
        return place(self.mail, self.path)


def chosen(folders: Iterable[OldFolder], only: Sequence[str]) -> list[tuple[OldFolder, tuple[str, ...]]]:
    """The folders that come along, the inbox first, each with its name here."""
    found = []
    for folder in folders:
        levels = target(folder.name, folder.flags, folder.delimiter)
        if levels is not None and (not only or folder.name in only):
            found.append((folder, levels))
    return sorted(found, key=lambda pair: (pair[1] != (), pair[1]))


def measure(
    old: OldMailbox, folders: Sequence[tuple[OldFolder, tuple[str, ...]]], known: Mapping[str, Progress]
) -> tuple[int, int]:
    """How many mails are still to come, and how large they are in all."""
    count = size = 0
    for folder, _levels in folders:
        uidvalidity, uids = old.open(folder.name)
        before = known.get(folder.name, Progress())
        last = before.last_uid if before.uidvalidity == uidvalidity else 0
        sizes = old.sizes([uid for uid in uids if uid > last])
        count, size = count + len(sizes), size + sum(length for _uid, length in sizes)
    return count, size


def bring(
    carrier: Carrier,
    folders: Sequence[tuple[OldFolder, tuple[str, ...]]],
    known: Mapping[str, Progress],
) -> list[Brought]:
    """Everything that is not here yet. Raises OldMailboxTrouble and OSError; what was brought stays."""
    try:
        return [
            _bring_folder(carrier, folder, levels, known.get(folder.name, Progress()))
            for folder, levels in folders
        ]
    finally:
        subscribe(carrier.home, [levels for _folder, levels in folders])
        forget_counts(carrier.home)


def _bring_folder(carrier: Carrier, old: OldFolder, levels: tuple[str, ...], before: Progress) -> Brought:
    uidvalidity, uids = carrier.old.open(old.name)
    here = MaildirFolder(carrier.mail, carrier.home, levels)
    known = here.marks()
    at = before if before.uidvalidity == uidvalidity else Progress(uidvalidity)
    found = Brought(old.name, "/".join(levels) or INBOX, len(uids), at.taken)
    sizes = carrier.old.sizes([uid for uid in uids if uid > at.last_uid])
    found.lacking += [uid for uid, size in sizes if size > LARGEST]
    for portion in batches([(uid, size) for uid, size in sizes if size <= LARGEST]):
        came = _bring_portion(carrier, here, portion, known, found)
        found.lacking += _still_there(carrier.old, set(portion) - came)
        if not found.lacking:  # only over mails that arrived, so that the others are asked for again
            at = Progress(uidvalidity, portion[-1], found.taken)
        carrier.note(old.name, at)
        carrier.told(len(portion), found.target)
    return found


def _bring_portion(
    carrier: Carrier, here: MaildirFolder, portion: list[int], known: set[str], found: Brought
) -> set[int]:
    came = set()
    for mail in carrier.old.mails(portion):
        came.add(mail.uid)
        mark = content_mark(mail.content)
        if mark not in known:
            here.keep(mark, letters(mail.flags), mail.date, mail.content)
            known.add(mark)
            found.new += 1
    here.sync()
    found.taken += len(came)
    return came


def _still_there(old: OldMailbox, missed: set[int]) -> list[int]:
    """Mails that did not come although nobody removed them."""
    return [uid for uid, _size in old.sizes(sorted(missed))] if missed else []
