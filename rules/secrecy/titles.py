"""Marks in subjects, file names and the first lines of a mail: beside other words, but apart from them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from rules.mail_subject import without_first_mark
from rules.secrecy.lines import HIGHEST, SECRET, TOP, of_line
from rules.text.fold import fold
from rules.text.legacy import from_tcvn3, from_viqr, from_vni

_LONGEST_TITLE = 1000
_OPENING = 10  # written lines at the head of a mail's text in which a mark may stand
_WORD = r"(?:(?P<two>(?:(?P<toi>tối|toi)|tuyệt|tuyet)[\s_.-]{0,3}(?:mật|mat))|(?P<one>mật|mat))"
_MARK = re.compile(rf"(?<![^\W\d_]){_WORD}(?![^\W\d_])", re.IGNORECASE)
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_][ .]){2,6}[^\W\d_](?!\w)")
_OPEN, _CLOSE = "[({<|*#【", "])}>|*#】"
_AFTER = re.compile(r"\s*[:|/\])}>–—_;.]|\s+-|\s*-\s")
_TIGHT = re.compile(r"\s*[-,+&]")
_BEFORE = re.compile(r"(?:[:|/\[({<–—_;,.]\s*|\s-\s*|-\s*)$")
_DASHED = re.compile(r"(?:[|/–—]\s*|\s-\s*|-\s+)$")
_LABELLED = re.compile(r"(?:độ|do)\s+(?:mật|mat)\s*[:=–—-]\s*$", re.IGNORECASE)
_LAST_WORD = re.compile(r"([^\W\d_]+)[\W_]*$")
_NEXT_WORD = re.compile(r"[\W_]*([^\W\d_]+)")
_LETTER = re.compile(r"[^\W\d_]")
_NUMBERED = re.compile(r"^[\W\d_]+")
_MOST_LEADS = 20
_INVISIBLE: dict[int, str | None] = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
# what makes one word with "mật", or with what looks like it without accents: before it, and behind it
_BEFORE_IT = """
do bao bi co giai than noi kin duong tui ong soi gan ri phong tien vang be khuon ra rua go nong hao bat trai
phai tra dau cui nhin gap hop thay hoan ton mai sut lieu khong lay danh chong truoc ngoai
"""
_BEHIND_IT = """
khau ma ong do danh thu vu tham bao nghi phuc truyen tong tap hiep lenh thiet the dam phap giao uoc mo gau heo
lon bo mia duong hoa ngu cu hoi bang tran dien nuoc tien tich xe kinh day hang bich pho
"""
_MAKES_ONE_BEFORE, _MAKES_ONE_BEHIND = frozenset(_BEFORE_IT.split()), frozenset(_BEHIND_IT.split())
_ACTS = (
    "v/v", "ve viec", "ke hoach", "bao cao", "cong van", "quyet dinh", "to trinh", "thong bao", "chi thi",
    "phuong an", "nghi quyet", "bien ban", "huong dan", "de an", "dien mat", "tai lieu", "danh sach",
)  # fmt: skip


def in_title(text: str) -> str | None:
    """The level with which a mail's subject, or a title like it, is marked; also in old fonts."""
    return next((level for reading in _readings(text) for level, _how in _marks(reading)), None)


def in_file_name(name: str) -> str | None:
    """The level with which a file's name is marked: "KH 12 (MẬT).pdf", "TUYET_MAT-bao cao.docx"."""
    stem, dot, ending = name.rpartition(".")
    return in_title(stem if dot and len(ending) <= 5 else name)


def in_opening(text: str) -> str | None:
    """The level that the first lines of a mail's text say, each for itself."""
    before = ""
    for line in _written(text):
        level = of_line(line, before) or _opens(line)
        if level is not None:
            return level
        before = line
    return None


def _written(text: str) -> Iterator[str]:
    count = 0
    for raw in text[:20_000].splitlines():
        line = raw.strip().lstrip("> ").strip()
        if line:
            yield line[:200]
            count += 1
        if count >= _OPENING:
            return


def _opens(line: str) -> str | None:
    """ "[MẬT] Kính gửi ..." and "Độ mật: Mật": a sentence about secrets has neither."""
    if line[:1] not in _OPEN + "ĐDdđMmCc":
        return None
    return next((level for level, how in _marks(line) if how in ("bracket", "label")), None)


def _readings(text: str) -> Iterable[str]:
    """The text as it stands, and as it would read in VNI, TCVN3, VIQR and windows-1258."""
    text = text[:_LONGEST_TITLE].translate(_INVISIBLE)
    found = [unicodedata.normalize("NFC", text)]
    if not text.isascii():
        found += [from_vni(text), from_tcvn3(text)]
        try:
            found.append(unicodedata.normalize("NFC", text.encode("latin-1").decode("cp1258")))
        except UnicodeError:
            found.append(text.casefold())  # because letters beyond windows-1252 are not that code page
    elif "^" in text:
        found.append(from_viqr(text))
    return dict.fromkeys(found)


