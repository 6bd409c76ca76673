"""R11, R2: a hub that is killed while it fetches from a real Dovecot misses and doubles nothing."""

import json
import sqlite3
import time
from pathlib import Path

import pytest

from tests.faults.conftest import SOAK, HubMaker
from tests.faults.fetching_rig import mail
from tests.faults.hub_process import HubProcess
from tests.foreign_mailboxes import PASSWORD, foreign_mailboxes

pytestmark = [pytest.mark.fault, pytest.mark.timeout(1800 if SOAK else 240)]
KILLS, MAILS = (60, 1000) if SOAK else (4, 60)


def test_a_hub_killed_while_it_fetches(make_hub: HubMaker, prepared: Path) -> None:
    with foreign_mailboxes(prepared / "tls.crt", prepared / "tls.key") as elsewhere:
        account = {
            "name": "thu-cu",
            "unit": "sotaichinh",
            "host": "127.0.0.1",
            "port": elsewhere.imaps,
            "tls_ca": str(elsewhere.certificate),
            "user": "sotc",
            "password_file": "thu-cu.password",
            "afterwards": "delete",
        }
        hub = make_hub(fetch={"accounts": [account], "sweep_seconds": 2.0})
        secret = hub.data / "thu-cu.password"
        secret.write_text(PASSWORD)
        secret.chmod(0o600)
        elsewhere.put("sotc", *(mail(number) for number in range(MAILS)))
        for kill in range(KILLS):
            hub.start()
            until(hub, lambda kill=kill: len(arrived(hub)) > kill * MAILS // (KILLS + 2))  # type: ignore[misc]
            hub.kill()
        hub.start()
        until(hub, lambda: len(arrived(hub)) >= MAILS and not elsewhere.holds("sotc"))
        hub.stop()
        assert len(arrived(hub)) == len(set(arrived(hub))) == MAILS
        assert cursor(hub) == MAILS


def until(hub: HubProcess, true: object, seconds: float = 150.0) -> None:
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, hub.words()
        time.sleep(0.02)


def arrived(hub: HubProcess) -> list[str]:
    """The hashes of what came in, as the database has them."""
    return [row[0] for row in rows(hub, "SELECT sha256 FROM arrivals WHERE source = 'imap'")]


def cursor(hub: HubProcess) -> int:
    ((value,),) = rows(hub, "SELECT value FROM source_cursors")
    return int(json.loads(value)["uid"])


def rows(hub: HubProcess, statement: str) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(f"file:{hub.data}/hub.db?mode=ro", uri=True, timeout=20)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()
