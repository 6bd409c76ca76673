"""Hubs on copies of one prepared data folder; whatever a test started ends with it."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.founding import found
from tests.faults.hub_process import HubProcess, Nursery, free_port, with_settings

SOAK = bool(os.environ.get("VANTHU_SOAK"))
HubMaker = Callable[..., HubProcess]


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    made = Nursery(tmp_path_factory.mktemp("bytecode"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of the sample province that nobody serves: copy it."""
    data = tmp_path_factory.mktemp("prepared") / "data"
    hub = found(data, sample=True)
    hub.database.close()
    return data


@contextmanager
def hubs(nursery: Nursery, prepared: Path, folder: Path) -> Iterator[HubMaker]:
    """Makes hubs on copies of the prepared folder, not started; settings as sections of the configuration."""
    made: list[HubProcess] = []

    def make(
        where: Path | None = None, *, plants: tuple[str, ...] = (), **sections: dict[str, object]
    ) -> HubProcess:
        data = where or folder / f"data{len(made)}"
        shutil.copytree(prepared, data, dirs_exist_ok=True)
        with_settings(data, **sections)
        made.append(HubProcess(nursery, data, free_port(), folder / f"hub{len(made)}.log", plants))
        return made[-1]

    yield make
    for hub in made:
        if hub.pid:
            hub.kill()


@pytest.fixture
def make_hub(nursery: Nursery, prepared: Path, tmp_path: Path) -> Iterator[HubMaker]:
    with hubs(nursery, prepared, tmp_path) as make:
        yield make
