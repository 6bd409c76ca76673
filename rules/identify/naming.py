"""Other ways to write a recipient: abbreviations, heads of offices, brackets, "của tỉnh"."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from rules.identify import block
from rules.text.fold import fold

_TABLE: dict[str, Any] = json.loads(files("rules.tables").joinpath("recipient_words.json").read_text("utf-8"))
_ABBREVIATIONS: dict[str, str] = _TABLE["abbreviations"]
_SECTORS: dict[str, str] = {fold(key): value for key, value in _TABLE["sectors"].items()}
_HEADS: tuple[str, ...] = tuple(sorted(map(fold, _TABLE["heads"]), key=len, reverse=True))
PLURAL_HEADS: dict[str, str] = {
    re.sub(r"\W+", " ", fold(key)): value for key, value in _TABLE["plural_heads"].items()
}
_TAILS: tuple[str, ...] = tuple(sorted(map(fold, _TABLE["tails"]), key=len, reverse=True))
_LONG = {fold(value): key for key, value in _ABBREVIATIONS.items()}
_COMMITTEES = frozenset({"UBND", "HĐND"})
_TOKEN = re.compile(r"[^\W_]+(?:&[^\W_]+)*")
_BRACKETS = re.compile(r"\s*\(([^()]{0,120})\)?")
_STARS = re.compile(r"^(?:kính gửi|gửi)\s*:?\s*", re.IGNORECASE)
_MOST = 40  # variants of one text; by_name is a look-up, but a hostile text must not multiply


def variants(written: str) -> Iterator[str]:
    """The text itself first, then what it may stand for; never more than a few dozen, each once."""
    seen: dict[str, None] = {}
    for text in _ways(written):
        key = fold(text).strip(" .,;:-")
        if key and key not in seen:
            seen[key] = None
            yield text
        if len(seen) >= _MOST:
            return


def _ways(written: str) -> Iterator[str]:
    text = _STARS.sub("", written.strip())
    bare = block.without_purpose(text)
    yield text
    yield bare
    plain = _BRACKETS.sub("", bare).strip()
    for form in dict.fromkeys((bare, plain)):
        yield from _forms(form)
    for form in _headless(plain):
        yield from _forms(form)
    for inside in _BRACKETS.findall(bare):
        if not block.purpose(f"({inside})") and len(inside) > 3:
            yield inside


def _forms(text: str) -> Iterator[str]:
    """Spelled out, shortened, without "các" and "của tỉnh"."""
    yield text
    yield from _spellings(text)
    trimmed = without_tail(text)
    if trimmed != text:
        yield trimmed
        yield from _spellings(trimmed)
    sector = _sector(text)
    if sector:
        yield sector


def _spellings(text: str) -> Iterator[str]:
    """Directories mix: "Văn phòng UBND tỉnh" is spelled out but for the committee."""
    yield spelled_out(text, _COMMITTEES)
    yield spelled_out(text)
    yield shortened(text, ("uy ban nhan dan", "hoi dong nhan dan"))
    yield shortened(text, ("uy ban nhan dan", "hoi dong nhan dan", "van phong", "thuong truc"))


def spelled_out(text: str, keep: frozenset[str] = frozenset()) -> str:
    """ "VP UBND tỉnh" becomes "Văn phòng Ủy ban nhân dân tỉnh"; abbreviations in ``keep`` stay."""
    return _TOKEN.sub(
        lambda m: m.group() if m.group() in keep else _ABBREVIATIONS.get(m.group(), m.group()), text
    )


def shortened(text: str, phrases: tuple[str, ...]) -> str:
    """ "Ủy ban nhân dân tỉnh" becomes "UBND tỉnh"."""
    folded = fold(text)
    for long in phrases:
        at = folded.find(long)
        if at >= 0 and len(folded) == len(text):
            text = text[:at] + _LONG[long] + text[at + len(long) :]
            folded = fold(text)
    return text


def without_tail(text: str) -> str:
    """Without "tỉnh", "của tỉnh", "trên địa bàn tỉnh" at the end."""
    folded = fold(text)
    for tail in _TAILS:
        if folded.endswith(" " + tail) and len(folded) == len(text):
            return text[: -len(tail)].strip(" ,-")
    return text


def _sector(text: str) -> str:
    """ "Sở KH&ĐT" becomes "Sở Kế hoạch và Đầu tư"."""
    head, _, rest = text.partition(" ")
    full = _SECTORS.get(fold(re.sub(r"\s*(&|và)\s*", "&", rest)))
    return f"{head} {full}" if full and fold(head) in ("so", "bo", "phong", "ban") else ""


def sector(part: str) -> str:
    """The full name of a field of work ("KH&ĐT"), or the text itself."""
    return _SECTORS.get(fold(part.replace(" ", "")), part)


def _headless(text: str) -> Iterator[str]:
    """ "Giám đốc Sở Nội vụ" is the department; "Chánh Văn phòng UBND tỉnh" the office."""
    folded = fold(text)
    if len(folded) != len(text):
        return
    for head in _HEADS:
        if folded.startswith(head + " "):
            rest = text[len(head) :].strip(" ,:")
            if head.endswith(" cac") or fold(rest).startswith("cac "):
                yield "Các " + re.sub(r"^các\s+", "", rest, flags=re.IGNORECASE)
            yield rest
            yield re.sub(r"^các\s+", "", rest, flags=re.IGNORECASE)
            return
