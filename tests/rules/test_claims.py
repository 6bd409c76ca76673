"""Whom From and Sender name, and what a verdict makes of it (PROMISES S5)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.claim import claim_of
from rules.directory import Directory, Outside, Unit
from rules.sender import judge
from rules.values.arrival import Envelope
from rules.values.sender import Claim, SenderCheck
from rules.vocabulary import SenderVerdict, UnitKind

OURS = "binhlam.example"
BTP = "botuphap.example"
DIRECTORY = Directory.of(
    units=[Unit("sotuphap", "Sở Tư pháp", UnitKind.DEPARTMENT, domains=("stp.binhlam.gov.vn",))],
    outside=[
        Outside("btp", "Bộ Tư pháp", domains=(BTP,)),
        Outside("byt", "Bộ Y tế", domains=("boyte.example",)),
    ],
    domains=[OURS],
)


def envelope(mail_from: str, verdict: SenderVerdict = SenderVerdict.UNVERIFIED) -> Envelope:
    return Envelope("smtp", "smtp", datetime(2026, 11, 23, tzinfo=UTC), mail_from, verdict=verdict)


@pytest.mark.parametrize(
    "header",
    [
        f"vanthu@{BTP}",
        f"<vanthu@{BTP}>",
        f"Văn thư Bộ Tư pháp <vanthu@{BTP}>",
        f'"Bộ Tư pháp (Văn thư), phòng \\"Hành chính\\"" <vanthu@{BTP}>',
        f"=?utf-8?b?QuG7mSBUxrAgcGjDoXA=?= <vanthu@{BTP}>",
        f"vanthu@{BTP} <vanthu@{BTP}>".replace("vanthu@", '"vanthu@', 1).replace(" <", '" <'),
        f"B.T.P. <VanThu@{BTP.upper()}>",
    ],
)
def test_a_plain_from_names_its_domain(header: str) -> None:
    assert claim_of([], [header]) == Claim(BTP, "", (BTP,))


@pytest.mark.parametrize(
    ("header", "doubt"),
    [
        (f"vanthu@{BTP}, x@evil.example", "from-unclear"),
        (f"vanthu@{BTP})<x@evil.example>", "from-unclear"),
        (f"<vanthu@{BTP}> <x@evil.example>", "from-unclear"),
        (f"vanthu@{BTP} (vanthu@boyte.example)", "from-unclear"),
        (f"Phòng: vanthu@{BTP};", "from-unclear"),
        (f'"vanthu@boyte.example" <vanthu@{BTP}>', "name-is-address"),
        (f"vanthu＠boyte.example <vanthu@{BTP}>", "name-is-address"),
        (f"=?utf-8?q?vanthu=40boyte.example?= <vanthu@{BTP}>", "name-is-address"),
        (f'"unclosed <vanthu@{BTP}>', "from-unclear"),
        (f"vanthu@[{BTP}]", "from-unclear"),
        ("vanthu@botuphаp.example", "from-unclear"),  # noqa: RUF100  (a Cyrillic a)
        (f"vanthu@{BTP}\x00", "from-unclear"),
        (f"@evil.example:vanthu@{BTP}", "from-unclear"),
        ("", "from-unclear"),
        ("x" * 3000 + f"@{BTP}", "from-unclear"),
    ],
)
def test_what_is_not_plain_names_nobody(header: str, doubt: str) -> None:
    claim = claim_of([], [header])
    assert (claim.domain, claim.doubts) == ("", (doubt,))


def test_several_and_missing() -> None:
    assert claim_of([], []).doubts == ("from-missing",)
    assert claim_of([], [f"a@{BTP}", "b@boyte.example"]) == Claim(
        "", "", (BTP, "boyte.example"), ("from-several",)
    )
    assert claim_of([f"a@{BTP}"] * 2, [f"a@{BTP}"]).doubts == ("sender-several",)
    assert claim_of(["a@x.example"], [f"a@{BTP}"]) == Claim(BTP, "x.example", (BTP, "x.example"))


def test_full_width_letters_are_the_domain_they_stand_for() -> None:
    assert claim_of([], ["x@ｂｉｎｈｌａｍ.example"]).domains == (OURS,)


@given(st.lists(st.text(max_size=60), max_size=3), st.lists(st.text(max_size=60), max_size=3))
def test_any_headers_can_be_read(senders: list[str], authors: list[str]) -> None:
    claim = claim_of(senders, authors)
    assert bool(claim.domain) <= (not claim.doubts)


PASSED = SenderCheck(Claim(BTP, "", (BTP,)), spf="pass", dkim=((BTP, "pass"),), dmarc="pass", aligned=(BTP,))
SUB = f"mail.{BTP}"


@pytest.mark.parametrize(
    ("check", "mail_from", "verdict", "because"),
    [
        (PASSED, f"x@{BTP}", "aligned", "aligned"),
        (PASSED, f"x@{SUB}", "aligned", "aligned"),
        (SenderCheck(Claim(SUB, BTP, (SUB, BTP)), aligned=(BTP,)), f"x@{BTP}", "aligned", "aligned"),
        (PASSED, "x@evil.example", "unverified", "envelope-mismatch"),
        (SenderCheck(Claim(BTP, "", (BTP,))), f"x@{BTP}", "unverified", "not-aligned"),
        (
            SenderCheck(Claim("evil.example"), aligned=("evil.example",)),
            f"x@{BTP}",
            "unverified",
            "not-registered",
        ),
        (SenderCheck(Claim(BTP), aligned=("boyte.example",)), f"x@{BTP}", "unverified", "other-domain"),
        (
            SenderCheck(Claim(BTP, "boyte.example"), aligned=(BTP,)),
            f"x@{BTP}",
            "unverified",
            "sender-mismatch",
        ),
        (
            SenderCheck(Claim("", doubts=("from-several",)), aligned=(BTP,)),
            f"x@{BTP}",
            "unverified",
            "from-several",
        ),
        (SenderCheck(Claim(BTP, "", (BTP, OURS)), aligned=(BTP,)), f"x@{BTP}", "forged", "claims-our-domain"),
        (PASSED, f"x@{OURS.upper()}.", "forged", "claims-our-domain"),
        (
            SenderCheck(Claim("stp.binhlam.gov.vn"), aligned=("binhlam.gov.vn",)),
            "x@stp.binhlam.gov.vn",
            "unverified",
            "other-domain",
        ),
        (
            SenderCheck(Claim("stp.binhlam.gov.vn"), aligned=("stp.binhlam.gov.vn",)),
            "x@stp.binhlam.gov.vn",
            "aligned",
            "aligned",
        ),
    ],
)
def test_verdicts(check: SenderCheck, mail_from: str, verdict: str, because: str) -> None:
    judged = judge(check, envelope(mail_from), DIRECTORY)
    assert (judged.verdict, judged.because) == (verdict, because)


def test_what_the_envelope_proved_stays() -> None:
    forged = SenderCheck(Claim(OURS, "", (OURS,)))
    for verdict in (SenderVerdict.AUTHENTICATED, SenderVerdict.ALIGNED, SenderVerdict.FORGED):
        assert judge(forged, envelope(f"x@{OURS}", verdict), DIRECTORY).verdict is verdict
