"""Phrases that are written one way: words of OCR that have their letters get their accents."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rules.text.fold import fold

_CLEAR = 2  # words of a phrase that say which it is
_EDGES = ".,;:"  # may follow a word within a phrase or end it


class Phrases:
    """A table of phrases. Tone marks may stand at either letter (uỷ, ủy): what is written so is right."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[list[str], list[str]]]] = defaultdict(list)
        for phrase in sorted(phrases, key=len, reverse=True):
            words = [word.strip(_EDGES) for word in phrase.split()]
            keys = [fold(word) for word in words]
            self._by_first[keys[0]].append((keys, words))

    def spelled(self, row: Sequence[str]) -> list[str]:
        """As many words as there were; those of a phrase with its accents, in their own case.

        A phrase of which enough stands there as it should keeps its words: there is no "nhân sự" in
        "công nhân sử dụng".
        """
        found = list(row)
        keys = [fold(word).strip(_EDGES) for word in row]
        taken: set[int] = set()
        for exact in (True, False):
            for at in range(len(keys)):
                words = self._at(found, keys, at, taken, exact)
                taken.update(range(at, at + len(words)))
                for place, word in enumerate(words, at):
                    found[place] = _accented(found[place], word)
        return found

    def _at(
        self, row: Sequence[str], keys: Sequence[str], at: int, taken: set[int], exact: bool
    ) -> Sequence[str]:
        """The longest phrase that begins here, none where its words are another's."""
        for known, words in self._by_first.get(keys[at], ()):
            places = range(at, at + len(known))
            if keys[at : at + len(known)] == known and taken.isdisjoint(places):
                right = sum(_same(row[place], word) for place, word in zip(places, words, strict=True))
                if not exact or right >= min(len(words), _CLEAR):
                    return words
        return ()


def _same(written: str, word: str) -> bool:
    return _letters(written.strip(_EDGES)) == _letters(word)


def _letters(word: str) -> list[str]:
    return sorted(unicodedata.normalize("NFD", word.casefold()))


def _accented(written: str, word: str) -> str:
    """The word in the case of what was written, with the marks that stand around it."""
    bare = written.strip(_EDGES)
    if _same(written, word) or len(bare) != len(word):
        return written
    cased = "".join(
        char.upper() if model.isupper() else char.lower() for char, model in zip(word, bare, strict=True)
    )
    return written.replace(bare, cased, 1)
