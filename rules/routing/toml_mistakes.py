"""What tomllib says of a text that is no TOML, in the words of somebody who writes rules."""

import re

_QUOTE = "a text in quotes is not closed on its line"
_BACKSLASH = "a \\ in double quotes stands for something else; write it twice, or use single quotes"
_AFTER_EQUALS = "behind = stands a text in quotes, a number, a date, true, false, [ ] or { }"
_WORD = "a word is missing; what is in { } stands on one line, without a comma at its end"
_BRACKETS = "[[rule]] and [[test]] have two brackets on both sides"
_SAYINGS: tuple[tuple[str, str], ...] = (
    (r"Illegal character '\\[nr]'|Unterminated string|Expected [\"'](?!=|\])", _QUOTE),
    (r"Found invalid character '\\[nr]'", _QUOTE),
    (r"Illegal character|Found invalid character", "a letter stands here that cannot be seen"),
    (r"Unescaped|Invalid hex|Escaped character", _BACKSLASH),
    (r"Unclosed inline table", "a { is not closed on its line, or a comma is missing"),
    (r"Unclosed array", "a [ is not closed, or a comma is missing between two entries"),
    (r"Expected '=' after a key", "behind a word stands =, and then its value"),
    (r"Expected '\]+'", _BRACKETS),
    (r"Invalid value", _AFTER_EQUALS),
    (r"Invalid date", "there is no such day or time"),
    (r"Invalid initial character for a key", _WORD),
    (r"Expected newline", "behind the value stands something that does not belong to it"),
    (r"Invalid statement", "a line begins with a word and =, with [[rule]] or with #"),
    (r"Duplicate|Cannot (?:overwrite|declare|mutate|redefine)", "the same word is given a second time"),
)
PHRASES: tuple[str, ...] = tuple(dict.fromkeys(phrase for _pattern, phrase in _SAYINGS))


def in_words(said: str) -> str:
    """The phrase for what tomllib says; what nobody foresaw as it is."""
    return next((phrase for pattern, phrase in _SAYINGS if re.match(pattern, said)), said)
