"""Is this a legal Vietnamese syllable? The judge between two readings of the same bytes."""

import json
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

_LISTS: dict[str, list[str]] = json.loads(files("rules.tables").joinpath("words.json").read_text("utf-8"))
_RHYMES, _ONSETS = _LISTS["rhymes"], _LISTS["onsets"]
_MARKED = "ăâêôơ"
_EITHER = frozenset({"oa", "oe", "uy", "oong", "ooc"})  # hòa and hoà
_MEDIAL = re.compile(r"o[ae].|uy.")


def _tone_places(rhyme: str) -> frozenset[int]:
    """Where in the rhyme the tone mark may stand."""
    marked = [at for at, char in enumerate(rhyme) if char in _MARKED]
    if marked:
        return frozenset(marked[-1:])
    if "ư" in rhyme:
        return frozenset({rhyme.index("ư")})
    if rhyme in _EITHER:
        return frozenset({0, 1})
    return frozenset({1 if _MEDIAL.match(rhyme) else 0})


def _legal_syllables() -> dict[str, frozenset[int]]:
    """Every toneless syllable with the places of its tone mark."""
    table: dict[str, frozenset[int]] = {}
    for onset in ("", *_ONSETS):
        for rhyme in _RHYMES:
            places = frozenset(len(onset) + at for at in _tone_places(rhyme))
            table[onset + rhyme] = table.get(onset + rhyme, frozenset()) | places
    # gì, gìn, giếng: the i of "gi" and of the rhyme are written once
    table.update(
        {"gi": frozenset({1}), "gin": frozenset({1}), "gip": frozenset({1}), "giêng": frozenset({2})}
    )
    return table


_LEGAL = _legal_syllables()
_STOPPED = ("c", "ch", "p", "t")
_TONES = {0x300: "`", 0x301: "'", 0x303: "~", 0x309: "?", 0x323: "."}
_LETTERS = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=20_000)
def legal(word: str) -> bool:
    """True when the word (any case, NFC) is a syllable that Vietnamese spelling allows."""
    if len(word) > 8 or not (word.islower() or word.isupper() or word[1:].islower()):
        return False
    tone, place, letters = "", -1, []
    for char in unicodedata.normalize("NFD", word.lower()):
        mark = _TONES.get(ord(char))
        if mark is None:
            letters.append(char)
        elif tone:
            return False
        else:
            tone, place = mark, len(unicodedata.normalize("NFC", "".join(letters))) - 1
    bare = unicodedata.normalize("NFC", "".join(letters))
    places = _LEGAL.get(bare)
    if places is None or (tone and place not in places):
        return False
    # a syllable closed by c, ch, p, t is said with sắc or nặng only
    return tone in ("", "'", ".") or not bare.endswith(_STOPPED)


def words(text: str) -> list[str]:
    """Runs of letters."""
    return _LETTERS.findall(text)
