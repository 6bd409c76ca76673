"""The loop laboratory: two hubs, an echo robot and a leave notice, wired to each other (PROMISES S7)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connectors.readers.pool import ReaderPool
from hub.intake import Intake
from rules.directory import Outside
from rules.values.arrival import Envelope
from rules.values.sending import Address, Outbound, Outcome, Sent
from rules.vocabulary import SenderVerdict
from storage import directory as directory_rows
from storage import registers
from storage.tables.documents import documents
from tests.hub.conftest import MOMENT, ON_BOTH_ENGINES
from tests.hub.stages import Stages
from tests.hub.test_stages_answers import CLERK, answered, box, handlings, life, sent, staff
from tests.journeys.papers import text_file

MOST = 10
HOPS = 200


class Laboratory:
    """Mails between addresses; robots answer at once, hubs through their own doors."""

    def __init__(self) -> None:
        self.traffic: list[tuple[str, str]] = []
        self.robots: dict[str, Any] = {}
        self.hubs: dict[str, Stages] = {}
        self._post: list[tuple[str, str, bytes]] = []

    def deliver(self, key: str, to: Address, parcel: Outbound) -> Outcome:
        content = b"".join(parcel.pieces())
        self._post.append((parcel.mail_from, to.email, content))
        return Sent("250 ok")

    def run(self) -> None:
        """Until nobody says anything more."""
        for _ in range(HOPS):
            for stages in self.hubs.values():
                stages.work()
            if not self._post:
                return
            mail_from, to, content = self._post.pop(0)
            self.traffic.append((mail_from, to))
            self._hand(mail_from, to, content)

    def _hand(self, mail_from: str, to: str, content: bytes) -> None:
        domain = to.partition("@")[2]
        if to in self.robots:
            answer = self.robots[to](BytesParser(policy=default).parsebytes(content), mail_from, to)
            if answer is not None:
                self._post.append(answer)
        elif domain in self.hubs:
            stages = self.hubs[domain]
            if Intake(stages.hub, stages.spool).recipient(to).code == 250:
                verdict = SenderVerdict.ALIGNED if mail_from else SenderVerdict.UNVERIFIED
                now = stages.clock.now()
                envelope = Envelope("smtp", "smtp", now, mail_from, (to,), verdict=verdict)
                stages.arrive(envelope, content)


def echo(mail: EmailMessage, mail_from: str, to: str) -> tuple[str, str, bytes] | None:
    """A ticket robot that answers everything, also automatic mail, without saying that it is one."""
    back = str(mail["Reply-To"] or mail["From"]).rpartition("<")[2].strip("<> ")
    return to, back, _letter(to, back, f"[Ticket#1] {mail['Subject']}", {})


def away(mail: EmailMessage, mail_from: str, to: str) -> tuple[str, str, bytes] | None:
    """A leave notice that answers to the envelope and says what it is, as Exchange does."""
    back = mail_from or str(mail["From"]).rpartition("<")[2].strip("<> ")
    marks = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    return "", back, _letter(to, back, "Automatic reply: away", marks)


def _letter(author: str, to: str, subject: str, marks: Mapping[str, str]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = author, to, subject
    for name, value in marks.items():
        message[name] = value
    message.set_content("Yêu cầu của bạn đã được ghi nhận.")
    return message.as_bytes(policy=SMTP)


@pytest.fixture
def laboratory(founded_hub: Path, readers: ReaderPool, tmp_path: Path, stages: Stages) -> Laboratory:
    made = Laboratory()
    other = Stages(founded_hub, tmp_path / "other", readers, MOMENT)
    made.hubs = {"binhlam.example": stages, "other.example": other}
    bodies = {
        "echo": Outside("echo", "Sở Robot", domains=("echo.example",), email="ticket@echo.example"),
        "away": Outside("away", "Sở Vắng mặt", domains=("away.example",), email="boss@away.example"),
        "other": Outside("other", "Sở Láng giềng", domains=("other.example",), email="congvan@other.example"),
    }
    for domain, hub_stages in made.hubs.items():
        hub_stages.hub.transports = {**hub_stages.hub.transports, "smtp": made}  # type: ignore[dict-item]
        found = hub_stages.hub.directory
        grown = replace(found, outside={**found.outside, **bodies}, domains=(domain,))
        with hub_stages.hub.database.transaction() as connection:
            directory_rows.replace(connection, grown)
        hub_stages.hub.refresh()
    made.robots = {"ticket@echo.example": echo, "boss@away.example": away}
    return made


@ON_BOTH_ENGINES
def test_one_letter_to_robots_and_another_hub_makes_few_mails_then_silence(laboratory: Laboratory) -> None:
    stages = laboratory.hubs["binhlam.example"]
    names = ("Sở Robot", "Sở Vắng mặt", "Sở Láng giềng")
    stages.mail(CLERK, [text_file("sotuphap", "901/STP-VP", to=names)])
    laboratory.run()
    assert len(laboratory.traffic) <= MOST, laboratory.traffic
    pairs = Counter(tuple(sorted(item.partition("@")[2] for item in pair)) for pair in laboratory.traffic)
    assert max(pairs.values()) <= 2 + 1, pairs  # the letter itself, and at most two automatic ones
    laboratory.run()
    assert len(laboratory.traffic) <= MOST
    laboratory.hubs["other.example"].close()


def _is_another_province(stages: Stages) -> None:
    """It has a justice department under a name of its own, and knows the sender's as a body outside."""
    found = stages.hub.directory
    own = replace(found.units["sotuphap"], name="Sở Pháp chế", other_names=(), symbols=("SPC",))
    theirs = Outside("stp-binhlam", "Sở Tư pháp", domains=("binhlam.example",))
    units, outside = {**found.units, "sotuphap": own}, {**found.outside, theirs.code: theirs}
    with stages.hub.database.transaction() as connection:
        directory_rows.replace(connection, replace(found, units=units, outside=outside))
    stages.hub.refresh()


