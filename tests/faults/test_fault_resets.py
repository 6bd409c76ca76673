"""R3: an answer that gets lost makes repeats, and a repeat makes nothing new."""

import pytest
from sqlalchemy import func, select

from storage.tables.arrivals import arrivals
from storage.tables.documents import documents
from tests.faults.clerks import DOMAIN, Letter, hand_in, letter, mail, paper
from tests.faults.conftest import SOAK, HubMaker
from tests.faults.hub_process import HubProcess
from tests.faults.ledger import open_database, wait_until_settled
from tests.faults.strikes import reset

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]
MAILS = 300 if SOAK else 100
OTHER_CLERK = f"lannt@{DOMAIN}"


def test_a_lost_answer_on_the_first_two_tries_registers_each_mail_once(make_hub: HubMaker) -> None:
    found = reset(make_hub(), [letter(number) for number in range(1, MAILS + 1)], resets=2)
    print("R3:", found.figures)
    assert not found.problems()
    assert found.figures["acked"] == found.figures["arrivals"] == found.figures["documents"] == MAILS
    assert found.figures["swallowed"] == 2 * MAILS


def _counts(hub: HubProcess) -> tuple[int, int]:
    database = open_database(hub.data)
    try:
        with database.reading() as connection:
            came = connection.execute(select(func.count()).select_from(arrivals)).scalar_one()
            papers = connection.execute(select(func.count()).select_from(documents)).scalar_one()
            return came, papers
    finally:
        database.close()


def _after(make_hub: HubMaker, letters: list[Letter]) -> tuple[int, int]:
    hub = make_hub()
    hub.start()
    hub.ready()
    for item in letters:
        hand_in(item, hub.port)
    wait_until_settled(hub.data, len({(item.sender, item.to, item.sha256) for item in letters}), 60)
    hub.stop()
    return _counts(hub)


def test_two_documents_with_one_message_id_are_both_registered(make_hub: HubMaker) -> None:
    first, second = (letter(number) for number in (1, 2))
    contents = [
        mail(item.symbol, item.sender, "cv.txt", paper(item.number), message_id=f"<same@{DOMAIN}>")
        for item in (first, second)
    ]
    pair = [Letter(i, "", first.sender, (), content) for i, content in enumerate(contents)]
    assert _after(make_hub, pair) == (2, 2)


def test_the_same_bytes_from_two_senders_are_two_arrivals_of_one_document(make_hub: HubMaker) -> None:
    one = letter(1)
    other = Letter(1, one.symbol, OTHER_CLERK, (), one.content)
    assert _after(make_hub, [one, other, one]) == (2, 1)


def test_the_same_mail_to_three_intakes_is_one_document(make_hub: HubMaker) -> None:
    one = letter(1)
    to = (f"vanthu.sotuphap@{DOMAIN}", f"vanthu.sotaichinh@{DOMAIN}", f"vanthu.soyte@{DOMAIN}")
    apart = [Letter(1, one.symbol, one.sender, (), one.content, (address,)) for address in to]
    together = Letter(1, one.symbol, one.sender, (), one.content, to)
    assert _after(make_hub, [*apart, together]) == (4, 1)
