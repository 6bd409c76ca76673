"""The recipient block and the addressees as written (DOMAIN 4.3, 4.4): lines in, entries out.

What the lines of the other column leave behind in extracted text (titles in
capitals, "(đã ký)", the signer's name) is not an entry.
"""

import re
from collections.abc import Iterable, Sequence

from rules.identify import words
from rules.text.fold import fold
from rules.text.wrapped import unwrapped
from rules.values.reading import RecipientEntry

HEADING = re.compile(r"^\W{0,3}N[ơoƠ][iI]\s*[nN][hH][ậâấaẬ][nN]\s*(?::|;|\.|$|(?=-))\s*")
HEADING_WORD = re.compile(r"\W{0,3}N[ơoƠ][iI]")  # the word that HEADING begins with
TO_HEADING = re.compile(r"^\W{0,2}K[íÍi]nh\s*g[ửởƯừ][iỉ]\s*(?:[:;.]|$|(?=-)|(?=[A-ZĐ]))\s*", re.IGNORECASE)
_DASH = re.compile(r"^\s*(?:\\?[-–—−•·*+]+|\.(?=\s+[^\W\d_])|[-–—]?\s*)\s*")
_DASHED = re.compile(r"^\s*(?:\\?[-–—−•·*+\uf0b7\uf02d]|\.\s+[^\W\d_])")  # a full stop is a dash mistyped
_INLINE_BULLET = re.compile(r"(?:(?<=[;.,:)])|(?<=\s))\s*[-–•·]\s+(?=\S)")
_END = " \t;.,/"
_ARCHIVE = re.compile(
    r"^l[ưu]u(?:\s*[:;,.]|\s+(?:vt|văn thư|văn phòng|hs|hồ sơ|vp|tr|p)\b|"
    r"\s+(?-i:[A-ZĐ&.]{2,10}\b)(?! TRỮ)|$)",
    re.IGNORECASE,
)
_KEPT = re.compile(r"^lưu\s+(?!trữ|hành|ý|học|động|thông|niệm|vực|ký)\S", re.IGNORECASE)
_REFERENCE = re.compile(
    r"^nhu (?:tren|kinh gui|thanh phan|dieu|noi nhan|muc|khoan|tieu de|danh sach|phan)|^nhu tren"
)
_COPIES = re.compile(r"\(\s*(\d{1,3})\s*(?:b|bản)?\.?\s*\)\W*$", re.IGNORECASE)
_PURPOSE = re.compile(r"\(\s*(?:(để)\s+)?([^()]{1,60})\)\W*$")
_COLON_PURPOSE = re.compile(
    r":\s*((?:để )?(?:báo cáo|b/c|biết|thực hiện|t/h|phối hợp|chỉ đạo|theo dõi))\W*$", re.IGNORECASE
)
_TITLE_RUN = re.compile(
    r"(?:(?:T/?M|K/?T|T/?L|T/?UQ|Q)\s*[./]\s*[A-ZĐÀ-ÖØ-ÞĂĨŨƠƯẠ-Ỹ ,]{4,60}|"
    r"(?:PHÓ |THỨ )?(?:CHỦ TỊCH|GIÁM ĐỐC|BỘ TRƯỞNG|TRƯỞNG|CHÁNH VĂN PHÒNG|CỤC TRƯỞNG|CHỦ NHIỆM)"
    r"(?: [A-ZĐÀ-ÖØ-ÞĂĨŨƠƯẠ-Ỹ]{2,}){0,6})(?=\s|$)"
)
MOST = 120  # entries; a block beyond that is not a block
_LONGEST = 600
_TITLE_WORDS = 3


def dashed(text: str) -> bool:
    return _DASHED.match(text) is not None


def is_archive(text: str) -> bool:
    """Lưu: VT, X - the clerk's file copy, not a delivery."""
    bare = _DASH.sub("", text)
    if _ARCHIVE.match(bare):
        return True
    return _KEPT.match(bare) is not None and not words.person_name(bare)


def entry(text: str) -> RecipientEntry | None:
    """One bullet as a value, or None for an empty one."""
    written = " ".join(_DASH.sub("", text[:_LONGEST]).split()).strip(_END)
    if not any(char.isalnum() for char in written):
        return None
    if is_archive(written):
        copies = _COPIES.search(written)
        return RecipientEntry(written, "archive", copies=int(copies.group(1)) if copies else None)
    kind = "reference" if _REFERENCE.match(fold(written)) else "named"
    copies = _COPIES.search(written)
    return RecipientEntry(written, kind, purpose(written), int(copies.group(1)) if copies else None)


def purpose(written: str) -> str:
    """ "b/c" of "Thường trực Tỉnh ủy (b/c)", "để báo cáo" of "Giám đốc (để báo cáo)"; else ""."""
    match = _PURPOSE.search(written)
    if match and (match.group(1) or words.PURPOSE.match(fold(match.group(2)))):
        return " ".join(filter(None, match.groups())).strip()
    colon = _COLON_PURPOSE.search(written)
    return colon.group(1) if colon else ""


