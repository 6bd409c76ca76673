"""The ``when`` of a rule: from TOML values to conditions."""

from collections.abc import Callable, Mapping
from datetime import time
from enum import Enum

from rules.routing.conditions import (
    OUTSIDE,
    Addressed,
    All,
    Any,
    AtLeast,
    Clock,
    Condition,
    Dated,
    Files,
    Matches,
    NoneOf,
    Normative,
    OneOf,
    Parties,
    Sender,
    Size,
    Symbol,
    Weekday,
    Words,
    WorkingHours,
)
from rules.routing.look import word_key
from rules.routing.parties import code
from rules.routing.patterns import LONGEST_PATTERN, NotAPattern, compiled
from rules.routing.positions import Path
from rules.routing.reader import Source
from rules.routing.words import plain
from rules.text.fold import fold
from rules.vocabulary import Direction, SenderVerdict, Urgency

DEEPEST = 8  # tables within tables
MOST_PATTERN = 200  # characters of a pattern with stars
_WORD_KEYS = ("any", "all", "none", "phrase", "pattern", "accents")
URGENCIES = {level.name.lower(): level for level in Urgency} | {
    "thuong": Urgency.NORMAL,
    "khan": Urgency.URGENT,
    "thuong khan": Urgency.VERY_URGENT,
    "hoa toc": Urgency.EXPRESS,
    "hoa toc hen gio": Urgency.EXPRESS_TIMED,
}
_LEVELS: tuple[str, ...] = ("thường", "khẩn", "thượng khẩn", "hỏa tốc", "hỏa tốc hẹn giờ")
_LEVELS += ("normal", "urgent", "very_urgent", "express", "express_timed")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PARTY_WORDS = 'a unit, "group:<code>", "outside:<code>", "below:<unit>", "outside" or a pattern with *'
_DAYS = ("working", "weekend", "holiday")
_MEGABYTE = 1_000_000
_SOURCES = ("smtp", "imap", "scanner", "telegram", "web", "edxml", "paper")

Read = Callable[[Source, object, Path], Condition | None]


def condition(source: Source, value: object, path: Path, depth: int = 1) -> Condition | None:
    """A table of conditions, all of which must hold."""
    if depth > DEEPEST:
        source.fault("too_deep", path, expected=f"at most {DEEPEST} levels")
        return None
    table = source.table(value, path, _KEYS)
    if table is None:
        return None
    if not table:
        source.fault("empty", path, "the condition", "conditions, or { always = true }")
    return All(tuple(_inner(source, table, path, depth)))


def _inner(source: Source, table: Mapping[str, object], path: Path, depth: int) -> list[Condition]:
    found: list[Condition | None] = []
    for key, value in table.items():
        at = (*path, key)
        if key in _NESTS:
            inner = source.each(value, at, lambda item, where: condition(source, item, where, depth + 1))
            found.append(_NESTS[key](inner))
        elif key == "always":
            _always(source, table, at)
        elif key in READERS:
            found.append(READERS[key](source, value, at))
    return [item for item in found if item is not None]


def _always(source: Source, table: Mapping[str, object], path: Path) -> None:
    if table["always"] is not True or len(table) > 1:
        source.fault("wrong_type", path, table["always"], "always = true, alone")


_NESTS: dict[str, Callable[[tuple[Condition, ...]], Condition]] = {"any": Any, "all": All, "none": NoneOf}


def _type(source: Source, value: object, path: Path) -> Condition:
    return OneOf("type", frozenset(word_key(word) for word in source.strings(value, path)))


def _one_of(facet: str, words: tuple[str, ...]) -> Read:
    def read(source: Source, value: object, path: Path) -> Condition:
        def word(item: object, at: Path) -> str | None:
            found = source.string(item, at)
            if found is not None and found.casefold() not in words:
                source.fault("unknown_word", at, found, choices=words)
                return None
            return found.casefold() if found else None

        return OneOf(facet, frozenset(source.each(value, path, word)))

    return read


