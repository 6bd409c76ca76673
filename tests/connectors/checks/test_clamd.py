"""The antivirus over its socket: found, clean, and everything that is neither."""

import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.checks.clamd import Clamd
from tests.clamd import EICAR, ScriptedClamd, program, real_clamd

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "plain"
    path.write_bytes(os.urandom(700_000))
    return path


@pytest.fixture
def eicar(tmp_path: Path) -> Path:
    path = tmp_path / "eicar"
    path.write_bytes(EICAR)
    return path


def test_clean_and_infected(plain: Path, eicar: Path) -> None:
    with ScriptedClamd().serving() as server:
        clamd = Clamd(server.address, 10, 7)
        assert clamd.ping() and clamd.version()[0] == "ClamAV 1.4.6"
        assert str(clamd.scan(plain, NOW)) == "clean"
        assert str(clamd.scan(eicar, NOW)) == "infected Eicar-Test-Signature"
        assert str(clamd.scan(plain, NOW, ["encrypted"])) == "not scanned encrypted"
    assert server.streams[0] == plain.read_bytes()


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (ScriptedClamd(version="ClamAV 1.4.6"), "not scanned old-signatures"),
        (ScriptedClamd(version="ClamAV 1.4.6/26000/Tue Jan 06 08:00:00 2026"), "not scanned old-signatures"),
        (ScriptedClamd(most=300_000), "not scanned limits"),
        (ScriptedClamd(wait=3.0), "not scanned time-limit"),
        (ScriptedClamd(verdict="stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND"), "not scanned limits"),
        (ScriptedClamd(verdict="x" * 100_000), "not scanned error"),
    ],
)
def test_what_is_never_clean(plain: Path, server: ScriptedClamd, said: str) -> None:
    with server.serving():
        begun = time.monotonic()
        assert str(Clamd(server.address, 1.0, 7).scan(plain, NOW)) == said
        assert time.monotonic() - begun < 15


def test_nobody_answers(plain: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    for nobody in (address, str(tmp_path / "no-socket")):
        clamd = Clamd(nobody, 1.0, 7)
        assert not clamd.ping() and str(clamd.scan(plain, NOW)) == "not scanned no-answer"


def test_the_real_program(plain: Path, eicar: Path, tmp_path: Path) -> None:
    found = program()
    if found is None:
        pytest.skip("clamd is not installed (clamav-daemon)")
    large = tmp_path / "large"
    large.write_bytes(os.urandom(2 << 20))
    with real_clamd(found) as path:
        clamd = Clamd(path, 60, 7)
        assert clamd.ping() and clamd.version()[0].startswith("ClamAV ")
        assert str(clamd.scan(eicar, NOW)).startswith("infected Vanthu.Eicar")
        assert str(clamd.scan(plain, NOW)) == "not scanned old-signatures", "one signature without a date"
        assert str(clamd.scan(large, NOW)) == "not scanned limits"
