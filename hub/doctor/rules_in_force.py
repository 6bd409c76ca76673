"""The rule sets in force: what was right when it was published may not fit the organisation of today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.context import Hub
from hub.desk.rules import checked
from hub.doctor.check import Check, State
from hub.texts import _
from rules.routing.decide import PublishedSet
from rules.routing.errors import RuleError


def rules_in_force(hub: Hub) -> Iterator[Check]:
    """Units that were closed since, groups that emptied, tests that fail by now; and what ends soon."""
    sets = hub.snapshot().rules
    found = [check for published in sets for check in _of(hub, published)]
    yield from found
    if not found:
        yield Check(_("rules"), "ok", _("{count} rule sets in force, all fit").format(count=len(sets)))


def _of(hub: Hub, published: PublishedSet) -> Iterator[Check]:
    scope = published.scope_unit or ""
    seen = checked(hub, published.rules.text, f"{scope or 'rules'}@{published.version}", scope)
    yield from _told("error", seen.mistakes, scope)
    yield from _told("warning", seen.warnings, scope)


def _told(state: State, errors: Sequence[RuleError], scope: str) -> Iterator[Check]:
    if errors:
        more = _(" and {count} more").format(count=len(errors) - 1) if len(errors) > 1 else ""
        unit = f" --unit {scope}" if scope else ""
        remedy = _("vanthu rules show{unit} > FILE, then: vanthu rules check FILE{unit}").format(unit=unit)
        yield Check(_("rules"), state, errors[0].words(_) + more, remedy)
