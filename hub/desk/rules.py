"""Rule sets: checked, drafted, published, withdrawn and rolled back, each in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from hub.cases import case
from hub.context import Hub
from hub.desk.refused import Refused
from hub.texts import _
from rules.permission import About, Action, may
from rules.routing.check import check
from rules.routing.errors import RuleError
from rules.routing.language import RuleErrors, RuleSet, parse
from rules.routing.prove import Stored, prove
from rules.routing.soundness import review
from rules.routing.versions import compared
from storage import journal, rule_sets
from storage.engine import AnyRow
from storage.journal import Event

VOUCHED = ("console:", "init")  # who may was decided before: the operator of this machine


@dataclass(frozen=True, slots=True)
class Checked:
    """A rule set and what is to be said of it."""

    rules: RuleSet | None
    mistakes: tuple[RuleError, ...] = ()
    warnings: tuple[RuleError, ...] = ()


def checked(hub: Hub, source: str, file: str, scope: str = "") -> Checked:
    """The set, every mistake in it, every test that fails, and what may not be meant."""
    try:
        rules = parse(source, file=file)
    except RuleErrors as error:
        return Checked(None, error.errors)
    unit, directory, today = scope or None, hub.directory, hub.today()
    others = [published for published in hub.snapshot().rules if published.scope_unit != unit]
    found = check(rules, directory, today, scope_unit=unit, others=others)
    found += review(rules, directory, today, scope_unit=unit)
    found += tested(hub, rules, scope)
    return Checked(
        rules,
        tuple(error for error in found if not error.warning),
        tuple(error for error in found if error.warning),
    )


def tested(hub: Hub, rules: RuleSet, scope: str = "") -> tuple[RuleError, ...]:
    """The tests of the set that fail."""
    wanted = sorted({test.document for test in rules.tests if test.document is not None})
    stored: dict[int, Stored] = {}
    if wanted:
        with hub.database.reading() as connection:
            for number in wanted:
                found = case(hub, connection, number)
                if found is not None:
                    stored[number] = Stored(found.facts, found.resolved)
    return prove(rules, hub.directory, hub.today(), scope_unit=scope or None, documents=stored)


def draft(
    hub: Hub, actor: str, *, source: str, file: str = "rules.toml", scope: str = "", comment: str = ""
) -> dict[str, Any]:
    """Keep a version that is in force nowhere yet; only what cannot be read is refused. The answer names the
    mistakes that keep it from being published."""
    demand(hub, actor, scope)
    found = checked(hub, source, file, scope)
    rules, mistakes = found.rules, [mistake.words(_) for mistake in found.mistakes]
    if rules is None:
        raise Refused("\n".join(mistakes))
    now = hub.now()
    with hub.database.transaction() as connection:
        version = rule_sets.draft(connection, scope, source, actor, comment, now)
        _note(hub, connection, actor, "rules-drafted", scope, version, rules)
    return {"scope": scope, "version": version, "rules": len(rules.rules), "mistakes": mistakes}


def publish(
    hub: Hub,
    actor: str,
    *,
    source: str = "",
    file: str = "rules.toml",
    scope: str = "",
    comment: str = "",
    draft: int = 0,
) -> dict[str, Any]:
    """Put a source, or a draft, in force for the next document, in all processes. The answer names what is
    otherwise than before, because somebody else may have published since this file was taken."""
    demand(hub, actor, scope)
    if draft:
        source = _version(hub, scope, draft).source
    rules = _faultless(hub, source, file, scope)
    before = [item.rules for item in hub.snapshot().rules if (item.scope_unit or "") == scope]
    now = hub.now()
    with hub.database.transaction() as connection:
        if draft and not rule_sets.publish_draft(connection, scope, draft, comment, now):
            raise Refused(_("version {version} is not a draft").format(version=draft))
        version = draft or rule_sets.publish(connection, scope, source, actor, comment, now)
        _note(hub, connection, actor, "rules-published", scope, version, rules)
    hub.refresh()
    changes = compared(before[0].rules if before else (), rules.rules)
    return {"scope": scope, "version": version, "rules": len(rules.rules), "changes": changes}


def rollback(hub: Hub, actor: str, *, scope: str = "", version: int = 0, comment: str = "") -> dict[str, Any]:
    """Put an earlier version in force again, by default the one before the present one."""
    demand(hub, actor, scope)
    if version:
        found = _version(hub, scope, version)
    else:
        with hub.database.reading() as connection:
            before = rule_sets.before(connection, scope)
        if before is None:
            raise Refused(_("there is no earlier version to go back to"))
        found = before
    said = comment or _("back to version {version}").format(version=found.version)
    return publish(hub, actor, source=found.source, scope=scope, comment=said) | {"of": found.version}


def withdraw(hub: Hub, actor: str, *, scope: str = "", comment: str = "") -> dict[str, Any]:
    """No rules of this scope any more, until others are published."""
    demand(hub, actor, scope)
    now = hub.now()
    with hub.database.transaction() as connection:
        if not rule_sets.withdraw(connection, scope, now):
            raise Refused(_("no rules are in force here"))
        facts = {"comment": comment}
        journal.append(connection, actor, [Event("rules-withdrawn", f"rules:{scope or '*'}", facts)], now)
    hub.refresh()
    return {"scope": scope}


def _faultless(hub: Hub, source: str, file: str, scope: str) -> RuleSet:
    found = checked(hub, source, file, scope)
    if found.rules is None or found.mistakes:
        raise Refused("\n".join(mistake.words(_) for mistake in found.mistakes))
    return found.rules


def _version(hub: Hub, scope: str, version: int) -> AnyRow:
    with hub.database.reading() as connection:
        found = rule_sets.version_of(connection, scope, version)
    if found is None:
        raise Refused(_("there is no version {version}; see: vanthu rules history").format(version=version))
    return found


def _note(
    hub: Hub, connection: Connection, actor: str, name: str, scope: str, version: int, rules: RuleSet
) -> None:
    facts = {"version": version, "content": rules.id}
    journal.append(connection, actor, [Event(name, f"rules:{scope or '*'}", facts)], hub.now())


def demand(hub: Hub, actor: str, scope: str) -> None:
    """A unit's coordinators edit its rules, the central unit's those of the organisation. Raises Refused."""
    directory = hub.directory
    if scope and directory.unit(scope) is None:
        raise Refused(_("there is no unit {unit}").format(unit=scope))
    if actor.startswith(VOUCHED):
        return
    unit = scope or directory.central or ""
    roles = directory.roles_by_unit(actor, hub.today())
    if not may(roles, Action.EDIT_RULES, About(frozenset({unit}))):
        name = directory.party_name(unit)
        raise Refused(_("only a coordinator of {unit} may change these rules").format(unit=name))