def test_the_hub_of_another_organisation_registers_what_it_is_sent(laboratory: Laboratory) -> None:
    stages, other = laboratory.hubs["binhlam.example"], laboratory.hubs["other.example"]
    _is_another_province(other)
    stages.mail(CLERK, [text_file("sotuphap", "902/STP-VP", to=("Sở Láng giềng",))])
    laboratory.run()
    with other.hub.database.reading() as connection:
        (document,) = connection.execute(select(documents)).all()
        entries = registers.entries_of(connection, [document.id])
    assert (document.symbol, document.direction) == ("902/STP-VP", "incoming")
    assert (document.issuer, document.sender_verdict) == ("outside:stp-binhlam", "aligned")
    assert document.registered_at is not None, document
    assert [(entry.keeper, entry.direction, entry.label) for entry in entries] == [
        ("vpubnd", "incoming", "01")
    ]
    assert life(stages, "902/STP-VP")["state"] == "sent"
    assert len(laboratory.traffic) <= 3, laboratory.traffic  # with a notice and the receipt
    other.close()


def test_no_backscatter_to_forged_senders(laboratory: Laboratory) -> None:
    """Whatever a stranger sends, nothing goes to the address it claims (S8)."""
    stages = laboratory.hubs["binhlam.example"]
    mail = sent(stages)
    before = len(laboratory.traffic)
    for number in range(30):
        answered(
            stages, mail, f"victim{number}@elsewhere.example", ("đã nhận", "?", "từ chối")[number % 3],
            verdict=SenderVerdict.UNVERIFIED,
        )  # fmt: skip
        stages.mail(f"victim{number}@elsewhere.example", [text_file("btp", f"{number + 300}/BTP-VP")],
                    verdict=SenderVerdict.UNVERIFIED)  # fmt: skip
    laboratory.run()
    strangers = [to for _from, to in laboratory.traffic[before:] if to.endswith("elsewhere.example")]
    assert strangers == [] and handlings(stages) == ["01"]
    laboratory.hubs["other.example"].close()


def test_unclear_answers_do_not_flood_the_clerk(stages: Stages) -> None:
    """The same unclear mail again is the same arrival; its notice is planned once."""
    mail = sent(stages)
    author = staff(stages, "sotaichinh", "clerk")
    answered(stages, mail, author, "có phải gửi cho chúng tôi không?")
    notices = box(stages, "vanthu.sotaichinh@binhlam.example", "Trả lời cần người đọc")
    assert len(notices) == 1 and life(stages)["handling"] == "01"
