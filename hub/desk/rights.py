"""Who may say what about a delivery, and who is meant by a name in an answer."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.context import Hub
from hub.desk.refused import Denied, Refused
from hub.texts import _
from rules.directory import local_and_domain
from rules.permission import About, Action, may
from rules.text.fold import fold, squash
from rules.values.directory import Person, is_outside
from rules.vocabulary import Role
from storage import handling
from storage.engine import AnyRow

# Where who may was decided before: the operator at the console, a signed link, another program's gateway.
VOUCHED = ("console:", "link:", "edxml:", "webhook:", "hub")
_OUTSIDE = frozenset({Action.REGISTER, Action.HANDLE})


def demand(hub: Hub, connection: Connection, actor: str, row: AnyRow, action: Action) -> None:
    """Raises Refused when the actor may not do this with the delivery."""
    if not allowed(hub, connection, actor, row, action):
        raise Denied(
            _("{actor} may not do this for {unit}").format(
                actor=actor, unit=hub.directory.party_name(row.receiver)
            )
        )


def allowed(hub: Hub, connection: Connection, actor: str, row: AnyRow, action: Action) -> bool:
    """Whether the actor may: by a post, by the unit's own mailbox, by an assignment, or vouched for."""
    if actor.startswith(VOUCHED):
        return True
    if hub.shut_out(actor):
        return False
    directory, today = hub.directory, hub.today()
    units = acting_units(hub, row.receiver)
    _local, domain = local_and_domain(actor)
    if domain and is_outside(row.receiver):
        return action in _OUTSIDE and directory.domain_party(domain) == row.receiver
    if directory.intake(actor) in units:
        roles = {row.receiver: frozenset({Role.CLERK})}  # because whoever writes from the unit's mailbox is
    else:
        roles = directory.roles_by_unit(actor, today)
    assigned = any(
        item.person == actor and item.ended_at is None
        for item in handling.assignments_of(connection, [row.id])
    )
    return may(roles, action, about(hub, row.receiver, assigned=assigned))


def about(hub: Hub, party: str, *, assigned: bool = False) -> About:
    """A thing of this unit, with those who act for it and those above."""
    units = acting_units(hub, party)
    above = frozenset(code for unit in units for code in hub.directory.above(unit))
    return About(units, above, assigned=assigned)


def acting_units(hub: Hub, party: str) -> frozenset[str]:
    """The receiver, and the unit that keeps its books, whose clerks act for it."""
    keeper = hub.directory.keeper(party) if party in hub.directory.units else None
    return frozenset(unit for unit in (party, keeper) if unit)


def find_person(hub: Hub, unit: str, text: str) -> Person:
    """Who of the unit's staff is meant: a mailbox name, an address or a name. Raises Refused."""
    staff = hub.directory.staff(unit, hub.today())
    wanted, key = text.strip().casefold(), squash(text)
    exact = [p for p in staff if wanted in (p.email.casefold(), local_and_domain(p.email)[0])]
    named = [p for p in staff if key and squash(p.name) == key]
    last = [p for p in staff if key and fold(p.name).split()[-1:] == fold(text).split()]
    found = exact or named or last
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(person.email for person in found)
        raise Refused(_("{name} may be several people: {people}").format(name=text, people=names))
    raise Refused(
        _("nobody called {name} works in {unit}").format(name=text, unit=hub.directory.party_name(unit))
    )
