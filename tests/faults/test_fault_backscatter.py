"""S8: what strangers send under forged names is refused at the door or waits; nobody forged hears of it."""

import random
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from rules.vocabulary import MailKind
from storage.tables.deliveries import deliveries
from tests.faults.clerks import DOMAIN, GENERAL, Letter, Refused, hand_in, paper
from tests.faults.conftest import SOAK, HubMaker
from tests.faults.hub_process import free_port
from tests.faults.ledger import open_database, wait_until_settled

pytestmark = [pytest.mark.fault, pytest.mark.timeout(900)]
MAILS = 1000 if SOAK else 150
EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
BAD_TYPES = ("invoice.exe", "a.scr", "b.js", "c.docm", "d.iso", "e.html")


class World:
    """The smarthost: it keeps nothing but for whom mail came."""

    def __init__(self) -> None:
        self.receivers: Counter[str] = Counter()

    async def handle_RCPT(
        self, server: object, session: object, envelope: object, address: str, options: list[str]
    ) -> str:
        self.receivers[address] += 1
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        return "250 OK"


@pytest.fixture
def world() -> Iterator[tuple[World, int]]:
    kept, port = World(), free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, port
    controller.stop()


def _forged(number: int) -> Letter:
    """A stranger's mail: to nobody here, too large, infected, of a bad type, hollow, or a letter."""
    dice = random.Random(number)
    victim = f"nan.nhan{number}@victim.example"
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = victim, GENERAL, f"Thư {number}"
    mail["Message-ID"] = f"<{number}@victim.example>"
    mail["Return-Receipt-To"] = mail["Disposition-Notification-To"] = victim
    kind = number % 6
    mail.set_content(paper(number) if kind == 5 else "Xin xem tệp kèm theo.", cte="base64")
    if kind == 1:
        mail.add_attachment(
            dice.randbytes(1 << 20) * 3, maintype="application", subtype="pdf", filename="x.pdf"
        )
    if kind == 2:
        mail.add_attachment(EICAR.encode(), maintype="application", subtype="zip", filename="x.zip")
    if kind == 3:
        name = dice.choice(BAD_TYPES)
        mail.add_attachment(b"MZ" + dice.randbytes(500), maintype="application", subtype="x", filename=name)
    to = f"khongco{number}@{DOMAIN}" if kind == 0 else GENERAL
    content = b"From: " + victim.encode() + b"\r\n\r\n" if kind == 4 else mail.as_bytes()
    return Letter(number, "", victim, (), content, (to,))


def test_nobody_whose_name_was_forged_gets_a_mail(make_hub: HubMaker, world: tuple[World, int]) -> None:
    kept, port = world
    hub = make_hub(delivery={"smarthost": f"127.0.0.1:{port}", "smarthost_tls": "none"})
    hub.start()
    hub.ready()
    answers: Counter[int] = Counter()
    for number in range(1, MAILS + 1):
        try:
            hand_in(_forged(number), hub.port)
            answers[250] += 1
        except Refused as refused:
            answers[refused.code] += 1
    wait_until_settled(hub.data, answers[250], 300)
    assert hub.code is None, hub.words()
    hub.stop()
    addresses = _told(hub.data)
    print(f"S8: {MAILS} forged mails, answers {dict(answers)}, mails planned to {len(addresses)} addresses")
    assert answers[550] >= MAILS // 6 and answers[552] >= MAILS // 6 - 1
    assert not [address for address in (*addresses, *kept.receivers) if "victim" in address]


def _told(data: Path) -> set[str]:
    """Every address for which the ledger has or had a mail."""
    database = open_database(data)
    with database.reading() as connection:
        rows = connection.execute(select(deliveries.c.address, deliveries.c.kind)).all()
    database.close()
    assert not [row for row in rows if row.kind == MailKind.RECEIPT]
    return {row.address for row in rows}
