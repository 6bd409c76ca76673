"""Text in the encodings that offices used before Unicode: VNI, TCVN3, VIQR, and loose NFD (DOMAIN 9.1-9.2).

Such text arrives as letters of windows-1252 ("Ñoàng Xoaøi"). A line is
converted only when the conversion makes Vietnamese syllables out of what is
none; a line with letters that only Unicode has is never touched.

Convert before blanks are tidied: TCVN3's ư is the soft hyphen.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

from rules.text import syllables


@dataclass(frozen=True, slots=True)
class Converted:
    """Unicode text (NFC), the encodings met ("vni", "tcvn3", "viqr", "nfd"), and how many lines changed."""

    text: str
    kinds: tuple[str, ...] = ()
    lines_changed: int = 0


def _table(name: str) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(files("rules.tables").joinpath(name).read_text("utf-8")))


def _any_of(keys: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True)))


_VNI: dict[str, str] = _table("vni_map.json")["decode"]
# some converters write í as i + mark where the font has a letter of its own; the pair means nothing else
for _i, _row, _marks in (("i", "íìỉĩị", "ùøûõï"), ("I", "ÍÌỈĨỊ", "ùøûõï"), ("I", "ÍÌỈĨỊ", "ÙØÛÕÏ")):
    _VNI.update({_i + mark: letter for mark, letter in zip(_marks, _row, strict=True)})
_VNI_PAIR = _any_of(_VNI)
_VIQR: dict[str, str] = {code: letter for letter, code in _table("viqr_map.json")["encode"].items()}
_VIQR_PAIR = _any_of({**_VIQR, "dD": "", "Dd": ""})
_TCVN3: dict[int, str] = {ord(k): v for k, v in _table("tcvn3_map.json")["decode_single"].items()}
# what PDF producers and NFKC make of the soft hyphen, the middle dot, micro and cedilla signs
_TCVN3.update({0x2212: "ư", 0x2219: "ã", 0x3BC: "à", 0x2010: "ư", 0x327: "á"})
_ONLY_UNICODE = re.compile("[ĂăĐđĨĩŨũƠơƯư\u0300-\u036f\u1ea0-\u1ef9]")
_HIGH = re.compile("[\x80-\xff\u2212\u2219\u03bc\u0152\u0153\u0178]")
_TOKEN = re.compile(r"[^\s\x00-\x40\[-`{-\x7f“”‘’…–—]+")
_VIQR_STRONG = re.compile(
    r"[aeo]\^['`?~.]|[ou]\+['`?~.]?|a\(['`?~.]?|\bdd|\b(?:DD|Dd)", re.ASCII | re.IGNORECASE
)
_VIQR_TOKEN = re.compile(r"[A-Za-z'`?~.^+(]+")
_LABEL = (
    ("vni", re.compile(r"^\s*(?:Soá|SOÁ|Soà|SOÀ)\s*[:.]")),
    ("tcvn3", re.compile(r"^\s*(?:Sè|SÈ|Sẻ)\s*:")),
)
_LOST_U = re.compile(r"([ơờớởỡợ])(?=(?:ng|c|u|m|p)\b)", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_SOFT_HYPHEN = re.compile("[\xad\u2212\u2010]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")
_NEAR = 2  # lines of evidence on either side


# --- decoding -------------------------------------------------------------------


def from_vni(text: str) -> str:
    """VNI-Windows letters to Unicode, without asking whether the text is VNI."""
    return unicodedata.normalize("NFC", _VNI_PAIR.sub(lambda m: _VNI[m.group()], text))


def from_tcvn3(text: str, *, capitals: bool = False) -> str:
    """TCVN3 (ABC) letters to Unicode; ``capitals`` for fonts whose name ends in H.

    Its ư is the soft hyphen, which tools drop. Where the text has none at all,
    ư is put back into words that spelling does not allow without it ("tr­ëng").
    """
    plain = unicodedata.normalize("NFC", text.translate(_TCVN3))
    if capitals:
        return plain.upper()
    return _LETTERS.sub(lambda m: _cased(m.group()), plain)


def _with_lost_horns(text: str) -> str:
    return _LETTERS.sub(lambda m: _horned(m.group()), text)


def from_viqr(text: str) -> str:
    """VIQR ("Vie^.t Nam") to Unicode, without asking whether the text is VIQR."""
    return unicodedata.normalize("NFC", _VIQR_TOKEN.sub(_viqr_word, text))


def _cased(word: str) -> str:
    """TCVN3 has no toned capitals: "THµNH" is THÀNH."""
    if word.isascii() or word.islower():
        return word
    ascii_letters = [char for char in word if char.isascii()]
    return word.upper() if len(ascii_letters) > 1 and all(map(str.isupper, ascii_letters)) else word


@lru_cache(maxsize=20_000)
def _horned(word: str) -> str:
    if len(word) > 8 or not _LOST_U.search(word) or syllables.legal(word):
        return word
    horned = _LOST_U.sub(r"ư\1", word)
    return horned if syllables.legal(horned) else word


def _viqr_word(match: re.Match[str]) -> str:
    """One word; a last mark that may be the sentence's own (. ? ') stays when the sentence seems to end."""
    token = match.group()
    if token[-1] not in ".?'(":
        return _viqr_pairs(token)
    following = match.string[match.end() : match.end() + 3].lstrip()
    if token[-1] != "(" and (not following or not following[0].islower()):
        return _viqr_pairs(token[:-1]) + token[-1]
    return _viqr_pairs(token)


def _viqr_pairs(token: str) -> str:
    return _VIQR_PAIR.sub(lambda m: _VIQR.get(m.group(), "đ" if m.group()[0] == "d" else "Đ"), token)


_DECODERS: dict[str, Callable[[str], str]] = {"vni": from_vni, "tcvn3": from_tcvn3, "viqr": from_viqr}


# --- detecting, line by line ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What one line says of itself: ``sure`` is an encoding, "unicode" or "" (no evidence)."""

    sure: str = ""
    possible: tuple[str, ...] = ()  # encodings that would also give legal words


