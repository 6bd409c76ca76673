"""One search over FTS5 and tsvector: the same answers, whatever is typed."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import documents, search
from storage.engine import Database

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TEXTS = (
    (
        "21/2005/CT-UBND",
        "Về việc tăng cường ứng dụng công nghệ thông tin",
        "Thị xã Đồng Xoài, ngày 20 tháng 12",
    ),
    ("12/SNV-VP", "Báo cáo tháng về thư điện tử", "Kính gửi: Ủy ban nhân dân thị xã ĐỒNG XOÀI"),
    ("3/QĐ-UBND", "Bổ nhiệm cán bộ huyện Lộc Ninh", "hoà giải ở cơ sở"),
)
HOSTILE = (
    *(
        "",
        " ",
        '"',
        "'",
        '" OR "',
        "a AND",
        "NOT",
        "NEAR(",
        "*",
        "a*",
        "^a",
        "symbol:12",
        "-",
        "- -",
        "(",
        ")",
    ),
    *("& | !", "<->", ":*", "a & ", "!!", "\\", "\\'", "%", "_", "__", "\x00", "a\x00b", "\ud800", "😀", "²"),
    *(
        "ﬁ",
        "İ",
        "ß",
        "'; DROP TABLE document_search; --",
        "x" * 5000,
        "a " * 5000,
        "١٢",
        "đ",
        "Đ",
        "1e5",
        "-1",
    ),
    *("http://a.b/c?d=e", "a@b.vn", "1.5.6", "12abc", "a-b-c", "/usr/x", "<b>x</b>", "&amp;", "a':1A 'b"),
)
# FTS5 knows the letters of Unicode 6.1
OLD_LETTERS = st.characters(max_codepoint=0x4FF, exclude_characters="\u037f")


def blank() -> dict[str, Any]:
    texts = ("direction", "status", "unit", "issuer_text", "parent_issuer_text", "type", "series", "symbol")
    texts += ("symbol_key", "suffix", "place", "subject", "signer", "signer_title", "source", "sender")
    return dict.fromkeys((*texts, "sender_verdict"), "")


def indexed(database: Database, texts: Sequence[tuple[str, str, str]] = TEXTS) -> list[int]:
    made = []
    with database.transaction() as connection:
        for symbol, subject, body in texts:
            document, _version = documents.add(connection, blank(), None, NOW)
            search.index(connection, document, symbol, subject, body)
            made.append(document)
    return made


def found(database: Database, query: str) -> list[int]:
    with database.reading() as connection:
        return list(search.find(connection, query, limit=100))


@pytest.mark.parametrize(
    ("query", "want"),
    [
        ("dong xoai", {0, 1}),
        ("Đồng Xoài", {0, 1}),
        ("ĐỒNG XOÀI", {0, 1}),
        ("Do\u0302\u0300ng Xoa\u0300i".replace("D", "Đ"), {0, 1}),
        ("xoai dong", {0, 1}),
        ("dong ninh", set()),
        ("12/SNV-VP", {1}),
        ("12 snv", {1}),
        ("ct-ubnd", {0}),
        ("qđ", {2}),
        ("qd ubnd", {2}),
        ("hòa giải", {2}),
        ("thu dien tu", {1}),
        ("dong*", {0, 1}),
        ("don", set()),
    ],
)
def test_words_are_found_without_accents_and_case(database: Database, query: str, want: set[int]) -> None:
    made = indexed(database)
    assert set(found(database, query)) == {made[number] for number in want}


def test_the_symbol_counts_more_than_the_subject_and_that_more_than_the_body(database: Database) -> None:
    made = indexed(database, [("1", "a", "rare"), ("2", "rare", "b"), ("rare", "c", "d"), ("3", "e", "f")])
    assert found(database, "rare") == [made[2], made[1], made[0]]


def test_a_query_is_never_syntax(database: Database) -> None:
    made = indexed(database)
    for query in HOSTILE:
        assert set(found(database, query)) <= set(made)
        assert set(found(database, f"dong {query} xoai")) <= {made[0], made[1]}


def test_any_text_can_be_indexed(database: Database) -> None:
    made = indexed(database, [(text[:500], text[:500], f"{text} beacon") for text in HOSTILE])
    assert sorted(found(database, "beacon")) == made


@pytest.mark.parametrize("letters", ["a", "㐀", "𠀀"])
def test_a_text_is_searched_up_to_its_limit(database: Database, letters: str) -> None:
    some = [chr(ord(letters) + number) for number in range(26 if letters == "a" else 400)]
    text = " ".join(map("".join, itertools.product(some, repeat=3 if letters == "a" else 2)))
    text = text[: search.LONGEST_TEXT - 10] + " beacon "
    [made] = indexed(database, [("", "", text + "x" * search.LONGEST_TEXT + " buoy")])
    assert found(database, "beacon") == [made] and found(database, "buoy") == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=st.text(OLD_LETTERS, max_size=40))
def test_what_was_indexed_is_found_by_its_own_words(database: Database, query: str) -> None:
    [made] = indexed(database, [("", query, "")])
    if search.words(query):
        assert made in found(database, query)
    else:
        assert found(database, query) == []


def test_the_text_itself_is_kept_for_the_rules(database: Database) -> None:
    made = indexed(database)
    with database.reading() as connection:
        assert search.text_of(connection, made[0]) == TEXTS[0][2]
        assert search.text_of(connection, 999) == ""
