"""What goes outside: retries under a clock, bounces, suppression, what people are told (PROMISES R9, S8)."""

import base64
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select

from connectors.transports import reasons
from hub import deliver
from hub.addresses import bounce_address
from hub.context import Hub
from hub.following.signing import reply_address
from rules.directory import local_and_domain
from rules.values.arrival import Envelope
from rules.values.sending import Address, Deferred, Failed, Outbound, Outcome, Sent
from storage import documents, handling
from storage.tables.deliveries import attempts, deliveries
from storage.tables.following import suppressions
from tests.hub.conftest import ON_BOTH_ENGINES
from tests.hub.stages import WORKER, Stages
from tests.hub.test_stages_answers import CLERK, box, life
from tests.journeys.papers import text_file
from tests.rules.test_returned import dsn

MINISTRY = "btp"


@dataclass
class World:
    """Mail domains that take mails, or not yet: a transport that talks to nobody."""

    stages: Stages
    down_until: dict[str, datetime] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    taken: Counter[str] = field(default_factory=Counter)
    asked: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def deliver(self, key: str, to: Address, parcel: Outbound) -> Outcome:
        now = self.stages.clock.now()
        _local, domain = local_and_domain(to.email)
        self.asked[domain].append(now)
        if now < self.down_until.get(domain, now):
            return Deferred(f"{reasons.NOT_NOW}: 451 4.7.1 try later")
        if to.email in self.refused:
            return Failed(self.refused[to.email])
        self.taken[key] += 1
        return Sent("250 ok")


@pytest.fixture
def world(stages: Stages) -> World:
    made = World(stages)
    transports: Mapping[str, Any] = {**stages.hub.transports, "smtp": made}
    stages.hub.transports = transports
    return made


def sent(stages: Stages, symbol: str = "801/STP-VP") -> dict[str, Any]:
    """A letter to the Ministry of Justice, outside."""
    stages.mail(CLERK, [text_file("sotuphap", symbol, to=("Bộ Tư pháp",))])
    return life(stages, symbol)


def returned(stages: Stages, delivery: int, raw: bytes) -> None:
    to = bounce_address(stages.hub, delivery)
    stages.arrive(Envelope("smtp", "smtp", stages.clock.now(), "", (to,)), raw)


def to_intake(stages: Stages) -> Envelope:
    """What a mail system sends to the address in From."""
    return Envelope("smtp", "smtp", stages.clock.now(), "", (f"congvan@{stages.hub.config.domain}",))


def reply_address_of(hub: Hub, delivery: int) -> str:
    with hub.database.reading() as connection:
        row = handling.ledger_row(connection, delivery)
    assert row is not None
    return reply_address(hub, delivery, row.created_at)


