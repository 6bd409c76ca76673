"""The database: whether it keeps what it acknowledges, its schema, its clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from hub.context import Hub
from hub.doctor.check import Check
from hub.texts import _
from storage import migrate
from storage.tables.machinery import journal

POSTGRES_WANTED = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "server_encoding": "UTF8",
}
MORE_DURABLE = ("remote_write", "remote_apply")
MOST_APART = timedelta(seconds=5)


def settings_of_the_engine(hub: Hub) -> Iterator[Check]:
    """Settings without which a power cut loses what was acknowledged."""
    with hub.database.reading() as connection:
        if hub.database.sqlite:
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
            wrong = {} if mode == "wal" else {"journal_mode": mode}
            seen = _("SQLite, journal_mode {mode}; the other settings are read back at each start").format(
                mode=mode
            )
        else:
            shown = {name: connection.execute(text(f"SHOW {name}")).scalar() for name in POSTGRES_WANTED}
            wrong = {
                name: value
                for name, value in shown.items()
                if value != POSTGRES_WANTED[name] and value not in MORE_DURABLE
            }
            version = connection.execute(text("SHOW server_version")).scalar()
            seen = f"PostgreSQL {version}"
    if wrong:
        values = ", ".join(f"{name} = {value}" for name, value in wrong.items())
        remedy = _("set them as a database that must lose nothing needs them")
        yield Check(_("database"), "error", values, remedy)
    else:
        yield Check(_("database"), "ok", seen)


def schema(hub: Hub) -> Iterator[Check]:
    """The schema against the one this version works with."""
    with hub.database.reading() as connection:
        seen = migrate.current(connection)
    wanted = migrate.newest()
    if seen == wanted:
        yield Check(_("schema"), "ok", str(seen))
    else:
        remedy = _("start the hub once: it brings the schema up to date")
        yield Check(_("schema"), "error", f"{seen} != {wanted}", remedy)


def clock(hub: Hub) -> Iterator[Check]:
    """The zone of the books; a clock that went back; a database that lives in another time."""
    now = hub.now()
    local = f"{hub.local(now):%Y-%m-%d %H:%M} {hub.config.organisation.zone}"
    with hub.database.reading() as connection:
        latest: datetime | None = connection.execute(select(func.max(journal.c.at))).scalar()
        theirs = None if hub.database.sqlite else connection.execute(text("SELECT now()")).scalar_one()
    remedy = _("set the clock with NTP")
    if latest is not None and latest > now + MOST_APART:
        seen = _("the journal's last entry is in the future: {at}").format(
            at=f"{hub.local(latest):%Y-%m-%d %H:%M}"
        )
        yield Check(_("clock"), "error", seen, remedy)
    elif theirs is not None and abs(theirs - now) > MOST_APART:
        apart = _("the database's clock is {seconds} seconds away").format(
            seconds=int((theirs - now).total_seconds())
        )
        yield Check(_("clock"), "warning", apart, remedy)
    else:
        yield Check(_("clock"), "ok", local)
