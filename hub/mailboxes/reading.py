"""The mails of a mailbox as they lie in its Maildir, whatever else reads it."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from pathlib import Path

from connectors.mailboxes.maildir import place
from hub.context import Hub
from rules.directory import local_and_domain
from rules.mail_glance import glance
from rules.text.gate import clean

HEAD = 64 << 10
_SHIFTED = re.compile(r"&([^-]*)-")


def mails_in(hub: Hub, address: str) -> list[dict[str, str]] | None:
    """Newest first; None where there is no such mailbox."""
    local, domain = local_and_domain(address)
    try:
        home = place(hub.data / "mail", f"{domain}/{local}")
    except ValueError:
        return None
    if not home.is_dir():
        return None
    found = [
        (file.stat().st_mtime, folder, file)
        for folder in (home, *sorted(entry for entry in home.glob(".*") if entry.is_dir()))
        for name in ("new", "cur")
        for file in (folder / name).glob("*")
    ]
    found.sort(key=lambda item: item[0], reverse=True)
    return [_line(hub, moment, folder, home, file) for moment, folder, file in found]


def _line(hub: Hub, moment: float, folder: Path, home: Path, file: Path) -> dict[str, str]:
    with file.open("rb") as content:
        head = content.read(HEAD).replace(b"\r\n", b"\n")  # because a mail server writes bare LF
    look = glance(head.replace(b"\n", b"\r\n"))
    at = hub.local(datetime.fromtimestamp(moment, UTC))
    return {
        "folder": "INBOX" if folder == home else folder_words(folder.name.lstrip(".")),
        "date": f"{at:%d/%m/%Y %H:%M}",
        "sender": clean(", ".join(look.from_addresses), 200),
        "subject": clean(look.subject, 300),
        "file": str(file),
    }


def folder_words(name: str) -> str:
    """A folder's name out of modified UTF-7 (RFC 3501 5.1.3); as it stands when it is none."""

    def shifted(match: re.Match[str]) -> str:
        if not match[1]:
            return "&"
        text = match[1].replace(",", "/")
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode("utf-16-be")

    try:
        return _SHIFTED.sub(shifted, name)
    except (binascii.Error, UnicodeDecodeError):
        return name
