"""The report's files: PDF, office file, spreadsheet, and a page for each unit, with progress."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from connectors.writers.report_docx import docx_of
from connectors.writers.sheet_pdf import pdf_of, pdfs_of
from hub.context import Hub
from hub.render import page
from hub.reporting.board import figures_sheet, letter, unit_page
from hub.reporting.board.gathering import Whole
from hub.reporting.board.letter import Numbered, Parties
from hub.reporting.board.unit_page import UnitPage
from hub.reporting.compliance import Compliance
from hub.reporting.words import period_words
from hub.texts import N_, _, current

A_BATCH = 50  # unit pages that share their style and fonts while they are made
ALONE = 40  # so few are made here, because a further process takes a second to begin
Advance = Callable[[str, int, int], None]

PDF, XLSX, CSV = (
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/csv",
)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LETTER, OFFICE, FIGURES, PAGES = N_("letter"), N_("office file"), N_("figures"), N_("unit pages")


@dataclass(frozen=True, slots=True)
class Made:
    """One file of the report."""

    name: str
    media_type: str
    content: bytes


def quietly(_what: str, _done: int, _of: int) -> None:
    """Nobody looks on."""


def board_files(
    hub: Hub, whole: Whole, parties: Parties, numbered: Numbered, advance: Advance = quietly
) -> list[Made]:
    """The letter as PDF first, then the office file, the spreadsheet and the plain figures."""
    report = letter.paper(hub, whole, parties, numbered)
    stem = f"bao-cao-{whole.report.period.name}" + ("" if numbered.part == letter.REPORT else "-bo-sung")
    advance(LETTER, 0, 1)
    made = [Made(f"{stem}.pdf", PDF, pdf_of(page("report", {"paper": report}, current(), folder="sheets")))]
    advance(OFFICE, 0, 1)
    made.append(Made(f"{stem}.docx", DOCX, docx_of(report)))
    advance(FIGURES, 0, 1)
    made.append(Made(f"{stem}.xlsx", XLSX, figures_sheet.xlsx(whole)))
    made.append(Made(f"{stem}.csv", CSV, figures_sheet.plain(whole)))
    advance(FIGURES, 1, 1)
    return made


def unit_pages(
    hub: Hub, report: Compliance, advance: Advance = quietly, *, only: Collection[str] | None = None
) -> Iterator[tuple[str, Made]]:
    """Each unit's own page as PDF, by unit; ``only`` of these."""
    pages = [page for page in unit_page.pages(report) if only is None or page.code in only]
    title = _("Directive 21/2005/CT-UBND, {period}").format(period=period_words(report.period))
    stem = f"trang-don-vi-{report.period.name}"
    batches = [
        (current(), hub.config.organisation.name, title, pages[start : start + A_BATCH])
        for start in range(0, len(pages), A_BATCH)
    ]
    done = 0
    for made in _made(batches):
        done += len(made)
        advance(PAGES, done, len(pages))
        for code, content in made.items():
            yield code, Made(f"{stem}-{code}.pdf", PDF, content)


Batch = tuple[str, str, str, Sequence[UnitPage]]


def _made(batches: Sequence[Batch]) -> Iterator[dict[str, bytes]]:
    """On both cores where there are many; the hub has threads, so that processes are begun afresh."""
    workers = min(2, os.cpu_count() or 1, len(batches))
    if workers < 2 or sum(len(pages) for *_rest, pages in batches) <= ALONE:
        yield from map(_batch, batches)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=gc.disable) as pool:
        yield from pool.map(_batch_apart, batches)


def _batch_apart(batch: Batch) -> dict[str, bytes]:
    """Swept once after each batch, because sweeping while pages are laid out took a third of the time."""
    made = _batch(batch)
    gc.collect()
    return made


def _batch(batch: Batch) -> dict[str, bytes]:
    language, organisation, title, pages = batch
    values = {"language": language, "organisation": organisation, "title": title, "pages": tuple(pages)}
    return pdfs_of(page("unit_pages", values, language, folder="sheets"))
