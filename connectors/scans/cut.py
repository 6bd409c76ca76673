"""Some pages of a scanned file as a file of their own: a batch is several letters."""

from collections.abc import Sequence
from pathlib import Path

import pikepdf
from PIL import Image

from connectors.readers import kind
from connectors.scans.picture import NoPicture


def cut(path: Path, media_type: str, pages: Sequence[int], folder: Path) -> str:
    """The file's name in ``folder``; pixels and pages are taken over as they are."""
    name = f"{900 + pages[0] % 100:03d}.{kind.EXTENSION[media_type]}"
    target = folder / name
    target.unlink(missing_ok=True)
    if media_type == kind.PDF:
        _cut_pdf(path, pages, target)
    else:
        _cut_image(path, pages, target)
    return name


def _cut_pdf(path: Path, pages: Sequence[int], target: Path) -> None:
    try:
        with pikepdf.open(path) as source, pikepdf.new() as part:
            for index in pages:
                part.pages.append(source.pages[index])
            part.save(target)
    except (pikepdf.PdfError, IndexError) as error:
        raise NoPicture("broken-pdf") from error


def _cut_image(path: Path, pages: Sequence[int], target: Path) -> None:
    frames = []
    with Image.open(path) as image:
        for index in pages:
            image.seek(index)
            frames.append(image.copy())
    frames[0].save(target, save_all=True, append_images=frames[1:], compression="tiff_deflate")