def words(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


class Patient:
    """Mailboxes that take their time; the second mail meets a fault."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.begun = self.open = self.most = 0

    def deliver(self, key: str, to: Address, parcel: Outbound) -> Outcome:
        return self.hand_over(key, to, parcel)()

    def hand_over(self, key: str, to: Address, parcel: Outbound) -> Callable[[], Outcome]:
        self.begun += 1
        if self.begun == 2:
            raise ValueError("no reason")
        self.open += 1
        self.most = max(self.most, self.open)
        return partial(self._end, key, to, parcel)

    def _end(self, key: str, to: Address, parcel: Outbound) -> Outcome:
        self.open -= 1
        outcome: Outcome = self._real.deliver(key, to, parcel)
        return outcome


def test_a_few_mails_for_mailboxes_are_under_way_at_once_and_a_fault_stops_none(stages: Stages) -> None:
    patient = Patient(stages.hub.transports["maildir"])
    transports: Mapping[str, Any] = {**stages.hub.transports, "maildir": patient}
    stages.hub.transports = transports
    to = ("Sở Nội vụ", "Sở Tài chính", "Sở Y tế", "Sở Xây dựng")
    stages.mail(CLERK, [text_file("sotuphap", "820/STP-VP", to=to)])
    states = Counter(row["state"] for row in stages.deliveries())
    assert states == {"delivered": 3, "deferred": 1}
    assert patient.open == 0 and 1 < patient.most <= deliver.UNDER_WAY


def test_a_bounce_fails_its_delivery_and_the_sender_reads_why(stages: Stages, world: World) -> None:
    item = sent(stages)
    assert (item["state"], item["handling"]) == ("sent", None)
    returned(stages, item["id"], dsn("failed", "5.1.1", "550 5.1.1 User unknown"))
    item = life(stages, "801/STP-VP")
    assert item["state"] == "failed" and item["attempts"][-1]["outcome"] == "bounced"
    (told,) = box(stages, CLERK, "Không gửi được")
    assert "không có hộp thư này" in words(told) and "Bộ Tư pháp" in words(told)
    (case,) = stages.cases("hold")
    assert case["delivery"] == item["id"]


def quoting(head: str, encoded: bool) -> bytes:
    """A bounce with the head of the mail that came back, as it is or in base64."""
    quoted = base64.encodebytes(head.encode()).decode() if encoded else head
    plain = dsn("failed", "5.1.1", "550 5.1.1 User unknown").decode().replace("\r\n", "\n")
    encoding = "Content-Transfer-Encoding: base64\n" if encoded else ""
    part = f"--b\nContent-Type: text/rfc822-headers\n{encoding}\n{quoted}\n--b--\n"
    return plain.replace("--b--\n", part).encode()


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize("signed", [bounce_address, reply_address_of])
def test_a_bounce_to_the_intake_is_believed_where_it_quotes_an_address_we_signed(
    stages: Stages, world: World, signed: Callable[..., str], encoded: bool
) -> None:
    """Some systems send their bounces to From: the delivery must not stay "sent" for ever."""
    item = sent(stages)
    head = f"Return-Path: <{signed(stages.hub, item['id'])}>\nSubject: 801/STP-VP"
    stages.arrive(to_intake(stages), quoting(head, encoded))
    assert life(stages, "801/STP-VP")["state"] == "failed"
    assert len(box(stages, CLERK, "Không gửi được")) == 1
    assert len(stages.documents()) == 1  # and nothing was registered


def test_a_bounce_to_the_answering_address_fails_its_delivery(stages: Stages, world: World) -> None:
    item = sent(stages)
    envelope = replace(to_intake(stages), recipients=(reply_address_of(stages.hub, item["id"]),))
    stages.arrive(envelope, dsn("failed", "5.1.1", "550 5.1.1 User unknown"))
    assert life(stages, "801/STP-VP")["state"] == "failed"


def test_a_bounce_that_quotes_only_what_anybody_can_guess_changes_nothing(
    stages: Stages, world: World
) -> None:
    item = sent(stages)
    forged = f"bounce+{item['id']}.{'0' * 32}@vanthu.example"
    for head in (f"Message-ID: <d.1.outside:{MINISTRY}@vanthu.example>", f"Return-Path: <{forged}>"):
        stages.arrive(to_intake(stages), quoting(head, False))
    assert life(stages, "801/STP-VP")["state"] == "sent" and not box(stages, CLERK, "Không gửi được")


def test_nothing_more_goes_to_an_address_that_does_not_exist_until_it_is_lifted(
    stages: Stages, world: World
) -> None:
    first = sent(stages)
    returned(stages, first["id"], dsn("failed", "5.1.1", "550 5.1.1 User unknown"))
    asked = len(world.asked["botuphap.example"])
    second = sent(stages, "802/STP-VP")
    assert second["state"] == "failed" and len(world.asked["botuphap.example"]) == asked
    (address,) = {row.address for row in _rows(stages, select(suppressions))}
    stages.act("suppressions.lift", address=address)
    assert sent(stages, "803/STP-VP")["state"] == "sent"


def test_fix_and_resend_in_one_step(stages: Stages, world: World) -> None:
    item = sent(stages)
    returned(stages, item["id"], dsn("failed", "5.1.1", "550 5.1.1 User unknown"))
    with pytest.raises(Exception, match="--to"):
        stages.act("deliveries.fix", delivery=item["id"])
    answer = stages.act("deliveries.fix", delivery=item["id"], to="congvan@botuphap.example")
    assert answer["address"] == "congvan@botuphap.example"
    assert life(stages, "801/STP-VP")["state"] == "sent" and stages.cases("hold") == []
    assert [row.address for row in _rows(stages, select(deliveries)) if row.id == item["id"]] == [
        "congvan@botuphap.example"
    ]


@pytest.mark.parametrize(
    ("raw", "state", "handling", "kept"),
    [
        (dsn("delivered", "2.0.0"), "delivered", "01", "delivered"),
        (dsn("relayed", "2.0.0"), "sent", None, "relayed"),
        (dsn("delayed", "4.4.1", "timed out"), "sent", None, "delayed"),
        (b"Subject: Read\r\n\r\nDisposition: manual-action/x; displayed\r\n", "sent", None, "read"),
        (b"Subject: hello\r\n\r\nnothing\r\n", "sent", None, "unknown"),
    ],
)  # fmt: skip
def test_receipts_are_kept_as_what_they_are(
    stages: Stages, world: World, raw: bytes, state: str, handling: str | None, kept: str
) -> None:
    item = sent(stages)
    returned(stages, item["id"], raw)
    item = life(stages, "801/STP-VP")
    assert (item["state"], item["handling"]) == (state, handling)
    assert item["attempts"][-1]["outcome"] == kept and stages.cases("hold") == []


def test_a_bounce_after_delivery_changes_nothing(stages: Stages, world: World) -> None:
    item = sent(stages)
    returned(stages, item["id"], dsn("delivered", "2.0.0"))
    returned(stages, item["id"], dsn("failed", "5.1.1", "550 5.1.1 User unknown"))
    assert life(stages, "801/STP-VP")["state"] == "delivered"


def test_the_smarthosts_own_no_is_told_with_an_address_that_may_be_meant(
    stages: Stages, world: World
) -> None:
    present = stages.hub.directory.outside[MINISTRY].email
    wrong = present.replace("@", "x@")
    world.refused[wrong] = f"{reasons.for_refusal(550, '5.1.1 no')}: 550 5.1.1 no"
    item = sent(stages)
    with stages.hub.database.transaction() as connection:
        connection.execute(
            deliveries.update().where(deliveries.c.id == item["id"]).values(state="failed", address=wrong)
        )
    stages.act("deliveries.retry", delivery=item["id"])
    (told,) = box(stages, CLERK, "Không gửi được")
    assert present in words(told) and stages.cases("hold")[-1]["suggestions"][0] == present


# -- R9: a peer that is away for three days --------------------------------------


DOMAINS = tuple(f"m{number}.example" for number in range(5))
MAILS = 500 if os.environ.get("VANTHU_SOAK") else 100


def queue(stages: Stages, count: int, domains: tuple[str, ...]) -> set[str]:
    """Deliveries of one letter to many addresses; their keys."""
    now = stages.clock.now()
    if not stages.documents("801/STP-VP"):
        sent(stages)
    document = stages.document("801/STP-VP")["id"]
    with stages.hub.database.transaction() as connection:
        version = documents.latest_version(connection, document).id
        rows = [
            {"key": f"r9.{domains[0]}.{number}", "kind": "document", "document": document, "version": version,
             "receiver": f"outside:{MINISTRY}", "state": "planned", "next_attempt": now, "created_at": now,
             "address": f"u{number}@{domains[number % len(domains)]}"}
            for number in range(count)
        ]  # fmt: skip
        connection.execute(insert(deliveries), rows)
    return {row["key"] for row in rows}


def pass_time(stages: Stages, until: datetime) -> None:
    """The clock jumps from one due moment to the next, as time would."""
    while True:
        while deliver.run(stages.hub, WORKER):
            pass
        with stages.hub.database.reading() as connection:
            due = connection.execute(
                select(deliveries.c.next_attempt)
                .where(deliveries.c.state.in_(("planned", "deferred")))
                .order_by(deliveries.c.next_attempt)
                .limit(1)
            ).scalar()
        if due is None or due > until:
            stages.clock.moment = until
            return
        stages.clock.moment = max(due, stages.clock.moment)


@ON_BOTH_ENGINES
@pytest.mark.timeout(3600)  # because thousands of tries go by the clock, on a machine that may be busy
def test_a_peer_down_for_three_days_gets_every_mail_once_when_it_is_back(
    stages: Stages, world: World
) -> None:
    began = stages.clock.now()
    world.down_until = dict.fromkeys(DOMAINS, began + timedelta(hours=72))
    keys = queue(stages, MAILS, DOMAINS)
    pass_time(stages, began + timedelta(hours=5))
    other = queue(stages, 20, ("healthy.example",))  # never waits behind the others
    before = stages.clock.now()
    while deliver.run(stages.hub, WORKER):
        pass
    healthy = [key for key in other if world.taken[key] == 1]
    assert len(healthy) == 20 and stages.clock.now() - before < timedelta(seconds=60)
    pass_time(stages, began + timedelta(hours=78))
    assert {key: world.taken[key] for key in keys} == dict.fromkeys(keys, 1)
    tries = _tries(stages, keys)
    assert min(tries) >= 25 and max(tries) <= 60, (min(tries), max(tries))
    for domain in DOMAINS:
        minutes = Counter(at.replace(second=0, microsecond=0) for at in world.asked[domain])
        down = [n for minute, n in minutes.items() if minute < began + timedelta(hours=72)]
        assert max(down) <= 20
    assert len(box(stages, CLERK, "Gửi chậm")) == len(DOMAINS) and box(stages, CLERK, "Không gửi được") == []


def test_a_peer_that_never_comes_back_is_told_once_after_five_days(stages: Stages, world: World) -> None:
    began = stages.clock.now()
    world.down_until = {"botuphap.example": began + timedelta(days=30)}
    item = sent(stages)
    pass_time(stages, began + timedelta(days=6))
    assert life(stages, "801/STP-VP")["state"] == "failed"
    assert len(box(stages, CLERK, "Gửi chậm")) == 1 and len(box(stages, CLERK, "Không gửi được")) == 1
    (case,) = stages.cases("hold")
    assert case["delivery"] == item["id"]


def _tries(stages: Stages, keys: set[str]) -> list[int]:
    counted = Counter(row.delivery for row in _rows(stages, select(attempts)))
    return [counted[row.id] for row in _rows(stages, select(deliveries)) if row.key in keys]


def _rows(stages: Stages, query: Any) -> list[Any]:
    with stages.hub.database.reading() as connection:
        return list(connection.execute(query))
