"""What DNS should say about a mail domain, and what its answers are worth."""

import pytest

from rules.mailboxes.dns_records import (
    MailDomain,
    Purpose,
    Record,
    Standing,
    records,
    standing,
    sts_policy,
    zone_line,
)

KEY = "v=DKIM1; k=rsa; p=" + "A" * 390
DOMAIN = MailDomain(
    "so.example",
    "mail.so.example",
    relay="relay.example",
    keys={"vt1": KEY, "vt2": KEY},
    ports={"imaps": 993, "submissions": 465, "submission": 587},
    reports="hotro@so.example",
)


def by_name(domain: MailDomain = DOMAIN) -> dict[str, str]:
    return {record.name: record.value for record in records(domain) if record.kind != "MX"}


def test_every_kind_of_record_is_named() -> None:
    found = by_name()
    assert {record.purpose for record in records(DOMAIN)} == set(Purpose)
    assert found["so.example"] == "v=spf1 mx a:relay.example -all"
    assert found["_dmarc.so.example"] == "v=DMARC1; p=quarantine; rua=mailto:hotro@so.example"
    assert (found["vt1._domainkey.so.example"], found["vt2._domainkey.so.example"]) == (KEY, KEY)
    assert found["_imaps._tcp.so.example"] == "0 1 993 mail.so.example"
    assert found["_submissions._tcp.so.example"] == "1 1 465 mail.so.example"
    assert found["_imap._tcp.so.example"] == found["_pop3._tcp.so.example"] == "0 0 0 ."


def test_the_mark_of_the_policy_changes_with_the_policy() -> None:
    enforced = MailDomain(DOMAIN.name, DOMAIN.host, sts="enforce")
    assert by_name()["_mta-sts.so.example"] != by_name(enforced)["_mta-sts.so.example"]
    assert sts_policy(enforced).splitlines()[:3] == ["version: STSv1", "mode: enforce", "mx: mail.so.example"]
    assert "_mta-sts.so.example" not in by_name(MailDomain(DOMAIN.name, DOMAIN.host, sts="none"))


MX = Record(Purpose.MX, "so.example", "MX", "10 mail.so.example")
SPF = Record(Purpose.SPF, "so.example", "TXT", "v=spf1 mx -all")
DKIM = Record(Purpose.DKIM, "vt1._domainkey.so.example", "TXT", "v=DKIM1; k=rsa; p=AB")
IMAP = Record(Purpose.PROGRAMS, "_imaps._tcp.so.example", "SRV", "0 1 993 mail.so.example")
NONE = Record(Purpose.PROGRAMS, "_pop3._tcp.so.example", "SRV", "0 0 0 .")


@pytest.mark.parametrize(
    ("record", "found", "worth"),
    [
        (MX, ["20 MAIL.so.example."], Standing.RIGHT),
        (MX, ["5 other.example", "10 mail.so.example"], Standing.RIGHT),
        (MX, ["5 other.example"], Standing.OTHER),
        (MX, [], Standing.MISSING),
        (SPF, ["google-site=1", "v=spf1 include:x.example ~all"], Standing.RIGHT),
        (SPF, ["google-site=1"], Standing.MISSING),
        (SPF, ["v=spf1 mx -all", "v=spf1 -all"], Standing.DOUBLE),
        (DKIM, ["v=DKIM1;k=rsa;p=AB"], Standing.RIGHT),
        (DKIM, ["v=DKIM1; k=rsa; p=CD"], Standing.OTHER),
        (IMAP, ["10 5 993 mail.so.example."], Standing.RIGHT),
        (IMAP, ["0 1 143 mail.so.example"], Standing.OTHER),
        (NONE, ["0 0 0 ."], Standing.RIGHT),
        (NONE, ["0 0 110 mail.so.example"], Standing.OTHER),
        (IMAP, ["nonsense"], Standing.OTHER),
    ],
)
def test_what_an_answer_is_worth(record: Record, found: list[str], worth: Standing) -> None:
    assert standing(record, found) is worth


def test_a_zone_file_holds_texts_in_pieces_and_names_with_their_dot() -> None:
    (line,) = (zone_line(record) for record in records(DOMAIN) if record.name.startswith("vt1"))
    assert line.startswith('vt1._domainkey.so.example. IN TXT "v=DKIM1; k=rsa; p=AAA')
    assert [len(piece) for piece in line.split('"')[1::2]] == [255, len(KEY) - 255]
    assert zone_line(MX) == "so.example. IN MX 10 mail.so.example."
    assert zone_line(NONE).endswith("SRV 0 0 0 .")
