"""What the demo shows: progress while it works, then what became of every document."""

from __future__ import annotations

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
from rich.table import Table

from hub import listing
from hub.cli.console import COLOURS, console
from hub.context import Hub
from hub.texts import _
from hub.words import reason_text
from rules.vocabulary import WaitingList
from storage import arrivals, deliveries, documents, waiting
from storage.engine import AnyRow

MOST_UNITS = 6


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
    sent = deliveries.of_documents(connection, [row.id])
    cases = waiting.open_for(connection, document=row.id)
    came = arrivals.of_document(connection, row.id)
    ends = [item.finished_at for item in sent if item.finished_at is not None]
    seconds = (max(ends) - came[0].received_at).total_seconds() if ends and came else None
    return Story(document, tuple(listing.delivery_rows(sent)), tuple(_why(case) for case in cases), seconds)


def _why(case: AnyRow) -> str:
    words = reason_text(case.reason)
    return words if case.kind == WaitingList.REVIEW else f"{case.detail}: {words}"


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """A bar over the documents; an empty name only keeps it alive."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(_("sending documents"), total=total)

        def advance(name: str) -> None:
            if name:
                bar.update(task, advance=1, description=escape(name))
            else:
                bar.update(task, description=_("waiting for the deliveries"))

        yield advance


def print_report(report: Report, folder: Path) -> None:
    """A table of the documents, then the reasons of one, and what waits for a person."""
    table = Table(title=_("What happened"), header_style="bold", title_justify="left", show_lines=True)
    for heading in (_("Number"), _("Document"), _("Entries"), _("Units"), _("State"), _("Seconds")):
        table.add_column(heading, overflow="fold", justify="right" if heading == _("Seconds") else "left")
    for story in report.stories:
        table.add_row(*_cells(story))
    console.print(table)
    _print_because(report.stories)
    _print_waiting(report.stories)
    console.print(_("Data folder: {folder}").format(folder=folder), style="dim", highlight=False)


def _cells(story: Story) -> Sequence[str]:
    document = story.document
    what = f"{document['type'] or ''}: {document['subject'] or ''}"
    if document["urgency"]:
        what = f"[bold red]{'!' * document['urgency']}[/bold red] {escape(what)}"
    else:
        what = escape(what)
    entries = "\n".join(_entry(entry) for entry in document["entries"][:MOST_UNITS])
    if len(document["entries"]) > MOST_UNITS:
        entries += "\n" + _("and {count} more").format(count=len(document["entries"]) - MOST_UNITS)
    seconds = f"{story.seconds:.2f}" if story.seconds is not None else "-"
    symbol = f"[bold]{escape(document['symbol'] or '-')}[/bold]\n{document['date'] or ''}"
    return symbol, what, entries, _units(story), _states(story), seconds


def _entry(entry: dict[str, Any]) -> str:
    arrow = "→" if entry["direction"] == "outgoing" else "←"
    return escape(f"{arrow} {entry['unit']} {entry['label']}")


def _units(story: Story) -> str:
    names = [row["unit"] for row in story.sent]
    more = f" +{len(names) - MOST_UNITS}" if len(names) > MOST_UNITS else ""
    return escape(", ".join(names[:MOST_UNITS])) + more


def _states(story: Story) -> str:
    counts: dict[str, int] = {}
    for row in story.sent:
        counts[row["state"]] = counts.get(row["state"], 0) + 1
    lines = [f"[{COLOURS.get(state, 'white')}]{count} {state}[/]" for state, count in counts.items()]
    if story.waits:
        lines.append(f"[yellow]{_('{count} wait').format(count=len(story.waits))}[/yellow]")
    return "\n".join(lines) or escape(story.document["status"])


def _print_because(stories: Sequence[Story]) -> None:
    longest = max(stories, key=lambda story: len(story.sent), default=None)
    if longest is None or not longest.sent:
        return
    table = Table(
        title=_("Why {symbol} went where it went").format(symbol=longest.document["symbol"]),
        title_justify="left",
    )
    for heading in (_("Unit"), _("State"), _("Because")):
        table.add_column(heading, overflow="fold")
    for row in longest.sent:
        table.add_row(escape(row["unit"]), row["state"], escape(row["because"]))
    console.print(table)


def _print_waiting(stories: Sequence[Story]) -> None:
    waits = [(story.document["symbol"] or "-", why) for story in stories for why in story.waits]
    for symbol, why in waits:
        console.print(f"[yellow]?[/yellow] {escape(symbol)}: {escape(why)}", highlight=False)


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
        console.print(line, highlight=False, soft_wrap=True)
