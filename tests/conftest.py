"""A real PostgreSQL for the tests that need one, and a migrated database on either engine."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from storage import migrate
from storage.engine import Database, sqlite_url
from storage.tables import metadata
from tests.loopback import loopback_only as loopback_only  # every test lives with it

START_SECONDS = 30
# so that a test can ask in which order transactions committed
SETTINGS = ("listen_addresses=", "track_commit_timestamp=on", "shared_buffers=32MB", "max_connections=80")
NUMBERS = count(1)


def _program(name: str) -> str | None:
    """The newest installed program of that name; Debian keeps the server's outside PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else shutil.which(name)


def _roomy_memory() -> str | None:
    """A folder in memory, where thousands of small files cost nothing; None: the disk has to do."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 << 30
    return str(memory) if roomy else None


class PostgresServer:
    """One cluster in a temporary folder, reached by a unix socket in it; fsync stays on."""

    def __init__(self) -> None:
        initdb, self._postgres = _program("initdb"), _program("postgres")
        if initdb is None or self._postgres is None:
            pytest.skip("PostgreSQL is not installed (initdb, postgres)")
        # not below pytest's folder, because that is closed to the user postgres
        self.folder = Path(tempfile.mkdtemp(prefix="vanthu-pg-", dir=_roomy_memory()))
        self._as: dict[str, str | int] = {}
        if os.geteuid() == 0:  # because the server refuses to run as root
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self._as = {"user": owner.pw_uid, "group": owner.pw_gid}
        command = [initdb, "-D", str(self.folder / "data"), "-U", "vanthu", "-A", "trust"]
        command += ["-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self._as)  # type: ignore[call-overload]
        self.process: subprocess.Popen[bytes] | None = None
        self.idle: list[str] = []  # URLs of migrated databases that no test uses now

    def start(self) -> None:
        """Run until it answers; after a kill that takes several tries, until the old children are gone."""
        until = time.monotonic() + START_SECONDS
        while True:
            if self.process is None or self.process.poll() is not None:
                self._run()
            try:
                self.execute("SELECT 1")
                return
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def _run(self) -> None:
        command = [str(self._postgres), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        for setting in SETTINGS:
            command += ["-c", setting]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(  # type: ignore[call-overload]
                command, stdout=log, stderr=log, cwd=self.folder, **self._as
            )

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends it in order, SIGKILL as a power cut would end the process."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)
            self.process = None

    def remove(self) -> None:
        self.stop(signal.SIGQUIT)  # at once, because nobody needs the data any more
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        return f"postgresql://vanthu@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=10) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def fresh(self, template: str = "template1") -> str:
        """The URL of a new database."""
        name = f"t{next(NUMBERS)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The session's server with an empty database ``migrated`` of the newest schema."""
    server = PostgresServer()
    try:
        server.start()
        server.execute("CREATE DATABASE migrated")
        database = Database(server.url("migrated"))
        migrate.upgrade(database)
        database.close()
        yield server
    finally:
        server.remove()


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A started server of the test's own, for tests that kill it."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """The URL of an empty PostgreSQL database."""
    return postgres_server.fresh()


@pytest.fixture
def migrated_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a PostgreSQL database with the newest schema, empty as on its first day."""
    url = postgres_server.idle.pop() if postgres_server.idle else postgres_server.fresh("migrated")
    yield url
    _empty(url)
    postgres_server.idle.append(url)


def _empty(url: str) -> None:
    """Make a used database new again; a thirtieth of the time that CREATE and DROP DATABASE take."""
    with psycopg.connect(url) as connection:
        connection.execute("SET lock_timeout = '20s'")
        for table in ("document_search", *(table.name for table in reversed(metadata.sorted_tables))):
            connection.execute(f'DELETE FROM "{table}"')  # type: ignore[call-overload]  # noqa: S608
        connection.execute("SELECT setval(seqrelid::regclass, 1, false) FROM pg_sequence")
        connection.execute("UPDATE alembic_version SET version_num = %s", [migrate.newest()])


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed SQLite file with the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "hub.db"
    made = Database(sqlite_url(path))
    migrate.upgrade(made)
    made.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "hub.db")
        made = Database(sqlite_url(tmp_path / "hub.db"))
    else:
        made = Database(request.getfixturevalue("migrated_postgres_url"))
    yield made
    made.close()


@pytest.fixture
def reopen() -> Iterator[Callable[[Database], Database]]:
    """A second, independent way into the same database, as another process has it."""
    opened: list[Database] = []

    def again(database: Database) -> Database:
        opened.append(Database(database.url.render_as_string(hide_password=False)))
        return opened[-1]

    yield again
    for database in opened:
        database.close()
