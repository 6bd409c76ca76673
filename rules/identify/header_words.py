"""Words and phrases in capitals that headers and titles have: OCR loses their accents, we know them."""

import json
from collections.abc import Sequence
from difflib import SequenceMatcher
from importlib.resources import files

from rules.text.fold import fold
from rules.text.phrases import Phrases


def _table(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(files("rules.tables").joinpath(name).read_text("utf-8"))
    return found


_LISTS, _BODIES = _table("phrases.json"), _table("words.json")["bodies"]
_TEXTS = (
    "ỦY BAN NHÂN DÂN TỈNH THÀNH PHỐ HUYỆN SỞ TẾ VĂN PHÒNG BỘ CỤC HỘI ĐỒNG GIÁM ĐỐC",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "QUYẾT ĐỊNH THÔNG BÁO KẾ HOẠCH GIẤY MỜI TỜ TRÌNH CHỈ THỊ NGHỊ",
)
_WORDS = {fold(word): word for text in _TEXTS for word in text.split()}
_JOINED = {"yte": "Y TẾ", "boyte": "BỘ Y TẾ", "soyte": "SỞ Y TẾ"}  # a letter alone, its blanks lost
_SPECKS = ".,'`·’‘"
# other words with the same letters that stand in headers too: read so, they may be meant
_ALSO = "THANH BẢO MÔI HÓA HOÁ ĐỘNG ĐÔNG PHÓ CHI TỔ THI VẬN ĐÌNH ĐINH"
_MEANT = frozenset(_ALSO.split())
_PROVINCES = {fold(name): name for name in _LISTS["provinces"]}
_CAPITALS = Phrases((*_LISTS["capitals"], *_BODIES, *(f"TỈNH {name}" for name in _PROVINCES.values())))
_TEXT = Phrases((*_LISTS["text"], *(f"tỉnh {name}" for name in _PROVINCES.values())))
_ALIKE = 0.88  # of 1: how like a province what follows TỈNH must look


def header_word(text: str) -> str:
    """A word in capitals with its accents, specks before it gone; any other as it is."""
    if not text.isupper():
        return text
    bare = text.lstrip(_SPECKS)
    key = fold(bare)
    return bare if bare in _MEANT else _JOINED.get(key) or _WORDS.get(key, bare)


def header_words(row: Sequence[str]) -> list[str]:
    """A header's row, known phrases in capitals with the accents that they have; as many words."""
    found = [header_word(word) for word in row]
    capitals = [word if word == word.upper() else "" for word in found]
    return _with_province([
        new if capital else old
        for new, old, capital in zip(_CAPITALS.spelled(capitals), found, capitals, strict=True)
    ])  # fmt: skip


def text_words(row: Sequence[str]) -> list[str]:
    """A row of text, known phrases with their accents, and the word before a number; as many words."""
    found = _TEXT.spelled(row)
    for at, word in enumerate(found[:-1]):
        if word in ("sô", "Sô") and found[at + 1][:1].isdigit():
            found[at] = "số" if word == "sô" else "Số"
    return found


def _with_province(found: list[str]) -> list[str]:
    """ "TỈNH QUANG NGAÀI" can only be one of them."""
    for at, word in enumerate(found[:-2]):
        name = " ".join(map(fold, found[at + 1 : at + 3]))
        if word != "TỈNH" or name in _PROVINCES:
            continue
        likeness = ((SequenceMatcher(None, name, known).ratio(), known) for known in _PROVINCES)
        best, second = sorted(likeness, reverse=True)[:2]
        if best[0] >= _ALIKE and best[0] > second[0]:
            found[at + 1 : at + 3] = _PROVINCES[best[1]].split()
    return found
