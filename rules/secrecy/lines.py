"""The stamp of a level of secrecy: a line that says nothing else, also through the noise of OCR."""

import re
import unicodedata

from rules.identify.stamps import urgency
from rules.text.fold import fold, squash

SECRET, TOP, HIGHEST = "MẬT", "TỐI MẬT", "TUYỆT MẬT"
_LONGEST_LINE = 40
_KEYS = {"mat": SECRET, "toimat": TOP, "tuyetmat": HIGHEST}
_LABEL = re.compile(r"^\W*(?:mức\s+)?(?:độ|cấp độ|do|cap do)\s+(?:mật|mat)\s*[:=–—-]\s*(?=\w)", re.IGNORECASE)
_DIGITS_FOR_LETTERS = re.compile(r"(?<=[^\W\d_])[0145|!](?=[^\W\d_])|(?<=[^\W\d_])[17|!]$")
_MEANT = str.maketrans({"0": "o", "1": "i", "4": "a", "5": "s", "7": "t", "|": "i", "!": "i"})
_BETWEEN_STAMPS = re.compile(r"\s*[-–—/|,+;]\s*|\s{2,}")
_IN_BRACKETS = re.compile(r"[(\[]\s?((?:TUYỆT |TỐI |TUYET |TOI )?M[ẬA]T)\s?[)\]]$")
_FRAME = re.compile(r"\s?[\[({|]\s?([^\[\](){}|]{3,12}?)\s?[\])}|]")
_ENDS = re.compile(r"^[\W_]+|[\W_]+$")
_HAT = frozenset("ÂẬẤẦẨẪ")
# what OCR makes of M, A and T in a stamp, counted only where the A still has its hat
_BLURRED = re.compile(r"^[il1]?(?:m|n|rn|ni|nn|in|iv)?a(?:t|i|l|r|f|j)?[il1e]?$")
_OTHER_WORDS = frozenset({"toimai", "tuyetmai", "toiman", "tuyetman", "toima"})  # tomorrow night; a name
_PLAIN = frozenset({"mật", "mat", "mât"})
_PLAIN_TWO = re.compile(r"^(?:tối|toi|tuyệt|tuyet)[\W_]{0,3}(?:mật|mat)$", re.IGNORECASE)
_GOES_ON = re.compile(r"\w+\s+\w.*\s(?:độ|bí|bảo|và|hoặc|,)$|,$", re.IGNORECASE)
_CLOSES = re.compile(
    r"^\W*(?:tran trong|kinh|than|(?:em |toi |xin |chan thanh )?cam on|chuc|ky ten|nguoi |best|kind|"
    r"regards|thank)"
)


def of_line(text: str, before: str = "") -> str | None:
    """The level that a whole line says, through the noise of OCR; never "bí mật" in a sentence.

    ``before`` is the line above: a name below "Trân trọng" and the rest of a broken sentence are no marks.
    """
    if not 2 <= len(text) <= _LONGEST_LINE:
        return None
    bare = _ENDS.sub("", _LABEL.sub("", unicodedata.normalize("NFC", text)))
    level = _level(bare) or _level(_without_debris(bare)) or _beside_urgency(bare)
    if level is not None and before and not bare.isupper() and _belongs(before):
        return None
    return level


def _beside_urgency(bare: str) -> str | None:
    """Two stamps on one line: "MẬT - HỎA TỐC"."""
    parts = [part for part in _BETWEEN_STAMPS.split(bare) if part]
    if len(parts) != 2 or not any(map(urgency, parts)):
        return None
    return next((level for part in parts if (level := _level(part)) is not None), None)


def _belongs(before: str) -> bool:
    return bool(_GOES_ON.search(before.strip())) or bool(_CLOSES.match(fold(before)))


def _level(bare: str) -> str | None:
    meant = _DIGITS_FOR_LETTERS.sub(lambda m: m.group().translate(_MEANT), bare)
    key, capitals = squash(meant), _capitals(bare)
    level = _KEYS.get(key)
    if level == SECRET:
        return level if capitals or (bare[:1].isupper() and bare.lower() in _PLAIN) else None
    if level is not None:
        return level if capitals or _PLAIN_TWO.match(bare) else None
    hat = not _HAT.isdisjoint(bare)
    if not capitals or (key in _OTHER_WORDS and not hat):
        return None
    if hat and _BLURRED.match(key):
        return SECRET
    return next((_KEYS[known] for known in ("toimat", "tuyetmat") if _near(key, known)), None)


def _capitals(bare: str) -> bool:
    letters = [char for char in bare if char.isalpha()]
    return bool(letters) and sum(map(str.isupper, letters)) * 5 >= 4 * len(letters)


def _without_debris(bare: str) -> str:
    """Without the shreds of a frame that OCR reads as letters beside the word: "I MẬT ~ E"."""
    tokens = bare.split()
    while len(tokens) > 1 and len(tokens[0]) == 1 and tokens[0] not in "MT":
        tokens.pop(0)
    while len(tokens) > 1 and len(tokens[-1]) == 1 and tokens[-1] not in "TI":
        tokens.pop()
    rest = _ENDS.sub("", " ".join(tokens))
    return rest if rest.isupper() else ""


def _near(key: str, known: str) -> bool:
    """Equal but for one letter changed, lost or added; for two in the longest."""
    room = 2 if len(known) > 6 else 1
    if abs(len(key) - len(known)) > room or len(key) < 5:
        return False
    row = list(range(len(known) + 1))
    for i, a in enumerate(key, 1):
        new = [i]
        for j, b in enumerate(known, 1):
            new.append(min(row[j] + 1, new[-1] + 1, row[j - 1] + (a != b)))
        row = new
    return row[-1] <= room


def framed(text: str) -> str | None:
    """The level in a frame that OCR read together with its neighbour ("[MẬT| gửi"), or behind a number."""
    match = _FRAME.match(text[:30])
    if match and match[1].strip().isupper():
        return of_line(match[1])
    behind = _IN_BRACKETS.search(unicodedata.normalize("NFC", text[-20:].rstrip()))
    return of_line(behind[1]) if behind else None
