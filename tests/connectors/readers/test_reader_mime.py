"""Mails taken apart."""

import email
import hashlib
import json
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from connectors.readers.limits import ReadLimits
from connectors.readers.mime import read

LIMITS = ReadLimits()
HEAD = b"From: a@x.example\r\nTo: b@x.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"


def mail_with(content: bytes, name: str, text: str = "Kính gửi") -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "a@x.example", "b@x.example", "s"
    message.set_content(text)
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def mixed(*parts: bytes, end: bytes = b"--b--\r\n", kind: bytes = b"mixed") -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return HEAD + b"Content-Type: multipart/" + kind + b"; boundary=b\r\n\r\n" + body + end


def test_body_and_file(letter_pdf: bytes) -> None:
    mail = read(mail_with(letter_pdf, "Công văn.pdf"), LIMITS)
    assert mail.body == "Kính gửi"
    assert [(file.name, file.content == letter_pdf, file.inline) for file in mail.files] == [
        ("Công văn.pdf", True, False)
    ]
    assert mail.warnings == ()


def test_plain_is_preferred_to_html_only_where_they_are_alternatives() -> None:
    plain = "Content-Type: text/plain; charset=utf-8\r\n\r\nchữ thường".encode()
    html = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Xin <b>ch\xc3\xa0o</b></p><script>x()</script>"
    assert read(mixed(plain, html, kind=b"alternative"), LIMITS).body == "chữ thường"
    assert read(mixed(plain, html), LIMITS).body == "chữ thường\nXin chào"
    assert read(mixed(html), LIMITS).body == "Xin chào"


def test_nested_mail_is_kept_whole_and_its_files_follow() -> None:
    inner = mail_with(b"%PDF-1.4 x", "a.pdf", text="bên trong")
    outer = HEAD + b"Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n"
    outer += b"Content-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--o--\r\n"
    mail = read(outer, LIMITS)
    assert [(file.name, file.content) for file in mail.files] == [("s.eml", inner), ("a.pdf", b"%PDF-1.4 x")]
    assert mail.body == "bên trong"


@pytest.mark.parametrize(
    ("head", "inline"),
    [
        (b"Content-Type: image/png; name=logo.png\r\nContent-ID: <x>\r\nContent-Disposition: inline", True),
        (b"Content-Type: image/png; name=scan.png\r\nContent-Disposition: attachment", False),
        (b"Content-Type: text/vcard; name=a.vcf", True),
        (b"Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: inline", False),
        (b"Content-Type: application/pkcs7-signature; name=smime.p7s", True),
    ],
)
def test_inline(head: bytes, inline: bool) -> None:
    assert [file.inline for file in read(mixed(head + b"\r\n\r\nx"), LIMITS).files] == [inline]


def test_a_photographed_page_is_not_a_logo() -> None:
    head = b"Content-Type: image/jpeg; name=a.jpg\r\nContent-ID: <x>\r\nContent-Disposition: inline\r\n\r\n"
    assert not read(mixed(head + b"x" * 200_000), LIMITS).files[0].inline


def test_encodings() -> None:
    parts = [
        b"Content-Type: a/b; name=1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=C4=\r\n=91",
        b"Content-Type: a/b; name=2\r\nContent-Transfer-Encoding: BASE64\r\n\r\nQU\r\nJD!RA",
        b"Content-Type: a/b; name=3\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
        b"begin 644 f\r\n#0V%T\r\n`\r\nend",
        b"Content-Type: a/b; name=4\r\n\r\n\x00\xff",
        b"Content-Type: a/b; name=5\r\nContent-Transfer-Encoding: no-such\r\n\r\nabc",
    ]
    contents = [file.content for file in read(mixed(*parts), LIMITS).files]
    assert contents == ["ađ".encode(), b"ABCD", b"Cat", b"\x00\xff", b"abc"]


def test_missing_end_keeps_the_file() -> None:
    mail = read(mixed(b"Content-Type: a/b; name=f\r\n\r\nabc", end=b""), LIMITS)
    assert [file.content.strip() for file in mail.files] == [b"abc"]
    assert "end-missing" in mail.warnings


def test_boundary_that_begins_like_another() -> None:
    inner = b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n"
    inner += b"--b1\r\nContent-Type: a/b; name=x\r\n\r\nX\r\n--b1--"
    mail = read(mixed(inner, b"Content-Type: a/b; name=y\r\n\r\nY"), LIMITS)
    assert [(file.name, file.content) for file in mail.files] == [("x", b"X"), ("y", b"Y")]


def test_boundary_that_never_comes_is_text() -> None:
    mail = read(HEAD + b"Content-Type: multipart/mixed; boundary=zz\r\n\r\nxin ch\xc3\xa0o", LIMITS)
    assert mail.body == "xin chào"
    assert "boundary-missing" in mail.warnings


def test_part_bomb_and_deep_nesting_are_cut_quickly() -> None:
    start = time.process_time()
    bomb = read(mixed(*[b"Content-Type: a/b; name=f\r\n\r\nx"] * 20_000), LIMITS)
    assert len(bomb.files) == LIMITS.parts
    assert "parts-capped" in bomb.warnings
    level = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n"
    deep = b"".join(level % (i, i) for i in range(1000))
    assert "nesting-capped" in read(HEAD + deep, LIMITS).warnings
    mails = HEAD + b"Content-Type: message/rfc822\r\n\r\n"
    assert len(read(mails * 1000 + b"x", LIMITS).files) <= LIMITS.nesting + 1
    big = read(mails * 30 + b"x" * 100_000, ReadLimits(unpacked_bytes=200_000))
    assert len(big.files) == 4  # three copies fit into the budget, the fourth is kept and not opened
    assert time.process_time() - start < 3


def test_names_and_hashes_of_real_mails(corpora: Path) -> None:
    truth = json.loads((corpora / "truth" / "vn_eml_truth.json").read_text("utf-8"))
    missed = []
    for entry in truth:
        mail = read((corpora / entry["file"]).read_bytes(), LIMITS)
        got = {(file.name or None, hashlib.sha256(file.content).hexdigest()) for file in mail.files}
        wanted = {(want["name"], want["sha256"]) for want in entry["attachments"]}
        missed += [(entry["file"], want) for want in wanted - got]
        assert mail.headers.automatic == ""
        if entry["wrap"] != "forward" and mail.headers.subject != entry["subject"].strip():
            missed.append((entry["file"], mail.headers.subject))
    assert truth
    assert missed == []


def test_no_collected_mail_is_too_much(corpora: Path) -> None:
    mails = sorted((corpora / "mail").rglob("*.eml"))
    assert mails
    slow = []
    for path in mails:
        start = time.process_time()
        read(path.read_bytes(), LIMITS)
        if time.process_time() - start > 2:
            slow.append(path.name)
    assert slow == []


def _leaves(message: email.message.Message) -> set[str]:
    leaves = [part for part in message.walk() if not part.is_multipart() and part.get_filename()]
    return {hashlib.sha256(part.get_payload(decode=True) or b"").hexdigest() for part in leaves}


def test_own_splitting_agrees_with_the_standard_library(make_pdf: Callable[..., bytes]) -> None:
    contents = [b"", b"x", b"line\r\n", b"--b\r\n--b--", bytes(range(256)) * 99, make_pdf([["a"]])]
    for content in contents:
        raw = mail_with(content, "f.bin")
        ours = {hashlib.sha256(file.content).hexdigest() for file in read(raw, LIMITS).files}
        assert ours == _leaves(email.message_from_bytes(raw))
