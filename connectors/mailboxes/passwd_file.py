"""The passwd-files that Dovecot reads, each replaced as a whole: written beside it, synced, renamed.

A file changed in place would not be seen within the same second, and could be read half written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from connectors.mailboxes.maildir import fsync_directory

SLOTS = 5  # passwords of programs beside the owner's own
USERS, PROGRAMS, ROOMS = "passwd", "programs-{slot}", "rooms"


@dataclass(frozen=True, slots=True)
class Account:
    """One mailbox as the mail server knows it. ``password`` is a hash, empty: nobody gets in.

    A hash without its scheme in braces is argon2id.
    """

    address: str
    password: str = ""
    quota_mb: int = 0
    programs: tuple[tuple[int, str], ...] = ()  # slot and hash


def write_accounts(folder: Path, accounts: Iterable[Account]) -> bool:
    """All files for these accounts; False when nothing was new."""
    known = [account for account in accounts if _sound(account)]
    files = {USERS: [_line(account.address, account.password) for account in known if account.password]}
    for slot in range(1, SLOTS + 1):
        files[PROGRAMS.format(slot=slot)] = [
            _line(account.address, hashed)
            for account in known
            for number, hashed in account.programs
            if number == slot
        ]
    files[ROOMS] = [_room(account) for account in known]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = [_replace(folder / name, "".join(sorted(lines))) for name, lines in files.items()]
    if any(written):
        fsync_directory(folder)
    return any(written)


def read_hashes(folder: Path) -> Mapping[str, str]:
    """Address -> hash of the owner's password, as the mail server reads it."""
    try:
        lines = (folder / USERS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.split(":")[:2] for line in lines)
    return {address: hashed.removeprefix("{ARGON2ID}") for address, hashed in pairs}


def _sound(account: Account) -> bool:
    """A line of the file is one account: nothing in it may end a field or a line."""
    texts = (account.address, account.password, *(hashed for _slot, hashed in account.programs))
    return not any(sign in text for text in texts for sign in ":\n\r\t ")


def _line(address: str, hashed: str) -> str:
    scheme = "" if hashed.startswith("{") else "{ARGON2ID}"
    return f"{address}:{scheme}{hashed}::::::\n"


def _room(account: Account) -> str:
    rule = f"userdb_quota_rule=*:storage={account.quota_mb}M" if account.quota_mb else ""
    return f"{account.address}:::::::{rule}\n"


def _replace(path: Path, text: str) -> bool:
    try:
        if path.read_text(encoding="utf-8") == text:
            return False
    except FileNotFoundError:
        pass
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.rename(draft, path)
    return True
