"""Bytes of text whose charset is named by a stranger, or by nobody.

Only real character sets are ever looked up: Python's codec registry also holds
compressors and escapes (zlib, unicode_escape, idna), which a sender must not
be able to call.
"""

import codecs
import unicodedata

from rules.text.legacy import convert

_FAMILIES = ("iso8859-", "cp125", "koi8-", "gb", "big5", "shift_jis", "euc_", "iso2022_", "cp87", "mac-")
_SINGLE = frozenset({"utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "cp437", "cp932", "cp949"})
_ALIASES = {"unicode-1-1-utf-8": "utf-8", "windows-31j": "cp932", "ks_c_5601-1987": "cp949", "x-gbk": "gbk"}
# RFC 1456: VISCII keeps ASCII but for six control codes, and fills the upper half.
_VISCII_LOW = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
_VISCII_HIGH = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ"
    "ÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡư"
    "àáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_VISCII = {**_VISCII_LOW, **{0x80 + i: letter for i, letter in enumerate(_VISCII_HIGH)}}


def decode(data: bytes, charset: str = "") -> str:
    """Text of ``data`` in NFC; never raises. An unknown or lying charset is guessed."""
    name = charset.strip().strip("\"'").lower()[:40]
    if name in ("viscii", "csviscii"):
        return nfc(data.decode("latin-1").translate(_VISCII))
    codec = safe_codec(name)
    if codec in ("", "ascii", "utf-8"):
        return guess(data)
    try:
        return nfc(data.decode(codec))
    except UnicodeDecodeError:
        return nfc(data.decode(codec, "replace"))


def safe_codec(name: str) -> str:
    """Python's name of a real character set, or "" for anything else."""
    name = _ALIASES.get(name, name)
    if not name or "\0" in name or not name.isascii():
        return ""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return found if found in _SINGLE or found.startswith(_FAMILIES) else ""


def guess(data: bytes) -> str:
    """Text of unmarked bytes: BOM, UTF-8, UTF-16, then the Vietnamese 8-bit sets; NFC."""
    if data.startswith(codecs.BOM_UTF8):
        return nfc(data[3:].decode("utf-8", "replace"))
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return nfc(data.decode("utf-16", "replace"))
    wide = _utf16_without_mark(data)
    if wide:
        return nfc(data.decode(wide, "replace"))
    try:
        return nfc(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _eight_bit(data)


def _utf16_without_mark(data: bytes) -> str:
    """UTF-16 betrays itself by a zero in every other byte of its ASCII letters."""
    head = data[:2000]
    if len(head) < 4 or len(data) % 2:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd * 3 > half and even * 20 < half:
        return "utf-16-le"
    return "utf-16-be" if even * 3 > half and odd * 20 < half else ""


def _eight_bit(data: bytes) -> str:
    """VNI and TCVN3 first, because they are Latin-1 letters; else Windows-1258.

    A few broken bytes in a long UTF-8 text leave it UTF-8.
    """
    lenient = data.decode("utf-8", "replace")
    beyond_ascii = len(lenient) - len(lenient.encode("ascii", "ignore"))
    if lenient.count("�") * 20 < beyond_ascii:
        return nfc(lenient)
    latin = data.decode("cp1252", "replace") if not _controls(data) else data.decode("latin-1")
    if convert(latin).kinds:
        return latin  # the caller converts all text anyway, and wants to say from what
    return nfc(data.decode("cp1258", "replace"))


def _controls(data: bytes) -> bool:
    """Bytes that Windows-1252 leaves undefined or gives to punctuation, but TCVN3 uses."""
    return any(byte in data for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))


def nfc(text: str) -> str:
    """NFC, at no cost where it is already (DOMAIN 9.1: normalise at every door)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
