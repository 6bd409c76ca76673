"""Each unit's own page: its figures against the targets, what is to be done, what the hub counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hub.reporting.board import parts
from hub.reporting.compliance import Compliance, UnitLine
from hub.reporting.words import (
    MEASURES,
    NOTHING,
    number,
    out_of,
    percent,
    reading_words,
    target_words,
)
from hub.texts import N_, _
from rules.compliance.measures import Light
from rules.values.paper import Block, Cell, Column, Heading, Table, Text

MOST_HINTS = 5
# What helps, in one sentence, where a target is not kept.
HINTS = {
    "O06": N_("Name an IT officer: an administrator in the directory, or in the return."),
    "O09": N_("Send the plan for the three applications (KH) to the centre."),
    "O13": N_("Register or refuse what waits for the clerk: vanthu review list."),
    "O14": N_("Fill in the empty fields and look for the missing numbers in the books."),
    "O15": N_("Send the file of every normative document to the gazette."),
    "O16": N_("Ask the gazette which of the documents received are still to be published."),
    "O17": N_("Put all three applications to use."),
    "O20": N_("Enter documents and look them up in the hub each month."),
    "O21": N_("Leaders open the list of work, or let it be mailed to them weekly."),
    "O22": N_("Hand out mailboxes and let staff send their mail from them."),
    "O23": N_("Take at least one draft a month through to signature on the network."),
    "O24": N_("Put an administrator with a college degree in IT into the post."),
    "O25": N_("Send each document over the network before the paper."),
    "O26": N_("Get a scanner and use the unit's scanner folder."),
    "O27": N_("Agree with the receivers on documents without paper."),
    "O29": N_("Order a broadband line."),
    "O30": N_("Hand in the monthly return before the 25th."),
}


@dataclass(frozen=True, slots=True)
class UnitPage:
    """What one page says."""

    code: str
    unit: str
    blocks: tuple[Block, ...]


def page_of(report: Compliance, line: UnitLine, rank: int) -> UnitPage:
    """One unit's page, in the language that is being spoken."""
    return UnitPage(line.code, line.name, tuple(_blocks(report, line, rank)))


def pages(report: Compliance) -> list[UnitPage]:
    """Every unit's, the best first."""
    return [page_of(report, line, rank) for rank, line in enumerate(report.units, 1)]


def _blocks(report: Compliance, line: UnitLine, rank: int) -> Iterable[Block]:
    yield Text(_standing(report, line, rank))
    # Few cells, because laying out a cell costs a millisecond and there are a thousand pages.
    columns = (
        Column(_("Measure"), 0.62),
        Column(_("Target"), 0.13, "right"),
        Column(_("Result"), 0.25, "right"),
    )
    rows = [
        (
            Cell(f"{code} {_(MEASURES[code])}", line.lights[code].value),
            Cell(target_words(code)),
            Cell(_result(line, code)),
        )
        for code in parts.CODES
    ]
    yield Table(columns, tuple(rows))
    yield parts.key()
    yield from _hints(line)
    yield from _counts(line)


def _result(line: UnitLine, code: str) -> str:
    """The figure and, where it is a share, what it is made of."""
    said, reading = reading_words(code, line.readings[code]), line.readings[code]
    return f"{said} ({out_of(reading)})" if reading.of > 1 and not reading.silent else said


def _standing(report: Compliance, line: UnitLine, rank: int) -> str:
    kept = _("Targets kept: {met} of {applicable} ({share}). Place {rank} of {units}.").format(
        met=line.score.met,
        applicable=line.score.applicable,
        share=percent(line.score.share),
        rank=rank,
        units=len(report.units),
    )
    if line.change is None:
        return kept
    sign = "+" if line.change > 0 else "−" if line.change < 0 else ""
    return f"{kept} " + _("Against the month before: {change}.").format(change=f"{sign}{abs(line.change)}")


def _hints(line: UnitLine) -> Iterable[Block]:
    wanted = (Light.RED, Light.YELLOW, Light.UNKNOWN)
    behind = [code for code in parts.CODES if line.lights[code] in wanted and code in HINTS]
    behind.sort(key=lambda code: wanted.index(line.lights[code]))
    if behind:
        yield Heading(_("What helps most"))
        for code in behind[:MOST_HINTS]:
            yield Text(f"{code}: {_(HINTS[code])}")


def _counts(line: UnitLine) -> Iterable[Block]:
    facts = line.facts
    minutes = facts.minutes_to_send
    yield Heading(_("What the hub counted"))
    yield Text(
        _(
            "Incoming {incoming}, outgoing {outgoing}, of these over the network {network}, on paper only "
            "{paper}; past their due date {overdue}; median from signing to sending {minutes} minutes; "
            "staff {staff}, mailboxes {mailboxes}, in use {active}; look-ups {lookups}."
        ).format(
            incoming=number(facts.incoming),
            outgoing=number(facts.outgoing),
            network=number(facts.outgoing_network),
            paper=number(facts.outgoing_paper),
            overdue=number(facts.overdue),
            minutes=NOTHING if minutes is None else number(minutes),
            staff=number(facts.staff),
            mailboxes=number(facts.mailboxes),
            active=number(facts.active),
            lookups=number(facts.lookups),
        )
    )
