"""The schema follows the migrations, and only they change it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.engine import Database
from storage.tables import metadata

FOLDER = Path(__file__).parent / "migrations"


class SchemaTooNew(RuntimeError):
    """The data was written by a newer Vanthu."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database) -> None:
    """Bring the schema to the newest version, in one transaction. Raises SchemaTooNew."""
    script = ScriptDirectory.from_config(_config())
    with database.transaction() as connection:
        database.serialise(connection, "migrate")
        now = MigrationContext.configure(connection).get_current_revision()
        if now is not None and now not in {revision.revision for revision in script.walk_revisions()}:
            raise SchemaTooNew(f"schema {now} is not known to this version of Vanthu; install the newer one")
        if now != script.get_current_head():
            command.upgrade(_config(connection), "head")


def is_new(database: Database) -> bool:
    """Whether there is no schema yet."""
    with database.engine.connect() as connection:
        return current(connection) is None


def current(connection: Connection) -> str | None:
    """The schema's revision, or None where there is no schema yet."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The revision this version of Vanthu works with."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def differences(connection: Connection) -> list[object]:
    """What the models say and the migrations do not; empty when they agree."""
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "include_object": lambda _object, name, kind, _reflected, _other: (
                not (kind == "table" and str(name).startswith("document_search"))
            ),
        },
    )
    return list(compare_metadata(context, metadata))
