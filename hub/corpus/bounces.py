"""Bounces of many systems: recognised, and the address that failed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.corpus.reader import CorpusReader, Seen
from hub.corpus.tally import Miss, Tally
from hub.corpus.truth import BadTruth


@dataclass(frozen=True, slots=True)
class Bounce:
    """One bounce; addresses or status are empty where the truth does not say."""

    file: str
    addresses: frozenset[str]
    statuses: tuple[str, ...]
    answer: bool = False  # an out-of-office reply: automatic, but about no address


def score_bounces(reader: CorpusReader, folder: Path, tally: Tally) -> None:
    known = [item for item in _known(folder) if (folder / item.file).is_file()]
    for item, seen in reader.each(known, lambda item: folder / item.file, "mail"):
        _score(item, seen, tally)


def _known(folder: Path) -> Iterator[Bounce]:
    path = folder / "truth" / "bounce_truth.json"
    if not path.is_file():
        return
    try:
        collections: dict[str, list[dict[str, Any]]] = json.loads(path.read_text("utf-8"))
        entries = [entry for entries in collections.values() for entry in entries]
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise BadTruth(f"{path}: {error}") from error
    for entry in entries:
        statuses = tuple(str(one.get("dsn") or "") for one in entry.get("expected") or ())
        addresses = frozenset(str(one).lower() for one in entry.get("addresses") or ())
        answer = any(one.get("reason") == "vacation" for one in entry.get("expected") or ())
        yield Bounce(str(entry["file"]), addresses, statuses, answer)


def _score(item: Bounce, seen: Seen, tally: Tally) -> None:
    headers = seen.headers
    failed = [failure.address.lower() for failure in headers.failures] if headers else []
    reason = headers.automatic if headers else seen.fault
    recognised = reason in ("vacation", "auto-submitted") if item.answer else reason == "bounce"
    tally.took("bounce", seen.seconds, 1)
    tally.judge(recognised, Miss("bounce", item.file, "recognised", "bounce", reason))
    wanted = item.addresses
    if item.answer:
        return
    right = recognised and (set(failed) == wanted if wanted else bool(failed))
    tally.judge(right, Miss("bounce", item.file, "address", "; ".join(sorted(wanted)), "; ".join(failed)))
    _statuses(item, seen, tally)


def _statuses(item: Bounce, seen: Seen, tally: Tally) -> None:
    """Gone for good or to be tried again: the status's first figure is what the sending side acts on."""
    wanted = {status[:1] for status in item.statuses if status}
    found = {failure.status[:1] for failure in seen.headers.failures} if seen.headers else set()
    if wanted:
        shown = "; ".join(sorted(found))
        right = bool(wanted & found)
        tally.judge(right, Miss("bounce", item.file, "status_class", "; ".join(sorted(wanted)), shown))
