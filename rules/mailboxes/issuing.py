"""Who gets which address: names become free addresses, faults are named line by line, nothing half done."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rules.text.fold import fold
from rules.text.names import Pattern, is_reserved, mailbox_name
from rules.vocabulary import Role

MOST_LINES = 20_000
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "ho ten", "ho va ten", "ten"),
    "unit": ("unit", "don vi", "ma don vi", "co quan"),
    "title": ("title", "chuc vu", "chuc danh"),
    "role": ("role", "vai tro"),
    "address": ("address", "email", "dia chi", "thu dien tu", "hop thu"),
}
ROLES: Mapping[str, Role] = {
    "": Role.SPECIALIST,
    "van thu": Role.CLERK,
    "lanh dao": Role.LEADER,
    "chuyen vien": Role.SPECIALIST,
    "dieu phoi": Role.COORDINATOR,
    "quan tri": Role.ADMINISTRATOR,
    "kiem tra": Role.AUDITOR,
    **{role.value: role for role in Role},
}


@dataclass(frozen=True, slots=True)
class Wish:
    """One person who is to get a mailbox; ``address`` is empty where the pattern makes it."""

    line: int
    name: str
    unit: str
    title: str = ""
    role: Role = Role.SPECIALIST
    address: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """A mailbox to be made. ``new`` says that the person is not in the directory yet."""

    address: str
    wish: Wish
    new: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line, as a code with its words."""

    line: int
    code: str
    about: str = ""


def read_lines(rows: Sequence[Sequence[str]]) -> tuple[list[Wish], list[Fault]]:
    """Wishes out of a sheet whose first line names the columns, in Vietnamese or English."""
    if not rows:
        return [], [Fault(1, "empty-sheet")]
    places = _places(rows[0])
    missing = [column for column in ("name", "unit") if column not in places]
    if missing:
        return [], [Fault(1, "no-column", column) for column in missing]
    if len(rows) > MOST_LINES:
        return [], [Fault(MOST_LINES, "too-many-lines", str(MOST_LINES))]
    wishes: list[Wish] = []
    faults: list[Fault] = []
    for line, row in enumerate(rows[1:], start=2):
        cells = {column: " ".join(row[at].split()) for column, at in places.items() if at < len(row)}
        if any(cells.values()):
            _take(line, cells, wishes, faults)
    return wishes, faults


def _places(headings: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        key = " ".join(fold(heading).replace("_", " ").split())
        for column, names in COLUMNS.items():
            if key in names:
                found.setdefault(column, at)
    return found


def _take(line: int, cells: Mapping[str, str], wishes: list[Wish], faults: list[Fault]) -> None:
    name, unit, role = cells.get("name", ""), cells.get("unit", ""), fold(cells.get("role", ""))
    if not name or not unit:
        faults.append(Fault(line, "no-name" if not name else "no-unit"))
    elif role not in ROLES:
        faults.append(Fault(line, "bad-role", cells["role"]))
    else:
        address = cells.get("address", "").casefold()
        wishes.append(Wish(line, name[:200], unit, cells.get("title", "")[:200], ROLES[role], address))


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is already."""

    units: Mapping[str, str]  # every way to write a unit (code, folded name) -> its code
    people: Mapping[str, str]  # address -> name of everybody in the directory
    ever: Container[str]  # every address that was ever given to anybody
    domain: str
    domains: tuple[str, ...]
    pattern: Pattern = Pattern.GIVEN_INITIALS


def plan(wishes: Iterable[Wish], standing: Standing) -> tuple[list[Grant], list[Fault]]:
    """A mailbox for each wish, or the faults; a person of the directory keeps the address they have."""
    grants: list[Grant] = []
    faults: list[Fault] = []
    given: set[str] = set()
    for wish in wishes:
        code = standing.units.get(wish.unit.casefold()) or standing.units.get(fold(wish.unit))
        if code is None:
            faults.append(Fault(wish.line, "unknown-unit", wish.unit))
            continue
        placed = Wish(wish.line, wish.name, code, wish.title, wish.role, wish.address)
        outcome = _grant(placed, standing, given)
        if isinstance(outcome, Fault):
            faults.append(outcome)
        else:
            given.add(outcome.address)
            grants.append(outcome)
    return grants, faults


def _grant(wish: Wish, standing: Standing, given: set[str]) -> Grant | Fault:
    if not wish.address:
        return _named(wish, standing, given)
    local, at, domain = wish.address.rpartition("@")
    if not at or not local or domain not in standing.domains:
        return Fault(wish.line, "foreign-address", wish.address)
    if wish.address in given:
        return Fault(wish.line, "twice", wish.address)
    known = wish.address in standing.people
    if not known and is_reserved(local):
        return Fault(wish.line, "reserved", wish.address)
    if wish.address in standing.ever and not known:
        return Fault(wish.line, "given-before", wish.address)
    return Grant(wish.address, wish, not known)


class _Taken(Container[str]):
    """Local parts that are gone: those ever given, and those of this very sheet."""

    def __init__(self, standing: Standing, given: set[str]) -> None:
        self._standing, self._given = standing, given

    def __contains__(self, local: object) -> bool:
        address = f"{local}@{self._standing.domain}"
        return address in self._given or address in self._standing.ever


def _named(wish: Wish, standing: Standing, given: set[str]) -> Grant | Fault:
    try:
        local = mailbox_name(wish.name, standing.pattern, _Taken(standing, given))
    except ValueError:
        return Fault(wish.line, "no-letters", wish.name)
    return Grant(f"{local}@{standing.domain}", wish, True)


def over_ceiling(
    grants: Iterable[Grant], held: Mapping[str, int], ceiling: int
) -> tuple[tuple[str, int], ...]:
    """The units that would have more mailboxes than allowed, each with how many; 0 is no ceiling."""
    if not ceiling:
        return ()
    counts = dict(held)
    for grant in grants:
        counts[grant.wish.unit] = counts.get(grant.wish.unit, 0) + 1
    touched = {grant.wish.unit for grant in grants}
    return tuple((unit, counts[unit]) for unit in sorted(touched) if counts[unit] > ceiling)
