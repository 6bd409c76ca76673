"""What the mail server and the log-in know of the mailboxes, written anew whenever something changes."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

from sqlalchemy import Connection

from connectors.mailboxes.maildir import place
from connectors.mailboxes.passwd_file import Account, write_accounts
from hub.context import Hub
from rules.directory import local_and_domain
from rules.mailboxes.book import BoxState
from storage import mailboxes

FOLDER = "dovecot"


def publish(hub: Hub) -> bool:
    """Passwd-files, rooms and shared folders as the database says; False when nothing was new.

    What is suspended, left or has a first password that ran out is not in the passwd-file.
    """
    with hub.database.reading() as connection:
        accounts = accounts_now(hub, connection)
        shared = mailboxes.delegate_rows(connection)
    hub.guard.opens = frozenset(account.address for account in accounts if account.password)
    folder = hub.data / FOLDER
    new = write_accounts(folder, accounts)
    by_box: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for row in shared:
        by_box[row.mailbox].append((row.person, row.may_write))
    _share(hub, by_box)
    return new


def accounts_now(hub: Hub, connection: Connection) -> list[Account]:
    """Every mailbox as the mail server should know it at this moment."""
    now, programs = hub.now(), defaultdict(list)
    for row in mailboxes.app_password_rows(connection):
        programs[row.mailbox].append((row.slot, row.password_hash))
    found = []
    for row in mailboxes.listing(connection):
        open_ = row.state == BoxState.ACTIVE and not row.suspended
        current = row.password_until is None or now < row.password_until
        found.append(
            Account(
                row.address,
                (row.password_hash or "") if open_ and current else "",
                row.quota_mb or hub.config.mailboxes.quota_mb,
                tuple(programs[row.address]) if open_ else (),
            )
        )
    return found


def _share(hub: Hub, by_box: dict[str, list[tuple[str, bool]]]) -> None:
    """An ACL file (Dovecot's vfile) in each shared mailbox, and the list of who sees whose."""
    known = hub.data / FOLDER / "shared.list"
    before = known.read_text(encoding="utf-8").splitlines() if known.exists() else []
    if not before and not by_box:
        return
    for box in {*before, *by_box}:
        for folder in _folders(hub, box):
            _replace(folder / "dovecot-acl", "".join(_rights(box, by_box.get(box, []))))
    lines = sorted(
        f"shared/shared-boxes/user/{person}/{box}\n1\n" for box, held in by_box.items() for person, _w in held
    )
    _replace(hub.data / FOLDER / "shared-mailboxes", "".join(lines))
    _replace(known, "".join(f"{box}\n" for box in sorted(by_box)))


def _rights(box: str, held: list[tuple[str, bool]]) -> list[str]:
    """RFC 4314: look up, read, keep seen; and for those who write also the other flags, insert, expunge."""
    lines = [f"user={person} {'lrwstiekx' if writes else 'lrs'}\n" for person, writes in held]
    return [f"user={box} lrwstipekxa\n", *lines] if lines else []


def _folders(hub: Hub, box: str) -> list[Path]:
    local, domain = local_and_domain(box)
    home = place(hub.data / "mail", f"{domain}/{local}")
    below = [entry for entry in home.glob(".*") if entry.is_dir()] if home.is_dir() else []
    return [folder for folder in (home, *below) if folder.is_dir()]


def _replace(path: Path, text: str) -> None:
    if not text:
        path.unlink(missing_ok=True)
        return
    draft = path.with_name(f".{path.name}.new")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    os.replace(draft, path)
