"""Who may hand in for a unit, and who sees the returns of whom."""

from __future__ import annotations

from hub.context import Hub
from hub.desk.rights import about, acting_units
from rules.directory import local_and_domain
from rules.permission import Action, may
from rules.vocabulary import Role


def may_hand_in(hub: Hub, actor: str, unit: str) -> bool:
    """The unit's clerks and leaders, or those of the unit that keeps its books; the unit's own mailbox."""
    return may(_roles(hub, actor), Action.HANDLE, about(hub, unit))


def units_of(hub: Hub, actor: str) -> list[str]:
    """The units that somebody may hand in for, where they hold a post."""
    roles = _roles(hub, actor)
    return [unit for unit in roles if may_hand_in(hub, actor, unit)]


def _roles(hub: Hub, actor: str) -> dict[str, frozenset[Role]]:
    """Posts of a person; whoever writes from a unit's mailbox or proved domain is its clerk."""
    if not actor:
        return {}
    directory = hub.directory
    unit = directory.intake(actor)
    _local, domain = local_and_domain(actor)
    if unit is None and domain not in directory.domains:
        unit = directory.domain_party(domain)
    if unit is not None and unit in directory.units:
        return {code: frozenset({Role.CLERK}) for code in (unit, *acting_units(hub, unit))}
    return directory.roles_by_unit(actor, hub.today())
