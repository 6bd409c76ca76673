"""Does a document cost more when many are stored: CPU with 500,000 documents against 1,000.

The stored ones are copies of a real one that went through the hub, multiplied in
SQL in every table it left rows in, with numbers, keys and hashes of their own.
"""

import os
import random
import statistics
import tempfile
from pathlib import Path

from chain import PDF_BYTES, UNITS, _cpu, _send, _wait, mail, served
from figure import Figure
from sqlalchemy import Connection, text

from hub.context import Hub
from hub.founding import found

FEW, MANY = 1_000, int(os.environ.get("VANTHU_BENCH_STORED", "500000"))
DOCUMENTS, ROUNDS = 40, 3
TABLES = ("documents", "arrivals", "document_versions", "files", "register_entries", "deliveries")
OWN = {
    "documents": ("symbol", "symbol_key", "identity_key", "main_sha256"),
    "arrivals": ("dedupe_key",),
    "register_entries": ("label", "label_key"),
    "deliveries": ("key",),
}
TEXTS = (
    "INSERT INTO document_texts (document, text) SELECT i, 'báo cáo số ' || i || ' của sở nội vụ' FROM n",
    "INSERT INTO document_search (rowid, symbol, subject, body)"
    " SELECT i, i || ' snv cchc', 'bao cao lan ' || i, 'bao cao so ' || i || ' cua so noi vu' FROM n",
)
SENT = text("SELECT count(*) FROM deliveries WHERE kind = 'document'")
COPIES = "WITH RECURSIVE n(i) AS (SELECT :low UNION ALL SELECT i + 1 FROM n WHERE i < :high)"


def run() -> list[Figure]:
    """CPU a document with many stored against few, in turns."""
    padding = random.Random(2).randbytes(PDF_BYTES).replace(b"\n", b".").replace(b"\r", b".")
    with tempfile.TemporaryDirectory(dir=os.environ.get("VANTHU_BENCH_DIR")) as folder:
        sides = [Side(Path(folder) / name, count, padding) for name, count in (("few", FEW), ("many", MANY))]
        spent: dict[int, list[float]] = {FEW: [], MANY: []}
        for _round in range(ROUNDS):
            for side in sides:
                spent[side.stored].append(side.measure())
        for side in sides:
            side.hub.database.close()
    few, many = statistics.median(spent[FEW]), statistics.median(spent[MANY])
    return [Figure(f"scale.cpu_with_{MANY}_stored", many, "ms", few, at_most=1.3)]


class Side:
    """A hub with so many documents stored."""

    def __init__(self, data: Path, stored: int, padding: bytes) -> None:
        self.stored, self._padding = stored, padding
        self.hub = found(data, sample=True)
        self._next = 1
        self._here = 0
        self._push(1)
        with self.hub.database.transaction() as connection:
            multiply(connection, stored)
        with self.hub.database.reading() as connection:
            self._here = connection.execute(
                text("SELECT count(*) FROM deliveries WHERE kind = 'document'")
            ).scalar_one()

    def measure(self) -> float:
        """Milliseconds of CPU a document."""
        return self._push(DOCUMENTS)

    def _push(self, count: int) -> float:
        mails = [mail(self._next + at, self._padding) for at in range(count)]
        self._next += count
        with served(self.hub.data) as (port, pid):
            before = _cpu(pid)
            _send(port, mails)
            self._here += count * len(UNITS)
            _wait_for(self.hub, self._here)
            return (_cpu(pid) - before) * 1000 / count


def _wait_for(hub: Hub, deliveries: int) -> None:
    _wait(hub, deliveries / len(UNITS))


def multiply(connection: Connection, stored: int) -> None:
    """Copy document 1 and all that hangs on it ``stored`` times, with ids from 1,000,000 on."""
    values = {"low": 1_000_000, "high": 1_000_000 + stored - 1}
    for table in TABLES:
        columns = [row[1] for row in connection.execute(text(f"PRAGMA table_info({table})"))]
        chosen = ", ".join(_copied(table, column) for column in columns)
        names = ", ".join(f'"{column}"' for column in columns)
        rows = f"SELECT {chosen} FROM n CROSS JOIN {table} t WHERE t.rowid <= 1000"
        connection.execute(text(f"{COPIES} INSERT INTO {table} ({names}) {rows}"), values)
    for statement in TEXTS:
        connection.execute(text(f"{COPIES} {statement}"), values)
    connection.execute(text("UPDATE books SET next_number = next_number + :many"), {"many": stored})


def _copied(table: str, column: str) -> str:
    """How one column of a copy is made: ids and keys are the copy's own, the rest as it was."""
    name = f't."{column}"'
    if column == "id":
        return "i * 10 + t.id" if table in ("files", "register_entries", "deliveries") else "i"
    if column == "entry":
        return f"CASE WHEN {name} IS NULL THEN NULL ELSE i * 10 + {name} END"
    if column in ("document", "version", "arrival") and table != "documents":
        return f"CASE WHEN {name} IS NULL THEN NULL ELSE i END"
    if column in OWN.get(table, ()):
        return f"{name} || '.' || i"
    return f"{name} + i" if column == "number" and table == "register_entries" else name
