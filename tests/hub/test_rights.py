"""Who may give which command: every command for every kind of person, and what a person sees (S10)."""

import dataclasses
from datetime import date
from itertools import product
from typing import Any

import pytest

from hub import listing
from hub.desk import commands, gate
from hub.desk.refused import Denied
from rules.permission import View
from rules.values.directory import Person, Post
from rules.vocabulary import Role, WaitingList
from storage import directory as directory_rows
from storage import documents, registers, search, waiting
from storage.tables.machinery import access_events
from tests.hub.stages import Stages
from tests.journeys.house import person
from tests.journeys.papers import text_file

UNIT, ELSEWHERE, TOP = "sonoivu", "sotuphap", "ubnd"
PEOPLE = {
    "clerk": [(UNIT, Role.CLERK)],
    "leader": [(UNIT, Role.LEADER)],
    "specialist": [(UNIT, Role.SPECIALIST)],
    "coordinator": [(UNIT, Role.COORDINATOR)],
    "administrator": [(UNIT, Role.ADMINISTRATOR)],
    "other-clerk": [(ELSEWHERE, Role.CLERK)],
    "other-coordinator": [(ELSEWHERE, Role.COORDINATOR)],
    "central-clerk": [("vpubnd", Role.CLERK)],
    "central-coordinator": [("vpubnd", Role.COORDINATOR)],
    "centre-clerk": [("ttth", Role.CLERK)],
    "operator": [(TOP, Role.ADMINISTRATOR)],
    "auditor": [(TOP, Role.AUDITOR)],
    "left": [],  # was clerk, coordinator and administrator of the unit until yesterday
    "nobody": [],
}
# Each command about something of the unit, and who may give it beside the operator at the console.
MAY: dict[str, tuple[dict[str, Any], set[str]]] = {
    "directory.import": ({"sheets": {"units.csv": ""}}, {"operator"}),
    "directory.import (people)": (
        {"sheets": {"posts.csv": "person;unit;role\nclerk@binhlam.example;sonoivu;leader\n"}},
        {"administrator", "operator"},
    ),
    "units.close": ({"unit": UNIT, "since": "2026-12-01"}, {"operator"}),
    "units.merge": ({"units": [UNIT], "into": ELSEWHERE, "since": "2026-12-01"}, {"operator"}),
    "units.split": ({"unit": UNIT, "into": ["a=A", "b=B"], "since": "2026-12-01"}, {"operator"}),
    "units.rename": ({"unit": UNIT, "name": "A", "since": "2026-12-01"}, {"operator"}),
    "units.check": ({}, {"operator"}),
    "staff.password": (
        {"address": "specialist@binhlam.example"},
        {"administrator", "operator", "specialist"},
    ),
    "staff.notices": (
        {"address": "specialist@binhlam.example"},
        {"administrator", "operator", "specialist"},
    ),
    "staff.away": (
        {"address": "specialist@binhlam.example"},
        {"administrator", "operator", "specialist"},
    ),
    "staff.calendar": (
        {"address": "specialist@binhlam.example"},
        {"administrator", "operator", "specialist"},
    ),
    "chat.code": (
        {"person": "specialist@binhlam.example"},
        {"administrator", "operator", "specialist"},
    ),
    "chat.unlink": (
        {"person": "specialist@binhlam.example"},
        {"administrator", "operator", "specialist"},
    ),
    "rules.publish": ({"source": "", "scope": UNIT}, {"coordinator"}),
    "rules.draft": ({"source": "", "scope": UNIT}, {"coordinator"}),
    "rules.rollback": ({"scope": UNIT}, {"coordinator"}),
    "rules.withdraw": ({"scope": UNIT}, {"coordinator"}),
    "rules.try": ({"scope": UNIT}, {"coordinator"}),
    "rules.try (organisation)": ({"scope": ""}, {"central-coordinator"}),
    "rules.read": (
        {"unit": UNIT},
        {"clerk", "leader", "specialist", "coordinator", "administrator", "central-coordinator", "auditor"},
    ),
    "rules.publish (organisation)": ({"source": "", "scope": ""}, {"central-coordinator"}),
    "review.accept": ({"case": "review"}, {"clerk"}),
    "review.accept (for another)": ({"case": "review", "fields": {"issuer": ELSEWHERE}}, set()),
    "review.read": ({"case": "review"}, {"clerk"}),
    "review.same": ({"case": "review"}, {"clerk"}),
    "review.version": ({"case": "review"}, {"clerk"}),
    "review.refuse": ({"case": "review", "reason": "x"}, {"clerk"}),
    "hold.release": ({"case": "hold"}, {"coordinator"}),
    "hold.send": ({"case": "hold", "to": "soyte"}, {"coordinator"}),
    "hold.drop": ({"case": "hold", "reason": "x"}, {"coordinator"}),
    "aside.list": ({}, {"central-clerk", "operator"}),
    "aside.take": ({"arrival": 1, "reason": "x"}, {"central-clerk", "operator"}),
    "quarantine.close": ({"case": "quarantine", "reason": "x"}, {"operator"}),
    "quarantine.release": ({"case": "quarantine", "reason": "x"}, {"operator"}),
    "quarantine.purge": ({"case": "quarantine", "reason": "x"}, {"operator"}),
    "quarantine.list": ({}, {"operator"}),
    "deliveries.retry": ({"delivery": "delivery"}, {"clerk", "operator"}),
    "deliveries.fix": ({"delivery": "delivery", "to": "x@y.example"}, {"clerk", "operator"}),
    "recall.ask": ({"document": "document", "reason": "x"}, {"clerk"}),
    "paper.expect": ({"document": "document"}, {"clerk"}),
    "paper.came": ({"unit": UNIT, "symbol": "1/X"}, {"clerk"}),
    "dkim.make": ({}, {"operator"}),
    "dkim.use": ({"selector": "x"}, {"operator"}),
    "dkim.remove": ({"selector": "x"}, {"operator"}),
    "suppressions.list": ({}, {"operator"}),
    "suppressions.lift": ({"address": "x@y.example"}, {"operator"}),
    "queue.list": ({}, {"operator"}),
    "sources.list": ({}, {"operator"}),
    "queue.retry": ({"step": 1}, {"operator"}),
    "queue.drop": ({"step": 1, "reason": "x"}, {"operator"}),
    "registers.void": ({"entry": "entry", "reason": "x"}, {"clerk"}),
    "registers.close": ({"book": "book"}, {"clerk"}),
    "registers.reserve": ({"book": "book"}, {"clerk"}),
    "report.issue": ({"month": "2026-10"}, {"central-coordinator", "operator"}),
    "journal.verify": ({}, {"operator", "auditor"}),
    "returns.hand-in": ({"unit": UNIT, "kind": "compliance", "lines": ["x"]}, {"clerk", "leader"}),
    "support.list": ({}, {"centre-clerk", "operator"}),
    "support.take": ({"number": 1}, {"centre-clerk"}),
    "support.close": ({"number": 1, "answer": "x"}, {"centre-clerk"}),
}


