"""Words and phrases in capitals that headers and titles have: OCR loses their accents, we know them."""

import json
from collections.abc import Sequence
from difflib import SequenceMatcher
from importlib.resources import files

from rules.text.fold import fold

_EDGES = ".,;:"
_LISTS: dict[str, list[str]] = json.loads(files("rules.tables").joinpath("words.json").read_text("utf-8"))
_TEXTS = (
    "ỦY BAN NHÂN DÂN TỈNH THÀNH PHỐ HUYỆN SỞ TẾ VĂN PHÒNG BỘ CỤC HỘI ĐỒNG GIÁM ĐỐC",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "QUYẾT ĐỊNH THÔNG BÁO KẾ HOẠCH GIẤY MỜI TỜ TRÌNH CHỈ THỊ NGHỊ",
)
_WORDS = {fold(word): word for text in _TEXTS for word in text.split()}
_SPECKS = ".,'`·’‘"
# other words with the same letters that stand in headers too: read so, they may be meant
_ALSO = "THANH BẢO MÔI HÓA HOÁ ĐỘNG ĐÔNG PHÓ CHI TỔ THI VẬN ĐÌNH ĐINH"
_MEANT = frozenset(_ALSO.split())
_PHRASES = {
    tuple(fold(part).strip(_EDGES) for part in phrase.split()): phrase.replace(",", "").split()
    for phrase in (
        *_LISTS["header_phrases"],
        *_LISTS["bodies"],
        *(f"TỈNH {name}" for name in _LISTS["provinces"]),
    )
}
_LONGEST = max(map(len, _PHRASES))
_PROVINCES = {fold(name): name for name in _LISTS["provinces"]}
_JOINED = {"yte": "Y TẾ", "boyte": "BỘ Y TẾ", "soyte": "SỞ Y TẾ"}  # a letter alone, its blanks lost
_ALIKE = 0.88  # of 1: how like a province what follows TỈNH must look


def header_word(text: str) -> str:
    """A word in capitals with its accents, specks before it gone; any other as it is."""
    if not text.isupper():
        return text
    bare = text.lstrip(_SPECKS)
    key = fold(bare)
    return bare if bare in _MEANT else _JOINED.get(key) or _WORDS.get(key, bare)


def header_words(row: Sequence[str]) -> list[str]:
    """A row's words, known phrases with the accents that they have; as many as there were."""
    found = [header_word(word) for word in row]
    keys = [fold(word).strip(_EDGES) if word == word.upper() else "" for word in found]
    at = 0
    while at < len(found):
        size = next((n for n in range(_LONGEST, 1, -1) if tuple(keys[at : at + n]) in _PHRASES), 0)
        for place, word in enumerate(_PHRASES[tuple(keys[at : at + size])] if size else (), at):
            found[place] = word + _tail(found[place])
        at += max(1, size)
    return _with_province(found, keys)


def _tail(word: str) -> str:
    return word[len(word.rstrip(_EDGES)) :]


def _with_province(found: list[str], keys: Sequence[str]) -> list[str]:
    """ "TỈNH QUANG NGAÀI" can only be one of them."""
    for at, key in enumerate(keys[:-2]):
        name = " ".join(keys[at + 1 : at + 3])
        if key != "tinh" or name in _PROVINCES:
            continue
        ranked = sorted(
            ((SequenceMatcher(None, name, known).ratio(), known) for known in _PROVINCES), reverse=True
        )
        if ranked[0][0] >= _ALIKE and ranked[0][0] > ranked[1][0]:
            found[at + 1 : at + 3] = _PROVINCES[ranked[0][1]].split()
    return found
