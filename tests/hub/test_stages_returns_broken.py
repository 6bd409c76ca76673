"""Returns in broken forms: each is answered once, to the right reader, with what to mend; nothing is lost."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import select

from rules.vocabulary import SenderVerdict
from storage.tables.arrivals import arrivals
from storage.tables.deliveries import deliveries
from tests.hub.return_house import (
    KIND,
    Rows,
    box,
    few,
    latest,
    lines,
    reply_to,
    rewritten,
    row_of,
    sheet_of,
    tick,
    unit_box,
)
from tests.hub.stages import Stages
from tests.journeys.house import intake, person

UNIT, CLERK = "sotuphap", person("anhttn")
MARK_ROW, VALUE = 4, 4
Change = Callable[[Rows], Any]


def put(code: str, value: Any) -> Change:
    def change(rows: Rows) -> None:
        row_of(rows, code)[VALUE] = value

    return change


def mark(text: str) -> Change:
    def change(rows: Rows) -> None:
        row = next(row for row in rows if row[0] == "Mã phiếu")
        row[1] = text

    return change


def without(first: str) -> Change:
    return lambda rows: rows.remove(next(row for row in rows if row and row[0] == first))


def doubled(rows: Rows) -> None:
    rows.append(list(row_of(rows, "6.1")))


def emptied(rows: Rows) -> None:
    for row in rows:
        if len(row) > VALUE and row[0] in ("6.1", "7.1"):
            row[VALUE] = None


def far_away() -> bytes:
    """A sheet whose last cell lies as far as can be: a dense table of it would be the end of a machine."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Mã phiếu")
        sheet.write(1048575, 16383, 1)
    return out.getvalue()


# name: how the sheet is changed, and the word that the answer must hold
SHEETS: dict[str, tuple[Change, str]] = {
    "last month's sheet": (mark(f"{KIND}/2026-11/{UNIT}"), "2026-11"),
    "another unit's sheet": (mark(f"{KIND}/2026-12/sotaichinh"), "Sở Tài chính"),
    "another report's sheet": (mark(f"indicators/2026-12/{UNIT}"), "indicators"),
    "the mark is gone": (without("Mã phiếu"), "Mã phiếu"),
    "the mark is overwritten": (mark("tháng này"), "Mã phiếu"),
    "the heading is gone": (without("Mã"), "Số liệu của đơn vị"),
    "words for a number": (put("6.1", "mười hai"), "mười hai"),
    "words beside a number": (put("6.1", "khoảng 12"), "khoảng 12"),
    "less than nothing": (put("6.1", -3.0), "-3"),
    "a fraction of a dossier": (put("6.1", 3.5), "3.5"),
    "endless": (put("6.1", 1e99), "1e+99"),
    "a cell that shows an error": (put("6.1", "#REF!"), "#REF!"),
    "a date for a number": (put("6.1", "2026-12-20"), "2026-12-20"),
    "a row is gone": (without("6.2"), "6.2"),
    "a row stands twice": (doubled, "6.1"),
    "cells were emptied": (emptied, "7.1"),
    "a degree that is not in the list": (put("9.2", "thạc sĩ"), "sau đại học"),
    "perhaps": (put("2.1", "có lẽ"), "có lẽ"),
    "a part is more than the whole": (put("3.3", 40.0), "3.3 + 3.5"),
}
# name: body and files, and the word that the answer must hold
WORDS: dict[str, tuple[str, list[tuple[str, bytes]], str]] = {
    "right where something is missing": ("đúng", [], "6.1"),
    "nothing at all": ("", [], "đúng"),
    "no answer": ("Chúng tôi đang tổng hợp, sẽ gửi sau trong tuần này nhé các anh chị.", [], "chưa rõ"),
    "right, but": (lines() + "\nnhưng số văn bản đi là 15", [], "văn bản đi là 15"),
    "a code mistyped": (lines() + "\n6,1: 5", [], "6,1"),
    "a field twice": (lines() + "\n6.1: 5", [], "6.1"),
    "a letter instead": ("", [("bao cao.txt", "Báo cáo tháng".encode())], "bao cao.txt"),
    "a torn file": ("", [("phieu.xlsx", b"PK\x03\x04 torn")], "phieu.xlsx"),
    "text called a sheet": ("", [("phieu.xlsx", b"6.1;3\n")], "phieu.xlsx"),
    "a sheet as wide as can be": ("", [("phieu.xlsx", far_away())], "phieu.xlsx"),
}


