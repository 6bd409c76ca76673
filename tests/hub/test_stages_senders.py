"""What the hub does with mails from outside: aligned, unverified, forged (SEMANTICS, Who sent it)."""

from dataclasses import replace

import pytest

from connectors.checks.resolver import TableResolver
from hub import arrived
from hub.settings import Smtp
from rules.vocabulary import SenderVerdict
from storage.tables.arrivals import arrivals as rows
from storage.tables.machinery import journal
from tests.connectors.checks.signed import PEER, envelope, signed, zone
from tests.hub.stages import Stages
from tests.journeys.house import File, intake, mail
from tests.journeys.papers import text_file

MINISTRY, EVIL = "botuphap.example", "evil.example"
CLERK = f"vanthu@{MINISTRY}"
WORLD = zone(MINISTRY, EVIL, spf=f"v=spf1 ip4:{PEER} -all")
OUR_CLERKS = {intake("soyte")}
SILENT = TableResolver(WORLD, frozenset({MINISTRY, f"s1._domainkey.{MINISTRY}"}))


@pytest.fixture
def watchful(stages: Stages) -> Stages:
    """A hub that asks DNS."""
    stages.hub.dns = TableResolver(WORLD)
    return stages


def send(
    stages: Stages, author: str, file: File, mail_from: str = "", sign: str = "", peer: str = PEER
) -> None:
    to = [intake("soyte")]
    content = mail(author, to, [file])
    arrival = replace(
        envelope(mail_from or author, peer), recipients=tuple(to), received_at=stages.clock.now()
    )
    stages.arrive(arrival, signed(content, sign) if sign else content)


def verdicts(stages: Stages) -> list[str]:
    with stages.hub.database.reading() as connection:
        return [row.verdict for row in connection.execute(rows.select().order_by(rows.c.id))]


def told(stages: Stages) -> set[str]:
    """Who got any mail of the hub."""
    return {row["address"] for row in stages.deliveries(kind=None)}


def reasons(stages: Stages) -> list[str]:
    return [case["detail"] for case in stages.cases("review")]


def test_a_ministrys_letter_is_registered_incoming_and_answered(watchful: Stages) -> None:
    send(watchful, CLERK, text_file("btp", "201/BTP-VP"), sign=MINISTRY)
    found = watchful.document("201/BTP-VP")
    assert (found["direction"], found["status"], found["issuer"]) == ("incoming", "routed", "outside:btp")
    assert watchful.numbers("soyte") == [(2026, 1)] and reasons(watchful) == []
    (receipt,) = watchful.deliveries(found["id"], kind="receipt")
    assert receipt["address"] == CLERK and verdicts(watchful) == ["aligned"]


def test_a_stranger_with_all_papers_in_order_waits(watchful: Stages) -> None:
    send(watchful, f"vanthu@{EVIL}", text_file("btp", "202/BTP-VP"), sign=EVIL)
    assert watchful.document("202/BTP-VP")["status"] == "review"
    assert reasons(watchful) == ["sender-unverified"] and verdicts(watchful) == ["unverified"]
    assert [case["verdict"] for case in watchful.cases("review")] == ["unverified"]
    assert watchful.numbers("soyte") == [] and told(watchful) == OUR_CLERKS


def test_a_mail_in_the_ministrys_name_from_elsewhere_waits_without_answer(watchful: Stages) -> None:
    send(watchful, CLERK, text_file("btp", "203/BTP-VP"), sign=EVIL, peer="198.51.100.9")
    assert reasons(watchful) == ["sender-unverified"] and told(watchful) == OUR_CLERKS


def test_whoever_claims_to_be_one_of_us_is_forged(watchful: Stages) -> None:
    send(watchful, "anhttn@binhlam.example", text_file("sotuphap", "204/STP-VP"), f"x@{EVIL}", sign=EVIL)
    assert reasons(watchful) == ["sender-forged"] and verdicts(watchful) == ["forged"]
    assert watchful.numbers("soyte") == [] and told(watchful) == OUR_CLERKS


