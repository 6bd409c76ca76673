"""Rule sets: checked, then published in one transaction."""

from __future__ import annotations

from typing import Any

from hub.context import Hub
from hub.desk.refused import Refused
from hub.texts import _
from rules.routing.check import check
from rules.routing.language import RuleErrors, RuleSet, parse
from rules.routing.prove import prove
from storage import journal, rule_sets
from storage.journal import Event


def checked(hub: Hub, source: str, file: str, scope: str = "") -> tuple[RuleSet | None, list[str]]:
    """The set, and every mistake in it as a sentence."""
    try:
        rules = parse(source, file=file)
    except RuleErrors as error:
        return None, [mistake.words(_) for mistake in error.errors]
    others = [published for published in hub.snapshot().rules if published.scope_unit != (scope or None)]
    found = check(rules, hub.directory, hub.today(), scope_unit=scope or None, others=others)
    found += prove(rules, hub.directory, hub.today(), scope_unit=scope or None)
    return rules, [mistake.words(_) for mistake in found]


def publish(
    hub: Hub, actor: str, *, source: str, file: str = "rules.toml", scope: str = "", comment: str = ""
) -> dict[str, Any]:
    """Put a rule set in force for the next document, in all processes."""
    if scope and hub.directory.unit(scope) is None:
        raise Refused(_("there is no unit {unit}").format(unit=scope))
    rules, mistakes = checked(hub, source, file, scope)
    if rules is None or mistakes:
        raise Refused("\n".join(mistakes))
    now = hub.now()
    with hub.database.transaction() as connection:
        version = rule_sets.publish(connection, scope, source, actor, comment, now)
        facts = {"version": version, "content": rules.id}
        journal.append(connection, actor, [Event("rules-published", f"rules:{scope or '*'}", facts)], now)
    hub.refresh()
    return {"scope": scope, "version": version, "rules": len(rules.rules)}
