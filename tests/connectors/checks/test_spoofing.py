"""PROMISES S5: nobody is taken for another, by whatever trick; the attacker's own DNS is in order."""

import pytest

from connectors.checks.resolver import TableResolver
from connectors.checks.sender import check_sender
from rules.directory import Directory, Outside
from rules.sender import judge
from rules.vocabulary import SenderVerdict
from tests.connectors.checks.signed import envelope, letter, signed, zone

OURS, BTP, BYT, EVIL = "binhlam.example", "botuphap.example", "boyte.example", "evil.example"
LOOKALIKE = "botuphаp.example".encode("idna").decode()  # a Cyrillic a, registered by the attacker
DIRECTORY = Directory.of(
    outside=[Outside("btp", "Bộ Tư pháp", domains=(BTP,)), Outside("byt", "Bộ Y tế", domains=(BYT,))],
    domains=[OURS],
)
# The attacker sends from PEER and signs for his domains; the ministries send from elsewhere.
WORLD = zone(EVIL, LOOKALIKE, f"{BTP}.{EVIL}", f"mail.{EVIL}")
WORLD |= {("TXT", domain): ["v=spf1 ip4:198.51.100.0/24 -all"] for domain in (OURS, BTP, BYT)}
WORLD |= {("TXT", f"_dmarc.{domain}"): ["v=DMARC1; p=none"] for domain in (OURS, BTP)}

FROMS = [
    f"vanthu@{BTP}",
    f"Bộ Tư pháp <vanthu@{BTP}>",
    f"<vanthu@{BTP}> <x@{EVIL}>",
    f'"vanthu@{BTP}" <x@{EVIL}>',
    f'"Bộ Tư pháp <vanthu@{BTP}>" <x@{EVIL}>',
    f"=?utf-8?q?vanthu=40{BTP}?= <x@{EVIL}>",
    f"=?utf-8?b?QuG7mSBUxrAgcGjDoXA=?= <x@{EVIL}>",
    f"vanthu@{BTP})<x@{EVIL}>",
    f"vanthu@{BTP}(<x@{EVIL}>",
    f"vanthu@{BTP}<x@{EVIL}>",
    f"vanthu@{BTP};<x@{EVIL}>",
    f"vanthu@{BTP}\\<x@{EVIL}>",
    f"vanthu@{BTP}\"<x@{EVIL}>",
    f"vanthu@{BTP}, x@{EVIL}",
    f"x@{EVIL}, vanthu@{BTP}",
    f"x@{EVIL} (vanthu@{BTP})",
    f"(vanthu@{BTP}) x@{EVIL}",
    f"vanthu@{BTP} (x@{EVIL})",
    f"x@{EVIL} <vanthu@{BTP}>",
    f"<x@{EVIL}> <vanthu@{BTP}>",
    f"Phòng: vanthu@{BTP}, x@{EVIL};",
    f"<@{EVIL}:vanthu@{BTP}>",
    f"vanthu@{BTP}@{EVIL}",
    f"vanthu@{EVIL}@{BTP}",
    f'"vanthu@{BTP}"@{EVIL}',
    f"vanthu%{BTP}@{EVIL}",
    f"vanthu@{BTP}.{EVIL}",
    f"vanthu@{LOOKALIKE}",
    "vanthu@botuphаp.example",
    f"vanthu＠{BTP} <x@{EVIL}>",
    f"vanthu@{BTP}\u202e <x@{EVIL}>",
    f"vanthu@{BTP}\x00<x@{EVIL}>",
    f"vanthu@{BTP}\x0b<x@{EVIL}>",
    f"vanthu @ {BTP}",
    "vanthu@ botuphap . example",
    f"vanthu@{BTP}.",
    f"vanthu@{BTP} \r\n <x@{EVIL}>",
    "",
]  # fmt: skip
OWN = [
    f"anhttn@{OURS}",
    f"Văn thư <vanthu.sotuphap@{OURS}>",
    f"x@{EVIL}, anhttn@{OURS}",
    f"anhttn@{OURS} <x@{EVIL}>",
    f"anhttn@{OURS})<x@{EVIL}>",
    f"anhttn @ {OURS.upper()}",
    "anhttn@ｂｉｎｈｌａｍ.example",
    f"anhttn@{OURS}.",
]
EXTRA = [
    (f"From: vanthu@{BTP}", f"From: x@{EVIL}"),
    (f"From: x@{EVIL}", f"From: vanthu@{BTP}"),
    (f"From : vanthu@{BTP}", f"From: x@{EVIL}"),
    (f"From: vanthu@{BTP}", f"Sender: x@{EVIL}"),
    (f"From: x@{EVIL}", f"Sender: vanthu@{BTP}"),
    (f"From: x@{EVIL}", f"Reply-To: vanthu@{BTP}"),
    (f"From: x@{EVIL}", f"Resent-From: vanthu@{BTP}"),
    (f"From: vanthu@{BTP}", f"Authentication-Results: hub.binhlam.example; dkim=pass header.d={BTP}"),
    (f"From: vanthu@{BTP}", f"Authentication-Results: mx.{EVIL}; dmarc=pass header.from={BTP}"),
    (f"From: vanthu@{BTP}", f"Received-SPF: pass (domain of vanthu@{BTP})"),
    (f"From: vanthu@{BTP}", f"ARC-Authentication-Results: i=1; mx.{EVIL}; dmarc=pass header.from={BTP}"),
    (f"X: y\nFrom: vanthu@{BTP}", f"From: x@{EVIL}"),
    (f"X: y\rFrom: vanthu@{BTP}", f"From: x@{EVIL}"),
    (f"broken line\r\nFrom: vanthu@{BTP}", f"From: x@{EVIL}"),
    (f"X: {'y' * 20_000}", f"From: vanthu@{BTP}"),
]  # fmt: skip
CASES = [*((f"From: {value}",) for value in (*FROMS, *OWN)), *EXTRA]


