"""What an outgoing document itself says about its recipients: its block and its envelope."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rules.routing.gather import Gathering, Path
from rules.routing.place import Placed, Places
from rules.routing.words import bare
from rules.values.routing import Because, Facts, Held, ResolvedEntry
from rules.vocabulary import DeliveryRole

# Purposes in brackets as offices write them, folded (DOMAIN 4.4); the first that fits counts,
# because "để biết và thực hiện" obliges.
_PURPOSES: tuple[tuple[DeliveryRole, tuple[str, ...]], ...] = (
    (
        DeliveryRole.MAIN,
        ("t h", "thuc hien", "thi hanh", "chu tri", "giai quyet", "xu ly", "trien khai", "to chuc"),
    ),
    (DeliveryRole.COORDINATING, ("phoi hop", "p h", "p hop")),
    (
        DeliveryRole.INFORMATION,
        ("b c", "bc", "bao cao", "biet", "theo doi", "dang ky", "dang tai", "chi dao", "tham khao"),
    ),
)


@dataclass(slots=True)
class Block:
    """Adds what the document names; what cannot be delivered goes to ``held``."""

    places: Places
    named_on: date  # names are understood at the document's date
    gathering: Gathering
    held: list[Held]

    def entries(self, entries: Sequence[ResolvedEntry]) -> None:
        """Every entry of the block with the role its purpose gives."""
        letter = any(entry.kind == "addressee" for entry in entries)
        for entry in entries:
            role = role_of(entry, letter)
            self.held.extend(entry.held)
            for party, placed in self._placed(entry):
                self._take(party, placed, role, Because(entry.kind, entry.text), entry.text)

    def intakes(self, units: Iterable[str]) -> None:
        """Units whose intake address stood in the envelope get it to act on."""
        for code in units:
            why = Because("intake", self.places.directory.party_name(code))
            self._take(code, self.places.place(code), DeliveryRole.MAIN, why, code)

    def _placed(self, entry: ResolvedEntry) -> Iterator[tuple[str, Placed]]:
        named = {party for party, _address in entry.persons}
        for party in entry.parties:
            if party not in named:
                for member in self.places.opened(party, self.named_on):
                    yield member, self.places.place(member)
        for party, address in entry.persons:
            yield party, self.places.of_person(party, address)

    def _take(self, party: str, placed: Placed, role: DeliveryRole, why: Because, text: str) -> None:
        if placed.reason:
            self.held.append(Held(text, placed.reason, party=party))
            return
        self.gathering.add(placed.party, Path(role, (why, *placed.notes), person=placed.person))


def role_of(entry: ResolvedEntry, letter: bool) -> DeliveryRole:
    """The role that an entry's purpose gives; without one the addressees of a letter act and
    its block is informed, while the block of any other document acts."""
    words = bare(entry.purpose)
    for role, purposes in _PURPOSES:
        if any(f" {purpose} " in words for purpose in purposes):
            return role
    if entry.kind == "addressee" or not letter:
        return DeliveryRole.MAIN
    return DeliveryRole.INFORMATION


def own_parties(facts: Facts, places: Places) -> tuple[str, ...]:
    """Who has the document already: its issuer, the issuer's keeper, the unit of the book."""
    keeper = places.directory.keeper(facts.issuer) if facts.issuer else None
    return tuple(dict.fromkeys(code for code in (facts.issuer, keeper, facts.unit) if code))
