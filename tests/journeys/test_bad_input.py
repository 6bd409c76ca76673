"""What nobody should send: each is refused or put before a person, and the next mail passes."""

import smtplib
import zlib
from collections.abc import Iterator

import pytest

from tests.journeys.house import GENERAL, House, mail, person
from tests.journeys.papers import text_file

PASSED = iter(range(901, 999))


@pytest.fixture(autouse=True)
def the_next_mail_passes(house: House) -> Iterator[None]:
    """After whatever came, a plain letter is registered and delivered."""
    yield
    symbol = f"{next(PASSED)}/STP-VP"
    house.send(person("anhttn"), GENERAL, [text_file("sotuphap", symbol)])
    house.settle()
    assert house.document(symbol)["status"] == "routed"


def over(house: House) -> str:
    """What became of the last thing that came in."""
    house.settle()
    return str(house.newest_arrival().state)


def test_an_empty_mail(house: House) -> None:
    house.send_raw(person("anhttn"), [GENERAL], b"")
    house.settle()
    house.send_raw(person("huongtt"), [GENERAL], b"From: a\r\nSubject: khong co gi\r\n\r\n")
    assert over(house) == "review"


def test_a_mail_above_the_limit(house: House) -> None:
    content = mail(person("anhttn"), [GENERAL], [("a.bin", b"\xff" * (44 << 20))])
    assert len(content) > 60_000_000
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        house.send_raw(person("anhttn"), [GENERAL], content)
    assert refused.value.smtp_code == 552 and b"52428800" in bytes(refused.value.smtp_error)
    with smtplib.SMTP("127.0.0.1", house.port) as client:  # or it is said before a byte is sent
        client.ehlo()
        assert client.docmd("MAIL", f"FROM:<{person('anhttn')}> SIZE={len(content)}")[0] == 552


def test_a_thousand_parts_in_one_another(house: House) -> None:
    head = "".join(
        f'Content-Type: multipart/mixed; boundary="b{depth}"\r\n\r\n--b{depth}\r\n' for depth in range(1000)
    )
    content = f"From: {person('anhttn')}\r\nSubject: sau\r\n{head}Content-Type: text/plain\r\n\r\nx\r\n"
    house.send_raw(person("anhttn"), [GENERAL], content.encode())
    assert over(house) in ("review", "registered")


def bomb() -> bytes:
    """A PDF of a few kilobytes whose page unpacks to a gigabyte."""
    packed = zlib.compress(zlib.compress(b" " * (1 << 30), 1), 9)
    filters = b"/Filter [/FlateDecode /FlateDecode]"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>",
        b"<< %s /Length %d >>\nstream\n%s\nendstream" % (filters, len(packed), packed),
    ]
    body = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body
        + b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            table,
            len(body),
        )
    )


def test_a_pdf_that_unpacks_to_a_gigabyte(house: House) -> None:
    house.send(person("anhttn"), GENERAL, [("bom.pdf", bomb())], subject="Một tệp lạ")
    house.settle(90)
    assert over(house) in ("review", "registered", "received")


def test_a_mail_that_claims_to_be_the_hubs(house: House) -> None:
    marked = {"X-Hub-Loop": "somebody;1"}
    house.send("ai@nguoi-la.example", GENERAL, [text_file("btp", "301/BTP-VP")], headers=marked)
    house.settle()
    assert house.newest_arrival().state == "automatic" and house.documents("301/BTP-VP") == []
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        house.send(f"bounce+1.{'0' * 32}@binhlam.example", GENERAL, [text_file("btp", "302/BTP-VP")])
    assert refused.value.smtp_code == 550


@pytest.mark.parametrize(
    "content", [b"\x00" * 2000, b"\xff\xfe" * 500, b"Subject: =?x?q?" + b"=41" * 2000 + b"\r\n\r\n"]
)
def test_bytes_that_are_no_mail(house: House, content: bytes) -> None:
    house.send_raw(person("anhttn"), [GENERAL], content)
    assert over(house) in ("review", "registered", "known")


def test_files_that_are_not_what_they_say(house: House) -> None:
    files = [("a.pdf", b"%PDF-1.7 but no more"), ("b.docx", b"PK\x03\x04" + b"\0" * 50), ("c.txt", b"")]
    house.send(person("anhttn"), GENERAL, files, subject="Tệp hỏng")
    assert over(house) == "review"


def test_a_bare_line_feed(house: House) -> None:
    with smtplib.SMTP("127.0.0.1", house.port) as client:
        client.ehlo()
        client.docmd("MAIL", f"FROM:<{person('anhttn')}>")
        client.docmd("RCPT", f"TO:<{GENERAL}>")
        assert client.docmd("DATA")[0] == 354
        client.send(b"Subject: a\n.\nMAIL FROM:<x@y.example>\r\n\r\n.\r\n")
        assert client.getreply()[0] == 554
