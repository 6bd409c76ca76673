"""What the demo shows: progress while it works, then what became of every document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from hub import listing
from hub.cli.console import console
from hub.cli.table import COLOURS, day, plain_table, said
from hub.context import Hub
from hub.texts import _, ngettext, outcome
from hub.words import reason_text, reason_texts
from rules.text.gate import clean
from rules.vocabulary import DeliveryState, DocumentStatus, WaitingList
from storage import arrivals, deliveries, documents, waiting
from storage.engine import AnyRow

MOST_UNITS = 3
MOST_NAMED = 12
MOST_REASONS = 8


@dataclass(frozen=True, slots=True)
class Story:
    """One document: what it is, its numbers, who got it, and how long it took."""

    document: dict[str, Any]
    sent: tuple[dict[str, Any], ...]
    waits: tuple[str, ...]
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that came in."""

    stories: tuple[Story, ...]

    @staticmethod
    def of(hub: Hub) -> Report:
        """Read it from the hub's database."""
        with hub.database.reading() as connection:
            rows = list(reversed(documents.listing(connection)))
            plain = listing.document_rows(connection, rows)
            return Report(tuple(_story(connection, row, item) for row, item in zip(rows, plain, strict=True)))


def _story(connection: Any, row: AnyRow, document: dict[str, Any]) -> Story:
    sent = deliveries.listing(connection, document=row.id)
    cases = waiting.open_for(connection, document=row.id)
    came = arrivals.of_document(connection, row.id)
    ends = [item.finished_at for item in sent if item.finished_at is not None]
    seconds = (max(ends) - came[0].received_at).total_seconds() if ends and came else None
    return Story(document, tuple(listing.delivery_rows(sent)), tuple(_why(case) for case in cases), seconds)


def _why(case: AnyRow) -> str:
    if case.kind == WaitingList.REVIEW:
        return reason_texts(case.detail)
    return f"{outcome(case.detail)}: {reason_text(case.reason)}"


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """A bar over the documents, on a terminal; an empty name only keeps it alive."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(_("starting the hub"), total=total)

        def advance(name: str) -> None:
            if name:
                bar.update(task, advance=1, description=escape(clean(name, 60)))
            else:
                bar.update(task, description=_("waiting for the deliveries"))

        yield advance


def print_report(report: Report, folder: Path, took: float) -> None:
    """A table of the documents, then the reasons of one, and what waits for a person."""
    table = plain_table(_("What happened"))
    table.add_column(_("Number"), no_wrap=True)
    table.add_column(_("Document"), overflow="fold", min_width=20)
    table.add_column(_("Units"), overflow="fold", min_width=18)
    table.add_column(_("State"), overflow="fold")
    table.add_column(_("Seconds"), justify="right", no_wrap=True)
    for story in report.stories:
        table.add_row(*_cells(story))
        table.add_row()
    console.print(table)
    _print_because(report.stories)
    _print_waiting(report.stories)
    words = _("{count} documents in {seconds} seconds. Data folder: {folder}")
    line = words.format(count=len(report.stories), seconds=f"{took:.1f}", folder=folder)
    console.print(line, style="dim", markup=False, soft_wrap=True)


def _cells(story: Story) -> Sequence[str]:
    document = story.document
    what = escape(clean(": ".join(part for part in (document["type"], document["subject"]) if part), 300))
    if document["urgency"]:
        what = f"[bold red]{'!' * document['urgency']}[/bold red] {what}"
    seconds = f"{story.seconds:.2f}" if story.seconds is not None else "-"
    date = day(document["date"]) if document["date"] else ""
    symbol = f"[bold]{escape(document['symbol'] or '-')}[/bold]\n[dim]{date}[/dim]"
    return symbol, what, _units(story), _states(story), seconds


def _units(story: Story) -> str:
    """How many receivers, and the first of them with their acceptance numbers."""
    numbers = {e["unit"]: e["label"] for e in story.document["entries"] if e["direction"] == "incoming"}
    names = [row["unit"] for row in story.sent]
    if not names:
        return "[dim]-[/dim]"
    first = [f"{name} ({numbers[name]})" if name in numbers else name for name in names[:MOST_UNITS]]
    more = f" +{len(names) - MOST_UNITS}" if len(names) > MOST_UNITS else ""
    count = ngettext("{count} unit", "{count} units", len(names)).format(count=len(names))
    return f"[bold]{count}[/bold]: {escape(', '.join(first))}{more}"


def _states(story: Story) -> str:
    counts: dict[str, int] = defaultdict(int)
    for row in story.sent:
        counts[row["state"]] += 1
    words = said(DeliveryState)
    lines = [f"[{COLOURS.get(state, 'white')}]{n} {words(state)}[/]" for state, n in counts.items()]
    if story.waits:
        count = len(story.waits)
        lines.append(
            f"[yellow]{ngettext('{count} waits', '{count} wait', count).format(count=count)}[/yellow]"
        )
    status = story.document["status"]
    return "\n".join(lines) or f"[{COLOURS.get(status, 'white')}]{said(DocumentStatus)(status)}[/]"


def _print_because(stories: Sequence[Story]) -> None:
    """The document with the most different reasons: who got it, reason by reason."""
    richest = max(stories, key=lambda story: len({row["because"] for row in story.sent}), default=None)
    if richest is None or not richest.sent:
        return
    groups: dict[str, list[str]] = defaultdict(list)
    for row in richest.sent:
        groups[row["because"]].append(row["unit"])
    symbol = richest.document["symbol"] or richest.document["subject"]
    table = plain_table(_("Why {symbol} went where it went").format(symbol=symbol))
    table.add_column(_("Because"), overflow="fold", ratio=1)
    table.add_column(_("Units"), overflow="fold", ratio=1)
    for because, names in sorted(groups.items(), key=lambda item: -len(item[1]))[:MOST_REASONS]:
        more = f" +{len(names) - MOST_NAMED}" if len(names) > MOST_NAMED else ""
        table.add_row(escape(clean(because, 300)), escape(", ".join(names[:MOST_NAMED])) + more)
    console.print(table)
    if len(groups) > MOST_REASONS:
        console.print(f"[dim]+{len(groups) - MOST_REASONS}[/dim]")
    console.print()


def _print_waiting(stories: Sequence[Story]) -> None:
    waits = [(story.document["symbol"] or "-", why) for story in stories for why in story.waits]
    if waits:
        console.print(_("What waits for a person"), style="bold", markup=False)
    for symbol, why in waits:
        console.print(f"[yellow]?[/yellow] {escape(symbol)}: {escape(clean(why, 300))}")
    console.print()


def print_addresses(folder: Path, smtp: int, domain: str) -> None:
    """What to try while the hub stays up."""
    for line in (
        _("The hub runs until Ctrl-C. Try in another terminal:"),
        f"  .venv/bin/vanthu send FILE --to congvan@{domain} --from lannt@{domain} --smtp 127.0.0.1:{smtp}",
        f"  .venv/bin/vanthu documents --data {folder}",
        f"  .venv/bin/vanthu deliveries --data {folder}",
        f"  .venv/bin/vanthu review --data {folder}",
        f"  cp FILE.pdf {folder}/scan/vpubnd/incoming/",
        f"  ls {folder}/mail/{domain}/vanthu.sonoivu/new",
    ):
        console.print(line, markup=False, soft_wrap=True)