_UNICODE, _NOTHING = _Verdict("unicode"), _Verdict()


def _judge(line: str) -> _Verdict:
    if _ONLY_UNICODE.search(line):
        return _UNICODE
    if not _HIGH.search(line):
        return _Verdict("viqr") if _is_viqr(line) else _NOTHING
    for kind, label in _LABEL:
        if label.match(line):
            return _Verdict(kind)
    return _weigh(line)


def _weigh(line: str) -> _Verdict:
    """Compare the three readings by the legal syllables among the words that differ."""
    suspects = [token for token in _TOKEN.findall(line)[:200] if not token.isascii()]
    as_is = sum(_reads(token) for token in suspects)
    scores = {kind: _score(kind, suspects) for kind in ("vni", "tcvn3")}
    best = max(scores, key=lambda kind: scores[kind])
    tie = scores["vni"] == scores["tcvn3"]
    if scores[best] > as_is and not tie and _convincing(line, best, len(suspects), scores[best]):
        return _Verdict(best)
    least = len(suspects) if as_is == len(suspects) else max(as_is, 1, (len(suspects) + 1) // 2)
    possible = tuple(k for k, score in scores.items() if score >= least and _DECODERS[k](line) != line)
    return _Verdict("unicode" if as_is == len(suspects) and not possible else "", possible)


def _score(kind: str, suspects: Sequence[str]) -> int:
    return sum(_reads_as(kind, token) for token in suspects)


@lru_cache(maxsize=20_000)
def _reads_as(kind: str, token: str) -> bool:
    return len(token) < 40 and _reads(_mended(kind, token))


def _mended(kind: str, text: str) -> str:
    """Decoded as it might have been meant; a lost ư must not hide TCVN3."""
    decoded = _DECODERS[kind](text)
    return _with_lost_horns(decoded) if kind == "tcvn3" else decoded


def _reads(token: str) -> bool:
    parts = syllables.words(token)
    if "Đ" in token and token.isupper():
        return token.isalpha()  # QĐ, HĐND: abbreviations
    return len("".join(parts)) == len(token) and all(syllables.legal(part) for part in parts)


def _convincing(line: str, kind: str, suspects: int, score: int) -> bool:
    """Most suspects must become words; a single one only among words that are Vietnamese too."""
    if score * 10 < suspects * 6:
        return False
    if score >= 3:
        return True
    found = syllables.words(_mended(kind, line))
    return sum(syllables.legal(word) or word.isupper() for word in found) * 10 >= len(found) * 7


def _is_viqr(line: str) -> bool:
    if not _VIQR_STRONG.search(line):
        return False
    found = syllables.words(from_viqr(line)[:2000])
    marked = [word for word in found if not word.isascii() and syllables.legal(word)]
    return len(marked) >= 3 and sum(map(syllables.legal, found)) * 10 >= len(found) * 8


def _settle(verdicts: Sequence[_Verdict]) -> list[str]:
    """Doubtful lines take the class of the nearest sure neighbour within two non-blank lines."""
    whole = _whole(verdicts)
    kinds = []
    for index, verdict in enumerate(verdicts):
        kind = verdict.sure
        if not kind and verdict.possible:
            near = _nearest(verdicts, index) or whole
            kind = near if near in verdict.possible else ""
        kinds.append(kind)
    return kinds


def _whole(verdicts: Sequence[_Verdict]) -> str:
    """The one encoding of a text without any Unicode line, or ""."""
    sure = Counter(verdict.sure for verdict in verdicts if verdict.sure)
    if len(sure) != 1:
        return ""
    kind, lines = next(iter(sure.items()))
    return kind if lines > _NEAR else ""


def _nearest(verdicts: Sequence[_Verdict], index: int) -> str:
    for distance in range(1, _NEAR + 1):
        around = [
            verdicts[at].sure
            for at in (index - distance, index + distance)
            if 0 <= at < len(verdicts) and verdicts[at].sure
        ]
        if around:
            # a Unicode neighbour wins a tie: a line left alone can be mended, a damaged one not
            return "unicode" if "unicode" in around else around[0]
    return ""


def _is_binary(text: str) -> bool:
    """A program or picture that is called text would be weighed for seconds, and is no Vietnamese."""
    return any(
        len(_CONTROLS.findall(part)) * 50 > len(part)
        for start in range(0, len(text), max(4000, len(text) // 16))
        if len(part := text[start : start + 4000]) > 500
    )


def convert(text: str) -> Converted:
    """Bring a text of unknown or mixed encodings to Unicode NFC, line by line."""
    nfc = unicodedata.normalize("NFC", text)
    kinds = {"nfd"} if nfc != text else set()
    if (not _HIGH.search(nfc) and not _VIQR_STRONG.search(nfc)) or _is_binary(nfc):
        return Converted(nfc, tuple(kinds), 0)
    lines = nfc.split("\n")
    changed = _convert_lines(lines, kinds, [True] * len(lines))
    return Converted("\n".join(lines), tuple(sorted(kinds)), changed)


def _convert_lines(lines: list[str], kinds: set[str], open_lines: Sequence[bool]) -> int:
    """Convert in place the lines marked open; the number of lines changed."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    settled = _settle([_judge(lines[at]) for at in filled])
    lost_horns = not any(_SOFT_HYPHEN.search(line) for line in lines)
    changed = 0
    for at, kind in zip(filled, settled, strict=True):
        decoder = _DECODERS.get(kind)
        if decoder is None or not open_lines[at]:
            continue
        new = decoder(lines[at])
        if kind == "tcvn3" and lost_horns:
            new = _with_lost_horns(new)
        if new != lines[at]:
            lines[at], changed = new, changed + 1
            kinds.add(kind)
    return changed


# --- text whose fonts are known -----------------------------------------------------


def font_kind(font: str) -> str:
    """ "tcvn3", "tcvn3-capitals" (.VnTimeH), "vni", or "" for fonts that say nothing."""
    name = font.strip().lower().rsplit("+", 1)[-1]
    if name.startswith((".vn", "vntime", "vnarial")) and not name.startswith("vni"):
        return "tcvn3-capitals" if name.split("-")[0].split(",")[0].rstrip(" bi").endswith("h") else "tcvn3"
    return "vni" if name.startswith("vni") else ""


def convert_runs(runs: Iterable[tuple[str, str]]) -> Converted:
    """Join runs of (text, font name), converting by font; what fonts do not tell is judged by line.

    A run in a legacy font that already holds Unicode-only letters stays as it is.
    """
    pieces: list[str] = []
    kinds: set[str] = set()
    touched: list[bool] = [False]  # per line: did a font decide?
    for text, kind in _merged(runs):
        new = _by_font(text, kind)
        if new != text:
            kinds.add(kind.split("-")[0])
        pieces.append(new)
        for number, part in enumerate(text.split("\n")):
            if number:
                touched.append(False)
            touched[-1] = touched[-1] or bool(kind and part.strip())
    joined = unicodedata.normalize("NFC", "".join(pieces))
    lines = joined.split("\n")
    by_font = sum(touched) if kinds else 0
    changed = _convert_lines(lines, kinds, [not done for done in touched])
    return Converted("\n".join(lines), tuple(sorted(kinds)), by_font + changed)


def _merged(runs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbouring runs of one kind as one, because a VNI letter may be cut between two runs."""
    merged: list[tuple[str, str]] = []
    for text, font in runs:
        kind = font_kind(font)
        if merged and merged[-1][1] == kind:
            merged[-1] = (merged[-1][0] + text, kind)
        else:
            merged.append((text, kind))
    return merged


def _by_font(text: str, kind: str) -> str:
    if not kind or _ONLY_UNICODE.search(text):
        return text
    if kind == "vni":
        return from_vni(text)
    return from_tcvn3(text, capitals=kind == "tcvn3-capitals")
