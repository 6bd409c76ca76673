"""What one row cannot know: doubled codes, unknown references, circles, addresses given twice."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain

from rules.directory import GAZETTE, Directory, local_and_domain
from rules.directory_names import name_key
from rules.likeness import Likeness
from rules.sheets.errors import SheetError
from rules.sheets.rows import Lines, Sheets, T
from rules.sheets.table import Row
from rules.text.names import INTAKES, is_reserved
from rules.values.directory import Unit


class _Near:
    """The right words nearest to a wrong one; each shelf is indexed at its first fault."""

    def __init__(self, merged: Directory) -> None:
        self.shelves: dict[str, Mapping[str, object]] = {
            "": merged.units,
            "outside": merged.outside,
            "group": merged.groups,
            "person": merged.people,
        }
        self._indexes: dict[str, Likeness] = {}

    def has(self, party: str) -> bool:
        """Whether the party code is known."""
        prefix, _colon, code = party.rpartition(":")
        return code in self.shelves.get(prefix, {})

    def fault(self, row: Row, column: str, code: str, party: str) -> SheetError:
        """The error for an unknown party, with the nearest known one written in the same way."""
        prefix, colon, wrong = party.rpartition(":")
        prefix = prefix if prefix in self.shelves else ""
        if prefix not in self._indexes:
            self._indexes[prefix] = Likeness(self.shelves[prefix])
        near = self._indexes[prefix].nearest(wrong)
        written = prefix + colon if code == "unknown_party" and prefix else ""
        return row.fault(column, code, value=written + wrong, nearest=written + near[0] if near else "-")


def check(said: Sheets, known: Directory, merged: Directory, own: tuple[str, ...]) -> Iterator[SheetError]:
    """Every fault of ``said`` that shows only against what is ``known`` and the whole, ``merged``."""
    near = _Near(merged)
    yield from _doubled(said)
    yield from _unit_references(said, near)
    yield from _parents(said, merged, near)
    yield from _moves(said, known, merged)
    yield from _circles(said, merged)
    yield from _keepers(said, merged)
    yield from _central(said, merged)
    yield from _parties(said, near)
    yield from _posts(said, near)
    yield from _addresses(said, merged, own)
    yield from _domains(said, merged)


def _repeats(lines: Iterable[tuple[Row, object]], column: str) -> Iterator[SheetError]:
    first: dict[object, int] = {}
    for row, key in lines:
        if first.setdefault(key, row.line) != row.line:
            shown = key if isinstance(key, str) else " ".join(str(part) for part in _flat(key) if part)
            yield row.fault(column, "doubled", value=shown, line=first[key])


def _flat(key: object) -> tuple[object, ...]:
    return key if isinstance(key, tuple) else (key,)


def _keyed(lines: Lines[T], key: Callable[[T], object]) -> Iterator[tuple[Row, object]]:
    return ((row, key(value)) for row, value in lines)


def _doubled(said: Sheets) -> Iterator[SheetError]:
    yield from _repeats(_keyed(said.units, lambda unit: unit.code), "code")
    yield from _repeats(_keyed(said.groups, lambda group: group.code), "code")
    yield from _repeats(_keyed(said.outside, lambda body: body.code), "code")
    yield from _repeats(
        _keyed(said.members, lambda pair: (pair[0], pair[1].party, pair[1].valid_from)), "member"
    )
    yield from _repeats(_keyed(said.parents, lambda pair: (pair[0], pair[1].valid_from)), "unit")
    yield from _repeats(_keyed(said.people, lambda person: person.email), "email")
    same_name = _keyed(
        said.names,
        lambda pair: (pair[0], name_key(pair[1].text), pair[1].valid_from, pair[1].kind.value),
    )
    yield from _repeats(same_name, "name")
    same_post = _keyed(said.posts, lambda post: (post.person, post.unit, post.role.value, post.valid_from))
    yield from _repeats(same_post, "person")


def _unit_references(said: Sheets, near: _Near) -> Iterator[SheetError]:
    for row, unit in said.units:
        for column in ("parent", "keeper", "successor"):
            code: str | None = getattr(unit, column)
            if code and not near.has(code):
                yield near.fault(row, column, "unknown_unit", code)


def _parents(said: Sheets, merged: Directory, near: _Near) -> Iterator[SheetError]:
    for row, (code, parent) in said.parents:
        for column, unit in (("unit", code), ("parent", parent.unit)):
            if unit and not near.has(unit):
                yield near.fault(row, column, "unknown_unit", unit)
        if code in merged.above(code, parent.valid_from or parent.valid_to or date.min):
            yield row.fault("parent", "cycle", value=code)


def _moves(said: Sheets, known: Directory, merged: Directory) -> Iterator[SheetError]:
    """A new parent in units.csv would do nothing while a dated row without an end names another."""
    for row, unit in said.units:
        lasting = [parent.unit for parent in merged.units[unit.code].parents if parent.valid_to is None]
        old = known.units.get(unit.code)
        if old is not None and lasting and unit.parent not in (*lasting, old.parent):
            yield row.fault("parent", "parent_dated", value=lasting[-1] or "-")


def _circle(start: str, following: Callable[[str], Iterable[str]]) -> bool:
    """Whether ``start`` can be reached from itself."""
    seen: set[str] = set()
    waiting = list(following(start))
    while waiting:
        code = waiting.pop()
        if code == start:
            return True
        if code not in seen:
            seen.add(code)
            waiting.extend(following(code))
    return False


def _circles(said: Sheets, merged: Directory) -> Iterator[SheetError]:
    for column in ("parent", "keeper", "successor"):

        def above(code: str, column: str = column) -> list[str]:
            next_code = getattr(merged.units.get(code), column, None)
            return [next_code] if next_code and not (column == "keeper" and next_code == code) else []

        for row, unit in said.units:
            if _circle(unit.code, above):
                yield row.fault(column, "cycle", value=unit.code)

    def inner(code: str) -> list[str]:
        group = merged.groups.get(code)
        parties = [member.party for member in group.members] if group else []
        return [party.removeprefix("group:") for party in parties if party.startswith("group:")]

    nested = {code for code in merged.groups if inner(code)}
    for row, (code, member) in said.members:
        prefix, _colon, named = member.party.rpartition(":")
        if prefix == "group" and named in nested and _circle(code, inner):
            yield row.fault("member", "cycle", value=code)


def _keepers(said: Sheets, merged: Directory) -> Iterator[SheetError]:
    for row, unit in said.units:
        known_above = all(code is None or code in merged.units for code in (unit.parent, unit.keeper))
        if known_above and merged.keeper(unit.code) is None:
            yield row.fault("keeper", "no_keeper", value=unit.code)


def _central(said: Sheets, merged: Directory) -> Iterator[SheetError]:
    marked = [unit.code for unit in merged.units.values() if unit.central]
    for row, unit in said.units:
        if unit.central and marked[0] != unit.code:
            yield row.fault("central", "two_centrals", value=marked[0])


def _parties(said: Sheets, near: _Near) -> Iterator[SheetError]:
    for row, (party, _name) in said.names:
        if party.startswith("person:") or not near.has(party):
            yield near.fault(row, "party", "unknown_party", party)
    for row, (code, member) in said.members:
        party = member.party
        if not near.has(f"group:{code}"):
            yield near.fault(row, "group", "unknown_group", f"group:{code}")
        if party != GAZETTE and not near.has(party):
            yield near.fault(row, "member", "unknown_party", party)


def _posts(said: Sheets, near: _Near) -> Iterator[SheetError]:
    for row, post in said.posts:
        if not near.has(f"person:{post.person}"):
            yield near.fault(row, "person", "unknown_person", f"person:{post.person}")
        if not near.has(post.unit):
            yield near.fault(row, "unit", "unknown_unit", post.unit)


def _owners(merged: Directory) -> Counter[str]:
    """How many people and units claim each address."""
    people = (address for p in merged.people.values() for address in {p.email, *p.addresses})
    return Counter(chain(people, (unit.email for unit in merged.units.values() if unit.email)))


def _addresses(said: Sheets, merged: Directory, own: tuple[str, ...]) -> Iterator[SheetError]:
    owners = _owners(merged)
    for row, person in said.people:
        for address in dict.fromkeys((person.email, *person.addresses)):
            column = "email" if address == person.email else "addresses"
            if is_reserved(local_and_domain(address)[0]):
                yield row.fault(column, "reserved", value=address)
            elif owners[address] > 1:
                yield row.fault(column, "taken", value=address, owner=_owner(address, person.email, merged))
    for row, unit in said.units:
        if unit.email and _not_its_own(unit, own):
            yield row.fault("email", "reserved", value=unit.email)
        elif owners[unit.email] > 1:
            yield row.fault("email", "taken", value=unit.email, owner=_owner(unit.email, unit.code, merged))


def _owner(address: str, not_this: str, merged: Directory) -> str:
    """Somebody else with this address."""
    for person in merged.people.values():
        if person.email != not_this and address in (person.email, *person.addresses):
            return person.name
    return next(
        (u.code for u in merged.units.values() if u.email == address and u.code != not_this), not_this
    )


def _not_its_own(unit: Unit, own: tuple[str, ...]) -> bool:
    """An intake that the hub reads as another unit's, or as a duty of the whole organisation."""
    local, domain = local_and_domain(unit.email)
    return domain in own and is_reserved(local) and local != INTAKES + unit.code


def _domains(said: Sheets, merged: Directory) -> Iterator[SheetError]:
    claims = [(f"outside:{code}", d) for code, body in merged.outside.items() for d in body.domains]
    claims += [(code, d) for code, unit in merged.units.items() for d in unit.domains]
    owner: dict[str, str] = {}
    for party, domain in claims:
        owner.setdefault(domain, party)
    rows = [(row, f"outside:{body.code}", body.domains) for row, body in said.outside]
    rows += [(row, unit.code, unit.domains) for row, unit in said.units]
    for row, party, domains in rows:
        for domain in domains:
            if owner[domain] != party:
                yield row.fault("domains", "taken", value=domain, owner=merged.party_name(owner[domain]))
