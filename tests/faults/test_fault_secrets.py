"""S16: with a weak, readable or missing secret the hub does not start, and says in one line why."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import HubMaker

pytestmark = [pytest.mark.fault, pytest.mark.timeout(120)]


def _key(text: str) -> Callable[[Path], object]:
    return lambda data: (data / "secret.key").write_text(text)


def _mode(name: str, mode: int) -> Callable[[Path], object]:
    return lambda data: os.chmod(data / name, mode)


REFUSED: dict[str, Callable[[Path], object]] = {
    "no key": lambda data: (data / "secret.key").unlink(),
    "empty key": _key(""),
    "short key": _key("s3cret"),
    "example key": _key("changeme" * 2),
    "pattern as key": _key("a" * 64),
    "key readable by the group": _mode("secret.key", 0o640),
    "key readable by all": _mode("secret.key", 0o604),
    "TLS key readable by all": _mode("tls.key", 0o644),
    "configuration writable by the group": _mode("config.toml", 0o660),
    "configuration writable by all": _mode("config.toml", 0o602),
}


@pytest.mark.parametrize("spoil", REFUSED.values(), ids=REFUSED.keys())
def test_a_hub_with_a_bad_secret_does_not_start(make_hub: HubMaker, spoil: Callable[[Path], object]) -> None:
    hub = make_hub()
    spoil(hub.data)
    hub.start()
    assert hub.wait(20) not in (None, 0)
    words = hub.words()
    assert "Traceback" not in words and words.strip().splitlines()[-1].startswith("✗ ")
    assert words.count("✗ ") == 1
    assert "a" * 64 not in words and "s3cret" not in words
