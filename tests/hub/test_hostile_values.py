"""S4 piece by piece: five thousand hostile strings in notices, mails, file names, sheets and the log."""

import email.policy
import io
import random
from dataclasses import replace
from email import message_from_bytes
from zipfile import ZipFile

from connectors.writers.sheet_xlsx import xlsx_of
from hub.letter import MailFile, compose, enclose
from hub.register_sheet import FORMULA_SIGNS, _cell
from hub.render import notice
from rules.sheets.table import escaped
from rules.text.gate import clean
from rules.values.sending import Address
from tests.hub.notice_samples import DELIVERY
from tests.hub.test_letter import COVER, assert_only_crlf

COUNT = 5000
PIECES = (
    "\r\nBcc: victim@evil.example", "\nX-Injected: 1", "\rX: 1", "\x00", "\u2028X-Injected: 1", "\u2029",
    "\x85",
    "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil")', "+1+1", "-2+3", "@SUM(1)", "\t=1", "%0d%0aX:1",
    "=?utf-8?q?=0D=0ABcc:_x?=", "=?utf-8?b?DQpCY2M6IHg=?=", "\r\n.\r\nQUIT\r\n", "\x1b[31m", "\u202etxt.exe",
    "\ufeff", "\u200b", "a" * 300, "Số: 99/QĐ-UBND", "\x7f\x08", '"; filename="b', "<a@b>, <c@d>",
    "{{7*7}}", "%s",
    "\ud800", "Co\u0302ng va\u0306n", "😀", "; DROP", "A1 LOGOUT\r\n",
)  # fmt: skip
HEADERS = {
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "auto-submitted",
    "content-transfer-encoding", "content-disposition", "references", "in-reply-to",
    "x-auto-response-suppress",
    "thread-index", "thread-topic", "x-hub-loop", "reply-to", "precedence", "importance", "priority",
    "x-priority",
}  # fmt: skip
CONTROLS = set(map(chr, [*range(32), 0x7F, 0x85, 0x2028, 0x2029, 0x202E])) - {"\n", "\t"}


def hostile() -> list[str]:
    dice = random.Random(44)
    made = ("".join(dice.sample(PIECES, dice.randint(1, 4))) for _ in range(COUNT))
    return [word[dice.randrange(2) :] or "x" for word in made]


def test_mails_have_no_header_more_than_ours() -> None:
    """Five strings a mail: subject, unit, the receiver's name and two file names."""
    words = hostile()
    for at in range(0, COUNT, 5):
        subject, unit, *cleaned = words[at : at + 5]
        to, one, two = (clean(word, 200) or "x" for word in cleaned)
        told = notice(
            replace(DELIVERY, document=replace(DELIVERY.document, subject=subject), unit=unit), "vi"
        )
        files = enclose([MailFile(name, "text/plain", b"x") for name in (one, two)], str(at))
        cover = replace(COVER, to=Address(COVER.to.email, to))
        raw = b"".join(compose(told, cover, "b@binhminh.example", files).pieces())
        assert_only_crlf(raw)
        mail = message_from_bytes(raw, policy=email.policy.default)
        for part in mail.walk():
            assert {name.lower() for name in part} <= HEADERS, words[at : at + 5]
            assert not CONTROLS.intersection("".join(map(str, part.values()))), words[at : at + 5]
        assert [str(to.addr_spec) for to in mail["To"].addresses] == [COVER.to.email]


def test_sheets_have_no_formulas() -> None:
    words = [clean(word) or "x" for word in hostile()]
    with ZipFile(io.BytesIO(xlsx_of({"x": [["a"], *([word] for word in words)]}))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    assert sheet.count(b"<row ") == COUNT + 1 and b"<f>" not in sheet and b"<hyperlink" not in sheet
    assert not [word for word in words if _cell(word).startswith(FORMULA_SIGNS)]
    assert not [word for word in words if escaped(word).startswith(("=", "+", "@", "\t", "\r"))]
