"""The organisation's rows, read as one snapshot and replaced as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from rules.directory import Directory
from rules.values.directory import OUTSIDE, Group, Member, Name, Outside, Parent, Person, Post, Unit
from rules.vocabulary import Accept, BookMode, NameKind, PartyKind, Role, UnitKind
from storage import settings
from storage.tables.parties import (
    group_members,
    groups,
    other_names,
    outside_bodies,
    parties,
    people,
    posts,
    unit_parents,
    units,
)

REVISION = "directory_revision"
DOMAINS = "domains"


def load(connection: Connection) -> Directory:
    """The snapshot as it stands now."""
    names, above = _names(connection), _parents(connection)
    return Directory.of(
        units=(
            _unit(row, names, above) for row in connection.execute(select(units).order_by(units.c.ordinal))
        ),
        groups=_groups(connection, names),
        outside=(_outside(row, names) for row in connection.execute(select(outside_bodies))),
        people=(
            Person(row.email, row.name, tuple(row.addresses.split()))
            for row in connection.execute(select(people).order_by(people.c.email))
        ),
        posts=(
            Post(row.person, row.unit, Role(row.role), row.title, row.valid_from, row.valid_to)
            for row in connection.execute(select(posts).order_by(posts.c.id))
        ),
        domains=(settings.get(connection, DOMAINS) or "").split(),
    )


def replace(connection: Connection, directory: Directory) -> None:
    """Make the stored organisation equal to this snapshot, in the caller's transaction.

    Codes that are gone are refused by the foreign keys when books or deliveries
    rest on them; such a unit is closed with a date instead.
    """
    _replace_parties(connection, directory)
    for table in (posts, unit_parents, group_members, groups, other_names, outside_bodies):
        connection.execute(delete(table))
    _merge(connection, units, "code", _unit_rows(directory))
    _add(connection, unit_parents, _parent_rows(directory.units.values()))
    _merge(connection, people, "email", _person_rows(directory))
    _add(connection, groups, [_group_row(group) for group in directory.groups.values()])
    _add(connection, group_members, _member_rows(directory.groups.values()))
    _add(connection, outside_bodies, [_outside_row(body) for body in directory.outside.values()])
    _add(connection, other_names, _name_rows(directory))
    _add(connection, posts, [_post_row(post) for post in directory.posts])
    settings.put(connection, DOMAINS, " ".join(directory.domains))
    settings.bump(connection, REVISION)


def add_name(connection: Connection, party: str, text: str, since: date | None = None) -> None:
    """One more name by which a unit, group or outside body is understood, always or since a day."""
    row = {"party": party, "text": text, "valid_from": since, "kind": NameKind.OTHER}
    connection.execute(insert(other_names), row)
    settings.bump(connection, REVISION)


def _names(connection: Connection) -> dict[str, tuple[Name, ...]]:
    found: dict[str, list[Name]] = defaultdict(list)
    for row in connection.execute(select(other_names).order_by(other_names.c.id)):
        found[row.party].append(Name(row.text, row.valid_from, row.valid_to, NameKind(row.kind)))
    return {party: tuple(names) for party, names in found.items()}


def _parents(connection: Connection) -> dict[str, tuple[Parent, ...]]:
    found: dict[str, list[Parent]] = defaultdict(list)
    for row in connection.execute(select(unit_parents).order_by(unit_parents.c.id)):
        found[row.unit].append(Parent(row.parent, row.valid_from, row.valid_to))
    return {unit: tuple(parents) for unit, parents in found.items()}


def _unit(row: Any, names: dict[str, tuple[Name, ...]], above: dict[str, tuple[Parent, ...]]) -> Unit:
    return Unit(
        code=row.code,
        name=row.name,
        kind=UnitKind(row.kind),
        parent=row.parent,
        email=row.email,
        other_names=names.get(row.code, ()),
        symbols=tuple(row.symbols.split()),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        deployed_since=row.deployed_since,
        keeps_books=row.keeps_books,
        keeper=row.keeper,
        central=row.central,
        accept=Accept(row.accept),
        book_mode=BookMode(row.book_mode),
        successor=row.successor,
        channels=tuple(row.channels.split()),
        domains=tuple(row.domains.split()),
        national_id=row.national_id,
        parents=above.get(row.code, ()),
    )


def _groups(connection: Connection, names: dict[str, tuple[Name, ...]]) -> list[Group]:
    members: dict[str, list[Member]] = defaultdict(list)
    for row in connection.execute(select(group_members).order_by(group_members.c.ordinal)):
        members[row.group_code].append(Member(row.member, row.valid_from, row.valid_to))
    return [
        Group(
            row.code,
            row.name,
            names.get(f"group:{row.code}", ()),
            tuple(members[row.code]),
            tuple(UnitKind(kind) for kind in row.kinds.split()),
            row.valid_from,
            row.valid_to,
        )
        for row in connection.execute(select(groups).order_by(groups.c.code))
    ]


def _outside(row: Any, names: dict[str, tuple[Name, ...]]) -> Outside:
    return Outside(
        row.code,
        row.name,
        names.get(f"{OUTSIDE}{row.code}", ()),
        tuple(row.domains.split()),
        row.national_id,
        row.email,
    )


def _replace_parties(connection: Connection, directory: Directory) -> None:
    rows = [(code, PartyKind.UNIT, unit.name) for code, unit in directory.units.items()]
    rows += [(f"outside:{code}", PartyKind.OUTSIDE, body.name) for code, body in directory.outside.items()]
    rows += [
        (f"person:{person.email}", PartyKind.PERSON, person.name) for person in directory.people.values()
    ]
    rows.append(("gazette", PartyKind.GAZETTE, "Công báo"))
    values = [{"code": code, "kind": kind, "name": name} for code, kind, name in rows]
    _merge(connection, parties, "code", values)


def _unit_rows(directory: Directory) -> list[dict[str, Any]]:
    return [
        {
            "code": unit.code,
            "name": unit.name,
            "kind": unit.kind,
            "parent": unit.parent,
            "email": unit.email,
            "symbols": " ".join(unit.symbols),
            "valid_from": unit.valid_from,
            "valid_to": unit.valid_to,
            "deployed_since": unit.deployed_since,
            "keeps_books": unit.keeps_books,
            "keeper": unit.keeper,
            "central": unit.central,
            "accept": unit.accept,
            "book_mode": unit.book_mode,
            "successor": unit.successor,
            "channels": " ".join(unit.channels),
            "domains": " ".join(unit.domains),
            "national_id": unit.national_id,
            "ordinal": ordinal,
        }
        for ordinal, unit in enumerate(directory.units.values())
    ]


def _parent_rows(found: Iterable[Unit]) -> list[dict[str, Any]]:
    return [
        {
            "unit": unit.code,
            "parent": parent.unit,
            "valid_from": parent.valid_from,
            "valid_to": parent.valid_to,
        }
        for unit in found
        for parent in unit.parents
    ]


def _person_rows(directory: Directory) -> list[dict[str, Any]]:
    return [
        {"email": person.email, "name": person.name, "addresses": " ".join(person.addresses)}
        for person in directory.people.values()
    ]


def _group_row(group: Group) -> dict[str, Any]:
    return {
        "code": group.code,
        "name": group.name,
        "kinds": " ".join(group.kinds),
        "valid_from": group.valid_from,
        "valid_to": group.valid_to,
    }


def _member_rows(found: Iterable[Group]) -> list[dict[str, Any]]:
    return [
        {
            "group_code": group.code,
            "member": member.party,
            "ordinal": ordinal,
            "valid_from": member.valid_from,
            "valid_to": member.valid_to,
        }
        for group in found
        for ordinal, member in enumerate(dict.fromkeys(group.members))
    ]


def _outside_row(body: Outside) -> dict[str, Any]:
    return {
        "code": body.code,
        "name": body.name,
        "domains": " ".join(body.domains),
        "national_id": body.national_id,
        "email": body.email,
    }


def _name_rows(directory: Directory) -> list[dict[str, Any]]:
    named = [(code, unit.other_names) for code, unit in directory.units.items()]
    named += [(f"group:{code}", group.other_names) for code, group in directory.groups.items()]
    named += [(f"outside:{code}", body.other_names) for code, body in directory.outside.items()]
    return [
        {
            "party": party,
            "text": name.text,
            "valid_from": name.valid_from,
            "valid_to": name.valid_to,
            "kind": name.kind,
        }
        for party, names in named
        for name in names
    ]


def _post_row(post: Post) -> dict[str, Any]:
    return {
        "person": post.person,
        "unit": post.unit,
        "role": post.role,
        "title": post.title,
        "valid_from": post.valid_from,
        "valid_to": post.valid_to,
    }


def _add(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _merge(connection: Connection, table: Table, key: str, rows: list[dict[str, Any]]) -> None:
    """Insert, update or remove so that the table holds exactly these keys."""
    known = set(connection.execute(select(table.c[key])).scalars())
    _add(connection, table, [row for row in rows if row[key] not in known])
    for row in rows:
        if row[key] in known:
            connection.execute(update(table).where(table.c[key] == row[key]), row)
    gone = known - {row[key] for row in rows}
    if gone and table is not parties:  # because old documents still name parties that are gone
        connection.execute(delete(table).where(table.c[key].in_(gone)))