def without_purpose(written: str) -> str:
    """The text without its purpose and count of copies."""
    bare = _COPIES.sub("", written)
    if purpose(bare):
        bare = _COLON_PURPOSE.sub("", bare) if not _PURPOSE.search(bare) else _PURPOSE.sub("", bare)
    return bare.strip(_END)


# --- Nơi nhận --------------------------------------------------------------------


def recipients(lines: Iterable[str]) -> tuple[RecipientEntry, ...]:
    """Entries of a block given as the lines below (and beside) its heading, in order, up to "Lưu"."""
    items = _items(list(lines)[: MOST * 3])
    entries = [found for item in items[:MOST] if (found := entry(item)) is not None]
    return tuple(entries)


def _items(lines: Sequence[str]) -> list[str]:
    lines = _one_line(lines)
    bulleted = any(dashed(line) for line in lines)
    items: list[str] = []
    closed = True  # the last item is complete
    for line in lines:
        text = words.SIGNED.sub(" ", line).strip()
        if not text:
            continue
        starts = dashed(text)
        text = text if starts else _DASH.sub("", text)
        if items and is_archive(items[-1]):
            if starts:
                break
            if closed or not _archive_goes_on(items[-1], text):
                break
        if (
            not starts
            and not is_archive(text)
            and (_debris(text) or (bulleted and closed and bare_title(text)))
        ):
            continue
        if starts or is_archive(text) or not items or (closed if bulleted else _new_plain(items[-1], text)):
            items.append(text)
        else:
            items[-1] = unwrapped((items[-1], text)) if items[-1] not in "-–—" else f"- {text}"
        closed = items[-1].rstrip().endswith((";", ".", "./."))
    return items


def _new_plain(last: str, text: str) -> bool:
    """Without bullets a line is a new entry unless the one before it was left open."""
    if last.rstrip().endswith((";", ".")):
        return True
    return text[:1].isupper() and not last.rstrip().endswith((",", " và", ":", "-"))


def _archive_goes_on(last: str, text: str) -> bool:
    """ "Lưu: VP (HC, TH)" / "TCT (HC, NV3)": short, capitals, no name of a person."""
    if len(text) > 40 or last.rstrip().endswith("."):
        return False
    return not words.person_name(text) and not words.is_title(text)


def _debris(text: str) -> bool:
    """A line of the signer's column."""
    if words.is_title(text) and (words.caps(text) or words.role_mark(text)):
        return True
    name = words.person_name(text)
    return bool(name) and words.sure_name(name) and len(name.split()) <= 5 and not words.starts_org(text)


def bare_title(text: str) -> bool:
    """ "Thứ trưởng" and no more: among bullets it is the signer's."""
    return words.is_title(text) and len(text.split()) <= _TITLE_WORDS and text[-1:].isalpha()


def _one_line(lines: Sequence[str]) -> list[str]:
    """Break lines that hold several bullets ("- A; - B; - Lưu: VT.") and drop the signer's titles."""
    out: list[str] = []
    for line in lines:
        body = line[: _LONGEST * 8]
        if len(_INLINE_BULLET.findall(body)) > 1 and (";" in body):
            body = _TITLE_RUN.sub(" ", words.SIGNED.sub(" ", body))
            out.extend("- " + _DASH.sub("", part) for part in _bullets(body))
        elif not dashed(body) and body.count(";") >= 1 and len(lines) <= 3:
            out.extend("- " + part for part in body.split(";") if part.strip())
        else:
            out.append(line)
    return out


def _bullets(text: str) -> list[str]:
    """Parts at " - " after a closing mark; a dash inside a name ("Cục KSTTHC - VPCP") does not part."""
    parts: list[str] = []
    for piece in _INLINE_BULLET.split(text):
        if parts and parts[-1].rstrip() and not parts[-1].rstrip().endswith((";", ".", ":", ",")):
            parts[-1] = f"{parts[-1]} - {piece}"
        else:
            parts.append(piece)
    return [part for part in parts if part.strip(_END)]


# --- Kính gửi --------------------------------------------------------------------


def addressees(lines: Iterable[str]) -> tuple[RecipientEntry, ...]:
    """Entries of "Kính gửi" given as its lines without the heading."""
    items: list[str] = []
    for line in lines:
        text = line.strip()
        if not text:
            continue
        if dashed(text) or not items or items[-1].endswith(";"):
            items.append(text)
        else:
            items[-1] = unwrapped((items[-1], text))
    parts = [part for item in items for part in _addressee_parts(item)]
    return tuple(found for part in parts[:MOST] if (found := entry(part)) is not None)


def _addressee_parts(item: str) -> list[str]:
    body = re.sub(r";\s*[-–•]\s+", "; ", item)
    return [part for part in body.split(";") if part.strip(_END)]
