"""Parts 5 to 9 of the report: normative documents, sending, late work, mailboxes, requests for help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.reporting.board.gathering import OLD_REQUEST, Whole
from hub.reporting.words import NOTHING, number, out_of, percent, target_words
from hub.texts import _
from rules.compliance.measures import Light
from rules.values.paper import Block, Cell, Column, Heading, Table, Text

MOST_LINES = 40  # of one table in the letter; all of them stand in the spreadsheet
MOST_SYMBOLS = 12
SLOWEST, LOWEST = 5, 10


def gazette(whole: Whole) -> Iterable[Block]:
    """5. Normative documents: issued, received as files, which are missing."""
    yield Heading(_("5. Normative documents for the gazette"))
    issued = sum(item.issued for item in whole.normative)
    received = sum(item.received for item in whole.normative)
    yield Text(
        _("{issued} normative documents were issued; of {received} the file reached the gazette.").format(
            issued=issued, received=received
        )
    )
    rows = [
        (
            Cell(item.unit),
            Cell(number(item.issued)),
            Cell(number(item.received)),
            Cell(_few(item.without_file) or NOTHING),
            Cell(_few(item.gaps) or NOTHING),
        )
        for item in whole.normative
        if item.without_file or item.gaps
    ]
    columns = (
        Column(_("Unit"), 0.32),
        Column(_("Issued"), 0.1, "right"),
        Column(_("Received"), 0.1, "right"),
        Column(_("Without a file"), 0.26),
        Column(_("Numbers that stand in no book"), 0.22),
    )
    if rows:
        yield Table(columns, tuple(rows[:MOST_LINES]))
        yield from _more(len(rows))


def sending(whole: Whole) -> Iterable[Block]:
    """6. The network first: how soon, and how often before the paper."""
    yield Heading(_("6. The network before the paper"))
    first = whole.report.whole["O25"]
    if not first.of:
        yield Text(_("No outgoing document was registered in this period."))
        return
    yield Text(
        _("{share} of the outgoing documents ({count}) went over the network before any paper.").format(
            share=percent(first.share), count=out_of(first)
        )
    )
    if whole.minutes is not None:
        yield Text(
            _("Half of them were sent within {minutes} minutes of being signed.").format(
                minutes=number(whole.minutes)
            )
        )
    slow = [line for line in whole.report.units if line.facts.minutes_to_send is not None]
    slow.sort(key=lambda line: (-(line.facts.minutes_to_send or 0), line.name))
    columns = (
        Column(_("The slowest units"), 0.5),
        Column(_("Median, minutes"), 0.2, "right"),
        Column(_("Network first"), 0.3, "right"),
    )
    rows = [
        (
            Cell(line.name),
            Cell(number(line.facts.minutes_to_send or 0)),
            Cell(f"{percent(line.readings['O25'].share)} ({out_of(line.readings['O25'])})"),
        )
        for line in slow[:SLOWEST]
    ]
    if rows:
        yield Table(columns, tuple(rows))


def late_work(whole: Whole) -> Iterable[Block]:
    """7. Documents past their due date, by unit and specialist."""
    yield Heading(_("7. Incoming documents past their due date"))
    total = sum(line.number for line in whole.late_work)
    if not total:
        yield Text(_("None was past its due date at the end of the period."))
        return
    yield Text(_("{number} were past their due date at the end of the period.").format(number=number(total)))
    columns = (
        Column(_("Unit"), 0.4),
        Column(_("Specialist"), 0.3),
        Column(_("Documents"), 0.13, "right"),
        Column(_("Due since"), 0.17, "right"),
    )
    rows = [
        (
            Cell(line.unit),
            Cell(line.person or _("nobody assigned")),
            Cell(number(line.number)),
            Cell(f"{line.oldest:%d/%m/%Y}"),
        )
        for line in whole.late_work[:MOST_LINES]
    ]
    yield Table(columns, tuple(rows))
    yield from _more(len(whole.late_work))


def mailboxes(whole: Whole) -> Iterable[Block]:
    """8. Mailboxes issued and used, against half of the staff."""
    yield Heading(_("8. Mailboxes"))
    lines = whole.report.units
    staff, issued = sum(line.facts.staff for line in lines), sum(line.facts.mailboxes for line in lines)
    used = whole.report.whole["O22"]
    yield Text(
        _(
            "{issued} mailboxes for {staff} staff; {active} people used theirs: {share}, target {target}."
        ).format(
            issued=number(issued),
            staff=number(staff),
            active=number(used.value),
            share=percent(used.share),
            target=target_words("O22"),
        )
    )
    below = [line for line in lines if line.lights["O22"] in (Light.YELLOW, Light.RED)]
    below.sort(key=lambda line: (line.readings["O22"].share or 0, -line.facts.staff, line.name))
    if not below:
        return
    yield Text(_("{number} units are below the target; the lowest:").format(number=len(below)))
    columns = (
        Column(_("Unit"), 0.46),
        Column(_("Staff"), 0.12, "right"),
        Column(_("Mailboxes"), 0.14, "right"),
        Column(_("In use"), 0.12, "right"),
        Column(_("Share"), 0.16, "right"),
    )
    rows = [
        (
            Cell(line.name),
            Cell(number(line.facts.staff)),
            Cell(number(line.facts.mailboxes)),
            Cell(number(line.facts.active)),
            Cell(percent(line.readings["O22"].share)),
        )
        for line in below[:LOWEST]
    ]
    yield Table(columns, tuple(rows))


def requests(whole: Whole) -> Iterable[Block]:
    """9. Requests for help that wait for more than a week."""
    yield Heading(_("9. Requests for help open for more than 7 days"))
    old = [item for item in whole.requests if item.days > OLD_REQUEST]
    if not old:
        yield Text(_("There is none."))
        return
    columns = (
        Column(_("No."), 0.08, "right"),
        Column(_("Unit"), 0.28),
        Column(_("What it is about"), 0.34),
        Column(_("Days"), 0.1, "right"),
        Column(_("In charge"), 0.2),
    )
    rows = [
        (
            Cell(str(item.number)),
            Cell(item.unit),
            Cell(item.subject),
            Cell(str(item.days)),
            Cell(item.owner or NOTHING),
        )
        for item in old[:MOST_LINES]
    ]
    yield Table(columns, tuple(rows))
    yield from _more(len(old))


def _few(symbols: Sequence[str]) -> str:
    rest = len(symbols) - MOST_SYMBOLS
    return ", ".join(symbols[:MOST_SYMBOLS]) + (f", +{rest}" if rest > 0 else "")


def _more(count: int) -> Iterable[Block]:
    if count > MOST_LINES:
        yield Text(_("{number} more lines stand in the spreadsheet.").format(number=count - MOST_LINES), True)
