"""S4, S14 at the whole hub: subjects and names are words, never headers, paths, formulas or lines."""

import random
import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
from sqlalchemy import select

from hub import register_sheet
from hub.app import opened
from storage import registers
from storage.tables.arrivals import arrivals
from storage.tables.documents import documents
from storage.tables.documents import files as file_rows
from tests.faults.clerks import DOMAIN, GENERAL, Letter, hand_in, paper
from tests.faults.conftest import SOAK, hubs
from tests.faults.hub_process import HubProcess, Nursery
from tests.faults.ledger import open_database, wait_until_settled

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]
MAILS = 1000 if SOAK else 80
SENDER = f"huongntm@{DOMAIN}"
PIECES = (
    "\r\nBcc: victim@evil.example", "\nX-Injected: 1", "\rX: 1", "\x00", "\u2028X-Injected: 1", "\u2029",
    "\x85", "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil")', "+1+1", "-2+3", "@SUM(1)", "\t=1", "%0d%0aX:1",
    "\r\n\r\n<script>alert(1)</script>", "' OR 1=1 --", "{{7*7}}", "${jndi:x}", "%s%n", "\x1b[31mred\x1b[0m",
    "\u202etxt.exe", "\ufeff", "\u200b", "a" * 900, "Số: 99/QĐ-UBND", "]]>", "\r\n.\r\nQUIT\r\n", "\x7f\x08",
)  # fmt: skip
NAMES = (
    "../../../etc/passwd", "..\\..\\boot.ini", "/etc/cron.d/x", "C:\\x.txt", "CON", "NUL.txt", "a\x00b.txt",
    "..", ".", "~/.ssh/authorized_keys", "x" * 4000 + ".txt", "\u202efdp.txt", "😀.txt", "Công văn số 1.txt",
    "Co\u0302ng va\u0306n.txt", "a\r\nX-Injected: 1.txt", 'a"; filename="b.txt', "a;b=c.txt", " .txt",
    "-rf.txt", "%2e%2e%2fx", "file:///etc/passwd", "\\\\server\\share\\x", "a/b/c.txt", "|id.txt",
    "$(id).txt", "`id`.txt",
)  # fmt: skip
KNOWN = {
    "return-path", "delivered-to", "from", "to", "subject", "date", "message-id", "mime-version",
    "content-type", "content-transfer-encoding", "content-disposition", "auto-submitted", "references",
    "in-reply-to", "importance", "priority", "x-priority", "x-auto-response-suppress", "thread-index",
    "thread-topic", "x-hub-loop", "precedence", "reply-to",
}  # fmt: skip
OWN_FILES = re.compile(r"hub\.(db|lock)|tls\.|secret\.key|config\.toml|control")
LOG_LINE = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} |✓ )")


