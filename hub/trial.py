"""What would change: stored documents decided by the rules in force and by a new set, side by side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.cases import Case, cases
from hub.context import Hub
from rules.permission import EVERYTHING, View
from rules.routing.compare import Change, changes
from rules.routing.decide import PublishedSet, decide
from rules.routing.language import RuleSet
from rules.routing.look import Look
from storage import documents

MOST_SHOWN = 1_000  # documents with their changes; all of them are counted


@dataclass(slots=True)
class Trial:
    """The sum of it. ``units``: party -> how many more, less and in another role."""

    documents: int = 0
    changed: int = 0
    units: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    rules: Counter[str] = field(default_factory=Counter)
    shown: list[dict[str, Any]] = field(default_factory=list)

    def add(self, case: Case, found: Sequence[Change]) -> None:
        """One more document."""
        self.documents += 1
        if not found:
            return
        self.changed += 1
        for change in found:
            self.units[change.party][change.kind] += 1
            self.rules.update(change.rules)
        if len(self.shown) < MOST_SHOWN:
            plain = [asdict(change) for change in found]
            about = {"document": case.document, "symbol": case.symbol, "subject": case.subject}
            self.shown.append({**about, "changes": plain})


def with_new(sets: Sequence[PublishedSet], rules: RuleSet, scope: str) -> tuple[PublishedSet, ...]:
    """The sets in force with this one in the place of its scope's."""
    kept = [published for published in sets if (published.scope_unit or "") != scope]
    return (*kept, PublishedSet(rules, 0, scope or None))


def try_rules(
    hub: Hub,
    connection: Connection,
    rules: RuleSet,
    scope: str,
    since: datetime,
    step: Callable[[int], None] = lambda _count: None,
    view: View = EVERYTHING,
) -> Trial:
    """Decide every document since then that the viewer sees twice; ``step`` is told how many are done."""
    today, snapshot = hub.today(), hub.snapshot()
    new = with_new(snapshot.rules, rules, scope)
    trial = Trial()
    for case in _stored(hub, connection, since, view):
        look = Look(case.facts, snapshot.directory, today)
        old, then = (
            decide(case.facts, case.resolved, sets, snapshot.directory, today, look=look)
            for sets in (snapshot.rules, new)
        )
        trial.add(case, changes(old, then))
        if trial.documents % 100 == 0:
            step(trial.documents)
    return trial


def _stored(hub: Hub, connection: Connection, since: datetime, view: View) -> Iterator[Case]:
    return cases(hub, connection, documents.with_texts(connection, since=since, view=view), hub.today())
