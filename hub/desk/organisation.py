"""The directory: brought in by sheets, all of it or nothing; and the people's passwords."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from hub.context import Hub
from hub.desk.refused import Refused
from hub.passwords import HASHER
from hub.texts import _
from rules.directory import Directory
from rules.sheets import Change, Parsed, SheetError, compare, parse_sheets
from rules.sheets.errors import PHRASES
from storage import directory, journal, settings
from storage.journal import Event
from storage.tables.parties import people

MOST_SHOWN = 200
LEAST_PASSWORD = 10


def import_sheets(
    hub: Hub,
    actor: str,
    *,
    sheets: dict[str, str],
    replace: bool = False,
    dry_run: bool = False,
    origins: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Merge sheets into the organisation, or replace it by them; all of them or nothing.

    ``origins``: where each sheet was read from, for the sentences about its faults.
    """
    hub.refresh()
    origins = origins or {}
    standing = Directory.of(domains=hub.directory.domains) if replace else hub.directory
    parsed = parse_sheets(encoded(sheets), standing)
    if parsed.errors:
        raise Refused("\n".join(sheet_error(error, origins) for error in parsed.errors[:MOST_SHOWN]))
    merged = merge(standing, parsed).settled(hub.today())
    changes = compare(hub.directory, merged, parsed.lines)
    counts = {
        "units": len(merged.units),
        "groups": len(merged.groups),
        "outside": len(merged.outside),
        "people": len(merged.people),
    }
    if changes and not dry_run:
        store(hub, actor, merged, [Event("directory-imported", "directory", counts | _numbers(changes))])
    return {**counts, "changes": change_rows(changes, origins)}


def store(hub: Hub, actor: str, after: Directory, events: Iterable[Event]) -> None:
    """Put a changed organisation in the place of the one that this hub has read. Raises Refused.

    Not over what another process changed meanwhile, because the change was decided without it.
    """
    now, read = hub.now(), hub.snapshot().revisions[0]
    try:
        with hub.database.transaction() as connection:
            hub.database.serialise(connection, "directory")
            if settings.revisions(connection)[0] != read:
                raise Refused(_("somebody else has just changed the organisation; look again and repeat it"))
            directory.replace(connection, after)
            journal.append(connection, actor, list(events), now)
    except IntegrityError as error:
        raise Refused(
            _("a unit that has books or deliveries cannot be taken out; close it with valid_to instead")
        ) from error
    hub.refresh()


def change_rows(changes: Iterable[Change], origins: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Changes as plain values, with the place that says so."""
    return [
        {
            "sheet": change.sheet,
            "what": change.what,
            "key": list(change.key),
            "fields": [{"name": n, "before": before, "after": after} for n, before, after in change.fields],
            "file": (origins or {}).get(f"{change.sheet}.csv", f"{change.sheet}.csv") if change.line else "",
            "line": change.line,
        }
        for change in changes
    ]


def _numbers(changes: Iterable[Change]) -> dict[str, int]:
    """How many rows of each kind, for the journal."""
    whats = [change.what for change in changes]
    return {what: whats.count(what) for what in dict.fromkeys(whats)}


def encoded(sheets: Mapping[str, str]) -> dict[str, bytes]:
    """Sheets as the bytes they were; a command carries text."""
    return {name: text.encode("utf-8", "surrogateescape") for name, text in sheets.items()}


def units_concerned(hub: Hub, sheets: dict[str, str]) -> set[str] | None:
    """The units whose people these sheets change; None when they change the organisation itself."""
    if not set(sheets) <= {"people.csv", "posts.csv"}:
        return None
    parsed = parse_sheets(encoded(sheets), hub.directory)
    touched = {person.email.casefold() for person in parsed.people}
    touched |= {post.person.casefold() for post in parsed.posts}
    standing = {post.unit for post in hub.directory.posts if post.person.casefold() in touched}
    return standing | {post.unit for post in parsed.posts}


def merge(standing: Directory, parsed: Parsed) -> Directory:
    """The organisation after an import: rows replace those of the same code or person."""
    spoken_of = {post.person.casefold() for post in parsed.posts}
    kept = [post for post in standing.posts if post.person.casefold() not in spoken_of]
    return Directory.of(
        units=[*standing.units.values(), *parsed.units],
        groups=[*standing.groups.values(), *parsed.groups],
        outside=[*standing.outside.values(), *parsed.outside],
        people=[*standing.people.values(), *parsed.people],
        posts=[*kept, *parsed.posts],
        domains=standing.domains,
    )


def sheet_error(error: SheetError, origins: Mapping[str, str] | None = None) -> str:
    """File, line, column, what is wrong and what to do, in the reader's language."""
    what, remedy = PHRASES[error.code]
    values = dict(error.values)
    file = (origins or {}).get(error.file, error.file)
    place = ":".join(str(part) for part in (file, error.line or "", error.column) if part != "")
    return f"{place}: {_(what).format(**values)}. {_(remedy).format(**values)}"


def set_password(hub: Hub, actor: str, *, address: str, password: str = "") -> dict[str, str]:
    """Set a person's password, or invent one, which is shown this once."""
    person = hub.directory.person(address)
    if person is None:
        near = ", ".join(hub.directory.suggest(address)) or "-"
        raise Refused(
            _("there is nobody with the address {address}; nearest: {near}").format(
                address=address, near=near
            )
        )
    if password and (len(password) < LEAST_PASSWORD or not password.isascii()):
        raise Refused(_("a password needs {count} ASCII characters or more").format(count=LEAST_PASSWORD))
    chosen = password or secrets.token_urlsafe(12)
    now = hub.now()
    with hub.database.transaction() as connection:
        values = {"password_hash": HASHER.hash(chosen), "password_set_at": now}
        connection.execute(update(people).where(people.c.email == person.email), values)
        journal.append(connection, actor, [Event("password-set", f"person:{person.email}")], now)
    return {"email": person.email, "password": "" if password else chosen}
