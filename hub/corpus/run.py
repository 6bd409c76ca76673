"""One run over a folder: every kind that is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hub.corpus.bounces import score_bounces
from hub.corpus.documents import score_documents, score_texts
from hub.corpus.mails import score_mails
from hub.corpus.reader import CorpusReader
from hub.corpus.tally import KINDS, Tally
from hub.corpus.truth import labelled


def measure(folder: Path, labels: Sequence[Path], only: frozenset[str] = frozenset(KINDS)) -> Tally:
    """The score of a folder with truth files. Raises BadTruth."""
    tally = Tally()
    with CorpusReader(size=2) as reader:
        known = [item for item in labelled(folder, labels) if item.kind in only]
        score_documents(reader, folder, known, tally)
        if "legacy" in only:
            score_texts(reader, folder, tally)
        if "mail" in only:
            score_mails(reader, folder, tally)
        if "bounce" in only:
            score_bounces(reader, folder, tally)
    return tally
