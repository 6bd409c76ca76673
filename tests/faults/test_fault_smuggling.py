"""S1 at the whole hub: whatever looks like an end of DATA, there is one mail or none, never two."""

import pytest
from sqlalchemy import select

from storage.tables.arrivals import arrivals
from tests.faults.clerks import DOMAIN, GENERAL
from tests.faults.conftest import HubMaker
from tests.faults.ledger import open_database
from tests.faults.talk import Talk

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]
SENDER, SMUGGLED = f"huongntm@{DOMAIN}", f"khanhtq@{DOMAIN}"
ENDINGS = (
    b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\n.\r", b"\r.\n", b"\r\r\n.\r\r\n",
    b"\r\n\x00.\r\n", b"\r\n.\x00\r\n", b"\n\x00.\n", b"\r\n.\r\r\n",
)  # fmt: skip


def _mail(number: int, ending: bytes) -> bytes:
    inner = (
        f"MAIL FROM:<{SMUGGLED}>\r\nRCPT TO:<{GENERAL}>\r\nDATA\r\n"
        f"From: {SMUGGLED}\r\nSubject: lén {number}\r\n\r\n"
        "smuggled\r\n.\r\nQUIT\r\n"
    )
    head = f"From: {SENDER}\r\nTo: {GENERAL}\r\nSubject: thư {number}\r\n\r\nbody {number}"
    return head.encode() + ending + inner.encode()


def test_no_ending_smuggles_a_second_mail_into_the_hub(make_hub: HubMaker) -> None:
    hub = make_hub()
    hub.start()
    hub.ready()
    answers = []
    for number, ending in enumerate(ENDINGS):
        data = _mail(number, ending)
        for split in (len(data), 1):
            with Talk(hub.port) as talk:
                assert talk.begin(SENDER, GENERAL) == 354
                talk.drip(data[at : at + split] for at in range(0, len(data), split))
                answers.append(talk.reply())
    hub.stop()
    database = open_database(hub.data)
    with database.reading() as connection:
        rows = connection.execute(select(arrivals.c.mail_from, arrivals.c.size)).all()
    database.close()
    print(f"S1: {len(answers)} attempts, answers {sorted(set(answers))}, {len(rows)} arrivals, 0 smuggled")
    assert not [row for row in rows if row.mail_from == SMUGGLED]
    assert set(answers) <= {250, 554, 550, 500, 0}
    assert len(rows) <= answers.count(250)
