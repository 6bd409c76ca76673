"""Mailboxes are issued: addresses decided, passwords made and hashed, rows written, all or nothing."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from connectors.registry import MAILBOXES
from hub.context import Hub
from hub.desk.mailboxes.words import said
from hub.desk.refused import Denied, Refused
from hub.mailboxes import welcome
from hub.mailboxes.accounts import publish
from hub.passwords import HASHER
from hub.texts import _
from rules.directory import local_and_domain
from rules.mailboxes.issuing import Fault, Grant, Standing, Wish, over_ceiling, plan, read_lines
from rules.permission import About, Action, may
from rules.text.fold import fold
from rules.text.names import Pattern
from rules.values.sending import Deferred, Failed, Mailbox
from storage import journal, mailboxes
from storage.journal import Event

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 4, 5  # 20 of 31 letters: 99 bit
MOST_SHOWN = 200


def issue(
    hub: Hub,
    actor: str,
    *,
    people: Sequence[str] = (),
    unit: str = "",
    everybody: bool = False,
    rows: Sequence[Sequence[str]] | None = None,
    dry_run: bool = False,
) -> list[dict[str, Any]]:
    """A mailbox for each of these people; with their first passwords, told this once."""
    with hub.database.reading() as connection:
        standing = standing_now(hub, connection)
        held = mailboxes.counts_by_unit(connection)
        boxes = {row.address for row in mailboxes.listing(connection)}
    grants, faults = _wanted(hub, standing, boxes, people, unit, everybody, rows)
    if faults:
        raise Refused("\n".join(said(fault) for fault in faults[:MOST_SHOWN]))
    _permit(hub, actor, grants, held)
    if dry_run:
        return [_row(grant, "") for grant in grants]
    return _make(hub, actor, grants)


def standing_now(hub: Hub, connection: Connection) -> Standing:
    """What there is: units by all their names, people, every address ever given."""
    directory, today = hub.directory, hub.today()
    units = {code: code for code in directory.units if directory.valid(code, today)}
    for code in tuple(units):
        names = (directory.units[code].name, *(name.text for name in directory.units[code].other_names))
        units.update({fold(name): code for name in names if fold(name) not in units})
    return Standing(
        units,
        {address: person.name for address, person in directory.people.items()},
        mailboxes.ever_given(connection) | {unit.email.casefold() for unit in directory.units.values()},
        hub.config.domain,
        directory.domains,
        Pattern(hub.config.mailboxes.pattern),
    )


def _wanted(
    hub: Hub,
    standing: Standing,
    boxes: set[str],
    people: Sequence[str],
    unit: str,
    everybody: bool,
    rows: Sequence[Sequence[str]] | None,
) -> tuple[list[Grant], list[Fault]]:
    if rows is not None:
        wishes, faults = read_lines(rows)
        grants, more = plan(_known_by_name(hub, wishes, boxes), standing)
        have = [Fault(g.wish.line, "has-one", g.address) for g in grants if g.address in boxes]
        return grants, sorted([*faults, *more, *have], key=lambda fault: fault.line)
    if people:
        found = [_person(hub, text) for text in people]
        has = [Fault(0, "has-one", address) for address, _wish in found if address in boxes]
        return [Grant(address, wish, False) for address, wish in found], has
    if unit and unit not in standing.units.values():
        return [], [Fault(0, "unknown-unit", unit)]
    names = _staff(hub, unit) if unit or everybody else []
    return [
        Grant(email, _wish(hub, email), False)
        for email in names
        if email not in boxes and local_and_domain(email)[1] in standing.domains
    ], []


def _known_by_name(hub: Hub, wishes: Iterable[Wish], boxes: set[str]) -> list[Wish]:
    """A line that names somebody of the unit who has no mailbox yet means that person."""
    by_place: dict[tuple[str, str], list[str]] = {}
    for post in hub.directory.posts:
        person = hub.directory.person(post.person)
        if person is not None and person.email not in boxes:
            by_place.setdefault((post.unit, fold(person.name)), []).append(person.email)
    found = []
    for wish in wishes:
        same = set(by_place.get((wish.unit.casefold(), fold(wish.name)), ()))
        if wish.address or len(same) != 1:
            found.append(wish)
        else:
            (address,) = same
            found.append(Wish(wish.line, wish.name, wish.unit, wish.title, wish.role, address))
    return found


def _person(hub: Hub, text: str) -> tuple[str, Wish]:
    """Who is meant by an address or a name. Raises Refused."""
    directory = hub.directory
    person = directory.person(text)
    if person is None:
        found = [p for p in directory.people.values() if fold(p.name) == fold(text)]
        if len(found) > 1:
            names = ", ".join(p.email for p in found)
            raise Refused(_("{name} may be several people: {people}").format(name=text, people=names))
        if not found:
            near = ", ".join(directory.suggest(text)) or "-"
            raise Refused(_("there is nobody called {name}; nearest: {near}").format(name=text, near=near))
        person = found[0]
    address = person.email.casefold()
    if local_and_domain(address)[1] not in directory.domains:
        raise Refused(said(Fault(0, "foreign-address", address)))
    return address, _wish(hub, address)


def _wish(hub: Hub, email: str) -> Wish:
    person, posts = hub.directory.person(email), hub.directory.posts_of(email, hub.today())
    return Wish(0, person.name if person else email, posts[0].unit if posts else "")


def _staff(hub: Hub, unit: str) -> list[str]:
    """In the order of the units; a person of two units once."""
    today, directory = hub.today(), hub.directory
    units = [unit] if unit else list(directory.units)
    inside = {code for code in directory.units if code in units or unit in directory.above(code)}
    found: dict[str, None] = {}
    for code in directory.units:
        if code in inside or not unit:
            found.update({p.email.casefold(): None for p in directory.staff(code, today)})
    return list(found)


def units_of(hub: Hub, person: str) -> list[str]:
    """Every unit of the person, because a password opens all of them."""
    return sorted({post.unit for post in hub.directory.posts_of(person, hub.today())})


def permit(hub: Hub, actor: str, units: Iterable[str]) -> None:
    """Raises Denied unless the actor may look after mailboxes of these units."""
    if actor.startswith("console:") or actor in ("hub", "init"):
        return
    directory = hub.directory
    roles = directory.roles_by_unit(actor, hub.today())
    for unit in dict.fromkeys(units):
        about = About(frozenset({unit}), frozenset(directory.above(unit)))
        if not may(roles, Action.MANAGE_PEOPLE, about):
            name = directory.party_name(unit) if unit else "-"
            raise Denied(_("{actor} may not do this for {unit}").format(actor=actor, unit=name))


def _permit(hub: Hub, actor: str, grants: Sequence[Grant], held: Mapping[str, int]) -> None:
    permit(hub, actor, [grant.wish.unit for grant in grants])
    permit(hub, actor, [unit for grant in grants if not grant.new for unit in units_of(hub, grant.address)])
    if actor.startswith("console:") or _of_the_centre(hub, actor):
        return
    ceiling = hub.config.mailboxes.unit_ceiling
    for unit, count in over_ceiling(grants, held, ceiling):
        raise Refused(
            _("{unit} would have {count} mailboxes, {ceiling} are allowed; ask the centre for more").format(
                unit=hub.directory.party_name(unit), count=count, ceiling=ceiling
            )
        )


def _of_the_centre(hub: Hub, actor: str) -> bool:
    central = hub.directory.central or ""
    roles = hub.directory.roles_by_unit(actor, hub.today())
    return may(roles, Action.MANAGE_PEOPLE, About(frozenset({central})))


def _make(hub: Hub, actor: str, grants: Sequence[Grant]) -> list[dict[str, Any]]:
    passwords = [first_password() for _grant in grants]
    hashes = hashed(passwords)
    ensure_places(hub, [grant.address for grant in grants])
    now = hub.now()
    until = now + timedelta(hours=hub.config.mailboxes.first_password_hours)
    new = [_person_row(grant, hub.today()) for grant in grants if grant.new]
    boxes = [_box_row(grant, now) for grant in grants]
    keys = [
        {"email": grant.address, "hash": hash_, "now": now, "until": until}
        for grant, hash_ in zip(grants, hashes, strict=True)
    ]
    events = [
        Event("mailbox-issued", f"person:{grant.address}", {"unit": grant.wish.unit}) for grant in grants
    ]
    with hub.database.transaction() as connection:
        mailboxes.add_people(connection, new)
        mailboxes.add(connection, boxes)
        mailboxes.set_passwords(connection, keys)
        welcome.greet(hub, connection, [grant.address for grant in grants], now)
        journal.append(connection, actor, events, now)
    hub.refresh()
    publish(hub)
    hub.wake.ring()
    return [_row(grant, password) for grant, password in zip(grants, passwords, strict=True)]


def ensure_places(hub: Hub, addresses: Iterable[str]) -> None:
    """The folders in the file system, whatever reads them. Raises Refused."""
    host = MAILBOXES["maildir"](hub.data / "mail")
    for address in addresses:
        local, domain = local_and_domain(address)
        outcome = host.ensure(Mailbox(address, f"{domain}/{local}"))
        if isinstance(outcome, (Failed, Deferred)):
            raise Refused(f"{address}: {outcome.why}")


def first_password() -> str:
    """ASCII, easy to read out and to type: four groups of five, 99 bit."""
    return "-".join("".join(secrets.choice(LETTERS) for _i in range(GROUP)) for _j in range(GROUPS))


def hashed(passwords: Sequence[str], told: Callable[[int], None] | None = None) -> list[str]:
    """All of them on all processors, because argon2 is made to be slow."""
    if len(passwords) < 2:
        return [HASHER.hash(password) for password in passwords]
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        return list(threads.map(HASHER.hash, passwords))


def _person_row(grant: Grant, day: Any) -> dict[str, Any]:
    wish = grant.wish
    return {
        "email": grant.address,
        "name": wish.name,
        "unit": wish.unit,
        "role": wish.role,
        "title": wish.title,
        "day": day,
    }


def _box_row(grant: Grant, now: Any) -> dict[str, Any]:
    local, domain = local_and_domain(grant.address)
    return {
        "address": grant.address,
        "party": f"person:{grant.address}",
        "path": f"{domain}/{local}",
        "state": "active",
        "created_at": now,
        "unit": grant.wish.unit,
        "quota_mb": 0,
        "forward_to": "",
        "forward_until": None,
    }


def _row(grant: Grant, password: str) -> dict[str, Any]:
    return {
        "address": grant.address,
        "person": grant.wish.name,
        "unit": grant.wish.unit,
        "first_password": password,
    }
