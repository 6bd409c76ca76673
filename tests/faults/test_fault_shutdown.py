"""R19: told to end, the hub ends in ten seconds, and the next start repeats nothing."""

import random
import time

import pytest

from tests.faults.clerks import Clerks, letter
from tests.faults.conftest import SOAK, HubMaker
from tests.faults.strikes import end_in_order

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]
STOPS, LONGEST_SECONDS = (50 if SOAK else 5), 10.0


def test_an_orderly_end_under_load_is_quick_and_repeats_nothing(make_hub: HubMaker) -> None:
    hub, dice, slowest = make_hub(), random.Random(19), 0.0
    letters = [letter(number) for number in range(1, STOPS * 20 + 1)]
    clerks = Clerks(letters, hub.port, pause=0.05).start()
    for _ in range(STOPS):
        hub.start()
        hub.ready()
        time.sleep(dice.uniform(0.3, 1.2))
        slowest = max(slowest, hub.stop(LONGEST_SECONDS + 5))
    found = end_in_order(hub, clerks, len(letters))
    print(f"R19: slowest end {slowest:.2f} s,", found.figures)
    assert not found.problems()
    assert slowest <= LONGEST_SECONDS
    assert found.figures["tried_again"] == 0
