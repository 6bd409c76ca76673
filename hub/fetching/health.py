"""How each account is: one value for the command, the doctor, the numbers and the alarm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.fetching.book import STAGE, source_name
from hub.settings import ImapAccount
from hub.texts import N_, _
from rules.fetching import alarm, ends_soon
from rules.values.fetching import MailState, SourceHealth
from storage import fetching, steps
from storage.engine import AnyRow

# What may be wrong, and what to do about it.
TROUBLES = {
    "silent": N_("nobody has looked at it for too long; is the part fetch running?"),
    "login-refused": N_("the server refuses the log-in; check user and password"),
    "token-refused": N_("the secret for tokens is worth nothing any more; get a new one"),
    "token-unavailable": N_("the token's server does not answer"),
    "secret": N_("the file with the secret cannot be used"),
    "certificate": N_("the server's certificate is not to be trusted; check host and tls_ca"),
    "no-tls": N_("the server offers no STARTTLS"),
    "no-folder": N_("the server does not know the folder"),
    "read-only": N_("the server lets us only read in this folder; check afterwards"),
    "not-cleared": N_("what came in cannot be marked, moved or deleted there; check afterwards and move_to"),
    "no-validity": N_("the server's message numbers do not stay (no UIDVALIDITY)"),
    "unknown-host": N_("the server's name is not known"),
    "silent-server": N_("the server does not answer"),
    "cut": N_("the connection breaks"),
    "server-error": N_("the server answers with an error"),
    "busy": N_("the hub itself takes nothing in now"),
    "database": N_("the database does not answer"),
    "unexpected": N_("the server said what nobody expected; see the log"),
    "secret-ends": N_("its secret ends soon; get a new one in time"),
    "mails-aside": N_("mails were set aside; see: vanthu queue"),
}

AFTERWARDS = {
    "leave": N_("left as it is"),
    "seen": N_("marked as read"),
    "move": N_("moved"),
    "delete": N_("deleted"),
}


def trouble_text(code: str) -> str:
    """A code in words."""
    return _(TROUBLES[code]) if code in TROUBLES else code


def patience(hub: Hub) -> timedelta:
    """So long an account may not work before somebody is told; never less than two looks."""
    seconds = max(hub.config.fetch.alarm_minutes * 60, 2 * hub.config.fetch.sweep_seconds)
    return timedelta(seconds=seconds)


def healths(hub: Hub, connection: Connection) -> list[SourceHealth]:
    """Of every configured account, in the order of the configuration."""
    rows = {row.name: row for row in fetching.cursors(connection)}
    counts = fetching.counts(connection)
    aside = Counter(step.payload.get("source") for step in steps.parked(connection) if step.stage == STAGE)
    return [_health(account, rows, counts, aside) for account in hub.config.fetch.accounts]


def _health(
    account: ImapAccount,
    rows: dict[str, AnyRow],
    counts: dict[tuple[str, str], int],
    aside: Mapping[str, int],
) -> SourceHealth:
    source = source_name(account.name, account.folder)
    row = rows.get(source)
    value = row.value if row is not None else {}
    since = value.get("since", "")
    return SourceHealth(
        account.name,
        account.folder,
        row.last_success if row is not None else None,
        value.get("trouble", ""),
        value.get("detail", ""),
        datetime.fromisoformat(since) if since else None,
        value.get("waiting", 0) + counts.get((source, MailState.FAILED), 0),
        aside.get(source, 0),  # parked and not dropped: what was dropped needs nobody any more
        value.get("lag"),
        # what a person wrote counts where the server says nothing, and whichever is sooner
        min([day for day in (account.oauth_expires, value.get("ends", "")) if day], default=""),
        datetime.fromisoformat(value["seen"]) if "seen" in value else None,
        value.get("differences"),
    )


def troubles_of(hub: Hub, health: SourceHealth) -> list[str]:
    """Codes of everything that somebody should know of an account now."""
    found = [alarm(health, hub.now(), patience(hub))]
    found.append("secret-ends" if ends_soon(health.expires, hub.today()) else "")
    found.append("mails-aside" if health.aside else "")
    return [code for code in found if code]


def rows(hub: Hub, connection: Connection) -> list[dict[str, Any]]:
    """For the command and for programs."""
    units = {account.name: account for account in hub.config.fetch.accounts}
    return [
        {
            "name": health.name,
            "folder": health.folder,
            "host": units[health.name].host,
            "unit": units[health.name].unit,
            "afterwards": units[health.name].afterwards,
            "last_success": health.last_success.isoformat() if health.last_success else None,
            "waiting": health.waiting,
            "aside": health.aside,
            "lag": health.lag,
            "trouble": health.trouble,
            "last_error": health.detail,
            "troubled_since": health.troubled_since.isoformat() if health.troubled_since else None,
            "expires": health.expires,
            "differences": health.differences,
            "alarms": troubles_of(hub, health),
        }
        for health in healths(hub, connection)
    ]
