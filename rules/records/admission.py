"""Outgoing or incoming, in whose book, and may it be registered without asking (SEMANTICS, Direction)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rules.directory import Directory
from rules.values.reading import Fields, Found
from rules.vocabulary import BookMode, Direction, Role, SenderVerdict

ACTING = frozenset({SenderVerdict.AUTHENTICATED, SenderVerdict.ALIGNED})


@dataclass(frozen=True, slots=True)
class Sender:
    """Who handed a parcel over. ``roles`` are by unit; a scanner folder acts as its unit's clerk."""

    verdict: SenderVerdict
    address: str = ""
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)

    def is_clerk(self, units: tuple[str, ...]) -> bool:
        """Whether the sender is a clerk of one of these units."""
        return any(Role.CLERK in self.roles.get(unit, frozenset()) for unit in units)


@dataclass(frozen=True, slots=True)
class Handed:
    """Where a parcel was handed in: units of the intake addresses (general address apart), or a folder.

    ``sheet``: a unit that a separator sheet names and nobody else.
    ``people``: only an address where people answer (hotro@, postmaster@) stood in the envelope.
    """

    units: tuple[str, ...]
    general: bool = False
    folder: Direction | None = None
    people: bool = False
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Admission:
    """The verdict on one document. Any ``reasons`` mean: a person decides first.

    ``unit`` keeps the book (outgoing) or is the first it was handed to (incoming);
    ``receivers`` are the units that receive an incoming document by being handed it;
    ``addressed`` are other units' intakes in the envelope of an outgoing one.
    """

    direction: Direction
    unit: str
    issuer: str | None
    receivers: tuple[str, ...] = ()
    addressed: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    give_number: bool = False


def admit(
    fields: Fields,
    issuer: str | None,
    sender: Sender,
    handed: Handed,
    directory: Directory,
    threshold: float,
    *,
    signed: bool = False,
) -> Admission:
    """Decide about one document. ``issuer`` is the party code that identification proposes."""
    keeper = directory.keeper(issuer) if issuer is not None and issuer in directory.units else None
    mine = tuple(dict.fromkeys(k for unit in sender.roles if (k := directory.keeper(unit)) is not None))
    if keeper is not None and keeper in mine:
        return _outgoing(fields, issuer or "", keeper, sender, handed, directory, threshold, signed=signed)
    return _incoming(fields, issuer, sender, handed, mine, directory, threshold)


def _outgoing(
    fields: Fields,
    issuer: str,
    keeper: str,
    sender: Sender,
    handed: Handed,
    directory: Directory,
    threshold: float,
    *,
    signed: bool,
) -> Admission:
    reasons: list[str] = []
    if sender.verdict is not SenderVerdict.AUTHENTICATED:
        reasons.append("sender-unverified")
    elif not sender.is_clerk(tuple(unit for unit in sender.roles if directory.keeper(unit) == keeper)):
        reasons.append("clerk-must-confirm")
    reasons += _misplaced(fields, handed, Direction.OUTGOING)
    unit = directory.unit(keeper)
    hub_numbered = unit is not None and unit.book_mode is BookMode.HUB
    numbering = hub_numbered and fields.blank_number
    if numbering and signed:
        reasons.append("signed-without-number")
    if hub_numbered and not numbering:
        reasons.append("number-borne")
    if not numbering:
        reasons += _doubt("symbol", fields.symbol, threshold)
        reasons += _doubt("date", fields.date, threshold)
    reasons += _doubt("type", fields.type, threshold)
    reasons += _doubt("subject", fields.subject, threshold)
    own = {keeper, issuer, *(unit for unit in sender.roles if directory.keeper(unit) == keeper)}
    addressed = tuple(code for code in handed.units if code not in own)
    return Admission(
        Direction.OUTGOING, keeper, issuer, addressed=addressed, reasons=tuple(reasons), give_number=numbering
    )


def _incoming(
    fields: Fields,
    issuer: str | None,
    sender: Sender,
    handed: Handed,
    mine: tuple[str, ...],
    directory: Directory,
    threshold: float,
) -> Admission:
    receivers = handed.units or mine[:1] or ((directory.central,) if directory.central else ())
    unit = receivers[0] if receivers else ""
    reasons: list[str] = []
    if sender.verdict is SenderVerdict.FORGED:
        reasons.append("sender-forged")
    elif sender.verdict not in ACTING:
        reasons.append("sender-unverified")
    elif sender.verdict is SenderVerdict.ALIGNED and issuer in directory.units:
        reasons.append("clerk-must-confirm")  # because nobody outside speaks for a unit of ours
    elif issuer is None and _from_own_house(fields, sender, receivers, mine, directory, handed):
        reasons.append("issuer-missing")
    reasons += _misplaced(fields, handed, Direction.INCOMING)
    reasons += _doubt("subject", fields.subject, min(threshold, 0.3))
    return Admission(Direction.INCOMING, unit, issuer, receivers=receivers, reasons=tuple(reasons))


def _misplaced(fields: Fields, handed: Handed, direction: Direction) -> list[str]:
    """What no book takes without a person's word, whoever brings it."""
    reasons = ["draft"] if fields.draft else []
    if handed.people:
        reasons.append("not-an-intake")
    if handed.folder not in (None, direction):
        reasons.append("wrong-folder")
    return reasons


def _from_own_house(
    fields: Fields,
    sender: Sender,
    receivers: tuple[str, ...],
    mine: tuple[str, ...],
    directory: Directory,
    handed: Handed,
) -> bool:
    """A clerk hands in at the own unit what names no issuer: in or out, only the clerk knows."""
    if handed.folder is Direction.INCOMING or fields.issuer is not None:
        return False
    own = {directory.keeper(unit) for unit in receivers} <= set(mine)
    return own and sender.verdict is SenderVerdict.AUTHENTICATED


def _doubt(name: str, found: Found[str] | Found[date] | None, threshold: float) -> list[str]:
    if found is None:
        return [f"{name}-missing"]
    return [f"{name}-unsure"] if found.confidence < threshold else []