@pytest.fixture
def peopled(stages: Stages) -> Stages:
    """The sample organisation with one person of each kind."""
    found = stages.hub.directory
    people = [Person(f"{name}@binhlam.example", name) for name in PEOPLE]
    posts = [
        Post(f"{name}@binhlam.example", unit, role) for name, held in PEOPLE.items() for unit, role in held
    ]
    past = date(2026, 11, 22)
    posts += [
        Post("left@binhlam.example", UNIT, role, valid_to=past)
        for role in (Role.CLERK, Role.COORDINATOR, Role.ADMINISTRATOR)
    ]
    grown = dataclasses.replace(
        found,
        people={**found.people, **{one.email: one for one in people}},
        posts=(*found.posts, *posts),
    )
    with stages.hub.database.transaction() as connection:
        directory_rows.replace(connection, grown)
    stages.hub.refresh()
    return stages


@pytest.fixture
def things(peopled: Stages) -> dict[str, int]:
    """A review case, a hold, a quarantine, an entry with its book and a delivery of the unit."""
    stages = peopled
    stages.mail(
        person("huongntm"),
        [text_file(UNIT, "5/SNV-VP", to=("Sở Y tế", "Hội Không ai biết"), day=date(2026, 11, 20))],
    )
    stages.mail(person("hiendm"), [text_file(UNIT, "6/SNV-VP", day=date(2026, 11, 20))])
    with stages.hub.database.transaction() as connection:
        quarantine = waiting.open_case(
            connection, WaitingList.QUARANTINE, "vpubnd", "secrecy-mark", stages.hub.now()
        )
    document = stages.document("5/SNV-VP")
    with stages.hub.database.reading() as connection:
        (book,) = [row.id for row in registers.book_rows(connection, UNIT) if row.direction == "outgoing"]
    return {
        "review": stages.cases("review")[0]["id"],
        "hold": stages.cases("hold")[0]["id"],
        "quarantine": quarantine,
        "entry": document["entries"][0]["id"],
        "book": book,
        "document": document["id"],
        "delivery": stages.deliveries(document["id"])[0]["id"],
    }