@pytest.fixture
def asked(stages: Stages) -> Stages:
    few(stages, UNIT)
    tick(stages, stages.clock.moment)
    tick(stages, datetime(2026, 12, 15, 1, 5, tzinfo=UTC))
    stages.work()
    return stages


def told(stages: Stages) -> list[tuple[str, str]]:
    """Every mail that says what to mend: (to, the words kept in the ledger)."""
    with stages.hub.database.reading() as connection:
        rows = connection.execute(select(deliveries).order_by(deliveries.c.id)).all()
    return [(row.address, str(row.letter)) for row in rows if row.letter.get("notice") == "return_refused"]


def came(stages: Stages) -> int:
    with stages.hub.database.reading() as connection:
        return len(connection.execute(select(arrivals.c.id)).all())


def test_each_broken_form_is_answered_with_what_to_mend(asked: Stages, tmp_path: Path) -> None:
    form_mail = unit_box(asked, UNIT, "Đề nghị báo cáo")[0]
    to, sheet = [reply_to(form_mail)], sheet_of(form_mail)
    broken = dict(WORDS)  # words first, because what can be read of them and of sheets is kept
    broken |= {
        name: ("", [("phieu.xlsx", rewritten(sheet, tmp_path, change))], word)
        for name, (change, word) in SHEETS.items()
    }
    at = next(n for n, row in enumerate(_rows(sheet, tmp_path)) if row and row[0] == "6.1")
    for column, name in ((VALUE, "merged figures"), (0, "merged codes")):
        merged = rewritten(sheet, tmp_path, merge=[(at, column, at + 1, column)])
        broken[name] = ("", [("phieu.xlsx", merged)], "6.1")
    whole = rewritten(sheet, tmp_path)
    broken["two sheets"] = ("", [("a.xlsx", whole), ("b.xlsx", whole)], "")
    assert len(broken) >= 30
    wrong: list[str] = []
    for name, (text, files, word) in broken.items():
        before = len(told(asked))
        asked.mail(CLERK, files, to=to, text=text)
        new = told(asked)[before:]
        said = str(_last(asked, CLERK)) if new else ""
        if [address for address, _letter in new] != [CLERK] or word not in said:
            wrong.append(f"{name}: {new} {said[:600]}")
    assert wrong == []
    assert came(asked) == len(broken) and latest(asked, UNIT) is None and not asked.parked()
    asked.mail(CLERK, [("phieu.xlsx", whole)], to=to, text="")
    assert latest(asked, UNIT) is not None


def _rows(sheet: bytes, folder: Path) -> Rows:
    found: Rows = []
    rewritten(sheet, folder, found.extend)
    return found


def _last(stages: Stages, address: str) -> str:
    body = box(stages, address, "Báo cáo cần sửa")[-1].get_body(("plain",))
    assert body is not None
    return str(body.get_content()).partition("CẦN SỬA")[0] + str(body.get_content())


@pytest.mark.parametrize("verdict", [SenderVerdict.UNVERIFIED, SenderVerdict.FORGED])
def test_what_nobody_proved_to_have_sent_is_told_to_the_unit_itself(
    asked: Stages, verdict: SenderVerdict
) -> None:
    to = [reply_to(unit_box(asked, UNIT, "Đề nghị báo cáo")[0])]
    asked.mail("anhttn@noikhac.example", to=to, text=lines(), verdict=verdict)
    assert [address for address, _letter in told(asked)] == [intake(UNIT)]
    assert latest(asked, UNIT) is None and came(asked) == 1


def test_another_units_clerk_is_told_that_it_is_not_theirs(asked: Stages) -> None:
    other = next(
        post.person
        for post in asked.hub.directory.posts
        if (post.unit, post.role.value) == ("sotaichinh", "clerk")
    )
    to = [reply_to(unit_box(asked, UNIT, "Đề nghị báo cáo")[0])]
    asked.mail(other, to=to, text=lines())
    ((address, letter),) = told(asked)
    assert address == other and "not-yours" in letter and latest(asked, UNIT) is None
