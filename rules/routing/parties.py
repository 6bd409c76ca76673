"""Words that name parties in a rule: unit codes, and words with a prefix."""

import re

from rules.routing.positions import Path
from rules.routing.reader import Source

_CODE = r"[\w][\w.-]{0,99}"
_TARGET = re.compile(
    rf"(?:gazette|(?:(?:group|outside):)?{_CODE}|person:[^\s:<>,;@]{{1,64}}@[^\s:<>,;@]{{1,255}})"
)
_ADDRESS = re.compile(r"[^\s:<>,;@]{1,64}@[^\s:<>,;@]{1,255}")
TARGET_WORDS = 'a unit\'s code, "group:<code>", "outside:<code>", "person:<address>" or "gazette"'


def target(source: Source, value: object, path: Path) -> str | None:
    """A party that can get something."""
    word = source.string(value, path)
    if word is not None and not _TARGET.fullmatch(word):
        source.fault("unknown_word", path, word, TARGET_WORDS)
        return None
    return word


def targets(source: Source, value: object, path: Path) -> tuple[str, ...]:
    """One party or a list of them, each once."""
    found = source.each(value, path, lambda item, at: target(source, item, at))
    return tuple(dict.fromkeys(found))


def informed(source: Source, value: object, path: Path) -> str | None:
    """Whom to tell: a unit (its clerks) or an address of the staff."""
    word = source.string(value, path)
    if word is None or _ADDRESS.fullmatch(word) or re.fullmatch(_CODE, word):
        return word
    source.fault("unknown_word", path, word, "a unit's code or an address")
    return None


def code(source: Source, value: object, path: Path) -> str | None:
    """A bare code or label word."""
    word = source.string(value, path)
    if word is not None and not re.fullmatch(_CODE, word):
        source.fault("unknown_word", path, word, "letters, digits, - and _")
        return None
    return word
