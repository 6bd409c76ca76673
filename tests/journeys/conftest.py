"""Hubs for journeys: the sample province, founded once a session and copied."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.transports.sink import MailSink
from tests.journeys.house import House, free_port, moved, run

Make = Callable[..., House]


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as ``vanthu init --sample`` makes it."""
    data = tmp_path_factory.mktemp("founded") / "data"
    run("init", "--sample", "--data", str(data))
    return data


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    """The mail server of the world: the folder with what it was given, and its port."""
    folder, port = tmp_path_factory.mktemp("world") / "outside", free_port()
    with MailSink(folder, port):
        yield folder, port


@pytest.fixture(scope="module")
def make_house(
    founded: Path, outside: tuple[Path, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Make]:
    """Further hubs of a module; each ends well and is verified."""
    made: list[House] = []

    def make(**settings: dict[str, Any]) -> House:
        data = moved(founded, tmp_path_factory.mktemp("house") / "data")
        made.append(House(data, outside[1], **settings))
        return made[-1]

    yield make
    for house in made:
        house.close()


@pytest.fixture(scope="module")
def house(make_house: Make) -> Iterator[House]:
    """The module's running hub; at its end ``vanthu verify`` finds nothing wrong."""
    made = make_house()
    made.start()
    yield made
    made.settle()
    made.verified()
