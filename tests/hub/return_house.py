"""Forms that were asked for, and workbooks that come back whole or broken, shared by tests of returns."""

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import xlsxwriter

from connectors.readers.grid import read_grids
from hub.following import telling
from hub.reporting import proposing
from hub.reporting.kinds import FOLDER, OURS
from hub.worker import perform
from rules.values.grid import Cell
from storage import returns, steps
from storage.engine import AnyRow
from tests.hub.stages import WORKER, Stages

KIND, PERIOD = "compliance", "2026-12"
Rows = list[list[Cell]]
ANSWERS: dict[str, Cell] = {
    "1.1": "Nguyễn Văn An", "2.1": "có", "2.3": "không", "4.3": 0.0, "6.1": 3.0, "6.2": 2.0,
    "6.3": 0.0, "7.1": 4.0, "9.1": "Trần Thị Bình", "9.2": "đại học", "9.3": "có", "9.4": "cáp quang",
    "11.1": "Lê Văn Cường",
}  # fmt: skip


def lines(**more: str) -> str:
    """The answers as a person writes them."""
    said = {**{code: _text(value) for code, value in ANSWERS.items()}, **more}
    return "\n".join(f"{code}: {value}" for code, value in said.items())


def _text(value: Cell) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def few(stages: Stages, *units: str) -> None:
    """Only these are asked, by a kind of the organisation's own that stands before the program's."""
    text = (OURS / f"{KIND}.toml").read_text(encoding="utf-8")
    folder = stages.hub.data / FOLDER
    folder.mkdir()
    named = ", ".join(f'"{unit}"' for unit in units)
    own = text.replace('who = ["deployed"]', f"who = [{named}]")
    assert own != text
    own = own.replace(
        'template = "compliance"', 'template = "figures"'
    )  # the board's paper has tests of its own
    (folder / f"{KIND}.toml").write_text(own, encoding="utf-8")


def tick(stages: Stages, moment: datetime) -> None:
    """The clock stands here, and what the ladders want is done."""
    stages.clock.moment = moment
    hub = stages.hub
    with hub.database.transaction() as connection:
        proposing.propose(hub, connection, hub.now())
    while claim := steps.claim(hub.database, (proposing.ASK, proposing.COLLECT), WORKER, hub.now()):
        perform(hub, claim, WORKER)


def form_row(stages: Stages, unit: str, period: str = PERIOD, kind: str = KIND) -> AnyRow:
    with stages.hub.database.reading() as connection:
        found = returns.form(connection, kind, period, unit)
    assert found is not None
    return found


def latest(stages: Stages, unit: str) -> AnyRow | None:
    with stages.hub.database.reading() as connection:
        return returns.latest(connection, form_row(stages, unit).id)


def box(stages: Stages, address: str, words: str = "") -> list[EmailMessage]:
    """What lies in a mailbox, oldest first."""
    local, _at, domain = address.partition("@")
    files = sorted(
        (stages.hub.data / "mail" / domain / local).glob("new/*"), key=lambda f: f.stat().st_mtime_ns
    )
    mails = [BytesParser(policy=default).parsebytes(file.read_bytes()) for file in files]
    return [item for item in mails if words in str(item["subject"])]


def unit_box(stages: Stages, unit: str, words: str = "") -> list[EmailMessage]:
    return box(stages, telling.clerks_of(stages.hub, unit)[0], words)


def reply_to(mail: EmailMessage) -> str:
    return str(mail["Reply-To"]).strip("<>")


def sheet_of(mail: EmailMessage) -> bytes:
    (part,) = mail.iter_attachments()
    content = part.get_content()
    assert isinstance(content, bytes)
    return content


def rewritten(
    content: bytes,
    folder: Path,
    change: Callable[[Rows], Any] = lambda rows: None,
    merge: Sequence[tuple[int, int, int, int]] = (),
) -> bytes:
    """The workbook as somebody saved it anew, filled in and then changed."""
    file = folder / "form.xlsx"
    file.write_bytes(content)
    (grid,) = read_grids(file)
    rows = [list(row) for row in grid.rows]
    for row in rows:
        if row and isinstance(row[0], str) and row[0] in ANSWERS:
            row[4] = ANSWERS[row[0]]
    change(rows)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sheet1")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(number, column, cell)
        for top, left, bottom, right in merge:
            sheet.merge_range(top, left, bottom, right, rows[top][left])
    return out.getvalue()


def row_of(rows: Rows, code: str) -> list[Cell]:
    return next(row for row in rows if row and row[0] == code)
