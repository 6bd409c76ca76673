"""How near a value is to the truth: what "exact" means, and how many characters differ."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

_BEFORE_MARK = re.compile(r"\s+(?=[,;:.)])")


def plain(text: str) -> str:
    """NFC, blanks folded, closing marks gone: what is left must be equal."""
    folded = " ".join(unicodedata.normalize("NFC", text).split())
    return _BEFORE_MARK.sub("", folded).strip(" .;,")


def same(found: str | None, truth: str) -> bool:
    return plain(found or "") == plain(truth)


def same_list(found: Iterable[str], truth: Sequence[str]) -> bool:
    """Every entry exact, in the order of the page."""
    return [plain(entry) for entry in found] == [plain(entry) for entry in truth]


def characters_apart(found: str, truth: str) -> int:
    """How many characters one must put in, take away or change, at most; blanks folded."""
    a, b = plain(found), plain(truth)
    if a == b:
        return 0
    if len(a) * len(b) <= 1_000_000:
        return _distance(a, b)
    return sum(_changed(a.split(" "), b.split(" ")))


def _changed(a: list[str], b: list[str]) -> Iterable[int]:
    """Long texts are laid side by side word by word, because letters would take minutes."""
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        left, right = " ".join(a[a0:a1]), " ".join(b[b0:b1])
        near = len(left) * len(right) <= 1_000_000
        yield _distance(left, right) if near else max(len(left), len(right))


def _distance(a: str, b: str) -> int:
    """Levenshtein's, one row at a time."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return row[-1]
