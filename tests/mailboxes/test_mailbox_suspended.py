"""A suspended mailbox: twenty ways in, each shown to lead in before, none after (issue 6, PROMISES S9)."""

from __future__ import annotations

import contextlib
import imaplib
import itertools
import smtplib
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from tests.mailboxes.conftest import House, plain, trusting, wait_until

REFUSED = (IMAPClientError, imaplib.IMAP4.error, smtplib.SMTPException, OSError)
OWN = "mot hai ba bon 5"
Ways = dict[str, Callable[[], bool]]


@pytest.fixture
def from_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each connection comes from a place of its own, so that no window of wrong passwords is what refuses."""
    places, connect = itertools.count(10), socket.create_connection

    def create(address: Any, timeout: Any = None, source_address: Any = None, **more: Any) -> socket.socket:
        given = source_address or (f"127.0.1.{next(places)}", 0)
        return connect(address, timeout=timeout, source_address=given, **more)

    monkeypatch.setattr(socket, "create_connection", create)


class Visitor:
    """Knocks with what the owner knows."""

    def __init__(self, house: House, address: str) -> None:
        self.house, self.address = house, address

    def imap(self, user: str, password: str, how: str = "") -> bool:
        port = self.house.ports["imaps" if how == "imaps" else "imap"]
        client = IMAPClient("127.0.0.1", port, ssl=how == "imaps", ssl_context=trusting(), timeout=60)
        with contextlib.closing(_Shut(client)):
            if how == "starttls":
                client.starttls(trusting())
            if how == "plain":
                client.plain_login(user, password)
            else:
                client.login(user, password)
            client.select_folder("INBOX")
        return True

    def smtp(self, password: str, door: str = "submission") -> bool:
        kind = smtplib.SMTP_SSL if door == "submissions" else smtplib.SMTP
        more = {"context": trusting()} if door == "submissions" else {}
        with kind("127.0.0.1", self.house.ports[door], timeout=60, **more) as client:
            if door != "submissions":
                client.starttls(context=trusting())
            client.login(self.address, password)
            return send(client, self.address)

    def web(self, current: str, new: str) -> bool:
        fields = {"address": self.address, "current": current, "new": new, "again": new}
        url = f"http://127.0.0.1:{self.house.ports['web']}/mail/password"
        with httpx.Client(trust_env=False, timeout=60) as client:
            return client.post(url, data=fields).status_code == 200

    def command(self, *words: str) -> bool:
        return self.house.run("mailbox", *words, "--as", self.address).returncode == 0


class _Shut:
    def __init__(self, client: IMAPClient) -> None:
        self._client = client

    def close(self) -> None:
        self._client.shutdown()


def send(client: smtplib.SMTP, address: str) -> bool:
    return not client.send_message(plain(address, address, "mình gửi mình"))


def ways(who: Visitor, program: str) -> Ways:
    """What a mail program, a browser and a command can try anew."""
    return {
        "IMAP": lambda: who.imap(who.address, OWN),
        "IMAP with STARTTLS": lambda: who.imap(who.address, OWN, "starttls"),
        "IMAPS": lambda: who.imap(who.address, OWN, "imaps"),
        "IMAP, AUTHENTICATE PLAIN": lambda: who.imap(who.address, OWN, "plain"),
        "IMAP, password of a program": lambda: who.imap(who.address, program),
        "IMAPS, password of a program": lambda: who.imap(who.address, program, "imaps"),
        "IMAP, AUTHENTICATE, program": lambda: who.imap(who.address, program, "plain"),
        "IMAP in capitals": lambda: who.imap(who.address.upper(), OWN),
        "submission": lambda: who.smtp(OWN),
        "submission, password of a program": lambda: who.smtp(program),
        "submissions": lambda: who.smtp(OWN, "submissions"),
        "submissions, password of a program": lambda: who.smtp(program, "submissions"),
        "log-in at the port for mail": lambda: who.smtp(OWN, "smtp"),
        "password page": lambda: who.web(OWN, OWN),
        "--as": lambda: who.command("absence", who.address),
    }


def never(who: Visitor, friend: str) -> Ways:
    """What leads in for nobody."""
    local, _at, domain = who.address.partition("@")
    return {
        "IMAP with a detail": lambda: who.imap(f"{local}+x@{domain}", OWN),
        "IMAP by an alias": lambda: who.imap(f"biet.danh.{local}@{domain}", OWN),
        "IMAP by way of a friend": lambda: who.imap(f"{friend}*{who.address}", OWN),
    }


def gets_in(way: Callable[[], bool]) -> bool:
    try:
        return way()
    except REFUSED:
        return False


@contextlib.contextmanager
def inside(house: House, address: str) -> Iterator[Ways]:
    """Sessions that were open before."""
    reading = house.imap(address, OWN)
    reading.select_folder("INBOX")
    with house.submission(address, OWN) as sending:
        yield {
            "a session of IMAP": lambda: bool(reading.noop()),
            "a session of SMTP": lambda: send(sending, address),
        }
        sending.close()
    reading.shutdown()


@pytest.mark.timeout(400)  # sixty log-ins and as many hashes, on a machine that may be busy
def test_none_of_twenty_ways_leads_into_a_suspended_mailbox(house: House, from_anywhere: None) -> None:
    address, friend = house.spare(2)
    house.issue(address, friend)
    done = house.run("mailbox", "passwd", address, give=f"{OWN}\n" * 2)
    assert done.returncode == 0, done.stderr
    program = house.json("mailbox", "program", address, "--label", "phone")["password"]
    local, _at, domain = address.partition("@")
    assert house.run("mailbox", "alias", address, f"biet.danh.{local}@{domain}").returncode == 0
    assert house.run("mailbox", "share", friend, address, "--rights", "write").returncode == 0
    who = Visitor(house, address)
    fresh, closed = ways(who, program), never(who, friend)
    with inside(house, address) as opened:
        usual = {**fresh, **opened}
        shut = [name for name, way in usual.items() if not gets_in(way)]
        # Changing the password on the web puts everybody out who was in; they come in again.
        assert shut == ["a session of IMAP"], shut
    with inside(house, address) as opened:
        assert all(gets_in(way) for way in opened.values())
        every = {**fresh, **closed, **opened}
        assert house.run("mailbox", "suspend", address).returncode == 0
        wait_until(lambda: not gets_in(opened["a session of IMAP"]))
        assert len(every) == 20
        assert [name for name, way in every.items() if gets_in(way)] == []
    with house.submission(friend, house.json("mailbox", "reset", friend)["first_password"]) as client:
        assert send_to(client, friend, address)  # mail still arrives
    wait_until(lambda: [m for m in house.json("mailbox", "read", address) if m["subject"] == "vẫn đến"])
    assert house.run("mailbox", "resume", address).returncode == 0
    assert gets_in(fresh["IMAP"]) and gets_in(fresh["submission, password of a program"])


def heavy(sender: str, to: str, subject: str, size: int) -> EmailMessage:
    mail = plain(sender, to, subject)
    mail.add_attachment(b"x" * size, maintype="application", subtype="pdf", filename="a.pdf")
    return mail


def read(house: House, address: str) -> list[str]:
    return [mail["subject"] for mail in house.json("mailbox", "read", address)]


def send_to(client: smtplib.SMTP, sender: str, to: str) -> bool:
    return not client.send_message(plain(sender, to, "vẫn đến"))


@pytest.mark.timeout(400)
def test_mail_for_a_full_and_an_unknown_mailbox_is_refused_at_once(house: House) -> None:
    full, sender = house.spare(2)
    _full, made = house.issue(full, sender)
    assert house.run("mailbox", "quota", full, "1").returncode == 0
    with house.submission(sender, made["first_password"]) as client:
        client.send_message(heavy(sender, full, "quá nặng", 900_000))  # more than there is room for
        client.send_message(heavy(sender, full, "vừa đủ", 740_000))
        wait_until(lambda: "vừa đủ" in read(house, full), pause=1)
        told = wait_until(lambda: [s for s in read(house, sender) if "quá nặng" in s], pause=1)
        assert (len(told), "quá nặng" in read(house, full)) == (1, False)
        for to, code, words in (
            (full, 552, b"5.2.2"),
            (f"khong.co.ai@{full.partition('@')[2]}", 550, b"5.1.1"),
        ):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as told:
                client.send_message(plain(sender, to, "nữa"))
            answer = told.value.recipients[to]
            assert (answer[0], answer[1].startswith(words)) == (code, True), answer
