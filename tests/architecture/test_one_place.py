"""Things that have one place: transactions, the clock, and libraries that would spread."""

import pytest

from tests.architecture.sources import PACKAGES, Source, calls, imports, python_files

# library -> where it may be imported
PLACES: dict[str, tuple[str, ...]] = {
    "typer": ("hub/cli*",),
    "click": ("hub/cli*",),
    "rich": ("hub/cli*",),
    "jinja2": ("hub/render.py",),
    "apscheduler": ("hub/schedule.py",),
    "fastapi": ("hub/web/*",),
    "starlette": ("hub/web/*",),
    "uvicorn": ("hub/web/*",),
    "prometheus_client": ("hub/web/*",),
    "aiosmtpd": ("connectors/sources/*", "connectors/transports/sink.py"),
    # hub/sending.py hands a file in as a mail program would: from outside, at the front door.
    "smtplib": ("connectors/transports/*", "hub/sending.py"),
    "imapclient": ("connectors/sources/*", "connectors/mailboxes/*"),
    "asyncio": ("connectors/sources/*", "connectors/transports/*", "hub/web/*"),
    "pypdfium2": ("connectors/readers/*", "connectors/scans/*", "connectors/writers/*"),
    "mailparser": ("connectors/readers/*",),
    "olefile": ("connectors/readers/*",),
    "lxml": ("connectors/readers/*", "connectors/scans/*", "connectors/writers/*"),
    "sqlmodel": ("storage/*",),
    "alembic": ("storage/migrate.py", "storage/migrations/*"),
    "psycopg": ("storage/*",),
    "sqlite3": ("storage/*", "hub/doctor/machine.py"),  # the doctor names the library's version
    "boto3": ("storage/*",),
    "holidays": ("rules/calendar.py",),
    "weasyprint": ("connectors/writers/*",),
    "argon2": ("hub/passwords.py",),
    "dns": ("connectors/checks/*",),
    "dkim": ("connectors/checks/*", "connectors/writers/*"),
    "spf": ("connectors/checks/*",),
    "publicsuffixlist": ("connectors/checks/*",),
}

# What would let rules look at the world instead of at its arguments.
OUTSIDE_OF_RULES = {"asyncio", "http", "logging", "os", "random", "secrets", "shutil", "socket", "sqlite3"}
OUTSIDE_OF_RULES |= {"subprocess", "tempfile", "threading", "time", "urllib"}

TRANSACTION_CALLS = (".commit", ".rollback", ".begin", ".begin_nested")
TRANSACTION_NAMES = ("Session", "sessionmaker", "scoped_session", "create_engine")
# call -> where it stands besides storage/engine.py, because ...
TRANSACTIONS_ELSEWHERE: dict[tuple[str, str], str] = {
    ("storage/spool.py", "commit"): "a spool entry is made durable: files, no database",
}

CLOCK_CALLS = {
    "datetime.now",
    "datetime.datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
}
# file -> why the machine's clock may be read there
CLOCKS: dict[str, str] = {
    "hub/clock.py": "it is the clock",
    "hub/founding.py": "a certificate is valid from the real now, whatever clock the hub is given",
    "connectors/mailboxes/maildir.py": "compares with the age of files, which the kernel stamps",
    "storage/spool.py": "spool names sort by time; nobody decides by them",
}


def misplaced_imports(source: Source) -> list[str]:
    found = []
    for module, line in imports(source):
        places = PLACES.get(module.partition(".")[0])
        if places and not source.within(*places):
            found.append(f"{source.path}:{line} imports {module}, which belongs to {', '.join(places)}")
    return found


def impure_imports(source: Source) -> list[str]:
    tops = ((module.partition(".")[0], line) for module, line in imports(source))
    return [f"{source.path}:{line} imports {top}" for top, line in tops if top in OUTSIDE_OF_RULES]


def transactions(source: Source) -> list[tuple[str, str]]:
    return [
        (source.path, name.rpartition(".")[2])
        for name, _line in calls(source)
        if name.endswith(TRANSACTION_CALLS) or name.rpartition(".")[2] in TRANSACTION_NAMES
    ]


def clock_readings(source: Source) -> list[str]:
    return [f"{source.path}:{line} {name}" for name, line in calls(source) if name in CLOCK_CALLS]


def test_each_library_keeps_to_its_place() -> None:
    assert [fault for source in python_files(*PACKAGES) for fault in misplaced_imports(source)] == []


def test_rules_sees_only_its_arguments() -> None:
    assert [fault for source in python_files("rules") for fault in impure_imports(source)] == []


def test_only_the_engine_begins_and_commits() -> None:
    files = [source for source in python_files(*PACKAGES) if source.path != "storage/engine.py"]
    found = [place for source in files for place in transactions(source)]
    assert set(found) <= set(TRANSACTIONS_ELSEWHERE)


def test_the_engine_does_begin() -> None:
    """Otherwise the test above would look for the wrong words."""
    engine = next(source for source in python_files("storage") if source.path == "storage/engine.py")
    assert {name for _path, name in transactions(engine)} >= {"begin", "create_engine"}


def test_only_the_clock_reads_the_clock() -> None:
    files = [source for source in python_files(*PACKAGES) if source.path not in CLOCKS]
    assert [fault for source in files for fault in clock_readings(source)] == []


@pytest.mark.parametrize("path", [*CLOCKS, *(path for path, _call in TRANSACTIONS_ELSEWHERE)])
def test_exceptions_are_still_needed(path: str) -> None:
    """An exception that nothing uses any more is a door left open."""
    source = next(source for source in python_files(*PACKAGES) if source.path == path)
    assert clock_readings(source) or transactions(source)


PLANTED = """
import rich.table
from os import path
def f(session):
    from jinja2 import Template
    session.commit()
    return datetime.now(UTC), Session(engine)
"""


def test_planted_faults_are_seen() -> None:
    source = Source("rules/planted.py", PLANTED)
    assert len(misplaced_imports(source)) == 2
    assert impure_imports(source) == ["rules/planted.py:3 imports os"]
    assert transactions(source) == [("rules/planted.py", "commit"), ("rules/planted.py", "Session")]
    assert clock_readings(source) == ["rules/planted.py:7 datetime.now"]
