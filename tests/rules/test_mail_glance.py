"""The look at a header before the answer: right on real ones, linear on hostile ones."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.mail_glance import decoded, glance

HEAD = (
    b"Received: from a by b\r\n\twith ESMTP;\r\n Mon, 2 Nov 2026\r\nRECEIVED : x\r\n"
    b'From: "Van thu, So" <VanThu@SoNoiVu.example.vn>\r\n'
    b"Subject: =?utf-8?B?Q8O0bmcgdsSDbiA=?=\r\n =?utf-8?q?s=E1=BB=91_5?=\r\n\r\n"
    b"From: body@example.org\r\nReceived: body\r\n"
)


def test_a_real_header() -> None:
    look = glance(HEAD)
    assert look.subject == "Công văn số 5"
    assert look.from_addresses == ("vanthu@sonoivu.example.vn",)
    assert look.hops == 2
    assert look.header_lines == 7
    assert look.header_bytes == HEAD.index(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        ("a@x.vn", ["a@x.vn"]),
        ('"boss@ours.vn" <a@x.vn>', ["a@x.vn"]),
        ("a@x.vn (boss@ours.vn)", ["a@x.vn"]),
        ("a@x.vn (one (boss@ours.vn) two)", ["a@x.vn"]),
        ("a@x.vn, Boss <boss@ours.vn>", ["a@x.vn", "boss@ours.vn"]),
        ('"a b"@ours.vn', ["quoted@ours.vn"]),
        ("boss @ ours . vn", ["boss@ours.vn"]),
        ("boss(x)@(y)ours.vn", ["boss@ours.vn"]),
        # nobody knows what is a name here: everything counts
        ('"boss@ours.vn <a@x.vn>', ["boss@ours.vn", "a@x.vn"]),
        ("(boss@ours.vn <a@x.vn>", ["boss@ours.vn", "a@x.vn"]),
        ("boss@ours.vn) <a@x.vn>", ["boss@ours.vn", "a@x.vn"]),
        ("bos\\s <boss@ours.vn>", ["boss@ours.vn"]),
        ("<boss@ours.vn>\r\n\t<a@x.vn>", ["boss@ours.vn", "a@x.vn"]),
        ("<@relay.vn:boss@ours.vn>", ["boss@ours.vn"]),
        ("đơn@ours.vn", ["đơn@ours.vn"]),
        ("", []),
        ("undisclosed-recipients:;", []),
    ],
)
def test_who_is_claimed(value: str, addresses: list[str]) -> None:
    assert list(glance(f"From: {value}\r\n\r\n".encode()).from_addresses) == addresses


def test_every_from_header_counts() -> None:
    head = b"from: a@x.vn\r\nX-From: no@x.vn\r\nFROM :boss@ours.vn\r\n\r\n"
    assert glance(head).from_addresses == ("a@x.vn", "boss@ours.vn")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain", "plain"),
        ("=?windows-1258?q?V=E3n?=", "Văn"),
        ("=?utf-8*vi?Q?a=20b?=", "a b"),
        ("=?no-such?Q?a?= b", "=?no-such?Q?a?= b"),
        ("=?unicode_escape?Q?a?=", "=?unicode_escape?Q?a?="),
        ("=?utf-8?B?****?=", "=?utf-8?B?****?="),
        ("=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x"),
        ("e\u0302", "ê"),
        ("a\u202eb\x00c", "a b c"),
        ("x" * 5000, "x" * 1000),
    ],
)
def test_subject(raw: str, text: str) -> None:
    assert decoded(raw) == text


@pytest.mark.parametrize(
    "head",
    [
        b"From: " + b"(" * 65000,
        b"From: " + b'"\\' * 32000,
        b"From: " + b'"" ' * 21000,
        b"From: " + b"a@" * 32000,
        b"From: " + b" @" * 32000,
        b"From" + b" " * 65000,
        b"Subject: " + b"=?u?q?" * 10000,
        b"Subject: " + b"?= " * 21000,
        b"a:\r\n" * 16000,
        b"F:\r\n " * 13000,
        b"\r\n" * 32000,
        b"x" * 65536,
    ],
)
def test_hostile_headers_take_no_time(head: bytes) -> None:
    begun = time.process_time()
    glance(head)
    assert time.process_time() - begun < 0.5


@given(st.binary(max_size=500), st.sampled_from([b"", b"From: ", b"Subject: =?utf-8?b?", b"Received: "]))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_looked_at(noise: bytes, prefix: bytes) -> None:
    look = glance(prefix + noise)
    assert look.header_bytes <= len(prefix) + len(noise)
    assert look.subject.isprintable()
    assert all(address.count("@") == 1 for address in look.from_addresses)
