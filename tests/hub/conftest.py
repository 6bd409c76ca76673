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


ON_BOTH_ENGINES = pytest.mark.parametrize("stages", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def stages(
    founded_hub: Path, readers: ReaderPool, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Stages]:
    """On SQLite, or on the engine that a test marked ``ON_BOTH_ENGINES`` names."""
    postgres = getattr(request, "param", "sqlite") == "postgresql"
    url = request.getfixturevalue("postgres_url") if postgres else ""
    made = Stages(founded_hub, tmp_path / "data", readers, MOMENT, url)
    yield made
    made.close()
