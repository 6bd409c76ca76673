"""Stamps and marks on a line of their own: urgency, secrecy, draft (DOMAIN 1.6, 1.7)."""

import re

from rules.text.fold import fold, squash
from rules.vocabulary import Urgency

_URGENCY = {
    "khan": Urgency.URGENT,
    "thuongkhan": Urgency.VERY_URGENT,
    "hoatoc": Urgency.EXPRESS,
    "congvankhan": Urgency.URGENT,
    "congvanhoatoc": Urgency.EXPRESS,
    "dokhankhan": Urgency.URGENT,
    "dokhanthuongkhan": Urgency.VERY_URGENT,
    "dokhanhoatoc": Urgency.EXPRESS,
}
_SECRECY = {"mat": "MẬT", "toimat": "TỐI MẬT", "tuyetmat": "TUYỆT MẬT"}
_SECRECY.update(
    {f"{label}{key}": value for label in ("domat", "mucdomat") for key, value in list(_SECRECY.items())}
)
_OCR = str.maketrans({"0": "o", "1": "i", "4": "a", "|": "i", "!": "i"})
_DRAFT = re.compile(r"^[\W_]*du thao(?: (?:lan|so|thu))?(?: ?[\divx]+)?(?:,? ?(?:ngay|\().{0,30})?[\W_]*$")
_SUBJECT = re.compile(r"^\W{0,3}(tuyet mat|toi mat|mat)\s*[\])}:|–—-]")
_FRAMES = "[](){}|*.:-–—_ \t"
_LONGEST = 40


def urgency(text: str) -> Urgency | None:
    """The degree that a whole line says: KHẨN, THƯỢNG KHẨN, HỎA TỐC, HỎA TỐC HẸN GIỜ."""
    if len(text) > _LONGEST:
        return None
    key = squash(text)
    if key.startswith("hoatochengio"):
        return Urgency.EXPRESS_TIMED
    return _URGENCY.get(key)


def secrecy(text: str) -> str | None:
    """The level of secrecy that a whole line says, through the noise of OCR; never "bí mật" in a sentence."""
    if len(text) > _LONGEST:
        return None
    bare = text.strip(_FRAMES)
    key = squash(bare.translate(_OCR))
    level = _SECRECY.get(key)
    if level is None and len(key) >= 5:
        level = next((_SECRECY[known] for known in ("toimat", "tuyetmat") if _one_off(key, known)), None)
    if level == "MẬT" and not _stamp_like(bare):
        return None
    return level


def _stamp_like(bare: str) -> bool:
    """MẬT, Mật, MAT; but "mặt", "mất" in small letters are words of a table or a broken line."""
    return bare[:1].isupper() or bare[:1].isdigit()


def _one_off(a: str, b: str) -> bool:
    """Equal but for one letter changed, lost or added."""
    if abs(len(a) - len(b)) > 1:
        return False
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return a[at + 1 :] == b[at + 1 :] or a[at:] == b[at + 1 :] or a[at + 1 :] == b[at:]


def secrecy_in_subject(subject: str) -> str | None:
    """The level marked at the start of a mail's subject: "[MẬT] V/v ...", "TỐI MẬT: ..."."""
    match = _SUBJECT.match(fold(subject[:200]))
    return _SECRECY[squash(match.group(1))] if match else secrecy(subject)


def is_draft(text: str) -> bool:
    """A line that says DỰ THẢO of the document itself, not of another one."""
    return len(text) <= 60 and _DRAFT.match(fold(text)) is not None
