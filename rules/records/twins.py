"""Is it the same document again, a question for the clerk, or a new one (SEMANTICS, A document).

Same text with the same key is the same document; same key with other text is a
question; same text with another key stays two, because two real letters with
one subject exist. Same issuer, year and symbol raises the alarm that ND30
App. VI III.1h wants.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from rules.identify.identity import alike

SAME_TEXT = 0.95
SCANNED_TEXT = (
    0.92  # where OCR read one of the two: two scans of one page are at least 0.95 alike, other letters 0.90
)
MOST_SUSPECTS = 3
NOTHING = sha256(b"").hexdigest()
LEAST_TEXT = 200  # characters below which two texts cannot be compared, as of a scan


@dataclass(frozen=True, slots=True)
class Trait:
    """What two documents are compared by. ``id`` is None for the one that just came."""

    identity_key: str
    number_key: str  # issuer + year + symbol, empty without a symbol
    main_sha256: str
    fingerprint: int
    text_length: int
    id: int | None = None
    subject: str = ""  # folded
    recalled: bool = False  # its sender asked for it back
    scanned: bool = False  # OCR read it


@dataclass(frozen=True, slots=True)
class Same:
    """It is document ``id`` again; ``rendition`` when only its form is new."""

    id: int
    rendition: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A clerk must say whether it is document ``id``."""

    id: int
    reason: str


def judge(new: Trait, known: Sequence[Trait]) -> Same | Question | None:
    """The verdict on ``new`` against documents that share a key or the content; None when it is new."""
    for other in known:
        if other.main_sha256 == new.main_sha256 and _fits(new, other):
            return _again(other, rendition=False)
    for other in known:
        if other.identity_key == new.identity_key and _fits(new, other):
            if _comparable(new, other) and not _near(new, other):
                return Question(_id(other), "same-number-other-text")
            return _again(other, rendition=True)
    for other in known:
        if new.number_key and other.number_key == new.number_key:
            return Question(_id(other), "number-used-before")
    return None


def _again(other: Trait, *, rendition: bool) -> Same | Question:
    """What was asked back does not come to life by being sent again: a clerk says what it is (DOMAIN 2.7)."""
    return Question(_id(other), "recalled-before") if other.recalled else Same(_id(other), rendition)


def suspects(new: Trait, known: Sequence[Trait]) -> tuple[int, ...]:
    """Documents that ``new`` may be, where no number tells: what says nearly the same, nearest first."""
    if new.number_key:
        return ()
    near = [other for other in known if _comparable(new, other) and _near(new, other)]
    near.sort(key=lambda other: alike(new.fingerprint, other.fingerprint), reverse=True)
    return tuple(_id(other) for other in near[:MOST_SUSPECTS])


def _near(new: Trait, other: Trait) -> bool:
    least = SCANNED_TEXT if new.scanned or other.scanned else SAME_TEXT
    return alike(new.fingerprint, other.fingerprint) >= least


def _fits(new: Trait, other: Trait) -> bool:
    """The same bytes are the same document, unless both bear numbers and these differ, or neither
    does and they say so little ("please find attached") that only the subjects tell them apart."""
    if new.number_key and other.number_key:
        return new.number_key == other.number_key
    says_little = 0 < new.text_length < LEAST_TEXT or new.main_sha256 == NOTHING
    return bool(new.number_key or other.number_key) or not says_little or new.subject == other.subject


def _comparable(new: Trait, other: Trait) -> bool:
    return new.text_length >= LEAST_TEXT and other.text_length >= LEAST_TEXT


def _id(trait: Trait) -> int:
    if trait.id is None:
        raise ValueError("a known document has an id")
    return trait.id
