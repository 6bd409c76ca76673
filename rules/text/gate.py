"""The one gate for strings that came from outside: nothing unclean passes into rows, pages or logs.

Controls could forge log lines and headers, bidi controls could disguise a
file name's ending, U+2028/2029 break JavaScript strings, NUL and lone
surrogates break databases.
"""

import re
import unicodedata

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_C0_C1 = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_FORBIDDEN = re.compile(f"[{_C0_C1}{_BIDI}\u200b\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_LONGEST_EXTENSION = 12
_WINDOWS_PATH = re.compile(r"^(?:[A-Za-z]:[\\/]|\\\\)")


def clean(value: str | bytes | None, limit: int = 1000, *, lines: bool = False) -> str:
    """A safe NFC string of at most ``limit`` characters; line ends and tabs become blanks.

    ``lines=True`` keeps line ends (as LF) and tabs, for bodies. Bytes are read
    as UTF-8, else as Windows-1252, never with an error.
    """
    text = _decode(value)[: limit * 4]  # cut first: normalising is not free on hostile sizes
    if not text.isprintable():  # nothing printable is forbidden or ends a line
        text = _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text))
    text = unicodedata.normalize("NFC", text)
    if not lines:
        text = " ".join(text.split())
    return text[:limit].rstrip() if len(text) > limit else text


def clean_name(value: str | bytes | None, limit: int = 150) -> str:
    """A file name as data: cleaned, without path separators, its extension kept when cut.

    Never empty ("unnamed"), never "." or ".."; a Windows path gives its last part.
    """
    name = clean(value, 4000)
    if _WINDOWS_PATH.match(name):
        name = re.split(r"[\\/]", name)[-1]
    name = re.sub(r"[\\/]+", "_", name).strip(" .") if name.strip(" .") else ""
    return _capped(name, limit) or "unnamed"


def _capped(name: str, limit: int) -> str:
    if len(name) <= limit:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > _LONGEST_EXTENSION:
        return name[:limit].rstrip(" .")
    return stem[: max(1, limit - len(extension) - 1)].rstrip(" .") + "." + extension


def _decode(value: str | bytes | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", errors="replace")
