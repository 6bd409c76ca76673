"""What people read in the documents: the folder's own truth files, and labels of our own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAMES = {
    "symbol": "so_ky_hieu",
    "date": "ngay",
    "place": "dia_danh",
    "parent_issuer": "co_quan_cap_tren",
    "issuer": "co_quan",
    "type": "loai",
    "subject": "trich_yeu",
    "addressees": "kinh_gui",
    "recipients": "noi_nhan",
    "signer_title": "chuc_vu_ky",
    "signer": "nguoi_ky",
    "urgency": "do_khan",
}
_BY_HAND = re.compile(r"\b(number|day|month|date)\b[^.;:]{0,40}\bhandwritten\b", re.IGNORECASE)


class BadTruth(Exception):
    """A truth file is not what it should be."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One document with what stands in it."""

    file: str
    kind: str  # digital | legacy | scan
    fields: Mapping[str, Any]  # our field names; only those that stand on the page
    by_hand: frozenset[str]  # written by hand: read where possible, but not counted
    misses: Mapping[str, str]  # the cause of a known miss, by field
    absent: frozenset[str] = frozenset()  # fields that are surely not on the page: whatever is found is wrong
    pages: tuple[int, ...] = ()  # of the file, from 0, where it holds several documents; else all

    @property
    def name(self) -> str:
        """The file, and the page where the document begins in it."""
        return f"{self.file} p. {self.pages[0] + 1}" if self.pages else self.file


def labelled(folder: Path, labels: Sequence[Path]) -> list[Labelled]:
    """Every labelled document that is there; ours win where both know a file."""
    found = {item.name: item for item in _read(folder / "truth" / "vn_truth.json")}
    for path in labels:
        found |= {item.name: item for item in _read(path)}
    return [item for item in found.values() if (folder / item.file).is_file()]


def _read(path: Path) -> Iterator[Labelled]:
    for entry in entries(path):
        note = str(entry.get("note") or "")
        by_hand = set(entry.get("handwritten") or ())
        for word in _BY_HAND.findall(note):
            by_hand.add("so_ky_hieu" if word.lower() == "number" else "ngay")
        fields = {ours: entry[theirs] for ours, theirs in NAMES.items() if entry.get(theirs)}
        yield Labelled(
            str(entry["file"]),
            _kind(entry),
            fields,
            frozenset(ours for ours, theirs in NAMES.items() if theirs in by_hand),
            {ours: text for ours in NAMES if (text := (entry.get("misses") or {}).get(NAMES[ours]))},
            frozenset(ours for ours, theirs in NAMES.items() if theirs in (entry.get("absent") or ())),
            _pages(entry),
        )


def entries(path: Path) -> list[dict[str, Any]]:
    """The entries of a truth file; none where it is absent."""
    if not path.is_file():
        return []
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadTruth(f"{path}: {error}") from error
    if not isinstance(found, list):
        raise BadTruth(f"{path}: a list was expected")
    return [entry for entry in found if isinstance(entry, dict) and entry.get("file")]


def _pages(entry: Mapping[str, Any]) -> tuple[int, ...]:
    """ "4-6" as indexes; what stands under ``page`` in the folder's own truth is a remark for people."""
    first, _dash, last = str(entry.get("pages") or "").partition("-")
    if not first:
        return ()
    try:
        return tuple(range(int(first) - 1, int(last or first)))
    except ValueError as error:
        raise BadTruth(f"{entry['file']}: pages {entry['pages']!r}") from error


def _kind(entry: Mapping[str, Any]) -> str:
    if str(entry.get("form") or "").startswith(("scan", "image")):
        return "scan"
    return "digital" if str(entry.get("encoding") or "unicode") == "unicode" else "legacy"