def _normative(source: Source, value: object, path: Path) -> Condition | None:
    flag = source.flag(value, path)
    return None if flag is None else Normative(flag)


def _parties(facet: str) -> Read:
    def read(source: Source, value: object, path: Path) -> Condition:
        words = source.each(value, path, lambda item, at: _party_word(source, item, at))
        patterns = tuple(word for word in words if "*" in word)
        named = [word for word in words if "*" not in word]
        groups = tuple(word for word in named if word.startswith("group:"))
        below = frozenset(w.removeprefix("below:") for w in named if w.startswith("below:"))
        codes = frozenset(w for w in named if w != OUTSIDE and not w.startswith(("group:", "below:")))
        return Parties(facet, codes, groups, below, patterns, OUTSIDE in named)

    return read


def _party_word(source: Source, value: object, path: Path) -> str | None:
    word = source.string(value, path, MOST_PATTERN)
    if word is None or "*" in word or word == OUTSIDE:
        return word
    prefix, colon, rest = word.rpartition(":")
    if colon and prefix not in ("group", "outside", "below"):
        source.fault("unknown_word", path, word, _PARTY_WORDS)
        return None
    return word if code(source, rest, path) else None


def _addressed(source: Source, value: object, path: Path) -> Condition | None:
    if isinstance(value, bool):
        return Addressed(value)
    parties = _parties("addressed")(source, value, path)
    return Addressed(True, parties) if isinstance(parties, Parties) else None


def _symbol(source: Source, value: object, path: Path) -> Condition | None:
    if isinstance(value, dict):
        table = source.table(value, path, ("pattern",))
        return _matches(source, "symbol", table, path, True) if table else None
    return Symbol(source.each(value, path, lambda item, at: source.string(item, at, MOST_PATTERN)))


def _words(facet: str) -> Read:
    def read(source: Source, value: object, path: Path) -> Condition | None:
        if not isinstance(value, dict):
            return Words(facet, any=_entries(source, value, path))
        table = source.table(value, path, _WORD_KEYS)
        return None if table is None else _words_table(source, facet, table, path)

    return read


def _words_table(source: Source, facet: str, table: Mapping[str, object], path: Path) -> Condition | None:
    lists = {key: _entries(source, table[key], (*path, key)) for key in _WORD_KEYS[:4] if key in table}
    accents = source.flag(table.get("accents", True), (*path, "accents"))
    if not lists and "pattern" not in table:
        source.fault("missing", path, "the words", "any, all, none, phrase or pattern")
        return None
    matches = _matches(source, facet, table, path, accents is not False) if "pattern" in table else None
    if not lists:
        return matches
    every = lists.get("all", ()) + lists.get("phrase", ())
    words = Words(facet, lists.get("any", ()), every, lists.get("none", ()), accents is not False)
    return words if matches is None else All((words, matches))


def _matches(source: Source, facet: str, table: Mapping[str, object], path: Path, accents: bool) -> Condition:
    """A pattern is compiled here once, so that a wrong one never reaches a document."""

    def one(item: object, at: Path) -> str | None:
        word = source.string(item, at, LONGEST_PATTERN)
        if word is not None:
            source.patterns += 1
            try:
                compiled(word)
            except NotAPattern as wrong:
                source.fault("bad_pattern", at, word, str(wrong)[:200])
                return None
        return word

    return Matches(facet, source.each(table.get("pattern"), (*path, "pattern"), one), accents)


def _entries(source: Source, value: object, path: Path) -> tuple[str, ...]:
    """Words to look for; signs alone would never be found, because signs part words."""

    def entry(item: object, at: Path) -> str | None:
        word = source.string(item, at)
        if word is not None and not plain(word).strip():
            source.fault("wrong_type", at, word, "letters or digits")
        return word

    return source.each(value, path, entry)


def _urgency(source: Source, value: object, path: Path) -> Condition | None:
    level = urgency(source, value, path)
    return None if level is None else AtLeast(level)


