"""Header blocks under limits, and text out of headers."""

import binascii
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.readers.headers import base64_bytes, block, header_text, parameters
from connectors.readers.limits import ReadLimits
from connectors.readers.mime import read

LIMITS = ReadLimits()


@pytest.mark.parametrize(
    ("raw", "want"),
    [
        (b"=?utf-8?B?VsSDbiB0aMawIFPhu58=?=", "Văn thư Sở"),
        (b"=?utf-8?Q?C=C3=B4ng_v=C4=83n?= 12", "Công văn 12"),
        (b"=?utf-8?B?4bs=?=\r\n =?utf-8?B?hw==?=", "ệ"),  # one letter cut between two words
        (b"=?windows-1258?Q?=43=F4ng v=E3n?=", "Công văn"),
        ("Công văn số 12".encode(), "Công văn số 12"),
        ("Công văn số 12\r\n\tvà 13".encode(), "Công văn số 12 và 13"),
        (b"=?iso-8859-1?Q?Caf=E9?= =?utf-8?Q?_=C4=91=C3=A1?=", "Café đá"),
        (b"=?zlib?B?eJw=?= x", "xœ x"),
        (b"=?unicode_escape?Q?=5Cu0041?=", "\\u0041"),
        (b"=?viscii?Q?Kh=E4i?=", "Khải"),
        (b"=?utf-8?B?%%%?=", ""),
        (b"a =?utf-8?Q?b", "a =?utf-8?Q?b"),
    ],
)
def test_header_text(raw: bytes, want: str) -> None:
    assert header_text(raw) == want


@pytest.mark.parametrize(
    ("raw", "want"),
    [
        (b'attachment; filename="a.pdf"', "a.pdf"),
        (b"attachment; filename=\"cong van.pdf\"; filename*=UTF-8''C%C3%B4ng%20v%C4%83n.pdf", "Công văn.pdf"),
        (b"attachment; filename*0*=UTF-8''C%C3%B4ng; filename*1*=%20v%C4%83n.pdf", "Công văn.pdf"),
        (b'attachment; filename*0="cong "; filename*1="van.pdf"', "cong van.pdf"),
        (b"attachment; filename*=windows-1258''C%F4ng.pdf", "Công.pdf"),
        (b'attachment; filename="=?utf-8?B?Q8O0bmcgdsSDbi5wZGY=?="', "Công văn.pdf"),
        ('attachment; filename="Công văn.pdf"'.encode(), "Công văn.pdf"),
        ('attachment; filename="Công văn.pdf"'.encode("cp1258", "replace"), "Công văn.pdf"),
        (b'attachment; filename="a;b.pdf"; x=y', "a;b.pdf"),
    ],
)
def test_names_of_files(raw: bytes, want: str) -> None:
    assert parameters(raw).values["filename"] == want


def test_header_block_stops_at_its_limits() -> None:
    long_field = b"To: " + b"a@b.example, " * 7000 + b"\r\n"  # over 80 KB: 11.7 s for a naive parser
    many = b"".join(b"X-%d: y\r\n" % i for i in range(5000))
    start = time.process_time()
    for head in (long_field, many):
        found = block(head + b"Subject: late\r\n\r\nbody", 0, len(head) + 23, LIMITS)
        assert "headers-capped" in found.warnings
        assert sum(len(name) + len(value) for name, value in found.fields) <= LIMITS.headers_bytes
        assert all(len(value) <= LIMITS.header_bytes for _, value in found.fields)
        assert (head + b"Subject: late\r\n\r\nbody")[found.body :] == b"body"
    mail = read(long_field + b"Subject: s\r\n\r\nbody", LIMITS)
    assert mail.body == "body"
    assert time.process_time() - start < 2


def test_two_from_headers_name_nobody() -> None:
    mail = read(b"From: a@x.example\r\nFrom: b@y.example\r\nSubject: s\r\n\r\nbody", LIMITS)
    assert mail.headers.from_address == ""
    assert "two-from" in mail.warnings


