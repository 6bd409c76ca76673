"""Who may give which command of the desk (SEMANTICS, Rights).

Whoever can write the data folder owns the machine: ``console:<os user>`` is the operator and may do
everything, under that name. A person (``--as``) may do exactly what their posts allow; what they were
denied is journalled. What answers to mails say about a delivery is decided in ``hub.desk.rights``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.desk import rights
from hub.desk.organisation import units_concerned
from hub.desk.refused import Denied
from hub.texts import _
from rules.permission import Action, View, may, view
from rules.vocabulary import Direction, Role
from storage import documents, handling, journal, registers, waiting
from storage.journal import Event

CONSOLE = "console:"
CENTRE = "ttth"  # answers requests for help
Given = Mapping[str, Any]
Place = Callable[[Hub, Connection, Given], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Right:
    """What a command needs: this action on something of each of these units."""

    action: Action
    place: Place


def who(hub: Hub, console: str, person: str) -> str:
    """The actor: the operator at the console, or the person named with ``--as``. Raises Denied."""
    if not person:
        return console
    found = hub.directory.person(person)
    if found is None:
        near = ", ".join(hub.directory.suggest(person)) or "-"
        raise Denied(
            _("there is nobody with the address {address}; nearest: {near}").format(address=person, near=near)
        )
    if hub.shut_out(found.email):
        raise Denied(_("the mailbox of {address} is suspended or closed").format(address=found.email))
    return found.email


def view_of(hub: Hub, actor: str) -> View:
    """Which documents the actor sees."""
    if actor.startswith(CONSOLE):
        return View()
    directory = hub.directory
    roles = directory.roles_by_unit(actor, hub.today())
    return view(roles, actor, {unit: directory.kept_by(unit) for unit in roles})


def demand(hub: Hub, command: str, actor: str, given: Given) -> None:
    """Raises Denied when the actor may not give this command."""
    if actor.startswith(CONSOLE):
        return
    if command == "access.count" and given.get("action") in RIGHTS:  # a look-up that needs a post of its own
        command = str(given["action"])
    with hub.database.reading() as connection:
        if not _allowed(hub, connection, command, actor, given):
            raise Denied(
                _("{actor} holds no post that allows {command}").format(actor=actor, command=command)
            )


def note(hub: Hub, command: str, actor: str) -> None:
    """The journal keeps what was denied."""
    with hub.database.transaction() as connection:
        journal.append(connection, actor, [Event("denied", f"command:{command[:50]}")], hub.now())


def _allowed(hub: Hub, connection: Connection, command: str, actor: str, given: Given) -> bool:
    roles = _roles(hub, actor)
    if command in FREE or (command in OWN and _own(hub, actor, given)):
        return bool(roles)
    for right in RIGHTS.get(command, ()):
        units = set(right.place(hub, connection, given))
        if units and all(may(roles, right.action, rights.about(hub, unit)) for unit in units):
            return True
    return False


def _roles(hub: Hub, actor: str) -> Mapping[str, frozenset[Role]]:
    """A person's posts; whoever writes from the mailbox that a unit's clerks share is its clerk."""
    unit = hub.directory.intake(actor)
    return {unit: frozenset({Role.CLERK})} if unit else hub.directory.roles_by_unit(actor, hub.today())


def _own(hub: Hub, actor: str, given: Given) -> bool:
    person = hub.directory.person(_named(given))
    return person is not None and person.email == actor


def _case(_hub: Hub, connection: Connection, given: Given) -> Iterable[str]:
    row = waiting.get(connection, int(given["case"]))
    return (row.unit,) if row is not None and row.unit else ()


def _reviewed(hub: Hub, connection: Connection, given: Given) -> Iterable[str]:
    """The unit that is asked, and every unit in whose book the clerk's answer would put the document."""
    found = waiting.get(connection, int(given["case"]))
    if found is None or found.document is None:
        return ()
    row, fields = documents.get(connection, found.document), given.get("fields") or {}
    units = {found.unit, fields.get("unit") or found.unit}
    issuer = str(fields.get("issuer") or (row.issuer if row is not None else "") or "")
    direction = fields.get("direction") or (row.direction if row is not None else "")
    if direction == Direction.OUTGOING and issuer in hub.directory.units:
        units.add(hub.directory.keeper(issuer) or issuer)
    return units


