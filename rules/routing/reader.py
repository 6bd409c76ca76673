"""Reading values out of a parsed TOML text, collecting every mistake with its place."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from rules.routing.errors import RuleError, nearest, shown
from rules.routing.positions import Path, line_of, lines_of

T = TypeVar("T")
MOST_ITEMS = 2_000  # entries in one list
LONGEST_WORD = 300  # characters of one entry
_AS_WRITTEN = ("syntax", "too_many", "dates_reversed", "missing", "empty")  # found is our own phrase
# Letters that hide others, part a word unseen or break a line: they have no place in what people read.
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]"
)


def _keys(path: Path) -> str:
    return ".".join(key[:60] for key in path if isinstance(key, str))


@dataclass
class Source:
    """The text under reading. Every ``read`` method returns None after noting a mistake."""

    text: str
    file: str
    errors: list[RuleError] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)  # index of the rule -> its name
    patterns: int = 0  # regular expressions met

    @cached_property
    def lines(self) -> dict[Path, int]:
        return lines_of(self.text)

    def fault(
        self, code: str, path: Path, found: object = "", expected: str = "", choices: Iterable[str] = ()
    ) -> None:
        """Note one mistake; ``choices`` are the right words, the nearest of which is offered."""
        words = sorted(choices)
        near = nearest(str(found).strip(), words) if words else ""
        self.errors.append(
            RuleError(
                code=code,
                file=self.file,
                line=line_of(self.lines, path),
                where=self._where(path),
                found=str(found) if code in _AS_WRITTEN else shown(found),
                expected=expected or f"one of: {', '.join(words)}",
                nearest=near,
            )
        )

    def _where(self, path: Path) -> str:
        if len(path) > 1 and isinstance(path[1], int):
            known = self.names.get(path[1]) if path[0] == "rule" else None
            name = known or f"{path[0]} {path[1] + 1}"
            keys = _keys(path[2:])
            return f"{name}: {keys}" if keys else name
        return _keys(path)

    def table(self, value: object, path: Path, keys: Collection[str]) -> Mapping[str, object] | None:
        """A table with no other keys than these."""
        if not isinstance(value, dict):
            self.fault("wrong_type", path, value, "a table, { ... }")
            return None
        for key in value:
            if key not in keys:
                self.fault("unknown_key", (*path, key), key, choices=keys)
        return value

    def string(self, value: object, path: Path, longest: int = LONGEST_WORD) -> str | None:
        """Written words, not blank."""
        if not isinstance(value, str):
            self.fault("wrong_type", path, value, 'words in quotes, "..."')
        elif not value.strip():
            self.fault("empty", path, "the text", "words")
        elif not value.isprintable() and _HIDDEN.search(value):  # the first is quicker, and nearly always so
            named = _HIDDEN.sub(lambda letter: f"<U+{ord(letter.group()):04X}>", value)
            self.fault("hidden_letter", path, named, "letters that can be seen")
        elif len(value) > longest:
            self.fault("too_long", path, value, f"at most {longest} characters")
        else:
            return value.strip()
        return None

    def flag(self, value: object, path: Path) -> bool | None:
        if isinstance(value, bool):
            return value
        self.fault("wrong_type", path, value, "true or false")
        return None

    def whole(self, value: object, path: Path, least: int, most: int) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.fault("wrong_type", path, value, f"a whole number from {least} to {most}")
        return None

    def number(self, value: object, path: Path) -> float | None:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 100_000:
            return float(value)
        self.fault("wrong_type", path, value, "a number from 0 to 100000")
        return None

    def day(self, value: object, path: Path) -> date | None:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self.fault("wrong_type", path, value, "a date such as 2026-01-31")
        return None

    def each(self, value: object, path: Path, read: Callable[[object, Path], T | None]) -> tuple[T, ...]:
        """One value, or a list of them, each read by ``read``."""
        if not isinstance(value, list):
            single = read(value, path)
            return () if single is None else (single,)
        if not value:
            self.fault("empty", path, "the list", "at least one entry")
        if len(value) > MOST_ITEMS:
            self.fault("too_many", path, f"{len(value)} entries", f"at most {MOST_ITEMS}")
            return ()
        items = (read(item, (*path, index)) for index, item in enumerate(value))
        return tuple(item for item in items if item is not None)

    def strings(self, value: object, path: Path) -> tuple[str, ...]:
        """One word or a list of words."""
        return self.each(value, path, self.string)
