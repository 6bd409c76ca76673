"""Mailboxes on other servers: does fetching work, and will it next week."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from hub.context import Hub
from hub.doctor.check import Check, State
from hub.fetching.health import healths, trouble_text, troubles_of
from hub.settings import ImapAccount
from hub.texts import _
from rules.fetching import HOPELESS
from rules.values.fetching import SourceHealth


def accounts(hub: Hub) -> Iterator[Check]:
    """Each configured mailbox with its last success; nothing where there is none."""
    if not hub.config.fetch.accounts:
        return
    with hub.database.reading() as connection:
        found = healths(hub, connection)
    for account, health in zip(hub.config.fetch.accounts, found, strict=True):
        yield from _secrets(hub, account)
        yield from _one(hub, health)


def _secrets(hub: Hub, account: ImapAccount) -> Iterator[Check]:
    named = (account.password_file, account.oauth_client_secret_file, account.oauth_refresh_token_file)
    for path in [hub.data / name for name in named if name]:
        name = _("mailbox {name}").format(name=account.name)
        try:
            open_to_others = stat.S_IMODE(path.stat().st_mode) & 0o077
        except OSError as error:
            yield Check(name, "error", f"{path}: {error.strerror}", _("put the secret there, with mode 600"))
            continue
        if open_to_others:
            yield Check(
                name, "error", _("others can look into {path}").format(path=path), f"chmod go= {path}"
            )


def _one(hub: Hub, health: SourceHealth) -> Iterator[Check]:
    name = _("mailbox {name}").format(name=health.name)
    codes = troubles_of(hub, health)
    for code in codes:
        state: State = "error" if code in HOPELESS or code == health.trouble else "warning"
        seen = health.detail if code == health.trouble and health.detail else trouble_text(code)
        if code == "secret-ends":
            seen = _("its secret ends on {day}").format(day=health.expires)
        yield Check(name, state, seen, trouble_text(code) if seen != trouble_text(code) else "")
    if health.trouble in codes:
        return
    if health.trouble:
        yield Check(name, "warning", f"{trouble_text(health.trouble)}: {health.detail}")
    elif codes:
        return
    elif health.last_success is None:
        yield Check(name, "warning", _("not looked at yet"), _("is the hub running? vanthu serve"))
    else:
        when = f"{hub.local(health.last_success):%Y-%m-%d %H:%M}"
        text = _("last looked at on {when}; {count} mails wait there").format(when=when, count=health.waiting)
        yield Check(name, "ok", text)
