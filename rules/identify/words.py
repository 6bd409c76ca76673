"""Small recognisers shared by the zones: mottos, ornaments, stamps of signing programs, names, titles."""

import json
import re
from importlib.resources import files

from rules.text.fold import fold, squash

_MOTTO = re.compile(
    r"^.{0,3}congh?oaxa|^.{0,3}(?:xa)?hoichunghiaviet|^(?:xahoi)?chunghiavietnam$|doclap.{0,2}tudo|"
    r"^(?:tudo.{0,2})?hanhphuc$|^.{0,3}dangcongsanvietnam.{0,3}$|^chunghia$|^nghiavietnam$"
)
_WHOLE = ("conghoaxahoichunghiavietnam", "doclaptudohanhphuc")
_ORNAMENT = re.compile(r"^[\W_oO0x]*$|^(?:-\s*)?(?:o\s*0\s*o|o0o|\*+)(?:\s*-)?$")
_STAMP = re.compile(
    r"^ký bởi\b|^người ký\s*:|thời gian ký\s*:|^cơ quan:|^[^\s@]+@[^\s@]+\.[^\s@]+$|^\+0\d:\d\d$|^email:|"
    r"^chữ ký số|digitally signed|\d{1,2}[.:/-]\d{1,2}[.:/-]\d{2,4}\s+\d{1,2}:\d{2}",
    re.IGNORECASE,
)
_MAIL_OR_TIME = re.compile(r"[^\s@]+@[^\s@]|\d{1,2}:\d{2}:\d{2}|^\+0\d:\d\d$")
_FOOTER = re.compile(r"(?i)^(?:đt|đ/c|tel|fax|điện thoại|e-?mail|website|địa chỉ|trụ sở)\s*[:.]")

_LISTS: dict[str, list[str]] = json.loads(files("rules.tables").joinpath("words.json").read_text("utf-8"))


def _any_of(name: str) -> str:
    """A regular expression for any phrase of a list, the longest first."""
    return "|".join(re.escape(phrase) for phrase in sorted(_LISTS[name], key=len, reverse=True))


_ORG = re.compile(rf"^(?:{_any_of('organisations')})\b")
_SHORT_ORG = re.compile(rf"^(?!(?:{_any_of('not_organisations')})\b)(?:{_any_of('short_organisations')})\b")
_SHORT_BARE = re.compile(rf"^(?:{'|'.join(fold(word) for word in _LISTS['short_organisations'])})\b")
PURPOSE = re.compile(rf"^(?:de )?(?:{_any_of('purposes')})\b")

_ROLE_MARK = re.compile(
    r"^(?:(?:t[/.]?m|k[/.]?t|t[/.]?l|t[/.]?u\.?q|q)\s*[./]|(?:t[/.]m|k[/.]t|t[/.]l|t[/.]uq)\s|"
    r"(?-i:KT|TM|TL|TUQ)\s)\s*",
    re.IGNORECASE,
)
_TITLE = re.compile(
    rf"^(?:(?:pho|thu|quyen|p\.)\s*)?(?:(?:{_any_of('titles')})\b|truong$)|"
    r"^quyen (?:chu|giam|cuc|truong)"
)
_HEAD_OR_DEPUTY = re.compile(r"^(?:phó|trưởng) [^\W\d_]|^(?:pho|truong) [a-z]+\b(?=[ -~]*$)")
_OPEN_NAMES = frozenset(_LISTS["open_names"])
_SURNAMES = frozenset(_LISTS["surnames"])
_NAME_WORD = re.compile(r"^[^\W\d_]+(?:['’][^\W\d_]*)?$")
_ACADEMIC = re.compile(
    r"^(?:(?:pgs|gs|ts|tskh|th\.?s|cn|bs|ks|ds|dr|ck ?i{0,2}|bs\.?ck ?i{0,2}|ngưt|ngnd|ttưt|ttnd|đ/c|"
    r"đồng chí|ông|bà|luật gia|nhà giáo|(?:thiếu|trung|thượng|đại) (?:tá|tướng|úy))(?:\s*[.,]\s*|\s+))+",
    re.IGNORECASE,
)
SIGNED = re.compile(
    r"\(?\s*(?:đã ký|da ky|ký tên|ký, đóng dấu|ký và đóng dấu|đã kí)[^)]{0,30}\)?", re.IGNORECASE
)


def is_motto(text: str) -> bool:
    """Quốc hiệu, tiêu ngữ, or the Party's line, also when broken over lines."""
    return len(text) < 90 and _MOTTO.search(squash(text)) is not None


def is_motto_part(text: str, following: str) -> bool:
    """A piece of the motto, which the next line goes on with: "CỘNG" above "HÒA XÃ HỘI ..."."""
    piece = squash(text) if len(text) < 40 else ""
    both = piece + squash(following[:60])
    return bool(piece) and any(
        len(piece) < len(phrase) and both[: len(phrase)] == phrase for phrase in _WHOLE
    )


def is_noise(text: str) -> bool:
    """Ornaments, and what signing programs print into a corner."""
    return len(text) < 200 and (_ORNAMENT.match(text) is not None or _STAMP.search(text) is not None)


def is_signing_stamp(text: str) -> bool:
    return _MAIL_OR_TIME.search(text) is not None


def is_footer(text: str) -> bool:
    return _FOOTER.match(text) is not None


def caps(text: str) -> bool:
    """Mostly capitals (small words like "của" may slip in)."""
    letters = [char for char in text if char.isalpha()]
    return len(letters) >= 2 and sum(char.isupper() for char in letters) >= 0.85 * len(letters)


def open_name(text: str) -> bool:
    """No whole name yet: TỔNG CÔNG TY, TRƯỜNG ĐẠI HỌC, BAN QUẢN LÝ; it goes on in the next line."""
    return fold(text).strip(" -–") in _OPEN_NAMES


def starts_org(text: str) -> bool:
    """Begins with a word for an organisation: ỦY BAN, SỞ, TRUNG TÂM ...

    Short words are compared with their accents, because số, tờ, báo (cáo) fold
    to the same letters as sở, tổ, báo; a line without any accent is given the benefit.
    """
    folded = fold(text)
    if _ORG.match(folded):
        return True
    if text.isascii():
        return _SHORT_BARE.match(folded) is not None
    return _SHORT_ORG.match(text.casefold()) is not None


def role_mark(text: str) -> bool:
    """TM. KT. TL. TUQ. Q. at the start (ND30 App. I II.7)."""
    return _ROLE_MARK.match(text) is not None


def is_title(text: str) -> bool:
    """A line of a signer's title: a role mark, or the name of an office."""
    if len(text) > 90:
        return False
    bare = _ROLE_MARK.sub("", text)
    folded = fold(bare)
    titled = bool(_TITLE.match(folded) or _HEAD_OR_DEPUTY.match(bare.casefold()))
    return titled or (bare != text and (starts_org(bare) or caps(bare)))


def person_name(text: str) -> str:
    """The person's name that the text is (degrees and ranks dropped), or ""."""
    name = _ACADEMIC.sub("", text.strip(" .,;:")).strip()
    parts = name.split()
    if not 2 <= len(parts) <= 6 or len(name) > 40:
        return ""
    if not all(_NAME_WORD.match(part) and part[0].isupper() for part in parts):
        return ""
    if is_title(name) or _ORG.match(fold(name)) or (starts_org(name) and fold(parts[0]) not in _SURNAMES):
        return ""
    return name


def sure_name(name: str) -> bool:
    """Does it begin with a Vietnamese family name?"""
    return fold(name.split()[0]) in _SURNAMES
