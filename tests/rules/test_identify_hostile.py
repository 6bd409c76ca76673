"""Any text is taken, none takes long: twice the text may cost about twice the time."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.identify import symbol
from rules.identify.identity import text_fingerprint
from rules.identify.layout import identify
from rules.identify.recipients import article_bodies
from rules.text.fold import fold, tidy, tidy_lines
from rules.text.gate import clean, clean_name
from rules.text.legacy import convert
from rules.values.reading import Page, Word

PIECES = st.sampled_from(
    [
        "Số:",
        " /QĐ-UBND",
        "12/2005/QĐ-UB",
        "ngày",
        "tháng",
        "năm",
        "2005",
        "Nơi nhận:",
        "- Lưu: VT",
        "Kính gửi:",
        "\n",
        "   ",
        "CHỈ THỊ",
        "V/v",
        "TM.",
        "KT. CHỦ TỊCH",
        "Nguyễn Văn An",
        "./.",
        "\t",
        "(",
        ")",
        ";",
        "Điều 1.",
        "MẬT",
        "-",
        "\x0c",
        "x" * 50,
    ]
)


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=60), st.booleans())
def test_any_pages_are_taken(pieces: list[str], boxed: bool) -> None:
    text = " ".join(pieces)
    words = tuple(
        Word(piece, (at * 37) % 500, (at * 53) % 800, (at * 37) % 500 + 30, (at * 53) % 800 + 10)
        for at, piece in enumerate(pieces)
    )
    page = Page(1, text, words, 595.0, 842.0) if boxed else Page(1, text)
    fields = identify([page, page])
    for found in (fields.symbol, fields.subject, fields.issuer, fields.signer):
        assert found is None or (found.value and 0 <= found.confidence <= 1)


@given(st.text(max_size=400))
def test_any_text_is_taken(text: str) -> None:
    identify([Page(1, text)])


FUNCTIONS: list[Callable[[str], object]] = [
    lambda text: identify([Page(1, text)]),
    convert,
    fold,
    tidy,
    tidy_lines,
    symbol.find_all,
    symbol.parse,
    text_fingerprint,
    lambda text: clean(text, 300_000),
    clean_name,
    lambda text: article_bodies(text, 3),
]
HOSTILE = [
    "Số: ",
    " ",
    "\n",
    "\t",
    "Nơi nhận",
    "Nơi nhận:\n",
    "ngày ....",
    "12/",
    "A-",
    "soá ",
    "Sè :",
    "a^",
    "o+",
    "(",
    "- ",
    "Điều 3.",
    ";,",
    "\u0301",
    "1/QĐ-",
    "ngày tháng ",
    "V/v\n",
    "Kính gửi:\n- ",
    "đ" * 7 + " ",
    "\xad",
    "KT. ",
]


def _cost(function: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    function(text)
    return time.process_time() - start


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_cost_grows_with_the_text_and_not_with_its_square(piece: str) -> None:
    small, large = (piece * (size // len(piece) + 1) for size in (25_000, 200_000))
    for function in FUNCTIONS:
        before, after = (min(_cost(function, text) for _ in range(2)) for text in (small, large))
        # eight times the text; a square would cost 64 times
        assert after < 30 * max(before, 0.004), function
