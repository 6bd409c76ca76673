"""Waking the other processes: LISTEN/NOTIFY on PostgreSQL, so that polling is only the net below."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection

if TYPE_CHECKING:
    import psycopg

CHANNEL = "vanthu"
RUNG = "vanthu_rung"  # in Connection.info, cleared by the engine at every begin
LOOK_AT_STOP_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0

log = logging.getLogger(__name__)


def ring(connection: Connection) -> None:
    """Wake every listener when this transaction commits; nothing on SQLite, where all live in one process."""
    if connection.dialect.name == "postgresql" and not connection.info.get(RUNG):
        connection.exec_driver_sql(f"SELECT pg_notify('{CHANNEL}', '')")
        connection.info[RUNG] = True


def silence(connection: Connection, *_: object) -> None:
    """A new transaction, or one whose savepoint took the notice back, has to ring again."""
    connection.info.pop(RUNG, None)


def listen(url: URL, wake: Callable[[], None], stop: Event) -> None:
    """Call ``wake`` for every ring until ``stop``; connects again, with back-off, for ever.

    After each connect it wakes once, because what rang meanwhile is lost.
    """
    import psycopg  # late, because on SQLite nobody needs it and it takes a tenth of a second

    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    pause = 0.2
    while not stop.is_set():
        try:
            with psycopg.connect(address, autocommit=True, connect_timeout=10) as connection:
                connection.execute(f"LISTEN {CHANNEL}")
                pause = 0.2
                wake()
                _follow(connection, wake, stop)
        except psycopg.Error as error:
            log.warning("no wake-ups from the database, trying again in %.1f s: %s", pause, error)
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _follow(connection: psycopg.Connection[object], wake: Callable[[], None], stop: Event) -> None:
    while not stop.is_set():
        for _ in connection.notifies(timeout=LOOK_AT_STOP_SECONDS, stop_after=1):
            wake()
