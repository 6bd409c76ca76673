"""The configured accounts as the source wants them, and their secrets read when they are needed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from connectors.ports import Source
from connectors.registry import SOURCES
from connectors.sources.imap_credentials import OAuthClient, OAuthTokens, Password
from connectors.sources.imap_settings import Credentials, ImapSettings, SecretUnreadable
from hub import config as configuration
from hub.addresses import address_of
from hub.context import Hub
from hub.fetching.book import HubBook
from hub.settings import ImapAccount
from hub.texts import _
from rules.values.fetching import Afterwards

MEGABYTE = 1 << 20


def sources(hub: Hub) -> dict[str, Source]:
    """A source for each account, by the name of its thread."""
    return {f"imap-{account.name}": source_of(hub, account) for account in hub.config.fetch.accounts}


def source_of(hub: Hub, account: ImapAccount) -> Source:
    """One account's."""
    book = HubBook(hub, account.name, account.folder)
    return SOURCES["imap"](imap_settings(hub, account), credentials(hub, account), book, hub.now)


def imap_settings(hub: Hub, account: ImapAccount) -> ImapSettings:
    """As configured; a unit becomes its intake address. Raises ConfigError for a unit nobody knows."""
    if account.unit and account.unit not in hub.directory.units:
        words = _("fetch.accounts, {name}: there is no unit {unit}; see: vanthu units")
        raise configuration.ConfigError(words.format(name=account.name, unit=account.unit))
    intake = address_of(hub, account.unit) if account.unit else None
    return ImapSettings(
        name=account.name,
        host=account.host,
        user=account.user,
        general=f"congvan@{hub.config.domain}",
        port=account.port,
        tls=account.tls,
        tls_ca=str(_place(hub, account.tls_ca)) if account.tls_ca else "",
        folder=account.folder,
        intake=intake.email if intake is not None else "",
        afterwards=Afterwards(account.afterwards),
        move_to=account.move_to,
        since=date.fromisoformat(account.since) if account.since else None,
        max_bytes=hub.config.smtp.max_message_mb * MEGABYTE,
        sweep_seconds=hub.config.fetch.sweep_seconds,
    )


def credentials(hub: Hub, account: ImapAccount) -> Credentials:
    """A password's file, or what asks for tokens."""
    if not account.oauth_token_url:
        return Password(_place(hub, account.password_file), read_secret)
    client = OAuthClient(
        account.oauth_token_url,
        account.oauth_client_id,
        _place(hub, account.oauth_client_secret_file) if account.oauth_client_secret_file else None,
        _place(hub, account.oauth_refresh_token_file) if account.oauth_refresh_token_file else None,
        account.oauth_scope,
    )
    return OAuthTokens(client, read_secret, hub.today)


def secret_files(hub: Hub, account: ImapAccount) -> list[Path]:
    """Every file of an account that holds a secret."""
    named = (account.password_file, account.oauth_client_secret_file, account.oauth_refresh_token_file)
    return [_place(hub, name) for name in named if name]


def read_secret(file: Path) -> str:
    """A secret, unless others can read it too. Raises SecretUnreadable."""
    try:
        return configuration.secret(file, "fetch.accounts").decode()
    except (configuration.ConfigError, UnicodeDecodeError) as error:
        raise SecretUnreadable(str(error)) from error


def _place(hub: Hub, name: str) -> Path:
    return hub.data / name  # an absolute name stays what it is
