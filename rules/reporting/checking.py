"""Entries become answers: each value read as its field wants it, sums held against their limits."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rules.reporting.kinds import NUMERIC, Asked, Field, Kind
from rules.reporting.saying import SayFault
from rules.text.fold import fold
from rules.text.gate import clean
from rules.values.grid import Cell

LONGEST_TEXT, LONGEST_DIFFICULTY = 500, 2000  # characters
MOST = 1e15
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[. ][0-9]{3})+(?:,[0-9]+)?")
_COMMA = re.compile(r"[0-9]+(?:,[0-9]+)?")
_POINT = re.compile(r"[0-9]+\.[0-9]+")
_ENGLISH = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,5}(?:\.[0-9]+)?")
_SIGN = re.compile(r"^[-+\u2212]\s*")
_YES = frozenset({"co", "yes", "y", "x", "1", "true", "dung", "roi", "da co", "da dung"})
_NO = frozenset({"khong", "no", "n", "0", "false", "chua", "chua co", "khong co", "khong dung"})
_NOTHING = frozenset({"", "khong", "khong co", "-", "none", "no", "khong co gi"})
_ERRORS = frozenset({"#ref!", "#value!", "#div/0!", "#name?", "#n/a", "#null!", "#num!"})


def checked(kind: Kind, entries: Mapping[str, Cell]) -> tuple[dict[str, Any], tuple[SayFault, ...]]:
    """The answers by code, and everything that is wrong or missing; answers are whole without faults."""
    answers: dict[str, Any] = {}
    faults: list[SayFault] = []
    for asked in kind.fields:
        found = read(asked, entries.get(asked.code))
        if isinstance(found, SayFault):
            faults.append(found)
        elif found is None and asked.required:
            faults.append(SayFault("missing", asked.code))
        else:
            answers[asked.code] = found
    faults += _sums(kind, answers)
    return answers, tuple(faults)


def read(asked: Field, cell: Cell) -> Any:
    """One value as its field wants it; None when nothing stands there, a fault when it cannot be read."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, str) and cell.strip().casefold() in _ERRORS:
        return SayFault("sheet-error", asked.code, cell.strip())
    if asked.kind in NUMERIC:
        return _number(asked, cell)
    if asked.kind is Asked.YES:
        return _yes(asked, cell)
    text = clean(_plain(cell), LONGEST_DIFFICULTY, lines=asked.kind is Asked.DIFFICULTY)
    if asked.kind is Asked.CHOICE:
        return _choice(asked, text)
    if asked.kind is Asked.DIFFICULTY:
        return None if fold(text).strip(" .") in _NOTHING else text
    return text[:LONGEST_TEXT]


def _number(asked: Field, cell: Cell) -> Any:
    value = float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else None
    if isinstance(cell, str):
        value = number_of(cell, asked.unit)
    if value is None or value != value:
        return SayFault("no-number", asked.code, _plain(cell)[:80])
    if abs(value) > MOST:
        return SayFault("too-big", asked.code, _plain(cell)[:80])
    if asked.least is not None and value < asked.least:
        return SayFault("too-small", asked.code, _plain(cell)[:80], f"{asked.least:g}")
    if asked.most is not None and value > asked.most:
        return SayFault("too-big", asked.code, _plain(cell)[:80], f"{asked.most:g}")
    if asked.kind is Asked.WHOLE:
        return int(value) if value == int(value) else SayFault("not-whole", asked.code, _plain(cell)[:80])
    return int(value) if value == int(value) else value


def number_of(text: str, unit: str = "") -> float | None:
    """A number as people here write it: 5.904,373 or 5904,373, (-90) for a minus (DOMAIN 7.4)."""
    text = text.strip()[:80].replace("\u00a0", " ")
    folded = fold(text)
    for tail in dict.fromkeys((fold(unit), "%")):
        if tail and folded.endswith(tail) and len(folded) == len(text):
            text, folded = text[: -len(tail)].strip(), folded[: -len(tail)].strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    negative = text.startswith(("-", "\u2212"))
    digits = _SIGN.sub("", text)
    if _THOUSANDS.fullmatch(digits) or _COMMA.fullmatch(digits):
        plain = digits.replace(".", "").replace(" ", "").replace(",", ".")
    elif _POINT.fullmatch(digits):
        plain = digits
    elif _ENGLISH.fullmatch(digits):
        plain = digits.replace(",", "")
    else:
        return None
    return -float(plain) if negative else float(plain)


def _yes(asked: Field, cell: Cell) -> Any:
    if isinstance(cell, bool):
        return cell
    word = fold(_plain(cell)).strip(" .!")
    if word in _YES or word in _NO:
        return word in _YES
    return SayFault("yes-or-no", asked.code, _plain(cell)[:80])


def _choice(asked: Field, text: str) -> Any:
    wanted = fold(text).strip(" .")
    exact = [choice for choice in asked.choices if fold(choice) == wanted]
    begun = [choice for choice in asked.choices if wanted and fold(choice).startswith(wanted)]
    if exact or len(begun) == 1:
        return (exact or begun)[0]
    return SayFault("choice", asked.code, text[:80], ", ".join(asked.choices))


def _sums(kind: Kind, answers: Mapping[str, Any]) -> Iterator[SayFault]:
    for check in kind.checks:
        parts = [answers.get(code) for code in check.sum]
        whole = answers.get(check.at_most)
        if whole is not None and None not in parts and sum(parts) > whole:  # type: ignore[arg-type]
            yield SayFault("sum", check.at_most, " + ".join(check.sum), f"{whole:g}")


def _plain(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return str(cell)