def test_nobody_outside_speaks_for_a_unit_of_ours(watchful: Stages) -> None:
    send(watchful, CLERK, text_file("sotuphap", "205/STP-VP", seed="giả"), sign=MINISTRY)
    assert reasons(watchful) == ["clerk-must-confirm"] and watchful.numbers("sotuphap", "outgoing") == []
    watchful.mail("anhttn@binhlam.example", [text_file("sotuphap", "205/STP-VP", seed="thật")])
    _claimed, real = watchful.documents("205/STP-VP")
    assert (real["status"], real["direction"]) == ("routed", "outgoing")
    assert watchful.numbers("sotuphap", "outgoing") == [(2026, 205)]


def test_silent_dns_leaves_the_sender_unverified(watchful: Stages) -> None:
    """After an hour in which it was asked again; nobody waits longer for a clerk."""
    watchful.hub.dns = SILENT
    send(watchful, CLERK, text_file("btp", "206/BTP-VP"), sign=MINISTRY)
    for _time in range(4):
        assert watchful.documents("206/BTP-VP") == [] and watchful.parked() == []
        watchful.forward(minutes=15)
        watchful.work()
    assert reasons(watchful) == ["sender-unverified"]
    with watchful.hub.database.reading() as connection:
        events = connection.execute(journal.select().where(journal.c.event == "sender-checked")).all()
    assert [(event.facts["spf"], event.facts["dkim"]) for event in events] == [("temperror", ["temperror"])]


def test_dns_that_comes_back_decides(watchful: Stages) -> None:
    watchful.hub.dns = SILENT
    send(watchful, CLERK, text_file("btp", "209/BTP-VP"), sign=MINISTRY)
    watchful.hub.dns = TableResolver(WORLD)
    watchful.work()
    assert watchful.documents("209/BTP-VP") == []
    watchful.forward(minutes=1)
    watchful.work()
    found = watchful.document("209/BTP-VP")
    assert (found["status"], found["verdict"]) == ("routed", "aligned")


def test_nobody_elses_silent_dns_holds_a_mail_up(watchful: Stages) -> None:
    """A stranger's own, or a stranger's signature below the ministry's name."""
    silent = frozenset({EVIL, f"s1._domainkey.{EVIL}", f"_dmarc.{EVIL}"})
    watchful.hub.dns = TableResolver(WORLD, silent)
    send(watchful, f"vanthu@{EVIL}", text_file("btp", "210/BTP-VP"), sign=EVIL)
    send(watchful, CLERK, text_file("btp", "211/BTP-VP"), sign=EVIL, peer="198.51.100.9")
    assert reasons(watchful) == ["sender-unverified", "sender-unverified"]


def test_a_rule_asks_for_the_verdict(watchful: Stages) -> None:
    rule = """
[set]
name = "thử"
[[rule]]
name = "giu-thu-tu-ngoai"
title = "Thư của cơ quan ngoài chờ điều phối"
when = { sender_verdict = "aligned" }
then = { hold = "Lãnh đạo xem trước" }
"""
    watchful.act("rules.publish", source=rule, scope="soyte")
    send(watchful, CLERK, text_file("btp", "212/BTP-VP"), sign=MINISTRY)
    (case,) = watchful.cases("hold")
    assert (case["reason"], case["unit"]) == ("rule", "soyte")


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.20.0.7"])
def test_dns_is_not_asked_about_near_and_trusted_machines(watchful: Stages, peer: str) -> None:
    smtp = Smtp(trusted_networks=["10.20.0.0/16"])
    watchful.hub.config = replace(watchful.hub.config, smtp=smtp)
    send(watchful, CLERK, text_file("btp", "207/BTP-VP"), sign=MINISTRY, peer=peer)
    assert verdicts(watchful) == ["unverified"]


def test_without_dns_nothing_changes(stages: Stages) -> None:
    assert stages.hub.dns is None
    arrival = envelope(CLERK)
    assert arrived.proved(stages.hub, 1, "no such blob", arrival) == (arrival, ())


def test_a_log_in_is_not_doubted(watchful: Stages) -> None:
    watchful.mail("anhttn@binhlam.example", [text_file("sotuphap", "208/STP-VP")])
    assert verdicts(watchful) == [SenderVerdict.AUTHENTICATED]
    assert reasons(watchful) == []