def _encoded(text: str) -> str:
    """As an encoded word, so that any character may stand in a header."""
    data = "".join(f"={byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))
    words = [data[at : at + 45] for at in range(0, len(data), 45)]
    return "\r\n ".join(f"=?utf-8?q?{word}?=" for word in words)


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def _name(dice: random.Random) -> str:
    """One of the names in a folder of another, or with a piece of an attack in its middle."""
    one, other = dice.sample(NAMES, 2)
    return dice.choice((f"{other[:100]}/{one}", f"{one[:-4][:200]}{dice.choice(PIECES)}.txt"))


def _hostile(number: int) -> tuple[Letter, list[str]]:
    """A letter whose every word is an attack; and the file names it claims."""
    dice = random.Random(number)
    words = ["".join(dice.sample(PIECES, 2)) for _ in range(3)]
    names = [NAMES[number % len(NAMES)], *(_name(dice) for _ in range(5))]
    text = paper(number).replace(f"V/v đường truyền số {number}", f"V/v {words[2]} số {number}")
    body = EmailMessage(policy=policy.SMTP)
    body.set_content(text, cte="base64")
    part = body.as_bytes().partition(b"\r\n\r\n")[2]
    content = (
        f"From: {_encoded(words[0])} <{SENDER}>\r\nTo: {GENERAL}\r\nSubject: {_encoded(words[1])}\r\n"
        f"Message-ID: <{number}.{_percent(words[0])[:200]}@{DOMAIN}>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n'
    )
    pages = [part.replace(b"\n", b"\r\n").replace(b"\r\r\n", b"\r\n")] + [b"eA==\r\n"] * (len(names) - 1)
    parts = b"".join(_part(name, page) for name, page in zip(names, pages, strict=True))
    return Letter(number, f"{number}/SNV-VP", SENDER, (), content.encode() + parts + b"--b--\r\n"), names


def _part(name: str, page: bytes) -> bytes:
    """One file of the mail; its name may be anything."""
    head = (
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; filename*=utf-8''{_percent(name)}\r\n\r\n"
    )
    return head.encode() + page + b"\r\n"


@pytest.fixture(scope="module")
def done(
    nursery: Nursery, prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[HubProcess, dict[str, list[str]]]]:
    """A hub that took all the hostile mails; the file names by content."""
    with hubs(nursery, prepared, tmp_path_factory.mktemp("hostile")) as make:
        hub = make()
        hub.start()
        hub.ready()
        names = {}
        for number in range(1, MAILS + 1):
            item, claimed = _hostile(number)
            hand_in(item, hub.port)
            names[item.sha256] = claimed
        wait_until_settled(hub.data, MAILS, 120)
        hub.stop()
        yield hub, names


def test_hostile_words_stay_words(done: tuple[HubProcess, dict[str, list[str]]]) -> None:
    hub, _names = done
    mails = [path for path in (hub.data / "mail").rglob("*") if path.is_file() and path.parent.name == "new"]
    assert len(mails) >= MAILS  # at least the sender is told about each
    parts = 0
    for path in mails:
        message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        for part in message.walk():
            parts += 1
            strange = {name.lower() for name in part} - KNOWN
            assert not strange, f"{path.name}: {strange}"
            for name, value in part.items():
                assert not re.search(r"[\r\n\x00\x85\u2028\u2029]", str(value)), (path.name, name, value)
        raw = path.read_bytes().replace(b"\r\n", b"")
        assert b"\r" not in raw and b"\n" not in raw, f"{path.name} has bare line ends"
    strange_lines = [line for line in hub.words().splitlines()[1:] if not LOG_LINE.match(line)]
    print(
        f"S4: {MAILS} hostile mails, {len(mails)} mails with {parts} parts looked at, log and register clean"
    )
    assert not strange_lines, strange_lines[:3]
    assert "Traceback" not in hub.log.read_text(errors="replace")


def test_the_register_sheets_have_no_formulas(done: tuple[HubProcess, dict[str, list[str]]]) -> None:
    process, _names = done
    with opened(process.data, read_only=True) as hub, hub.database.reading() as connection:
        books = [row.id for row in registers.book_rows(connection)]
        lines = [line for book in books for line in register_sheet.lines(hub, connection, book)[1]]
    cells = [cell for line in lines for cell in line]
    print(f"S4: {len(lines)} lines of {len(books)} books have no formula")
    assert len(lines) > MAILS
    bad = [cell for cell in cells if cell[:1] in tuple("=+-@\t\r") and len(cell) > 1]
    assert not bad, bad[:5]


def test_file_names_are_data_and_never_places(done: tuple[HubProcess, dict[str, list[str]]]) -> None:
    hub, names = done
    allowed = {"spool", "blobs", "mail", "work", "scan", "locks"}
    strangers = {path.name for path in hub.data.iterdir()} - allowed
    strangers = {
        name for name in strangers if not re.match(r"hub\.(db|lock)|tls|secret|config|control", name)
    }
    assert not strangers
    odd = [
        p
        for p in (hub.data / "blobs").rglob("*")
        if p.is_file() and not re.fullmatch(r"[0-9a-f]{64}", p.name)
    ]
    assert not odd and not list((hub.data / "work").iterdir())
    database = open_database(hub.data)
    with database.reading() as connection:
        stored = connection.execute(select(file_rows.c.name)).scalars().all()
        symbols = connection.execute(select(documents.c.symbol)).scalars().all()
        came = connection.execute(select(arrivals.c.sha256)).scalars().all()
    database.close()
    print(f"S14: {len(stored)} names kept as data, {len(symbols)} documents")
    assert len({name for claimed in names.values() for name in claimed}) > 300
    assert set(came) == set(names)
    assert not [name for name in stored if re.search(r"[\x00-\x1f\x7f/\\\u2028\u2029\u202a-\u202e]", name)]
    for kept in ("Công văn số 1.txt", "😀.txt"):
        assert kept in stored
