"""What no type can say of the accounts in the configuration."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from hub.settings import Fetch, ImapAccount
from hub.texts import _

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")


def faults(fetch: Fetch) -> Iterator[tuple[str, Any, str]]:
    """(key, its value, what to write) of everything that is wrong."""
    names = Counter(account.name for account in fetch.accounts)
    for number, account in enumerate(fetch.accounts, 1):
        place = f"fetch.accounts[{number}]"
        if names[account.name] > 1:
            yield f"{place}.name", account.name, _("give each mailbox a name of its own")
        for name, wrong, remedy in _meanings(account):
            if wrong:
                yield f"{place}.{name}", getattr(account, name), remedy


def _meanings(account: ImapAccount) -> tuple[tuple[str, bool, str], ...]:
    oauth, day = bool(account.oauth_token_url), _("write days as 2026-02-20")
    return (
        (
            "name",
            not _NAME.fullmatch(account.name),
            _("write a short name in small letters, as so-tai-chinh"),
        ),
        ("host", not account.host or not account.host.isprintable(), _("name the IMAP server")),
        ("port", not 0 < account.port < 65536, _("write {low} to {high}").format(low=1, high=65535)),
        ("user", not account.user or not account.user.isprintable(), _("name the user")),
        (
            "tls",
            account.tls == "none" and not _loopback(account.host),
            _("write tls or starttls; without them only this machine is allowed"),
        ),
        (
            "password_file",
            bool(account.password_file) == oauth,
            _("name either a file with the password or oauth_token_url"),
        ),
        (
            "oauth_token_url",
            oauth and not _secret_place(account.oauth_token_url),
            _("write an https address"),
        ),
        ("oauth_client_id", oauth and not account.oauth_client_id, _("name the client's id")),
        (
            "oauth_client_secret_file",
            oauth and not (account.oauth_client_secret_file or account.oauth_refresh_token_file),
            _("name the file with the client's secret or the one with the refresh token"),
        ),
        ("oauth_expires", not _day(account.oauth_expires), day),
        ("since", not _day(account.since), day),
        (
            "move_to",
            account.afterwards == "move" and account.move_to in ("", account.folder),
            _("name another folder"),
        ),
    )


def _day(text: str) -> bool:
    try:
        return not text or bool(date.fromisoformat(text))
    except ValueError:
        return False


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _secret_place(url: str) -> bool:
    """Secrets go there: encrypted, or on this machine."""
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and _loopback(parts.hostname or ""))
    return safe and bool(parts.netloc) and "@" not in parts.netloc
