"""R2, R4: killed at any point, the hub comes back by itself; nothing is lost, doubled or seen twice."""

from itertools import count, product
from pathlib import Path

import pytest

from connectors.transports.sink import MailSink
from tests.faults.clerks import ABROAD, letter
from tests.faults.conftest import SOAK, HubMaker
from tests.faults.hub_process import free_port
from tests.faults.ledger import identities_in
from tests.faults.strikes import killed, killed_at, no_strace

pytestmark = [pytest.mark.fault, pytest.mark.timeout(1800 if SOAK else 240)]

KILLS, MAILS = (500, 2000) if SOAK else (100, 400)
READY_MS = 2000
CALLS = ("fdatasync", "fsync", "/^rename", "pwrite64", "sendto", "/^unlink")
COUNTS = range(1, 13) if SOAK else range(1, 8)
POINTS = list(product(CALLS, COUNTS))[: None if SOAK else 40]


def test_a_hub_killed_at_random_moments_loses_and_doubles_nothing(make_hub: HubMaker) -> None:
    found = killed(make_hub(), [letter(number) for number in range(1, MAILS + 1)], KILLS, seed=2)
    print("R2 kills:", found.figures)
    assert not found.problems()
    assert found.figures["interrupted"] >= KILLS * 0.03
    assert found.figures["slowest_start_ms"] <= READY_MS


def test_what_goes_outside_is_never_missing_and_seldom_sent_twice(make_hub: HubMaker, tmp_path: Path) -> None:
    port, kills = free_port(), 100 if SOAK else 12
    hub = make_hub(delivery={"smarthost": f"127.0.0.1:{port}", "smarthost_tls": "none"})
    letters = [letter(number, ABROAD) for number in range(1, kills * 3 + 1)]
    with MailSink(tmp_path / "outside", port):
        found = killed(hub, letters, kills, seed=4, long_share=0.8)
    seen = identities_in(tmp_path / "outside")
    repeated = seen.total() - len(seen)
    print(f"R4: {len(seen)} mails outside, {repeated} of them twice,", found.figures)
    assert not found.problems()
    assert len(seen) == 2 * len(letters)
    assert repeated <= kills


@pytest.mark.skipif(bool(no_strace()), reason=f"R2 points: {no_strace()}")
def test_a_hub_killed_at_every_kind_of_write_loses_and_doubles_nothing(
    make_hub: HubMaker, tmp_path: Path
) -> None:
    letters = (letter(number) for number in count(1))
    found = killed_at(make_hub(), POINTS, letters, tmp_path)
    print("R2 points:", found.figures)
    assert not found.problems()
    assert found.figures["died"] >= len(POINTS) * 0.6
