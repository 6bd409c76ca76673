"""The one place that builds the parts: configuration -> a hub. What runs in it: ``hub.serving``.

What only a hub that writes needs is imported when it is opened for that, because
a list of units should not wait for mail servers and migrations.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.ports import Transport
from hub import config as configuration
from hub.clock import Clock, SystemClock, zone
from hub.context import Hub
from hub.settings import Config
from hub.texts import _, prefer
from rules.calendar import Calendar
from rules.retry import RetrySchedule
from storage import settings
from storage.blobs import LocalBlobs
from storage.engine import Database, sqlite_url

if TYPE_CHECKING:  # because only a hub with a bot needs its library
    from connectors.transports.telegram_link import TelegramLink


class AlreadyRunning(RuntimeError):
    """Another process serves this data folder."""


def open_hub(
    data: Path, *, clock: Clock | None = None, read_only: bool = False, config: Config | None = None
) -> Hub:
    """The parts of a hub on a data folder, without anything running. Raises ConfigError."""
    config = config or configuration.load(data / "config.toml")
    prefer(config.organisation.language)
    url = config.storage.url or sqlite_url(data / "hub.db")
    database = Database(url, read_only=read_only)
    if not read_only:
        _make_schema(database)
    with database.reading() as connection:
        hub_id = settings.get(connection, "hub_id") or config.domain
    secret = configuration.secret(data / "secret.key", "secret.key", shortest=32)
    return Hub(
        data=data,
        config=config,
        clock=clock or SystemClock(),
        zone=zone(config.organisation.zone),
        calendar=_calendar(config),
        retries=_retries(config),
        database=database,
        blobs=LocalBlobs(data / "blobs"),
        hub_id=hub_id,
        secret=secret,
        instance=config.work.instance or f"{socket.gethostname()}:{data.resolve()}",
        transports={} if read_only else _transports(data, config, secret),
    )


def _make_schema(database: Database) -> None:
    from storage import migrate

    if migrate.is_new(database):
        migrate.upgrade(database)


def _transports(data: Path, config: Config, secret: bytes) -> Mapping[str, Transport]:
    from connectors.registry import TRANSPORTS
    from hub import webhooks

    listening = webhooks.hooks(config, secret)
    posts = {"webhook": TRANSPORTS["webhook"](listening)} if listening else {}
    bot = {"telegram": TRANSPORTS["telegram"](_bot(config))} if config.chat.telegram_token_file else {}
    return {
        **bot,
        **posts,
        "maildir": TRANSPORTS["maildir"](data / "mail"),
        "smtp": world(config, data),
        "folder": TRANSPORTS["folder"](data / config.exchange.folder / "gateway" / "outgoing"),
    }


def _bot(config: Config) -> TelegramLink:
    from connectors.transports.telegram_link import TelegramLink

    path = Path(config.chat.telegram_token_file)
    token = configuration.secret(path, "chat.telegram_token_file").decode().strip()
    return TelegramLink(token, config.chat.telegram_api)


@contextlib.contextmanager
def opened(data: Path, *, read_only: bool = False) -> Iterator[Hub]:
    """A hub for one command."""
    hub = open_hub(data, read_only=read_only)
    try:
        yield hub
    finally:
        hub.database.close()


@contextlib.contextmanager
def writing_lock(hub: Hub) -> Iterator[None]:
    """The right to write on SQLite, held by one process. Raises AlreadyRunning."""
    if not hub.database.sqlite:
        yield
        return
    with locked(hub.data / "hub.lock"):
        yield


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """A lock file of this machine, held while the block runs. Raises AlreadyRunning."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(_("a hub is running on {data}").format(data=path.parent)) from error
        yield
    finally:
        os.close(handle)


def world(config: Config, data: Path) -> Transport:
    """The way to addresses outside: the smarthost, or nowhere. Raises ConfigError.

    What leaves is signed with the keys of the data folder (DKIM).
    """
    from connectors.registry import TRANSPORTS
    from connectors.transports.smtp import Smarthost
    from connectors.writers.mail_signature import Signer

    delivery = config.delivery
    if not delivery.smarthost:
        return TRANSPORTS["nowhere"]()
    host, _colon, port = delivery.smarthost.rpartition(":")
    host = host.strip("[]")  # an IPv6 address stands in brackets
    password = ""
    if delivery.smarthost_password_file:
        path = Path(delivery.smarthost_password_file)
        password = configuration.secret(path, "delivery.smarthost_password_file").decode()
    try:
        peer = Smarthost(
            host=host,
            port=int(port),
            tls=delivery.smarthost_tls,
            user=delivery.smarthost_user,
            password=password,
            hello=config.smtp.hostname or config.domain,
        )
    except ValueError as error:
        raise configuration.ConfigError(f"delivery.smarthost = {delivery.smarthost}: {error}") from error
    return TRANSPORTS["smtp"](peer, Signer(data).sign)


def _calendar(config: Config) -> Calendar:
    def days(texts: list[str]) -> frozenset[date]:
        return frozenset(date.fromisoformat(text) for text in texts)

    organisation = config.organisation
    return Calendar(
        days_off=days(organisation.holidays),
        working_days=days(organisation.working_days),
        hours=configuration.office_hours(organisation.office_hours) or (),
    )


def _retries(config: Config) -> RetrySchedule:
    delivery = config.delivery
    return RetrySchedule(
        first=timedelta(minutes=delivery.first_retry_minutes),
        longest=timedelta(hours=delivery.longest_retry_hours),
        give_up_after=timedelta(days=delivery.give_up_days),
    )
