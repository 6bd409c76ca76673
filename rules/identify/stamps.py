"""Stamps and marks on a line of their own: urgency, draft (DOMAIN 1.6). Secrecy: ``rules.secrecy``."""

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
_DRAFT = re.compile(r"^[\W_]*du thao(?: (?:lan|so|thu))?(?: ?[\divx]+)?(?:,? ?(?:ngay|\().{0,30})?[\W_]*$")
_LONGEST = 40


def urgency(text: str) -> Urgency | None:
    """The degree that a whole line says: KHẨN, THƯỢNG KHẨN, HỎA TỐC, HỎA TỐC HẸN GIỜ."""
    if len(text) > _LONGEST:
        return None
    key = squash(text)
    if key.startswith("hoatochengio"):
        return Urgency.EXPRESS_TIMED
    return _URGENCY.get(key)


def is_draft(text: str) -> bool:
    """A line that says DỰ THẢO of the document itself, not of another one."""
    return len(text) <= 60 and _DRAFT.match(fold(text)) is not None
