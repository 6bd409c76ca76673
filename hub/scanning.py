"""Scans of an arrival read by OCR: between the reading of the parcel and its registration.

It takes seconds a page, so it is a step of its own with workers of its own, and mails with
text never wait behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from connectors.readers.pool import ReadFailed
from connectors.scans.scanners import ScanFile, Scanners, is_scan
from hub.context import Hub
from rules.identify.packaged import told
from rules.identify.scanned import identify_scan
from rules.records.batch import Part, parts
from rules.text.fold import fold
from rules.values.reading import Fields, FileReading, ParcelReading, Reading
from rules.values.scan import ScannedPage
from rules.vocabulary import Urgency
from storage import steps
from storage.steps import Claim

STAGE = "scan"
UNREAD = "scan-unread"
SEARCHABLE = "searchable"  # state of a file that is such a copy
FIRST = timedelta(days=1)  # so much sooner than its turn an urgent one is due
URGENT = ("hoa toc", "thuong khan", "khan")
BEAT = timedelta(seconds=30)


def due(hub: Hub, reading: ParcelReading) -> bool:
    """Whether something waits for OCR, and OCR can be had."""
    able = hub.scanners is not None and not hub.scanners.lacking
    return able and any(is_scan(file) for file in reading.files)


def hand_over(hub: Hub, step: Claim, reading: ParcelReading) -> None:
    """The same step for the scans' workers; what calls itself urgent comes first."""
    subject = fold(reading.headers.subject) if reading.headers is not None else ""
    urgent = any(word in subject.split(" - ")[0] for word in URGENT)
    steps.pass_on(hub.database, step, STAGE, hub.now() - (FIRST if urgent else timedelta(0)))
    hub.wake_scans.ring()


class Lease:
    """Keeps a step its worker's while pages are read."""

    def __init__(self, hub: Hub, step: Claim) -> None:
        self._hub, self._step, self._last = hub, step, hub.now()

    def beat(self) -> None:
        """Prolong the lease where some time has passed."""
        now = self._hub.now()
        if now - self._last > BEAT:
            steps.prolong(self._hub.database, self._step, now)
            self._last = now


def read(hub: Hub, step: Claim, reading: ParcelReading, folder: Path) -> ParcelReading:
    """The reading with its scans read: each as one file, or as many as separator sheets make of it."""
    if hub.scanners is None:
        return reading
    lease = Lease(hub, step)
    files: list[FileReading] = []
    for number, file in enumerate(reading.files):
        if not is_scan(file):
            files.append(file)
            continue
        inner = folder / f"scan-{number}"
        inner.mkdir(exist_ok=True)
        found = scanned(hub.scanners, file, folder, inner, hub.config.scans.max_pages, lease)
        if reading.package is not None and file.fields != Fields():  # because its header said it already
            found[0] = replace(found[0], fields=told(found[0].fields, reading.package))
        files += found
    return replace(reading, files=tuple(files))


def scanned(
    scanners: Scanners, file: FileReading, folder: Path, inner: Path, most: int, lease: Lease | None = None
) -> list[FileReading]:
    """One scanned file read; ``inner`` takes the pictures of its pages."""
    count = max(1, file.reading.page_count)
    job = ScanFile(folder / file.path, file.reading.media_type, min(count, most), inner)
    pages = list(scanners.read(job, _urgent, lease.beat if lease is not None else lambda: None))
    warnings = tuple(dict.fromkeys((
        *file.reading.warnings, "ocr", *(["pages-cut"] if count > most else []),
        *(page.problem for page in pages if page.problem),
    )))  # fmt: skip
    found = parts(pages)
    if not any(part.after_sheet for part in found):
        whole = found[0] if found else Part(())
        return [_read_file(file, whole, inner, folder, warnings, count)]
    return [
        _part_file(scanners, job, file, part, number, folder, warnings)
        for number, part in enumerate(found, 1)
    ]


def _urgent(first: ScannedPage) -> bool:
    urgency = identify_scan([first.page]).urgency
    return urgency is not None and urgency.value is not Urgency.NORMAL


def _part_file(
    scanners: Scanners, job: ScanFile, file: FileReading, part: Part, number: int, folder: Path,
    warnings: Sequence[str],
) -> FileReading:  # fmt: skip
    """A letter out of a batch as a file of its own, because its receivers must not see the others."""
    indexes = tuple(page.page.number - 1 for page in part.pages)
    inner = job.folder / f"part-{number}"
    inner.mkdir(exist_ok=True)
    try:
        cut = scanners.cut(replace(job, folder=inner), indexes)
    except ReadFailed as error:
        whole = Part(part.pages, part.unit)
        return _read_file(
            file, whole, job.folder, folder, (*warnings, f"not-cut: {error.reason}"), len(indexes)
        )
    stem, dot, ending = file.name.rpartition(".")
    name = f"{stem or ending} ({number}){dot}{ending}" if dot else f"{file.name} ({number})"
    own = replace(
        file, name=name, path=str(cut.relative_to(folder)), size=cut.stat().st_size,
        start_page=indexes[0] + 1, unit=part.unit,
    )  # fmt: skip
    return _read_file(own, part, job.folder, folder, warnings, len(indexes))


def _read_file(
    file: FileReading, part: Part, pictures: Path, folder: Path, warnings: Sequence[str], count: int
) -> FileReading:
    """The file with text, fields and a searchable copy."""
    pages = [page.page for page in part.pages]
    text = "\n".join(page.text for page in pages)
    state = "read" if text.strip() else "no_text"
    reading = Reading(file.reading.media_type, state, text, (), count, (), tuple(warnings))
    from connectors.scans.searchable import searchable  # late, because pikepdf is large

    copy = searchable(part.pages, pictures) if state == "read" else b""
    path = ""
    if copy:
        target = pictures / f"searchable-{file.start_page}.pdf"
        target.write_bytes(copy)
        path = str(target.relative_to(folder))
    return replace(file, reading=reading, fields=identify_scan(pages), searchable=path)
