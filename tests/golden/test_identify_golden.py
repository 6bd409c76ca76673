"""Golden folders with ``input.txt``: what `identify` must read out of an invented document.

``want.toml`` lists the fields to be found; ``none`` those that must stay empty;
``unsure`` those that may be found only with a confidence below 0.6; with
``boxed`` the text is laid out as words with boxes, as a PDF reader gives them.
Pages are parted by form feeds. ``why.md`` says what the case is about.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from rules.identify.layout import identify
from rules.text.legacy import convert
from rules.values.reading import Fields, Page, Word

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/input.txt"))
LISTS = {"recipients", "addressees"}
PLAIN = {"draft", "blank_number", "normative", "symbol_rest"}
CONTROL = {"none", "unsure", "boxed", "converted", "kinds", "purposes"}
COLUMN, ROW = 6.0, 14.0  # points per character and line


def boxed(number: int, text: str) -> Page:
    """The text as a page of words with boxes, every character as wide as every other."""
    words = []
    for row, line in enumerate(text.split("\n")):
        for match in re.finditer(r"\S+", line):
            x0, x1, y0 = 40 + match.start() * COLUMN, 40 + match.end() * COLUMN, 50 + row * ROW
            words.append(Word(match.group(), x0, y0, x1, y0 + 10, "TimesNewRoman", 10.0))
    return Page(number, " \n".join(line.strip() for line in text.split("\n")), tuple(words), 595.0, 842.0)


def read(case: Path) -> tuple[dict[str, Any], Fields, tuple[str, ...]]:
    want = tomllib.loads((case / "want.toml").read_text("utf-8"))
    converted = convert((case / "input.txt").read_text("utf-8"))
    texts = converted.text.split("\f")
    make = boxed if want.get("boxed") else Page
    fields = identify([make(number, text) for number, text in enumerate(texts, 1)])
    return want, fields, converted.kinds


def got(fields: Fields, name: str) -> Any:
    value = getattr(fields, name)
    if name in LISTS:
        return [entry.text for entry in value]
    return value if name in PLAIN or value is None else value.value


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_golden(case: Path) -> None:
    want, fields, kinds = read(case)
    expected = {name: value for name, value in want.items() if name not in CONTROL}
    assert {name: got(fields, name) for name in expected} == expected
    assert {name: got(fields, name) for name in want.get("none", ())} == dict.fromkeys(want.get("none", ()))
    for name in want.get("unsure", ()):
        assert getattr(fields, name).confidence < 0.6
    assert list(kinds) == want.get("converted", [])
    if "kinds" in want:
        assert [entry.kind for entry in fields.recipients] == want["kinds"]
    if "purposes" in want:
        assert [entry.purpose for entry in fields.recipients] == want["purposes"]


def test_there_are_cases() -> None:
    assert len(CASES) >= 20
    assert all((case / "why.md").read_text("utf-8").strip() for case in CASES)
