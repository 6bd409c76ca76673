"""Words that name parties in a rule: unit codes, and words with a prefix."""

import re

from rules.routing.positions import Path
from rules.routing.reader import Source
from rules.vocabulary import Role

_CODE = r"[\w][\w.-]{0,99}"
_ONE = r"[^\s:<>,;@\"]{1,64}"
_ROLES = "|".join(role.value for role in Role)
_TARGET = re.compile(
    rf"(?:gazette|(?:(?:group|outside):)?{_CODE}|role:(?:{_ROLES})@{_CODE}|(?:person|mail):{_ONE}@{_ONE})"
)
_ADDRESS = re.compile(r"[^\s:<>,;@]{1,64}@[^\s:<>,;@]{1,255}")
TARGET_WORDS = (
    'a unit\'s code, "group:<code>", "outside:<code>", "role:<role>@<unit>", "person:<address>", '
    '"mail:<address>" or "gazette"'
)
CHANNELS = ("mail", "telegram", "web")
_ASSIGNEE = re.compile(rf"role:(?:{_ROLES})|person:{_ONE}@{_ONE}")


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
    """Whom to tell: a unit (its clerks) or an address of the staff; ``{ to, by }`` names the channel."""
    if isinstance(value, dict):
        table = source.table(value, path, ("to", "by")) or {}
        by = source.string(table.get("by"), (*path, "by"))
        if by is not None and by not in CHANNELS:
            source.fault("unknown_word", (*path, "by"), by, choices=CHANNELS)
        whom = informed(source, table.get("to"), (*path, "to"))
        return f"{by}:{whom}" if whom and by in CHANNELS else None
    word = source.string(value, path)
    if word is None or _ADDRESS.fullmatch(word) or re.fullmatch(_CODE, word):
        return word
    source.fault("unknown_word", path, word, "a unit's code or an address")
    return None


def assignees(source: Source, value: object, path: Path) -> tuple[str, ...]:
    """Whose work it is in the receiving unit."""

    def one(item: object, at: Path) -> str | None:
        word = source.string(item, at)
        if word is not None and not _ASSIGNEE.fullmatch(word):
            source.fault("unknown_word", at, word, 'a role such as "role:leader", or "person:<address>"')
            return None
        return word

    return tuple(dict.fromkeys(source.each(value, path, one)))


def code(source: Source, value: object, path: Path) -> str | None:
    """A bare code or label word."""
    word = source.string(value, path)
    if word is not None and not re.fullmatch(_CODE, word):
        source.fault("unknown_word", path, word, "letters, digits, - and _")
        return None
    return word
