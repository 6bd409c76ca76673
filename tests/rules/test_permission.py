"""Rights (SEMANTICS, Rights): the whole table for one unit, its neighbours and strangers."""

import pytest

from rules.permission import About, Action, may
from rules.vocabulary import Role

OURS = About(units=frozenset({"phong"}), above=frozenset({"so", "ubnd"}))
CHANGES = set(Action) - {Action.READ, Action.READ_JOURNAL, Action.READ_RULES}
SAME = {
    Role.CLERK: {Action.READ, Action.REGISTER, Action.HANDLE, Action.READ_RULES},
    Role.LEADER: {Action.READ, Action.ASSIGN, Action.HANDLE, Action.READ_RULES},
    Role.SPECIALIST: {Action.READ, Action.READ_RULES},
    Role.COORDINATOR: {Action.READ, Action.EDIT_RULES, Action.READ_RULES, Action.RELEASE},
    Role.ADMINISTRATOR: {
        Action.READ,
        Action.MANAGE_PEOPLE,
        Action.UNLOCK,
        Action.OPERATE,
        Action.READ_JOURNAL,
        Action.READ_RULES,
    },
    Role.AUDITOR: {Action.READ, Action.READ_JOURNAL, Action.READ_RULES},
}
ABOVE = {
    Role.LEADER: {Action.ASSIGN},
    Role.COORDINATOR: {Action.READ_RULES},
    Role.ADMINISTRATOR: {Action.MANAGE_PEOPLE, Action.UNLOCK, Action.READ_JOURNAL},
    Role.AUDITOR: {Action.READ, Action.READ_JOURNAL, Action.READ_RULES},
}
ELSEWHERE = {Role.AUDITOR: {Action.READ, Action.READ_JOURNAL, Action.READ_RULES}}


def allowed(role: Role, unit: str, about: About = OURS) -> set[Action]:
    return {action for action in Action if may({unit: frozenset({role})}, action, about)}


@pytest.mark.parametrize("role", Role)
def test_in_the_unit_above_it_and_elsewhere(role: Role) -> None:
    assert allowed(role, "phong") == SAME[role]
    assert allowed(role, "ubnd") == ABOVE.get(role, set())
    assert allowed(role, "ttth") == ELSEWHERE.get(role, set())


def test_auditors_change_nothing() -> None:
    assert not allowed(Role.AUDITOR, "phong") & CHANGES


def test_strangers_see_what_is_public_and_nothing_else() -> None:
    public = About(units=OURS.units, public=True)
    assert {action for action in Action if may({}, action, public)} == {Action.READ}
    assert not any(may({}, action, OURS) for action in Action)
    assert not any(may({}, action, About(assigned=True)) for action in Action)


def test_an_assignment_opens_one_document_to_read_and_handle() -> None:
    assert allowed(Role.SPECIALIST, "ttth", About(OURS.units, assigned=True)) == {Action.READ, Action.HANDLE}


@pytest.mark.parametrize("role", Role)
def test_quarantine_is_closed_to_everybody_but_for_the_decision(role: Role) -> None:
    locked = About(OURS.units, OURS.above, assigned=True, public=True, locked=True)
    expected = {Action.UNLOCK} if role is Role.ADMINISTRATOR else set()
    assert allowed(role, "phong", locked) == expected


def test_two_posts_add_up_but_not_across_units() -> None:
    posts = {"phong": frozenset({Role.SPECIALIST}), "ttth": frozenset({Role.CLERK})}
    assert may(posts, Action.READ, OURS)
    assert not may(posts, Action.REGISTER, OURS)
