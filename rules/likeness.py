"""The most similar of many words, found without comparing with all of them."""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher

_MOST_COMPARED = 60  # words compared letter by letter for one answer
_MOST_COUNTED = 4000  # entries of the index looked through for one answer
_LIKE_ENOUGH = 0.5  # of 1


class Likeness:
    """An index of words by their pieces; built once, asked often."""

    def __init__(self, words: Iterable[str]) -> None:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for word in dict.fromkeys(words):
            for piece in _pieces(word):
                found[piece].append(word)
        self._words_with = dict(found)

    def nearest(self, text: str, limit: int = 1) -> list[str]:
        """Up to ``limit`` words like ``text``, best first; none when nothing is alike."""
        text = text[:300]
        scored = (
            (SequenceMatcher(None, text, word, autojunk=False).ratio(), word) for word in self._near(text)
        )
        best = heapq.nlargest(limit, (pair for pair in scored if pair[0] >= _LIKE_ENOUGH))
        return [word for _score, word in best]

    def _near(self, text: str) -> list[str]:
        """Words that share rare pieces with ``text``, those of about its length first."""
        score: defaultdict[str, float] = defaultdict(float)
        room = _MOST_COUNTED
        for words in sorted((self._words_with.get(piece, ()) for piece in _pieces(text)), key=len):
            for word in words[:room]:
                score[word] += 1 / len(words) + 1 / (10 + abs(len(word) - len(text)))
            room -= len(words)
            if room <= 0:
                break
        return heapq.nlargest(_MOST_COMPARED, score, key=score.__getitem__)


def _pieces(word: str) -> set[str]:
    """Its triples of letters, and its first letter, which short words have in common."""
    padded = f" {word} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)} | {padded[:2]}
