"""The report as a letter: whose it is, its number and date, to whom it goes, who signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hub.context import Hub
from hub.reporting.board import parts
from hub.reporting.board.gathering import Whole
from hub.reporting.words import period_words
from hub.texts import _, current
from rules.reporting.period import Period
from rules.values.paper import Block, Bullets, Closing, Heading, Letterhead, Paper, Table, Text
from rules.vocabulary import Role

KIND = "Báo cáo"  # the document type, as the register calls it in every language
NO_NUMBER = "……/BC-…"  # room to write it by hand
REPORT, SUPPLEMENT = "report", "supplement"


@dataclass(frozen=True, slots=True)
class Parties:
    """Who issues the report and who gets it, by code."""

    issuer: str
    to: tuple[str, ...]
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbered:
    """What stands on it: without a number it is a preview."""

    symbol: str
    dated: date
    part: str = REPORT
    late: bool = False  # issued after the moment at which it should have been


def subject(period: Period, part: str) -> str:
    """The trích yếu."""
    about = _("on the implementation of Directive 21/2005/CT-UBND, {period}").format(
        period=period_words(period)
    )
    return about if part == REPORT else _("{about} (supplement)").format(about=about)


def paper(hub: Hub, whole: Whole, parties: Parties, numbered: Numbered) -> Paper:
    """The whole report, in the language that is being spoken."""
    head = letterhead(hub, parties, numbered, subject(whole.report.period, numbered.part))
    blocks = (*opening(whole, numbered), *parts.body(whole))
    return Paper(current(), head, blocks, closing(hub, parties), parts.annexes(whole))


def plain_text(paper: Paper) -> str:
    """What it says, for the search: a line for each block and each row of a table."""
    lines = [paper.letterhead.subject]
    for block in (*paper.blocks, *(block for annex in paper.annexes for block in annex.blocks)):
        if isinstance(block, Text | Heading):
            lines.append(block.text)
        elif isinstance(block, Bullets):
            lines += block.items
        elif isinstance(block, Table):
            lines += (" ".join(cell.text for cell in row if cell.text) for row in block.rows)
    return "\n".join(lines)


def opening(whole: Whole, numbered: Numbered) -> tuple[Block, ...]:
    """The ground it stands on, whether it is late, and in a supplement what has changed."""
    ground = _(
        "Under paragraph 10 of Directive 21/2005/CT-UBND of 20 December 2005 units report to the provincial "
        "Board before the 25th of each month. The state of the roll-out in {period} (from {first} to {last}) "
        "is as follows:"
    )
    period = whole.report.period
    values = {"first": f"{period.first:%d/%m/%Y}", "last": f"{period.last:%d/%m/%Y}"}
    said = [Text(ground.format(period=period_words(period), **values))]
    if numbered.late:
        said.append(Text(_("This report is issued later than it was due, because the hub was not running.")))
    if numbered.part != REPORT:
        said.append(Text(_("This supplement counts the returns that came after the report.")))
    return tuple(said)


def letterhead(hub: Hub, parties: Parties, numbered: Numbered, about: str) -> Letterhead:
    """Decree 30/2020 App. I: the issuer with the body above it, the nation's name, number, place and date."""
    directory = hub.directory
    unit = directory.unit(parties.issuer)
    above = directory.party_name(unit.parent) if unit is not None and unit.parent else ""
    day = numbered.dated
    when = _("{day:02d} {month_name} {year}").format(day=day.day, month_name=_month(day), year=day.year)
    place = hub.config.organisation.place
    return Letterhead(
        above=above.upper(),
        issuer=directory.party_name(parties.issuer).upper(),
        nation=_("SOCIALIST REPUBLIC OF VIET NAM"),
        motto=_("Independence - Freedom - Happiness"),
        number=_("No.: {symbol}").format(symbol=numbered.symbol or NO_NUMBER),
        place_and_date=f"{place}, {when}" if place else when,
        kind=_("REPORT"),
        subject=about[:1].upper() + about[1:],
        greeting=_("To:"),
        to=tuple(directory.party_name(code) for code in parties.to),
    )


def _month(day: date) -> str:
    if current() == "vi":
        return f"tháng {day.month:02d} năm" if day.month < 3 else f"tháng {day.month} năm"  # Decree 30 App. I
    return f"{day:%B}"


def closing(hub: Hub, parties: Parties) -> Closing:
    """Recipients and signature: the head of the issuer, if the directory knows one."""
    directory, today = hub.directory, hub.today()
    copies = [directory.party_name(code) for code in parties.copies]
    listed = [_("As above"), *copies, _("Units in the annex (each its own page)"), _("Filed: VT")]
    head = next(iter(directory.holding(parties.issuer, Role.LEADER, today)), None)
    posts = directory.posts_of(head.email, today) if head is not None else ()
    mine = (post for post in posts if post.unit == parties.issuer and post.role is Role.LEADER)
    post = next(mine, None)
    marks = [f"- {name};" for name in listed[:-1]] + [f"- {listed[-1]}."]
    power = (post.title if post is not None else "").upper()
    return Closing(_("Recipients:"), tuple(marks), power, head.name if head is not None else "")
