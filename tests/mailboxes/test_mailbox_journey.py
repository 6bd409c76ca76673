"""A mailbox is issued, opened, suspended: a real Dovecot, and the libraries that mail programs use."""

import imaplib
import re
import smtplib

import dkim
import imapclient
import pytest

from tests.mailboxes.conftest import DOMAIN, House, plain, subjects, wait_until


def test_an_issued_mailbox_is_opened_with_its_folders_and_the_welcome(house: House) -> None:
    (made,) = house.issue(f"khanhtq@{DOMAIN}")
    assert set(made) == {"address", "person", "unit", "first_password"}
    assert re.fullmatch(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", made["first_password"])
    with house.imap(made["address"], made["first_password"]) as client:
        folders = {name: flags for flags, _separator, name in client.list_folders()}
        assert set(folders) == {"INBOX", "Công văn đến", "Thư đi", "Nháp", "Rác"}
        assert (b"\\Sent" in folders["Thư đi"], b"\\Trash" in folders["Rác"]) == (True, True)
        assert client.has_capability("IDLE") and client.has_capability("QUOTA")
        wait_until(lambda: subjects(client) == [f"Hộp thư của anh/chị đã sẵn sàng: {made['address']}"])
    again = house.run("mailbox", "issue", made["address"])
    assert (again.returncode, "đã có hộp thư" in again.stderr or "already" in again.stderr) == (1, True)
    listed = {row["address"]: row for row in house.json("mailbox", "list")}[made["address"]]
    assert made["first_password"] not in str(listed)
    assert (listed["state"], listed["unit"]) == ("active", "ubnd")


def test_a_suspended_mailbox_lets_nobody_in_and_ends_who_is_inside(house: House) -> None:
    (made,) = house.issue(f"nguyetltm@{DOMAIN}")
    address, password = made["address"], made["first_password"]
    inside = house.imap(address, password)
    assert house.run("mailbox", "suspend", address).returncode == 0
    with pytest.raises((imaplib.IMAP4.error, OSError)):
        for _again in range(20):
            inside.noop()
    inside.shutdown()
    with pytest.raises(imapclient.exceptions.LoginError):
        house.imap(address, password)
    assert house.run("mailbox", "resume", address).returncode == 0
    house.imap(address, password).logout()


def test_a_first_password_is_changed_and_reset(house: House) -> None:
    (made,) = house.issue(f"locph@{DOMAIN}")
    address = made["address"]
    done = house.run("mailbox", "passwd", address, give="mot hai ba bon 5\n" * 2)
    assert done.returncode == 0, done.stderr
    house.imap(address, "mot hai ba bon 5").logout()
    with pytest.raises(imapclient.exceptions.LoginError):
        house.imap(address, made["first_password"])
    new = house.json("mailbox", "reset", address)["first_password"]
    house.imap(address, new).logout()
    with pytest.raises(imapclient.exceptions.LoginError):
        house.imap(address, "mot hai ba bon 5")


def test_staff_write_to_colleagues_and_outside_under_their_own_address(house: House) -> None:
    (an,) = house.issue(f"thanghd@{DOMAIN}")
    (other,) = house.spare(1)
    (ba,) = house.issue(other)
    sender = an["address"]
    with house.submission(sender, an["first_password"]) as client:
        client.send_message(plain(sender, other, "Lịch họp"), to_addrs=[other, "ai@noikhac.example"])
        with pytest.raises(smtplib.SMTPSenderRefused):
            client.send_message(plain(other, sender, "giả"), from_addr=other)
        with pytest.raises(smtplib.SMTPDataError, match="From header"):
            client.send_message(plain(other, sender, "giả"), from_addr=sender)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.send_message(plain(sender, f"khong.co@{DOMAIN}", "x"))
    with house.imap(other, ba["first_password"]) as client:
        wait_until(lambda: "Lịch họp" in subjects(client))
    wait_until(lambda: b"Subject: =?utf-8?" in house.written_outside())
    (left,) = [mail for mail in house.mails_outside() if sender.encode() in mail]
    assert dkim.verify(left, dnsfunc=house.published_key)
    with house.submission() as client, pytest.raises(smtplib.SMTPSenderRefused, match="Log in"):
        client.send_message(plain(sender, other, "x"))


def test_use_is_counted_and_a_mailbox_is_read_without_a_mail_server(house: House) -> None:
    (person,) = house.spare(1)
    (made,) = house.issue(person)
    whole = house.json("mailbox", "usage")[-1]
    assert (whole["unit"], made["address"] in whole["silent"]) == ("", True)
    house.imap(person, made["first_password"]).logout()
    wait_until(lambda: person not in house.json("mailbox", "usage")[-1]["silent"], 45, pause=2)
    listed = {row["address"]: row for row in house.json("mailbox", "list")}[person]
    assert listed["last_login"] is not None
    mails = wait_until(lambda: house.json("mailbox", "read", person))
    assert (mails[0]["folder"], mails[0]["subject"].endswith(person)) == ("INBOX", True), mails


def test_further_addresses_programs_shares_and_absence(house: House) -> None:
    one, two = house.spare(2)
    (owner,), (friend,) = house.issue(one), house.issue(two)
    assert house.run("mailbox", "alias", one, f"bien.danh@{DOMAIN}").returncode == 0
    assert house.run("mailbox", "alias", two, f"bien.danh@{DOMAIN}").returncode == 1
    for member in (one, two):
        assert house.run("mailbox", "role", f"to.giup.viec@{DOMAIN}", member).returncode == 0
    made = house.json("mailbox", "program", one, "--label", "phone")
    day = ["--from", "2020-01-01", "--to", "2099-01-01"]
    assert house.run("mailbox", "absence", one, *day, "--words", "Tôi đi vắng.").returncode == 0
    with house.submission(two, friend["first_password"]) as client:
        client.send_message(plain(two, f"bien.danh@{DOMAIN}", "alias"))
        client.send_message(plain(two, f"to.giup.viec@{DOMAIN}", "role"))
    with house.imap(one, made["password"]) as client:
        wait_until(lambda: {"alias", "role"} <= set(subjects(client)))
    with house.imap(two, friend["first_password"]) as client:
        told = wait_until(lambda: [s for s in subjects(client) if s.startswith("Trả lời tự động")])
        assert told in (["Trả lời tự động: alias"], ["Trả lời tự động: role"])
        assert wait_until(lambda: "role" in subjects(client))
    assert house.run("mailbox", "program", one, "--remove", str(made["number"])).returncode == 0
    with pytest.raises(imapclient.exceptions.LoginError):
        house.imap(one, made["password"])
    house.imap(one, owner["first_password"]).logout()
