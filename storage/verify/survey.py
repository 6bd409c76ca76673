"""What a verification collects while it goes through everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from storage.blobs import BlobStore
from storage.engine import Database

Severity = Literal["error", "question"]
MOST_PER_KIND = 200  # because a lost disk would otherwise fill the memory with its missing files
MOST_RANGES = 20


class Progress(Protocol):
    """Told how far a part is: so much done, of so much (None: not known), of which part."""

    def __call__(self, done: int, total: int | None = None, what: str = "") -> None: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (error) or that a person should explain (question).

    ``kind`` is a code such as ``number-gap``; ``text`` holds values only
    (numbers, ids, short hashes), the words for people come from the hub.
    """

    severity: Severity
    kind: str
    subject: str  # "book:3", "journal:17", "blob:ab12...", "document:4", ...
    text: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything found, and how much was looked at."""

    findings: tuple[Finding, ...]
    counts: Mapping[str, int]

    @property
    def ok(self) -> bool:
        """No errors; questions are allowed."""
        return not any(finding.severity == "error" for finding in self.findings)


@dataclass
class Survey:
    """The way through one hub's data."""

    database: Database
    blobs: BlobStore
    progress: Progress
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _seen: Counter[tuple[Severity, str]] = field(default_factory=Counter)

    def error(self, kind: str, subject: str, text: object = "") -> None:
        """Something is wrong."""
        self._add(Finding("error", kind, subject, str(text)))

    def question(self, kind: str, subject: str, text: object = "") -> None:
        """Something a person should explain."""
        self._add(Finding("question", kind, subject, str(text)))

    def report(self) -> Report:
        """What was found; a kind that was cut short says how many more there are."""
        more = [
            Finding(severity, kind, "more", str(number - MOST_PER_KIND))
            for (severity, kind), number in self._seen.items()
            if number > MOST_PER_KIND
        ]
        return Report((*self.findings, *more), dict(self.counts))

    def _add(self, finding: Finding) -> None:
        key = (finding.severity, finding.kind)
        self._seen[key] += 1
        if self._seen[key] <= MOST_PER_KIND:
            self.findings.append(finding)


def ranges(gaps: Iterable[tuple[int, int]]) -> str:
    """Gaps as people write them: ``3-5, 9``; cut after twenty."""
    found = list(gaps)
    shown = [str(low) if low == high else f"{low}-{high}" for low, high in found[:MOST_RANGES]]
    return ", ".join(shown + (["..."] if len(found) > MOST_RANGES else []))
