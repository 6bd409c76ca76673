"""Who may do what: one table (SEMANTICS, Rights)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from rules.vocabulary import Role


class Action(StrEnum):
    """What a person may want to do with something that belongs to units."""

    READ = "read"  # a document: its register line, files and deliveries
    REGISTER = "register"  # enter, accept, refuse, number, correct, void, review
    ASSIGN = "assign"  # give a received document to people
    HANDLE = "handle"  # say that it is in hand or done
    EDIT_RULES = "edit_rules"
    READ_RULES = "read_rules"  # a unit's own; the organisation's are open to everybody who holds a post
    RELEASE = "release"  # decide about what a rule or an unknown recipient holds
    MANAGE_PEOPLE = "manage_people"  # people, posts and mailboxes
    UNLOCK = "unlock"  # decide about quarantine
    OPERATE = "operate"  # retry or drop what is parked; look at queues, never at content
    READ_JOURNAL = "read_journal"


class Reach(Enum):
    """Which post counts for an action on something of a unit."""

    SAME = "same"  # a post in one of its units
    BELOW = "below"  # a post there or in a unit above
    ANYWHERE = "anywhere"  # a post in any unit


@dataclass(frozen=True, slots=True)
class About:
    """What the action is about.

    ``units``: for a document its issuer, keepers and receivers (as far as the actor acts for
    them); else the unit concerned, the central unit for what belongs to the organisation.
    ``above``: every unit above one of them. ``locked``: in quarantine, its content is closed.
    """

    units: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()
    assigned: bool = False  # to the actor
    public: bool = False
    locked: bool = False


_EVERY = frozenset(Role)
_TABLE: dict[Action, tuple[tuple[frozenset[Role], Reach], ...]] = {
    Action.READ: ((_EVERY, Reach.SAME), (frozenset({Role.AUDITOR}), Reach.ANYWHERE)),
    Action.REGISTER: ((frozenset({Role.CLERK}), Reach.SAME),),
    Action.ASSIGN: ((frozenset({Role.LEADER}), Reach.BELOW),),
    Action.HANDLE: ((frozenset({Role.CLERK, Role.LEADER}), Reach.SAME),),
    Action.EDIT_RULES: ((frozenset({Role.COORDINATOR}), Reach.SAME),),
    Action.READ_RULES: (
        (_EVERY, Reach.SAME),
        (frozenset({Role.COORDINATOR}), Reach.BELOW),
        (frozenset({Role.AUDITOR}), Reach.ANYWHERE),
    ),
    Action.RELEASE: ((frozenset({Role.COORDINATOR}), Reach.SAME),),
    Action.MANAGE_PEOPLE: ((frozenset({Role.ADMINISTRATOR}), Reach.BELOW),),
    Action.UNLOCK: ((frozenset({Role.ADMINISTRATOR}), Reach.BELOW),),
    Action.OPERATE: ((frozenset({Role.ADMINISTRATOR}), Reach.SAME),),
    Action.READ_JOURNAL: (
        (frozenset({Role.ADMINISTRATOR}), Reach.BELOW),
        (frozenset({Role.AUDITOR}), Reach.ANYWHERE),
    ),
}
_ASSIGNED = frozenset({Action.READ, Action.HANDLE})  # what an assignment alone allows


def may(roles_by_unit: Mapping[str, frozenset[Role]], action: Action, about: About) -> bool:
    """Whether somebody with these posts may do this.

    ``roles_by_unit`` holds the posts of the day, empty for a stranger. Content in quarantine
    is closed to everybody; only whoever may unlock it decides about it.
    """
    if about.locked and action is not Action.UNLOCK:
        return False
    if about.public and action is Action.READ:
        return True
    if about.assigned and action in _ASSIGNED and any(roles_by_unit.values()):
        return True
    return any(_counts(roles_by_unit, roles, reach, about) for roles, reach in _TABLE[action])


def _counts(
    roles_by_unit: Mapping[str, frozenset[Role]], roles: frozenset[Role], reach: Reach, about: About
) -> bool:
    places = about.units | about.above if reach is Reach.BELOW else about.units
    return any(
        held & roles and (reach is Reach.ANYWHERE or unit in places) for unit, held in roles_by_unit.items()
    )


@dataclass(frozen=True, slots=True)
class View:
    """Which documents somebody sees: those of these units (None: all there are), and their own work."""

    units: frozenset[str] | None = None
    person: str = ""


EVERYTHING = View()


def view(
    roles_by_unit: Mapping[str, frozenset[Role]], person: str, kept: Mapping[str, Iterable[str]]
) -> View:
    """What a person with these posts sees; ``kept`` names the units whose books each unit keeps."""
    if any(Role.AUDITOR in held for held in roles_by_unit.values()):
        return View(person=person)
    mine = frozenset(roles_by_unit)
    return View(mine.union(*(kept.get(unit, ()) for unit in mine)), person)
