"""R8: while the database is away the door stays open; when it is back, so is the service."""

import signal
import sqlite3
import time
from pathlib import Path

import pytest

from hub.founding import found
from tests.conftest import PostgresServer
from tests.faults.clerks import Clerks, hand_in, letter
from tests.faults.conftest import SOAK, HubMaker
from tests.faults.hub_process import HubProcess, Nursery, free_port, with_settings
from tests.faults.ledger import audit, wait_until_settled

pytestmark = [pytest.mark.fault, pytest.mark.timeout(900)]
KILLS, AGAIN_SECONDS = (20 if SOAK else 3), 10.0
HELD_SECONDS = 30.0 if SOAK else 4.0


def test_a_killed_postgresql_delays_and_loses_nothing(
    own_postgres: PostgresServer, nursery: Nursery, tmp_path: Path
) -> None:
    url = own_postgres.fresh()
    data = tmp_path / "data"
    found(data, sample=True, storage_url=url).database.close()
    with_settings(data, storage={"url": url})
    hub = HubProcess(nursery, data, free_port(), tmp_path / "hub.log")
    hub.start()
    hub.ready()
    sent, slowest = [], 0.0
    try:
        for kill in range(KILLS):
            batch = [letter(kill * 20 + number) for number in range(1, 21)]
            clerks = Clerks(batch, hub.port, pause=0.02).start()
            time.sleep(0.5)
            own_postgres.stop(signal.SIGKILL)
            sent += clerks.finish(30)  # all of them are taken while there is no database
            own_postgres.start()
            slowest = max(slowest, wait_until_settled(data, len(sent), 60, url))
        hub.stop()
    finally:
        hub.kill()
    findings = audit(data, sent, url)
    print(f"R8: slowest service again {slowest:.1f} s,", findings.figures)
    assert not findings.problems()
    assert slowest <= AGAIN_SECONDS


def test_a_sqlite_database_held_by_another_process_delays_and_loses_nothing(make_hub: HubMaker) -> None:
    hub = make_hub()
    hub.start()
    hub.ready()
    other = sqlite3.connect(hub.data / "hub.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began, slowest, sent = time.monotonic(), 0.0, []
    number = 0
    while time.monotonic() - began < HELD_SECONDS:
        number += 1
        tried = time.monotonic()
        sent.append(letter(number))
        hand_in(sent[-1], hub.port)
        slowest = max(slowest, time.monotonic() - tried)
        time.sleep(0.05)
    other.execute("ROLLBACK")
    other.close()
    took = wait_until_settled(hub.data, number, 60)
    hub.stop()
    findings = audit(hub.data, sent)
    print(
        f"R8: {number} taken meanwhile, slowest {slowest:.2f} s, done {took:.1f} s later,", findings.figures
    )
    assert not findings.problems()
    assert number >= 5 and slowest <= 5.0
