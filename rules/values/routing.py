"""Facts about a document that rules look at, and the decision with its because."""

from dataclasses import dataclass, field
from datetime import date, datetime

from rules.values.reading import RecipientEntry
from rules.vocabulary import DeliveryRole, Direction, SenderVerdict, Urgency

Day = date  # another name, because a field called date hides the class from its own annotation


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a rule may ask about, as plain values."""

    direction: Direction
    type: str = ""  # Vietnamese name
    normative: bool = False
    issuer: str = ""  # party code where known
    issuer_text: str = ""  # as printed
    symbol: str = ""
    subject: str = ""
    text: str = ""
    signer: str = ""
    date: Day | None = None
    urgency: Urgency = Urgency.NORMAL
    unit: str = ""  # code of the unit whose book it stands in
    sender: str = ""  # e-mail address
    sender_verdict: SenderVerdict = SenderVerdict.UNVERIFIED
    source: str = ""
    file_kinds: tuple[str, ...] = ()  # extensions, lower case, no dot
    size: int = 0
    recipients: tuple[RecipientEntry, ...] = ()  # block and addressees, as written
    addressed: tuple[str, ...] = ()  # codes of the units whose intakes stood in the envelope
    now: datetime | None = None  # aware, organisation's zone
    day_kind: str = ""  # of the day of sending: working, weekend, holiday
    working_hours: bool | None = None  # offices are open at this moment


@dataclass(frozen=True, slots=True)
class Because:
    """One path by which a party came to be a receiver.

    ``kind``: ``rule``, ``block`` (Nơi nhận), ``addressee`` (Kính gửi), ``intake``
    (an intake address of the envelope), ``successor``, ``person``; for a party that
    gets nothing also ``own`` (its own document).
    """

    kind: str
    text: str  # the words of the block, or what the rule says of itself
    rule: str = ""
    version: int | None = None

    def words(self) -> str:
        """One readable phrase, as shown by ``vanthu deliveries``."""
        if self.kind == "rule":
            return f"{self.rule}@{self.version}" + (f": {self.text}" if self.text else "")
        return f"{self.kind}: {self.text}"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A party that shall get the document."""

    party: str  # party code: a unit's code, "outside:<code>", "gazette"
    role: DeliveryRole
    because: tuple[Because, ...]
    due_days: int | None = None  # working days, from a rule
    due_hours: int | None = None  # hours of the clock, from a rule
    due_open_hours: int | None = None  # hours in which offices are open, from a rule
    book: str = ""  # the receiver's own incoming book, from a rule
    person: str | None = None  # address of a person named in the block: assigned after registration
    persons: tuple[str, ...] = ()  # all of them, where the block names several of one unit


@dataclass(frozen=True, slots=True)
class Removed:
    """A party that somebody named and that gets nothing all the same, with the reason."""

    party: str
    because: Because


@dataclass(frozen=True, slots=True)
class Held:
    """A recipient as written that nobody could resolve, or that a rule holds."""

    text: str
    reason: str
    suggestions: tuple[str, ...] = ()
    party: str | None = None


@dataclass(frozen=True, slots=True)
class Informed:
    """Somebody whom a rule tells of the document without sending it: a unit's code or an address.

    ``channel``: ``mail``, ``telegram`` or ``web``; "" for all that the hub has.
    """

    whom: str
    because: Because
    channel: str = ""


@dataclass(frozen=True, slots=True)
class ResolvedEntry:
    """One recipient entry with the parties it stands for.

    ``parties`` are party codes; an archive entry has none and is not held.
    ``kind`` is ``block`` (Nơi nhận) or ``addressee`` (Kính gửi).
    """

    text: str
    parties: tuple[str, ...]
    group: str = ""  # code of the group that matched
    held: tuple[Held, ...] = ()
    persons: tuple[tuple[str, str], ...] = ()  # (party code, person's address)
    purpose: str = ""
    kind: str = "block"


@dataclass(frozen=True, slots=True)
class Decision:
    """What shall happen to a document, with every reason kept."""

    receivers: tuple[Receiver, ...]
    held: tuple[Held, ...] = ()
    entries: tuple[ResolvedEntry, ...] = ()
    hold: str | None = None  # the whole document waits, with this reason
    refuse: str | None = None  # text for the sender
    notify: tuple[Informed, ...] = ()
    labels: tuple[str, ...] = ()
    trace: tuple[str, ...] = field(default=())  # rules that matched, in order
    removed: tuple[Removed, ...] = ()