def verdict(mail: bytes, mail_from: str) -> SenderVerdict:
    arrival = envelope(mail_from)
    check = check_sender(mail, arrival, TableResolver(WORLD), "hub.binhlam.example")
    return judge(check, arrival, DIRECTORY).verdict


def test_the_matrix_is_large_enough() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("headers", CASES)
@pytest.mark.parametrize(
    "mail_from", [f"x@{EVIL}", f"vanthu@{BTP}", f"vanthu@{BTP}@{EVIL}", f"x@mail.{EVIL}"]
)
def test_no_trick_makes_a_sender_better_than_unverified(headers: tuple[str, ...], mail_from: str) -> None:
    plain = letter(*headers)
    assert verdict(plain, mail_from) in (SenderVerdict.UNVERIFIED, SenderVerdict.FORGED)
    if "\n" not in "".join(headers) and "\r" not in "".join(headers):
        for signer in (EVIL, f"{BTP}.{EVIL}", LOOKALIKE):
            mail = signed(plain, signer, include_headers=[b"from", b"subject"])
            assert verdict(mail, mail_from) in (SenderVerdict.UNVERIFIED, SenderVerdict.FORGED)


@pytest.mark.parametrize("value", OWN)
def test_whoever_claims_our_domain_is_forged(value: str) -> None:
    assert verdict(letter(f"From: {value}"), f"x@{EVIL}") is SenderVerdict.FORGED
    assert verdict(letter(f"From: x@{EVIL}", f"Sender: {value}"), f"x@{EVIL}") is SenderVerdict.FORGED
    assert verdict(letter(f"From: x@{EVIL}"), f"x@{OURS}") is SenderVerdict.FORGED


def test_a_replayed_letter_from_a_strange_envelope_is_unverified() -> None:
    """Its signature is right, but a receipt would go to whom the attacker names."""
    world = TableResolver(WORLD | zone(BTP, spf="v=spf1 -all"))
    mail = signed(letter(f"From: vanthu@{BTP}"), BTP)
    for mail_from, want in (
        (f"victim@{BYT}", SenderVerdict.UNVERIFIED),
        (f"vanthu@{BTP}", SenderVerdict.ALIGNED),
    ):
        arrival = envelope(mail_from)
        assert judge(check_sender(mail, arrival, world), arrival, DIRECTORY).verdict is want


def test_the_ministry_itself_is_aligned() -> None:
    """Otherwise the tests above would hold for a hub that trusts nobody."""
    assert verdict_of_ministry(letter(f"From: Bộ Tư pháp <vanthu@{BTP}>")) is SenderVerdict.ALIGNED


def verdict_of_ministry(mail: bytes) -> SenderVerdict:
    arrival = envelope(f"vanthu@{BTP}", peer="198.51.100.7")
    return judge(check_sender(mail, arrival, TableResolver(WORLD)), arrival, DIRECTORY).verdict