def test_every_command_for_every_kind_of_person(peopled: Stages, things: dict[str, int]) -> None:
    wrong = []
    for (label, (given, allowed)), name in product(MAY.items(), PEOPLE):
        command = label.partition(" ")[0]
        arguments = {key: things.get(value, value) if isinstance(value, str) else value
                     for key, value in given.items()}  # fmt: skip
        try:
            gate.demand(peopled.hub, command, f"{name}@binhlam.example", arguments)
            granted = True
        except Denied:
            granted = False
        if granted is not (name in allowed):
            wrong.append((label, name, granted))
    assert wrong == []


def test_no_command_is_forgotten() -> None:
    asked = {label.partition(" ")[0] for label in MAY}
    assert set(commands.COMMANDS) <= asked | gate.FREE and set(gate.RIGHTS) == asked


def test_the_operator_at_the_console_may_all(peopled: Stages) -> None:
    for command in commands.COMMANDS:
        gate.demand(peopled.hub, command, "console:root", {})


def test_what_was_denied_is_journalled_and_changes_nothing(peopled: Stages, things: dict[str, int]) -> None:
    with pytest.raises(Denied, match=r"other-clerk@binhlam\.example"):
        peopled.act("review.refuse", "other-clerk@binhlam.example", case=things["review"], reason="x")
    assert [case["id"] for case in peopled.cases("review")] == [things["review"]]
    with peopled.hub.database.reading() as connection:
        last = list(journal_rows(connection))[-1]
    assert (last.actor, last.event, last.subject) == (
        "other-clerk@binhlam.example",
        "denied",
        "command:review.refuse",
    )


def journal_rows(connection: Any) -> Any:
    from storage import journal

    return journal.walk(connection)


@pytest.mark.parametrize("claim", ["hub", "console:root", "link:1", "edxml:x", "ai@la.example"])
def test_as_names_a_person_and_nobody_else(stages: Stages, claim: str) -> None:
    with pytest.raises(Denied):
        gate.who(stages.hub, "console:root", claim)


def test_a_person_sees_the_documents_of_their_units(peopled: Stages, things: dict[str, int]) -> None:
    peopled.mail(
        person("anhttn"), [text_file(ELSEWHERE, "9/STP-VP", to=("Sở Tài chính",), day=date(2026, 11, 20))]
    )
    seen = {name: symbols(peopled, gate.view_of(peopled.hub, f"{name}@binhlam.example")) for name in PEOPLE}
    mine, theirs = {"5/SNV-VP", "6/SNV-VP"}, {"9/STP-VP"}
    assert seen["clerk"] == seen["specialist"] == seen["administrator"] == mine
    assert seen["other-clerk"] == theirs and seen["auditor"] == mine | theirs
    assert seen["left"] == seen["nobody"] == seen["operator"] == set()
    assert symbols(peopled, gate.view_of(peopled.hub, "console:root")) == mine | theirs
    assert symbols(peopled, View(frozenset({"soyte"}))) == {"5/SNV-VP"}


def symbols(stages: Stages, view: View) -> set[str]:
    """What lists, deliveries and the search show; all of them must agree."""
    with stages.hub.database.reading() as connection:
        rows = documents.listing(connection, view=view)
        found = search.find(connection, "văn bản", 0, view) or search.find(connection, "Sở", 0, view)
        assert set(found) <= {row.id for row in rows}
        return {item["symbol"] for item in listing.document_rows(connection, rows)}


def test_a_document_is_open_to_whom_it_is_assigned(peopled: Stages, things: dict[str, int]) -> None:
    view = View(frozenset(), "nobody@binhlam.example")
    assert symbols(peopled, view) == set()
    with peopled.hub.database.transaction() as connection:
        from storage import handling

        handling.assign(
            connection, things["delivery"], view.person, "", None, "console:test", peopled.hub.now()
        )
    assert symbols(peopled, view) == {"5/SNV-VP"}


def test_look_ups_are_counted(stages: Stages) -> None:
    stages.act("access.count", person("huongntm"), action="documents")
    with pytest.raises(Denied):
        stages.act("access.count", person("huongntm"), action="queue.list")
    with stages.hub.database.reading() as connection:
        rows = connection.execute(access_events.select()).all()
    assert [(row.actor, row.action) for row in rows] == [(person("huongntm"), "documents")]
