"""Plain text files."""

from pathlib import Path

from connectors.readers.charset import guess
from connectors.readers.kind import PLAIN
from connectors.readers.limits import DEFAULT, ReadLimits
from connectors.readers.outcome import text_reading
from rules.values.reading import Reading


def read(path: Path, name: str, limits: ReadLimits = DEFAULT) -> Reading:
    """Text with its encoding guessed; at most four bytes a character are looked at."""
    with path.open("rb") as file:
        data = file.read(limits.text_chars * 4)
    return text_reading(PLAIN, guess(data), limits)
