"""Children that read scans, where this machine has OCR and letters to draw with."""

from collections.abc import Iterator

import pytest

from connectors.scans.scanners import Scanners
from tests.connectors.scans.drawn import FONTS


@pytest.fixture(scope="session")
def scanners() -> Iterator[Scanners]:
    found = Scanners(2)
    if found.lacking:
        pytest.skip(f"{found.lacking} is not installed")
    if not FONTS.is_dir():
        pytest.skip("fonts-liberation2 is not installed")
    yield found
    found.close()
