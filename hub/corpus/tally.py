"""The score while it is counted: right and total per kind and field, and every miss."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

KINDS = ("digital", "legacy", "scan", "mail", "bounce")


@dataclass(frozen=True, slots=True)
class Miss:
    """One value that is not as it should be."""

    kind: str
    file: str
    name: str
    truth: str
    found: str
    because: str = ""  # the cause, where somebody wrote it beside the label


@dataclass(slots=True)
class Share:
    """``part`` of ``whole``, seen in ``rests_on`` documents."""

    part: float = 0
    whole: float = 0
    rests_on: int = 0

    @property
    def value(self) -> float:
        return round(self.part / self.whole, 4) if self.whole else 0.0


@dataclass(slots=True)
class Tally:
    """All figures of one run."""

    shares: dict[str, dict[str, Share]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    misses: list[Miss] = field(default_factory=list)
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    pages: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, kind: str, name: str, part: float, whole: float = 1) -> None:
        """One document's part of a figure."""
        share = self.shares[kind].setdefault(name, Share())
        share.part += part
        share.whole += whole
        share.rests_on += 1

    def judge(self, right: bool, miss: Miss) -> None:
        """Right or not; what is not right is a miss."""
        self.add(miss.kind, miss.name, 1 if right else 0)
        if not right:
            self.misses.append(miss)

    def took(self, kind: str, seconds: float, pages: int) -> None:
        self.seconds[kind] += seconds
        self.pages[kind] += max(1, pages)

    def as_json(self) -> dict[str, Any]:
        """A figure per kind and field; beside them what each rests on, the time and the misses."""
        kinds = {
            kind: {name: share.value for name, share in shares.items()}
            for kind, shares in self.shares.items()
        }
        return {
            **kinds,
            "rests_on": {
                kind: {name: share.rests_on for name, share in shares.items()}
                for kind, shares in self.shares.items()
            },
            "seconds_per_page": {
                kind: round(self.seconds[kind] / pages, 4) for kind, pages in self.pages.items()
            },
            "misses": [
                {name: getattr(miss, name) for name in ("kind", "file", "name", "truth", "found", "because")}
                for miss in self.misses
            ],
        }
