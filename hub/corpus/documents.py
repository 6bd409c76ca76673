"""Labelled documents: every field against what stands on the page; old encodings letter by letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hub.corpus.reader import CorpusReader, Seen
from hub.corpus.tally import Miss, Tally
from hub.corpus.truth import Labelled
from hub.texts import word
from rules.records.bundle import bundles
from rules.scoring import characters_apart, plain, same, same_list
from rules.values.reading import Fields
from rules.vocabulary import Urgency

SURE = 0.9  # from here on a wrong value would not be asked about
LISTS = ("recipients", "addressees")
_NUMBER = re.compile(r"^[^/]*(?:/(?:19|20)\d\d(?=/))?")
_LETTERS = re.compile(r"[^\W\d_]")


def score_documents(reader: CorpusReader, folder: Path, known: list[Labelled], tally: Tally) -> None:
    """All of them, a few at a time."""
    found = reader.each(known, lambda item: folder / item.file, "file", lambda item: item.pages)
    for item, seen in found:
        _score(item, seen, tally)


def _score(item: Labelled, seen: Seen, tally: Tally) -> None:
    found = bundles(seen.files)
    fields = found[0].main.fields if found else Fields()
    pages = found[0].main.reading.page_count if found else 1
    tally.took(item.kind, seen.seconds, pages)
    for name, truth in item.fields.items():
        _score_field(item, name, truth, fields, tally)
    for name in item.absent:
        _sureness(item, name, "", fields, False, tally)


def _score_field(item: Labelled, name: str, truth: Any, fields: Fields, tally: Tally) -> None:
    value = values(fields, name)
    right = same_list(value, truth) if isinstance(value, list) else same(value, str(truth))
    shown = "; ".join(value) if isinstance(value, list) else value
    if name in item.by_hand:
        tally.add(item.kind, f"{name}_by_hand", right)
    else:
        told = "; ".join(truth) if isinstance(truth, list) else str(truth)
        tally.judge(right, Miss(item.kind, item.name, name, told, shown, item.misses.get(name, "")))
    if name == "symbol" and item.kind == "scan":  # letters are printed also where the number is by hand
        letters = symbol_letters(value or fields.symbol_rest) == symbol_letters(str(truth))
        tally.add(item.kind, "symbol_letters", letters)
    if name == "subject":
        tally.add(item.kind, "subject_error", characters_apart(shown, str(truth)), len(plain(str(truth))))
    _sureness(item, name, str(truth), fields, right, tally)


def _sureness(item: Labelled, name: str, truth: str, fields: Fields, right: bool, tally: Tally) -> None:
    """What is wrong must not be called sure."""
    sure = _sure(fields, name)
    if sure is None:
        return
    tally.add(item.kind, "wrong_but_sure", not right and sure >= SURE)
    if not right and sure >= SURE:
        shown = str(values(fields, name))
        tally.misses.append(Miss(item.kind, item.name, f"{name}, sure", truth, shown))


def symbol_letters(symbol: str) -> str:
    """What follows the number, and the year where one stands in it: "/QĐ-UBND"."""
    return plain(_NUMBER.sub("", symbol))


def values(fields: Fields, name: str) -> Any:
    """A field as text, or a block as its entries without the archive."""
    if name in LISTS:
        return [entry.text for entry in getattr(fields, name) if entry.kind != "archive"]
    found = getattr(fields, name)
    if found is None:
        return ""
    if isinstance(found.value, Urgency):  # the truth writes it as the stamp does: Hỏa tốc
        return word(found.value, "vi").capitalize()
    return found.value.isoformat() if hasattr(found.value, "isoformat") else str(found.value)


def _sure(fields: Fields, name: str) -> float | None:
    found = None if name in LISTS else getattr(fields, name)
    return None if found is None else found.confidence


def score_texts(reader: CorpusReader, folder: Path, tally: Tally) -> None:
    """Documents in old encodings against their full texts."""
    pairs = list(_pairs(folder))
    for (path, truth), seen in reader.each(pairs, lambda pair: pair[0], "file"):
        text = seen.files[0].reading.text if seen.files else ""
        expected = truth.read_text("utf-8")
        # capitals live in the fonts of TCVN3, which full texts made by table alone cannot know
        apart = characters_apart(text.casefold(), expected.casefold())
        size = max(1, len(plain(expected)))
        tally.add("legacy", "text_error", apart, size)
        if apart > 0.005 * size:
            name = str(path.relative_to(folder))
            tally.misses.append(Miss("legacy", name, "text", f"{size}", f"{apart} apart"))


def _pairs(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Each document with a text of the same name in a folder ``ground-truth``."""
    for truths in sorted(folder.glob("vn/*/ground-truth")):
        documents = {
            path.stem: path
            for path in sorted(truths.parent.rglob("*"))
            if path.is_file() and path.suffix.lower() not in (".txt", ".md", "") and path.parent != truths
        }
        for truth in sorted(truths.glob("*.txt")):
            if truth.stem in documents and _LETTERS.search(truth.read_text("utf-8", "replace")):
                yield documents[truth.stem], truth
