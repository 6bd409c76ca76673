"""Where things stand in a TOML text: a path of keys to a line number.

Own code because tomllib tells positions only of its own errors and no maintained
library tells them of values; it reads only text that tomllib has accepted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r'(?P<string>"""(?:[^"\\]|\\[\s\S]|""?(?!"))*"{3,5}'
    r"|'''(?:[^']|''?(?!'))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*')"
    r"|(?P<skip>[ \t\r]+|\#[^\n]*)"
    r"|(?P<newline>\n)"
    r"|(?P<sign>[\[\]{}=,.])"
    r"|(?P<bare>[^\s\[\]{}=,.\"'#]+)"
)
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*(rule|test)[ \t]*\]\]", re.MULTILINE)
_OPENING = {"[": "]", "{": "}"}
MOST_TOKENS = 300_000  # about 10,000 rules; behind them a rule's own line is the nearest that is told
_DEEPEST = 20  # keys in one path; what is dotted deeper is placed at its outer key


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def lines_of(text: str) -> dict[Path, int]:
    """Line (from 1) of every table, key and array item of a valid TOML text."""
    tokens = list(islice(_tokens(text), MOST_TOKENS))
    found = _Walk(tokens).run()
    if len(tokens) == MOST_TOKENS:
        _headers(text, found)
    return found


def _headers(text: str, found: dict[Path, int]) -> None:
    """Lines of rules and tests that were not walked to, by their headers alone."""
    seen, line, at = {"rule": 0, "test": 0}, 1, 0
    for match in _HEADER.finditer(text):
        line, at = line + text.count("\n", at, match.start()), match.start()
        found.setdefault((match[1], seen[match[1]]), line)
        seen[match[1]] += 1


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of ``path`` or of the nearest thing around it; 1 for the whole text."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "skip" or kind is None:
            continue
        words = match.group()
        yield _Token(kind, words, line)
        line += words.count("\n") if kind == "string" else kind == "newline"


@dataclass(slots=True)
class _Walk:
    """One pass over the tokens; ``arrays`` holds the last index of each [[table]]."""

    tokens: list[_Token]
    at: int = 0
    found: dict[Path, int] = field(default_factory=dict)
    arrays: dict[Path, int] = field(default_factory=dict)

    def run(self) -> dict[Path, int]:
        prefix: Path = ()
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.text == "[" and token.kind == "sign":
                prefix = self._header()
            elif token.kind in ("bare", "string"):
                self._pair(prefix)
            else:
                self.at += 1
        return self.found

    def _header(self) -> Path:
        line, double = self.tokens[self.at].line, self._text(self.at + 1) == "["
        self.at += 2 if double else 1
        keys = self._keys()[:_DEEPEST]
        self.at += 2 if double else 1
        path = self._resolve(keys[:-1]) + tuple(keys[-1:])
        if double:
            self.arrays[path] = self.arrays.get(path, -1) + 1
            path += (self.arrays[path],)
        elif path in self.arrays:
            path += (self.arrays[path],)
        self.found.setdefault(path, line)
        return path

    def _resolve(self, keys: list[str]) -> Path:
        path: Path = ()
        for key in keys:
            path += (key,)
            if path in self.arrays:
                path += (self.arrays[path],)
        return path

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind in ("bare", "string"):
                keys.append(_plain(token))
            elif token.text != ".":
                break
            self.at += 1
        return keys

    def _pair(self, prefix: Path) -> None:
        line = self.tokens[self.at].line
        for key in self._keys()[:_DEEPEST]:
            prefix += (key,)
            self.found.setdefault(prefix, line)
        self.at += 1  # the equals sign
        self._value(prefix)

    def _value(self, path: Path) -> None:
        opening = self._text(self.at)
        if opening in _OPENING and self.tokens[self.at].kind == "sign":
            self.at += 1
            self._inside(path, opening)
            return
        while self.at < len(self.tokens) and not self._ends_value(self.tokens[self.at]):
            self.at += 1

    def _inside(self, path: Path, opening: str) -> None:
        index, closing = 0, _OPENING[opening]
        while self._text(self.at) not in (closing, ""):
            token = self.tokens[self.at]
            if token.kind == "newline" or token.text == ",":
                self.at += 1
            elif opening == "{":
                self._pair(path)
            else:
                self.found[(*path, index)] = token.line
                self._value((*path, index))
                index += 1
        self.at += 1

    def _text(self, at: int) -> str:
        return self.tokens[at].text if at < len(self.tokens) else ""

    @staticmethod
    def _ends_value(token: _Token) -> bool:
        return token.kind == "newline" or (token.kind == "sign" and token.text in ",]}")


def _plain(token: _Token) -> str:
    return token.text[1:-1] if token.kind == "string" else token.text
