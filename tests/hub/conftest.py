"""A founded hub whose stages are run by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.readers.pool import ReaderPool
from tests.hub.stages import Stages, template

MOMENT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # ten in the morning in Hà Nội


@pytest.fixture(scope="session")
def founded_hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template(tmp_path_factory.mktemp("founded") / "data")


@pytest.fixture(scope="session")
def readers() -> Iterator[ReaderPool]:
    pool = ReaderPool(1)
    yield pool
    pool.close()


@pytest.fixture
def stages(founded_hub: Path, readers: ReaderPool, tmp_path: Path) -> Iterator[Stages]:
    made = Stages(founded_hub, tmp_path / "data", readers, MOMENT)
    yield made
    made.close()
