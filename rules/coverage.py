"""Is every unit looked after and reached: what each unit of a day lacks."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from enum import StrEnum

from rules.directory import Directory
from rules.vocabulary import Role


class Gap(StrEnum):
    """What a unit lacks. The directive asks each unit for a clerk's single point and an IT officer (3, 6)."""

    CLERK = "no-clerk"
    LEADER = "no-leader"
    OFFICER = "no-it-officer"  # an administrator of the unit or of a room of it
    ADDRESS = "no-address"
    BOOK = "no-book"  # nobody keeps its books
    ABOVE = "unit-above-closed"
    UNREACHED = "unreached"  # by no rule, by no group, and its name leads elsewhere
    BY_NAME = "only-by-name"  # by its own name alone
    SUCCESSOR = "no-successor"  # it was closed, and what still comes for it is held


REMARKS = frozenset({Gap.BY_NAME})  # true of a unit and no fault of it
_POSTS = ((Gap.CLERK, Role.CLERK), (Gap.LEADER, Role.LEADER), (Gap.OFFICER, Role.ADMINISTRATOR))


def gaps(
    directory: Directory, reached: Collection[str], has_address: Callable[[str], bool], day: date
) -> Mapping[str, tuple[Gap, ...]]:
    """Units with what they lack on ``day``; ``reached`` are the parties that rules send to."""
    held = _held(directory, day)
    grouped = {code for group in directory.groups for code in directory.expand(group, day)}
    found: dict[str, tuple[Gap, ...]] = {}
    for code, unit in directory.units.items():
        if directory.valid(code, day):
            lacking = [*_people(directory, code, held), *_place(directory, code, day)]
            if not has_address(code):
                lacking.append(Gap.ADDRESS)
            if code not in reached and code not in grouped:
                named = directory.by_name(unit.name, day) == (code,)
                lacking.append(Gap.BY_NAME if named else Gap.UNREACHED)
        else:
            over = unit.valid_to is not None and unit.valid_to < day
            lacking = [Gap.SUCCESSOR] if over and directory.successor(code, day) is None else []
        if lacking:
            found[code] = tuple(lacking)
    return found


def _held(directory: Directory, day: date) -> Mapping[str, set[Role]]:
    """The roles that somebody has in each unit, those in its rooms counted with it.

    A clerk is asked for in the very unit, because that is whom its mail goes to.
    """
    held: defaultdict[str, set[Role]] = defaultdict(set)
    for person in directory.people:
        for post in directory.posts_of(person, day):
            held[post.unit].add(post.role)
            if post.role is not Role.CLERK:
                held[directory.keeper(post.unit) or post.unit].add(post.role)
    return held


def _people(directory: Directory, code: str, held: Mapping[str, set[Role]]) -> Iterator[Gap]:
    if directory.units[code].keeps_books:
        yield from (gap for gap, role in _POSTS if role not in held.get(code, set()))


def _place(directory: Directory, code: str, day: date) -> Iterator[Gap]:
    if directory.keeper(code) is None:
        yield Gap.BOOK
    parent = directory.units[code].parent
    if parent is not None and not directory.valid(parent, day):
        yield Gap.ABOVE
