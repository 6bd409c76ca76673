"""The month's report of 1,000 units with a year of traffic: figures and the board's files, then unit pages.

200,000 documents, each in its issuer's book and with two receivers that entered it, written in SQL.
Wall time on two cores; the anchor beside it is the CPU time of this process, because the machine of the
measurement may be busy.
"""

import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from figure import Figure
from sqlalchemy import Connection, text

from hub.context import Hub
from hub.founding import found
from hub.reporting import history
from hub.reporting.board import files, preview
from hub.texts import speaking
from rules.directory import Directory, Person, Post, Unit
from rules.reporting.period import named
from rules.vocabulary import Role, UnitKind
from storage import directory as directory_rows

UNITS, DOCUMENTS = 1_000, int(os.environ.get("VANTHU_BENCH_DOCUMENTS", "200000"))
FIRST = datetime(2025, 11, 15, tzinfo=UTC)
STEP = 365 * 86_400 / DOCUMENTS  # seconds from one document to the next
ROLES = (Role.CLERK, Role.LEADER, Role.SPECIALIST, Role.SPECIALIST, Role.ADMINISTRATOR)
N = f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {DOCUMENTS - 1})"
BOOKS = f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {2 * UNITS - 1})"
ISSUER, FIRST_TO, SECOND_TO = f"i % {UNITS}", f"(i + 1) % {UNITS}", f"(i + 7) % {UNITS}"


def run() -> list[Figure]:
    """Seconds for figures and files, pages a second."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("VANTHU_BENCH_DIR")) as folder:
        hub = found(Path(folder) / "data", sample=True)
        _fill(hub)
        try:
            return _measured(hub)
        finally:
            hub.database.close()


def _measured(hub: Hub) -> list[Figure]:
    period = named("2026-11")
    assert period is not None
    began, spent = time.monotonic(), time.process_time()
    with speaking("vi"), hub.database.reading() as connection:
        whole = preview.gathered(hub, connection, period)
        counted = time.monotonic() - began
        made = preview.files_of(hub, whole)
        took, cpu = time.monotonic() - began, time.process_time() - spent
        assert len(whole.report.units) == UNITS and whole.report.whole["O25"].of > DOCUMENTS / 20
        began = time.monotonic()
        pages = sum(1 for _page in files.unit_pages(hub, whole.report))
        rate = pages / (time.monotonic() - began)
    print(f"   counted in {counted:.1f} s; " + ", ".join(f"{f.name} {len(f.content)}" for f in made))
    assert history.names_before(period)[-1] == "2026-10"
    return [
        Figure("report.figures_and_board_files", took, "s", at_most=60.0),
        Figure("report.figures_and_board_files_cpu", cpu, "s"),
        Figure("report.unit_pages", rate, "1/s", at_least=20.0),
    ]


def _fill(hub: Hub) -> None:
    units = [
        Unit(f"u{n}", f"Ủy ban nhân dân xã {n}", UnitKind.COMMUNE, email=f"vanthu.u{n}@binhlam.example",
             deployed_since=FIRST.date())
        for n in range(UNITS)
    ]  # fmt: skip
    people = [Person(f"p{n}-{k}@binhlam.example", f"Cán bộ {n} {k}") for n in range(UNITS) for k in range(5)]
    posts = [
        Post(f"p{n}-{k}@binhlam.example", f"u{n}", role) for n in range(UNITS) for k, role in enumerate(ROLES)
    ]
    with hub.database.transaction() as connection:
        directory_rows.replace(
            connection, Directory.of(units=units, people=people, posts=posts, domains=["binhlam.example"])
        )
        _traffic(connection)
    hub.refresh()


def _traffic(connection: Connection) -> None:
    unit = f"'u' || (i % {UNITS})"
    side = f"CASE WHEN i < {UNITS} THEN 'outgoing' ELSE 'incoming' END"
    values = {"id": "i + 1", "keeper": unit, "issuer": unit, "direction": side, "series": "'general'"}
    _insert(connection, "books", BOOKS, {**values, "year": "2026", "mode": "'borne'", "start": "1"})
    issued = {"id": "i + 1", "direction": "'outgoing'", "status": "'routed'", "unit": unit, "issuer": unit}
    issued |= {"symbol": "(i + 1) || '/UBND'", "symbol_key": "(i + 1) || 'ubnd'", "number": "i + 1"}
    issued |= {"date": "'2026-01-01'", "subject": "'báo cáo số ' || i", "signer": "'Nguyễn Văn A'"}
    issued |= {"source": "'smtp'", "created_at": _later(0), "type": "'Công văn'"}
    _insert(connection, "documents", N, {**issued, "normative": "i % 50 = 0"})
    places = ((ISSUER, 0, 0), (FIRST_TO, 1, UNITS), (SECOND_TO, 2, UNITS))
    for whose, at, offset in places:
        number = f"i / {UNITS} * 2 + {at}" if at else f"i / {UNITS} + 1"
        entry = {"id": f"i * 3 + {at + 1}", "book": f"({whose}) + 1 + {offset}", "number": number}
        entry |= {"label": f"'' || ({number})", "label_key": f"'' || ({number})", "document": "i + 1"}
        _insert(connection, "register_entries", N, {**entry, "registered_at": _later(60 * at)})
    for whose, at, _offset in places[1:]:
        sent = {"id": f"i * 2 + {at}", "key": f"'d.' || i || '.{at}'", "kind": "'document'"}
        sent |= {"document": "i + 1", "receiver": f"'u' || ({whose})", "state": "'delivered'"}
        sent |= {"created_at": _later(60), "finished_at": _later(120 * at)}
        due = f"CASE WHEN i % 40 = 0 THEN {_later(86_400)} END"
        _insert(connection, "deliveries", N, {**sent, "due_at": due})
    looked = {"id": "i + 1", "at": _later(0), "action": "'search'"}
    looked |= {"actor": f"'p' || (i % {UNITS}) || '-0@binhlam.example'"}
    _insert(connection, "access_events", N, looked)


def _later(seconds: int) -> str:
    """The moment of document i and so many seconds, as SQLite keeps moments."""
    at = f"{FIRST.timestamp():.0f} + i * {STEP} + {seconds}"
    return f"strftime('%Y-%m-%d %H:%M:%f000', {at}, 'unixepoch')"


def _insert(connection: Connection, table: str, numbers: str, values: dict[str, Any]) -> None:
    """Rows from a row of numbers; columns that nothing is said of are empty."""
    chosen: dict[str, str] = {}
    for _cid, name, kind, wanted, _default, _key in connection.execute(text(f"PRAGMA table_info({table})")):
        if name in values:
            chosen[name] = str(values[name])
        elif wanted:
            chosen[name] = _empty(kind)
    columns = ", ".join(f'"{name}"' for name in chosen)
    said = ", ".join(chosen.values()).replace(":", r"\:")
    connection.execute(text(f"{numbers} INSERT INTO {table} ({columns}) SELECT {said} FROM n"))


def _empty(kind: str) -> str:
    if kind == "JSON":
        return "'[]'"
    return "''" if kind.startswith(("VARCHAR", "TEXT")) else "0"