def _held(hub: Hub, connection: Connection, given: Given) -> Iterable[str]:
    """The case's unit; where that has no coordinator, those of the central unit decide."""
    return [_coordinated(hub, unit) for unit in _case(hub, connection, given)]


def _coordinated(hub: Hub, unit: str) -> str:
    return (
        unit if hub.directory.holding(unit, Role.COORDINATOR, hub.today()) else hub.directory.central or unit
    )


def _operated(hub: Hub, _connection: Connection, _given: Given) -> Iterable[str]:
    """The machine belongs to the whole organisation: to its first unit."""
    central = hub.directory.central
    return ((central, *hub.directory.above(central))[-1],) if central else ()


def _organisation(hub: Hub, _connection: Connection, _given: Given) -> Iterable[str]:
    return (hub.directory.central,) if hub.directory.central else ()


def _imported(hub: Hub, connection: Connection, given: Given) -> Iterable[str]:
    units = None if given.get("replace") else units_concerned(hub, given["sheets"])
    return _organisation(hub, connection, given) if units is None else units


def _scope(hub: Hub, connection: Connection, given: Given) -> Iterable[str]:
    return (given["scope"],) if given.get("scope") else _organisation(hub, connection, given)


def _person(hub: Hub, _connection: Connection, given: Given) -> Iterable[str]:
    """Every unit of the person, because a password opens all of them."""
    return {post.unit for post in hub.directory.posts_of(_named(given), hub.today())}


def _named(given: Given) -> str:
    """The person whom a command is about."""
    return str(given.get("address") or given.get("person") or "")


def _sent(_hub: Hub, connection: Connection, given: Given) -> Iterable[str]:
    row = handling.ledger_row(connection, int(given["delivery"]))
    document = documents.get(connection, row.document) if row is not None and row.document else None
    return (document.unit,) if document is not None else ()


def _document(_hub: Hub, connection: Connection, given: Given) -> Iterable[str]:
    row = documents.get(connection, int(given["document"]))
    return (row.unit,) if row is not None else ()


def _unit(_hub: Hub, _connection: Connection, given: Given) -> Iterable[str]:
    return (str(given["unit"]),)


def _centre(_hub: Hub, _connection: Connection, _given: Given) -> Iterable[str]:
    return (CENTRE,)


def _entry(_hub: Hub, connection: Connection, given: Given) -> Iterable[str]:
    keeper = registers.keeper_of_entry(connection, int(given["entry"]))
    return (keeper,) if keeper else ()


def _book(_hub: Hub, connection: Connection, given: Given) -> Iterable[str]:
    keeper = registers.keeper_of_book(connection, int(given["book"]))
    return (keeper,) if keeper else ()


