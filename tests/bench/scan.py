"""Eight scanned A4 pages, two at a time, against eight plain tesseract runs, two at a time.

Ours draws, straightens and looks for codes, reads, looks a second time at number and date, and keeps a
picture of the page. A page is full of text, as first pages of letters are: those of the corpus hold 360 words
in the middle. Rounds of both follow each other, so that a machine that gets busier does not decide.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from figure import Figure
from PIL import Image

from connectors.readers import kind
from connectors.scans.scanners import ScanFile, Scanners
from tests.connectors.scans import drawn

PAGES, AT_ONCE, ROUNDS = 8, 2, 3
MOST = 1.3


def run() -> list[Figure]:
    """One figure; none where this machine has no OCR."""
    scanners = Scanners(AT_ONCE)
    if scanners.lacking or not drawn.FONTS.is_dir():
        sys.stderr.write(f"no OCR here: {scanners.lacking or 'fonts-liberation2'}\n")
        return []
    try:
        with tempfile.TemporaryDirectory(prefix="vanthu-bench-") as folder:
            return [_figure(scanners, Path(folder))]
    finally:
        scanners.close()


def _figure(scanners: Scanners, folder: Path) -> Figure:
    pages = [_page(number) for number in range(PAGES)]
    (folder / "batch.tif").write_bytes(drawn.tiff(*pages))
    for number, page in enumerate(pages):
        page.save(folder / f"{number}.png", dpi=(drawn.DPI, drawn.DPI))
    batch = ScanFile(folder / "batch.tif", kind.TIFF, PAGES, folder)
    _ours(scanners, batch)  # the children start
    rounds = [(_ours(scanners, batch), _plain(folder)) for _ in range(ROUNDS)]
    ours, plain = (median(took[side] for took in rounds) for side in (0, 1))
    ratio = median(one / other for one, other in rounds)
    return Figure("scan.eight_pages_two_at_a_time", ours, "s", anchor=plain, at_most=MOST, paired=ratio)


def _page(number: int) -> Image.Image:
    letter = drawn.letter(str(100 + number), body=drawn.BODY * 4)
    return drawn.scanned(letter, skew=(number % 3 - 1) * 0.8, seed=number)


def _ours(scanners: Scanners, batch: ScanFile) -> float:
    began = time.perf_counter()
    pages = list(scanners.read(batch, lambda page: False, lambda: None))
    took = time.perf_counter() - began
    if any(page.problem or not page.page.words for page in pages):
        raise RuntimeError(f"a page was not read: {[page.problem for page in pages]}")
    return took


def _plain(folder: Path) -> float:
    def one(number: int) -> None:
        command = ["tesseract", str(folder / f"{number}.png"), "stdout", "-l", "vie"]
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        subprocess.run(command, env=environment, check=True, capture_output=True)

    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(one, range(PAGES)))
    return time.perf_counter() - began
