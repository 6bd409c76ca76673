"""What mails about returns and requests for help say, as values; their words are in templates/mail."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from hub.notices import Hub


@dataclass(frozen=True, slots=True)
class FormLine:
    """One question of a form with what the hub has filled in, "" where only the unit knows."""

    code: str
    name: str
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ReturnAsked:
    """To the unit: its form, or a reminder of it. ``level``: form, remind, last, missing."""

    template: ClassVar[str] = "return_asked"
    hub: Hub
    kind: str
    period: str
    unit: str
    level: str
    leader: bool
    late: bool  # this mail is, because the hub was down
    due: date
    limit: date
    first: date
    last: date
    filled: tuple[FormLine, ...]
    open: tuple[FormLine, ...]
    mark_of: str  # the form it is about
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class ReturnReceived:
    """To the one who handed it in, and to the unit: it is there."""

    template: ClassVar[str] = "return_received"
    hub: Hub
    kind: str
    period: str
    unit: str
    version: int
    at: datetime
    in_time: bool
    by: str
    lines: tuple[FormLine, ...]
    request: int | None
    closes: date


@dataclass(frozen=True, slots=True)
class Mend:
    """One thing to mend: which field, and what to do."""

    field: str
    what: str


@dataclass(frozen=True, slots=True)
class ReturnRefused:
    """To the one who answered, or the unit: what must be mended; what could be read is kept."""

    template: ClassVar[str] = "return_refused"
    hub: Hub
    kind: str
    period: str
    unit: str
    at: datetime
    due: date
    why: str  # one sentence about the whole, or ""
    mends: tuple[Mend, ...]
    kept: int  # answers that are kept until the rest comes
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestOpened:
    """To the one who asked for help: it has a number."""

    template: ClassVar[str] = "request_opened"
    hub: Hub
    number: int
    about: str
    text: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestClosed:
    """To the one who asked: what the Centre says."""

    template: ClassVar[str] = "request_closed"
    hub: Hub
    number: int
    about: str
    answer: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestForCentre:
    """To the Centre: somebody asks for help."""

    template: ClassVar[str] = "request_for_centre"
    hub: Hub
    number: int
    unit: str
    by: str
    about: str
    text: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class FormCameBack:
    """To the clerks who collect: a mail to a unit about its return did not arrive."""

    template: ClassVar[str] = "form_came_back"
    hub: Hub
    kind: str
    period: str
    unit: str
    address: str
    why: str


@dataclass(frozen=True, slots=True)
class FiguresCollected:
    """To who collects a kind of report that is a table: what came, and who is missing by name."""

    template: ClassVar[str] = "figures_collected"
    hub: Hub
    kind: str
    period: str
    supplement: bool
    late: bool
    asked: int
    in_time: int
    late_units: tuple[str, ...]
    missing: tuple[str, ...]
    due: date


@dataclass(frozen=True, slots=True)
class UnitPage:
    """To a unit: its own page of the compliance report, enclosed."""

    template: ClassVar[str] = "unit_page"
    hub: Hub
    unit: str
    period: str
    symbol: str  # of the report
    met: int
    applicable: int
    missing: bool  # the unit's own return has not come


ReturnNotice = (
    ReturnAsked
    | ReturnReceived
    | ReturnRefused
    | RequestOpened
    | RequestClosed
    | RequestForCentre
    | FormCameBack
    | FiguresCollected
    | UnitPage
)
