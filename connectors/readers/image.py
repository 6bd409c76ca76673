"""Images: how many pages they have. What is on them only OCR can say."""

from pathlib import Path

from connectors.readers import kind
from connectors.readers.limits import DEFAULT, ReadLimits
from connectors.readers.outcome import unreadable
from rules.values.reading import Reading


def read(path: Path, name: str, limits: ReadLimits = DEFAULT) -> Reading:
    """State ``no_text`` with the number of pages; nothing is decoded."""
    from connectors.scans.picture import NoPicture, page_count  # late, because most parcels hold no image

    with path.open("rb") as file:
        media_type = kind.media_type(file.read(64))
    try:
        count = page_count(path, media_type, limits.pages + 1)
    except NoPicture as error:
        return unreadable(media_type, str(error))
    cut = ("pages-cut",) if count > limits.pages else ()
    return Reading(media_type, "no_text", page_count=min(count, limits.pages), warnings=cut)
