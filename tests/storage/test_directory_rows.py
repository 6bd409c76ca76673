"""The organisation's rows: read back as they were put in, replaced as a whole."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

import hub
from rules.directory import Directory
from rules.sheets import parse_sheets
from rules.values.directory import Member, Name, Parent, Person, Post, Unit
from rules.vocabulary import Role, UnitKind
from storage import directory, migrate, rule_sets, settings
from storage.engine import Database, sqlite_url
from storage.tables.parties import groups, other_names, parties, people, units
from tests.storage.filled import NOW


def sample() -> Directory:
    folder = Path(hub.__file__).parent / "sample"
    sheets = {file.name: file.read_bytes() for file in folder.glob("*.csv")}
    said = parse_sheets(sheets, domains=["binhlam.example"])
    assert said.errors == ()
    return Directory.of(
        said.units, said.groups, said.outside, said.people, said.posts, domains=["binhlam.example"]
    )


def put(database: Database, organisation: Directory) -> Directory:
    with database.transaction() as connection:
        directory.replace(connection, organisation)
    with database.reading() as connection:
        return directory.load(connection)


def same(seen: Directory, wanted: Directory) -> bool:
    return (
        list(seen.units.items()) == list(wanted.units.items())
        and dict(seen.groups) == dict(wanted.groups)
        and dict(seen.outside) == dict(wanted.outside)
        and dict(seen.people) == dict(wanted.people)
        and seen.posts == wanted.posts
        and seen.domains == wanted.domains
    )


def test_the_sample_organisation_comes_back_as_it_was(database: Database) -> None:
    wanted = sample()
    assert same(put(database, wanted), wanted)
    assert same(put(database, wanted), wanted), "a second time changes nothing"
    with database.reading() as connection:
        assert settings.revisions(connection)[0] == "2"


def test_a_change_replaces_all_and_keeps_what_people_set(database: Database) -> None:
    before = sample()
    put(database, before)
    with database.transaction() as connection:
        connection.execute(update(people).values(password_hash="argon2", suspended=True))
    unit = before.units["sonoivu"]
    rows = (Parent("ubnd", None, date(2025, 12, 31)), Parent(None, date(2026, 1, 1)))
    names = (Name("SNVM", date(2026, 1, 1)),)
    renamed = replace(unit, name="Sở Nội vụ mới", other_names=names, parents=rows)
    kept = [person for person in list(before.people.values())[1:] if person.email != "x@binhlam.example"]
    newcomer = Person("moi@binhlam.example", "Người Mới")
    after = Directory.of(
        [renamed if item.code == "sonoivu" else item for item in before.units.values()],
        list(before.groups.values())[1:],
        before.outside.values(),
        [*kept, newcomer],
        [
            *[post for post in before.posts if post.person in {person.email for person in kept}],
            Post(newcomer.email, "sonoivu", Role.CLERK),
        ],
        domains=["binhlam.example", "khac.example"],
    )
    assert same(put(database, after), after)
    with database.reading() as connection:
        rows = connection.execute(select(people.c.email, people.c.password_hash, people.c.suspended)).all()
        assert {row.email for row in rows if row.password_hash is None} == {newcomer.email}
        assert sum(row.suspended for row in rows) == len(kept)
        gone = next(iter(before.people.values())).email
        names = set(connection.execute(select(parties.c.code)).scalars())
        assert f"person:{gone}" in names, "old documents may still name this party"
        assert connection.execute(select(func.count()).select_from(groups)).scalar() == len(after.groups)
        dated = select(other_names.c.valid_from).where(other_names.c.text == "SNVM")
        assert connection.execute(dated).scalar() == date(2026, 1, 1)


def test_a_replacement_that_fails_leaves_the_old_organisation(database: Database) -> None:
    wanted = sample()
    put(database, wanted)
    nobody = Post("nobody@binhlam.example", "sonoivu", Role.CLERK)
    with pytest.raises(IntegrityError):
        put(database, Directory(units=wanted.units, posts=(nobody,)))
    with database.reading() as connection:
        assert same(directory.load(connection), wanted)
        assert connection.execute(select(func.count()).select_from(units)).scalar() == len(wanted.units)
        assert settings.revisions(connection)[0] == "1"


def test_names_and_members_of_before_the_dates_are_kept(tmp_path: Path) -> None:
    old = Database(sqlite_url(tmp_path / "old.db"))
    with old.transaction() as connection:
        migrate.command.upgrade(migrate._config(connection), "0009")
        for statement in (
            "INSERT INTO groups (code, name, kinds) VALUES ('so', 'Các sở', '')",
            "INSERT INTO group_members (group_code, member, ordinal) VALUES ('so', 'b', 0), ('so', 'a', 1)",
            "INSERT INTO other_names (party, text, valid_to) VALUES ('a', 'A', '2025-06-30')",
        ):
            connection.execute(text(statement))
    migrate.upgrade(old)
    with old.reading() as connection:
        assert directory.load(connection).groups["so"].members == Member.of("b", "a")
        names = connection.execute(select(other_names.c.text, other_names.c.valid_to, other_names.c.kind))
        assert [tuple(row) for row in names] == [("A", date(2025, 6, 30), "other")]
    old.close()


def test_an_empty_organisation_is_one(database: Database) -> None:
    with database.reading() as connection:
        assert directory.load(connection).units == {}
    one = Directory.of([Unit("a", "Một đơn vị", UnitKind.OFFICE)])
    assert same(put(database, one), one)


def test_rule_sets_are_published_one_after_the_other(database: Database) -> None:
    def publish(scope: str, source: str) -> int:
        with database.transaction() as connection:
            version = rule_sets.publish(connection, scope, source, "an", "because", NOW)
            revisions.append(int(settings.revisions(connection)[1]))
            return version

    revisions = [0]
    assert [publish("", "a"), publish("", "b"), publish("sonoivu", "c")] == [1, 2, 1]
    assert all(later > earlier for earlier, later in pairwise(revisions))  # every process looks again
    with database.reading() as connection:
        standing = [(row.scope, row.version, row.source) for row in rule_sets.published(connection)]
        assert standing == [("", 2, "b"), ("sonoivu", 1, "c")]
        history = rule_sets.history(connection, "")
        assert [(row.version, row.state) for row in history] == [(2, "published"), (1, "withdrawn")]