def test_headers_for_people() -> None:
    raw = (
        "Received: from a by b; Mon, 1 Dec 2025 08:00:00 +0700\r\nReceived: from c by d\r\n"
        "From: =?utf-8?B?VsSDbiB0aMawIFPhu58=?= <Van.Thu@so.example>\r\nSender: x@so.example\r\n"
        "Reply-To: y@so.example\r\nTo: Phòng <p@so.example>, q@so.example\r\nCc: r@so.example\r\n"
        "Subject: =?utf-8?Q?Evil=0D=0ABcc:_z@x.example?=\r\nDate: Mon, 1 Dec 2025 08:00:00 +0700\r\n"
        "Message-ID: <1@so.example>\r\nIn-Reply-To: <0@so.example>\r\n"
        "References: <a@so.example>\r\n <0@so.example>\r\n\r\nx"
    ).encode()
    headers = read(raw, LIMITS).headers
    assert (headers.from_name, headers.from_address) == ("Văn thư Sở", "Van.Thu@so.example")
    assert (headers.sender_address, headers.reply_to) == ("x@so.example", "y@so.example")
    assert (headers.to, headers.cc) == (("p@so.example", "q@so.example"), ("r@so.example",))
    assert headers.subject == "Evil Bcc: z@x.example"
    assert (headers.message_id, headers.in_reply_to) == ("<1@so.example>", "<0@so.example>")
    assert headers.references == ("<a@so.example>", "<0@so.example>")
    assert (headers.hops, headers.automatic) == (2, "")


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("X-Hub-Loop: hub;1", "loop"),
        ("Auto-Submitted: auto-replied", "auto-submitted"),
        ("Auto-Submitted: no", ""),
        ("List-Id: <x.example>", "list"),
        ("Precedence: bulk", "list"),
        ("Return-Path: <>", "bounce"),
        ("Return-Path: <a@x.example>", ""),
        ('Content-Type: multipart/report; report-type="delivery-status"; boundary=b', "bounce"),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", "receipt"),
        ("Subject: Automatic reply: x", "vacation"),
        ("Subject: =?utf-8?B?VHLhuqMgbOG7nWkgdOG7sSDEkeG7mW5nOiB4?=", "vacation"),
        ("X-Autoreply: yes", "vacation"),
        ("Subject: Trả lời tự động: Công văn 12", "vacation"),
        ("Subject: Trả lời tự động hóa quy trình văn thư", ""),
        ("Subject: Tự động trả lời: 12", "vacation"),
        ("Subject: Ngoài Văn phòng: 12", "vacation"),
        ("Subject: Out of Office AutoReply: 12", "vacation"),
        ("Subject: Vắng mặt", "vacation"),
        ("Subject: Vắng mặt không lý do của đại biểu tại kỳ họp", ""),
        ("In-Reply-To: <1@x>\r\nSubject: Đã đọc: Công văn 12", "receipt"),
        ("References: <1@x>\r\nSubject: Không đọc: Công văn 12", "receipt"),
        ("Subject: Đã đọc: Công văn 12", ""),
        ("Subject: 12/CT-UBND", ""),
        ("Subject: Undeliverable: 12/CT-UBND", ""),
    ],
)
def test_automatic_mail(head: str, reason: str) -> None:
    assert read(f"From: a@x.example\r\n{head}\r\n\r\nx".encode(), LIMITS).headers.automatic == reason


def test_whoever_brings_a_file_is_no_program_because_of_a_subject() -> None:
    head = "From: a@x.example\r\nSubject: Vắng mặt: danh sách đại biểu\r\n"
    kind = "Content-Type: application/pdf; name=a.pdf\r\n"
    assert read(f"{head}{kind}\r\n%PDF-1.4".encode(), LIMITS).headers.automatic == ""


@given(st.binary(max_size=3000))
def test_any_bytes_are_a_mail(data: bytes) -> None:
    mail = read(data, LIMITS)
    assert len(mail.files) <= LIMITS.parts


@given(st.binary(max_size=300))
def test_header_text_of_any_bytes(data: bytes) -> None:
    header_text(b"=?utf-8?Q?" + data + b"?= " + data)
    parameters(b"attachment; filename*=" + data + b"; filename*1*=" + data)


@given(st.binary(max_size=200))
def test_base64_round_trip(data: bytes) -> None:
    import base64

    encoded = base64.encodebytes(data)
    assert base64_bytes(encoded) == data
    assert base64_bytes(b"!*" + encoded.replace(b"=", b"")) == data


@given(st.lists(st.sampled_from([bytes((octet,)) for octet in b"AZaz09+/==\r\n -_.\x00\xff"]), max_size=40))
def test_broken_base64_gives_what_the_standard_library_gives(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    try:
        want = binascii.a2b_base64(data)
    except binascii.Error:
        base64_bytes(data)  # what can be had, and no error
    else:
        assert base64_bytes(data) == want