def _marks(text: str) -> Iterator[tuple[str, str]]:
    """Each mark with how it is known: bracket, label, start, end, inside."""
    text = _SPACED.sub(lambda m: m.group().replace(" ", "").replace(".", ""), text)
    found = list(_MARK.finditer(text))
    levels = {_named(match) for match in found if _last_word(text[: match.start()]) != "do"}
    for match in found:
        how = _how(text, match)
        if how and (len(levels) < 2 or how in ("bracket", "label", "start")):
            yield _named(match), how


def _named(match: re.Match[str]) -> str:
    return SECRET if match["one"] else TOP if match["toi"] else HIGHEST


def _how(text: str, match: re.Match[str]) -> str:
    before, after = text[: match.start()], text[match.end() :]
    if _LABELLED.search(before):
        return "label"
    word, tail, head = match.group(), after.lstrip(), before.rstrip()
    if head[-1:] and head[-1] in _OPEN and tail[:1] and tail[0] in _CLOSE:
        return "bracket"
    if _one_word(before, after, word, match["two"] is not None):
        return ""
    plain = word.isascii()
    capitals = word.isupper()
    strong = capitals or match["two"] is not None
    if head[-1:] and head[-1] in "[({" and strong and _TIGHT.match(after):
        return "bracket"
    if not _LETTER.search(_without_leads(before)):
        return "start" if _starts(text, after, word, strong) else ""
    lower = word.islower() and plain and match["two"] is None
    if not _LETTER.search(after):
        return "end" if _ends(text, before, word, strong) else ""
    if not lower and _BEFORE.search(before) and _AFTER.match(after) and (strong or _DASHED.search(before)):
        return "inside"
    return "inside" if capitals and not text.isupper() and (match["two"] or _stands_out(word, before)) else ""


def _stands_out(word: str, before: str) -> bool:
    """MẬT in capitals behind a word in small letters, or behind a number and symbol."""
    last = _LAST_WORD.search(before)
    behind_symbol = re.search(r"/[^\W\d]\S*\s*$", before)
    return not word.isascii() and bool(behind_symbol or (last and last[1].islower()))


def _one_word(before: str, after: str, word: str, two: bool) -> bool:
    """ "bảo mật", "mật khẩu", "độ tối mật": no mark but a part of a word, or what the sentence is about."""
    joined = not re.search(r"[\[({:|/–—]\s*$|\s-\s*$", before)
    last = _last_word(before) if joined and before[-1:] in " _-.\u00a0" else ""
    apart = after[:1] not in " _-\u00a0" or bool(re.match(r"\s+-\s", after))
    following = None if apart else _NEXT_WORD.match(after)
    behind = fold(following[1]) if following else ""
    if two:
        return last in ("do", "bi") or behind in ("khau", "ma")
    if behind in _MAKES_ONE_BEHIND and not (word.isupper() and following and not following[1].isupper()):
        return True
    return last in _MAKES_ONE_BEFORE


def _last_word(before: str) -> str:
    last = _LAST_WORD.search(before[-60:])
    return fold(last[1]) if last else ""


def _without_leads(before: str) -> str:
    """Without "Re:", "Fwd:", "[list]" and numbers in front."""
    for _round in range(_MOST_LEADS):
        shorter = _NUMBERED.sub("", without_first_mark(before))
        if shorter == before:
            break
        before = shorter
    return before


def _starts(text: str, after: str, word: str, strong: bool) -> bool:
    """At the head: alone, before a sign, or in capitals before other words."""
    plain_small = word.isascii() and word.islower()
    if not after.strip():
        return not (word.islower() and len(word) <= 3) and not plain_small
    if _AFTER.match(after):
        return not plain_small or len(word) > 3
    if _TIGHT.match(after):
        return strong and not plain_small
    following = fold(after).lstrip()
    if word.isascii() and not fold(word).startswith("tuyet"):  # "toi mat xe" is "tôi mất xe"
        return word.isupper() and (following.startswith(_ACTS) or (len(word) > 3 and not text.isupper()))
    if len(word) <= 3 and word.istitle():
        return following.startswith(("v/v", "ve viec"))
    return word.isupper() or (len(word) > 3 and word[:1].isupper())


def _ends(text: str, before: str, word: str, strong: bool) -> bool:
    """At the end: behind a sign, or in capitals behind small letters."""
    if word.isascii() and word.islower() and len(word) <= 3:
        return False
    if _BEFORE.search(before):
        return strong or bool(_DASHED.search(before))
    if len(word) > 3:
        return word.isupper() and not text.isupper()
    return word.isupper() and _stands_out(word, before)
