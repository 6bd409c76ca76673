"""Is it the same document? Keys over what it bears, a fingerprint over what it says (SEMANTICS)."""

import math
import re
import unicodedata
from collections import Counter
from datetime import date
from functools import lru_cache
from hashlib import blake2b

from rules.identify import symbol as grammar
from rules.text.fold import fold, squash

_BITS = 63  # a fingerprint fits a signed column of 64 bits
_LANE = 20  # bits per counter: a million words do not overflow into the next
_WORD = re.compile(rb"[a-z0-9]+")
_LONGEST = 400_000  # characters that count


def folded_symbol(symbol: str) -> str:
    """The symbol without accents, case, blanks and leading zeros: "05/BNV - VP" is "5/bnv-vp"."""
    parsed = grammar.parse(symbol)
    if parsed is None:
        return squash(symbol)
    rest = re.sub(r"^\d+[^\W\d_]?\d?(?=[/-])", "", parsed.text, count=1)
    return f"{parsed.number}{parsed.suffix}" + re.sub(r"[.\-]+", "-", fold(rest))


def identity_key(issuer: str, series: str, day: date | None, symbol: str) -> str:
    """Index key of a document: issuer (code or folded name), book series, date, number and symbol.

    Without a number pass the content hash of the main file as ``symbol``.
    """
    return "|".join((issuer, series, day.isoformat() if day else "", folded_symbol(symbol)))


def text_fingerprint(text: str) -> int:
    """A 63-bit simhash over the words with their (damped) counts; 0 for a text without words.

    Words are compared without accents and other scripts, so that a scan's
    reading comes out near the text it was printed from. Cheap: the bits of a
    word are spread once into lanes of one big number, so a word costs one addition.
    """
    text = text[:_LONGEST].replace("đ", "d").replace("Đ", "d")
    plain = unicodedata.normalize("NFD", text).encode("ascii", "ignore")
    total = weight = 0
    for word, count in Counter(_WORD.findall(plain.lower())).items():
        times = count.bit_length() * 2 - 1
        total += times * _spread(word)
        weight += times
    return sum(1 << bit for bit in range(_BITS) if (total >> bit * _LANE & _LANE_MASK) * 2 > weight)


_LANE_MASK = (1 << _LANE) - 1


@lru_cache(maxsize=20_000)
def _spread(word: bytes) -> int:
    """The bits of a word's hash, one per lane."""
    bits = int.from_bytes(blake2b(word[:60], digest_size=8).digest())
    return int("".join("0" * (_LANE - 1) + bit for bit in f"{bits >> 1:063b}"), 2)


def alike(a: int, b: int) -> float:
    """How like two texts are (0..1), from their fingerprints: the cosine that the differing bits tell."""
    return max(0.0, math.cos(math.pi * (a ^ b).bit_count() / _BITS))