def urgency(source: Source, value: object, path: Path) -> Urgency | None:
    """A level by its Vietnamese or English name, accents optional."""
    word = source.string(value, path)
    if word is None:
        return None
    key = fold(word).replace("-", "_")
    level = URGENCIES.get(key, URGENCIES.get(" ".join(key.split())))
    if level is None:
        source.fault("unknown_word", path, word, choices=_LEVELS)
    return level


def _sender(source: Source, value: object, path: Path) -> Condition:
    words = [word.casefold() for word in source.each(value, path, lambda v, at: _address(source, v, at))]
    addresses = frozenset(word for word in words if not word.startswith("@") and "@" in word)
    domains = tuple(word.removeprefix("@") for word in words if word not in addresses)
    return Sender(addresses, domains)


def _address(source: Source, value: object, path: Path) -> str | None:
    word = source.string(value, path)
    if word is not None and (" " in word or "*" in word or "." not in word):
        source.fault("unknown_word", path, word, 'an address, or a domain such as "moj.gov.vn"')
        return None
    return word


def _files(source: Source, value: object, path: Path) -> Condition:
    words = source.each(value, path, lambda item, at: code(source, item, at))
    return Files(frozenset(word.casefold() for word in words))


def _dated(source: Source, value: object, path: Path) -> Condition | None:
    table = source.table(value, path, ("from", "to"))
    if not table:
        source.fault("missing", path, "the dates", "{ from = 2026-01-01, to = 2026-12-31 }")
        return None
    days = {key: source.day(day, (*path, key)) for key, day in table.items() if key in ("from", "to")}
    return Dated(days.get("from"), days.get("to"))


def _clock(source: Source, value: object, path: Path) -> Condition | None:
    table = source.table(value, path, ("from", "to"))
    if table is None:
        return None
    start, end = table.get("from"), table.get("to")
    if isinstance(start, time) and isinstance(end, time) and start != end:
        return Clock(start, end)
    source.fault("missing", path, "from or to", "{ from = 17:00:00, to = 07:00:00 }")
    return None


def _weekday(source: Source, value: object, path: Path) -> Condition:
    def day(item: object, at: Path) -> int | None:
        word = source.string(item, at)
        if word is not None and word.casefold() not in _WEEKDAYS:
            source.fault("unknown_word", at, word, choices=_WEEKDAYS)
            return None
        return _WEEKDAYS.index(word.casefold()) if word else None

    return Weekday(frozenset(source.each(value, path, day)))


def _size(source: Source, value: object, path: Path) -> Condition | None:
    table = source.table(value, path, ("over", "under"))
    if not table:
        source.fault("missing", path, "over or under", "{ over = 20 } in megabytes")
        return None
    found = {
        key: source.number(item, (*path, key)) for key, item in table.items() if key in ("over", "under")
    }
    bounds = {key: round(item * _MEGABYTE) for key, item in found.items() if item is not None}
    return Size(bounds.get("over"), bounds.get("under"))


def _working_hours(source: Source, value: object, path: Path) -> Condition | None:
    flag = source.flag(value, path)
    return None if flag is None else WorkingHours(flag)


def _values(enum: type[Enum]) -> tuple[str, ...]:
    return tuple(member.value for member in enum)


READERS: dict[str, Read] = {
    "type": _type,
    "normative": _normative,
    "issuer": _parties("issuer"),
    "unit": _parties("unit"),
    "addressed": _addressed,
    "symbol": _symbol,
    "subject": _words("subject"),
    "text": _words("text"),
    "signer": _words("signer"),
    "urgency": _urgency,
    "sender": _sender,
    "sender_verdict": _one_of("sender_verdict", _values(SenderVerdict)),
    "direction": _one_of("direction", _values(Direction)),
    "source": _one_of("source", _SOURCES),
    "file": _files,
    "dated": _dated,
    "time": _clock,
    "weekday": _weekday,
    "day": _one_of("day", _DAYS),
    "working_hours": _working_hours,
    "size": _size,
}
_KEYS = frozenset((*READERS, *_NESTS, "always"))