# hub.desk.handling asks hub.desk.rights about each of these, because letters and links say them too.
# hub.desk.mailboxes asks for itself too, because a sheet names many units and owners may do some of it.
MAILBOX_ACTS: tuple[str, ...] = ("issue", "suspend", "resume", "reset", "passwd", "move", "leave", "quota")
MAILBOX_ACTS += ("address-add", "address-remove", "delegate", "absence")
MAILBOX_ACTS += ("program-add", "program-remove", "second-factor")
MAILBOX_ACTS += ("import-begin", "import-note", "import-end", "export", "nudge")
# What everybody may do for themselves.
OWN = frozenset(
    {"staff.password", "staff.notices", "staff.away", "staff.calendar", "chat.code", "chat.unlink"}
)
FREE = frozenset(
    {"access.count", "recall.agree", "recall.decline"}
    | {f"deliveries.{act}" for act in ("receive", "refuse", "assign", "begin", "done", "extend")}
    | {f"mailbox.{act}" for act in MAILBOX_ACTS}
)
RIGHTS: Mapping[str, tuple[Right, ...]] = {
    "directory.import": (Right(Action.MANAGE_PEOPLE, _imported),),
    "units.close": (Right(Action.MANAGE_PEOPLE, _organisation),),
    "units.merge": (Right(Action.MANAGE_PEOPLE, _organisation),),
    "units.split": (Right(Action.MANAGE_PEOPLE, _organisation),),
    "units.rename": (Right(Action.MANAGE_PEOPLE, _organisation),),
    "units.check": (Right(Action.MANAGE_PEOPLE, _organisation),),
    "staff.password": (Right(Action.MANAGE_PEOPLE, _person),),
    "staff.notices": (Right(Action.MANAGE_PEOPLE, _person),),
    "staff.away": (Right(Action.MANAGE_PEOPLE, _person),),
    "staff.calendar": (Right(Action.MANAGE_PEOPLE, _person),),
    "chat.code": (Right(Action.MANAGE_PEOPLE, _person),),
    "chat.unlink": (Right(Action.MANAGE_PEOPLE, _person),),
    "rules.draft": (Right(Action.EDIT_RULES, _scope),),
    "rules.publish": (Right(Action.EDIT_RULES, _scope),),
    "rules.rollback": (Right(Action.EDIT_RULES, _scope),),
    "rules.withdraw": (Right(Action.EDIT_RULES, _scope),),
    "rules.try": (Right(Action.EDIT_RULES, _scope),),
    "rules.read": (Right(Action.READ_RULES, _unit), Right(Action.EDIT_RULES, _organisation)),
    "review.accept": (Right(Action.REGISTER, _reviewed),),
    "review.read": (Right(Action.REGISTER, _case),),
    "review.same": (Right(Action.REGISTER, _case),),
    "review.version": (Right(Action.REGISTER, _reviewed),),
    "review.refuse": (Right(Action.REGISTER, _case),),
    "hold.release": (Right(Action.RELEASE, _held),),
    "hold.send": (Right(Action.RELEASE, _held),),
    "hold.drop": (Right(Action.RELEASE, _held),),
    "aside.list": (Right(Action.REGISTER, _organisation), Right(Action.UNLOCK, _organisation)),
    "aside.take": (Right(Action.REGISTER, _organisation), Right(Action.UNLOCK, _organisation)),
    "quarantine.close": (Right(Action.UNLOCK, _case),),
    "quarantine.release": (Right(Action.UNLOCK, _case),),
    "quarantine.purge": (Right(Action.UNLOCK, _case),),
    "quarantine.list": (Right(Action.UNLOCK, _organisation),),
    "deliveries.retry": (Right(Action.REGISTER, _sent), Right(Action.OPERATE, _operated)),
    "deliveries.fix": (Right(Action.REGISTER, _sent), Right(Action.OPERATE, _operated)),
    "recall.ask": (Right(Action.REGISTER, _document),),
    "paper.expect": (Right(Action.REGISTER, _document),),
    "paper.came": (Right(Action.REGISTER, _unit),),
    "dkim.make": (Right(Action.OPERATE, _operated),),
    "dkim.use": (Right(Action.OPERATE, _operated),),
    "dkim.remove": (Right(Action.OPERATE, _operated),),
    "suppressions.list": (Right(Action.OPERATE, _operated),),
    "suppressions.lift": (Right(Action.OPERATE, _operated),),
    "queue.list": (Right(Action.OPERATE, _operated),),
    "sources.list": (Right(Action.OPERATE, _operated),),
    "queue.retry": (Right(Action.OPERATE, _operated),),
    "queue.drop": (Right(Action.OPERATE, _operated),),
    "registers.void": (Right(Action.REGISTER, _entry),),
    "registers.close": (Right(Action.REGISTER, _book),),
    "registers.reserve": (Right(Action.REGISTER, _book),),
    "returns.hand-in": (Right(Action.HANDLE, _unit),),
    "support.list": (Right(Action.HANDLE, _centre), Right(Action.OPERATE, _operated)),
    "support.take": (Right(Action.HANDLE, _centre),),
    "support.close": (Right(Action.HANDLE, _centre),),
    "report.issue": (Right(Action.RELEASE, _organisation), Right(Action.OPERATE, _operated)),
    "journal.verify": (Right(Action.READ_JOURNAL, _organisation),),
}
