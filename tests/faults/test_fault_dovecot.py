"""R11 against a real Dovecot: mail in the gaps between two commands, folders that change under our hands."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from connectors.sources.imap_credentials import OAuthClient, OAuthTokens
from connectors.sources.imap_session import ImapSession
from tests.faults.conftest import SOAK
from tests.faults.fetching_rig import Afterwards, Always, Rig, mail, rig
from tests.foreign_mailboxes import PASSWORD, ForeignMailboxes, foreign_mailboxes
from tests.token_server import token_server

pytestmark = [pytest.mark.fault, pytest.mark.timeout(1800 if SOAK else 240)]
AT_ONCE = 4.0  # seconds, where the next look by the clock comes after minutes


class Known(Always):
    """Its password at that Dovecot."""

    def password(self) -> str:
        return PASSWORD


@pytest.fixture(scope="module")
def elsewhere(prepared: Path) -> Iterator[ForeignMailboxes]:
    with foreign_mailboxes(prepared / "tls.crt", prepared / "tls.key") as made:
        yield made


@contextmanager
def fetching(
    prepared: Path, elsewhere: ForeignMailboxes, user: str, folder: str = "INBOX", **settings: Any
) -> Iterator[Rig]:
    """A hub that fetches from this user's folder."""
    secure = {"tls": "tls", "tls_ca": str(elsewhere.certificate), "user": user, "folder": folder}
    with rig(prepared, elsewhere.imaps, Known(), **secure, **settings) as made:
        yield made


@contextmanager
def running(made: Rig) -> Iterator[None]:
    """The account's thread."""
    made.door.start()
    thread = Thread(target=made.source.run, args=(made.door, made.stop))
    thread.start()
    try:
        yield
    finally:
        made.stop.set()
        thread.join(20)
        made.door.stop()
    assert not thread.is_alive()


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)


@contextmanager
def session_of(made: Rig) -> Iterator[ImapSession]:
    session = ImapSession(made.settings, Known())
    try:
        yield session
    finally:
        session.close()


def waited(session: ImapSession) -> float:
    """How long a wait of a minute took."""
    began = time.monotonic()
    session.wait(60.0, lambda: time.monotonic() - began > 2 * AT_ONCE)
    return time.monotonic() - began


def test_a_mail_between_the_look_and_idle_ends_the_wait_at_once(
    prepared: Path, elsewhere: ForeignMailboxes
) -> None:
    """Dovecot tells of it in the same packet as its "+ idling"."""
    with fetching(prepared, elsewhere, "khe-1") as made, session_of(made) as session:
        session.select()
        assert session.uids(0) == []
        elsewhere.put("khe-1", mail(1))
        assert waited(session) < AT_ONCE


def test_a_mail_told_of_while_another_is_read_ends_the_wait_at_once(
    prepared: Path, elsewhere: ForeignMailboxes
) -> None:
    """The word of it is the answer to another command, long before IDLE."""
    elsewhere.put("khe-2", mail(1))
    with fetching(prepared, elsewhere, "khe-2") as made, session_of(made) as session:
        session.select()
        (first,) = session.uids(0)
        elsewhere.put("khe-2", mail(2))
        session.facts(first)
        session.is_there(first)
        assert waited(session) < AT_ONCE


def test_a_mailbox_opened_by_tokens_that_end(prepared: Path, tmp_path: Path) -> None:
    """XOAUTH2: the second token is asked for when the first is worth nothing; then there is none."""
    secret = tmp_path / "refresh"
    secret.write_text("refresh")
    with (
        token_server() as tokens,
        foreign_mailboxes(prepared / "tls.crt", prepared / "tls.key", tokens.server_port) as elsewhere,
    ):
        tokens.owners = {"first": "the", "second": "the"}
        tokens.answers = [(200, {"access_token": word, "expires_in": 3600}) for word in ("first", "second")]
        tokens.answers.append((400, {"error": "invalid_grant"}))
        client = OAuthClient(tokens.url, "client", refresh_token=secret)
        mine = OAuthTokens(client, lambda file: file.read_text(), lambda: date(2026, 11, 23))
        secure = {"tls": "tls", "tls_ca": str(elsewhere.certificate), "user": "the"}
        with rig(prepared, elsewhere.imaps, mine, **secure) as made:
            elsewhere.put("the", mail(1))
            made.visits(1)
            del tokens.owners["first"]
            elsewhere.put("the", mail(2))
            made.visits(1)
            assert sorted(made.bodies()) == [mail(1), mail(2)]
            tokens.owners.clear()
            made.source._connection(made.door, made.stop)
            assert made.cursor()["trouble"] == "token-refused"


def test_mails_that_come_while_others_are_taken_come_without_delay(
    prepared: Path, elsewhere: ForeignMailboxes
) -> None:
    """A look by the clock every five minutes, and forty mails one after the other, some of them in a gap."""
    with fetching(prepared, elsewhere, "khe-3") as made, running(made):
        until(lambda: made.cursor().get("compared"))
        for number in range(40):
            elsewhere.put("khe-3", mail(number))
        until(lambda: len(made.bodies()) == 40, AT_ONCE)


def test_a_mail_deleted_between_the_look_and_its_turn_stops_nothing(
    prepared: Path, elsewhere: ForeignMailboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere.put("xoa", mail(1), mail(2), mail(3))
    with fetching(prepared, elsewhere, "xoa") as made:
        looked = ImapSession.uids

        def looked_and_deleted(session: ImapSession, above: int) -> list[int]:
            found = looked(session, above)
            with elsewhere.opened("xoa") as client:
                client.delete_messages([2])
                client.expunge()
            return found

        with monkeypatch.context() as patch:
            patch.setattr(ImapSession, "uids", looked_and_deleted)
            made.visits(1)
        made.visits(1)
        assert sorted(made.bodies()) == [mail(1), mail(3)]
        assert made.states() == {1: "cleared", 3: "cleared"} and made.cursor()["trouble"] == ""


def test_a_folder_made_anew_while_we_idle_there_loses_and_doubles_nothing(
    prepared: Path, elsewhere: ForeignMailboxes
) -> None:
    """Renamed away first, which ends the connection or leaves it at a folder that nobody fills."""
    with elsewhere.opened("moi") as client:
        client.create_folder("Công văn")
        client.append("Công văn", mail(1))
    with fetching(prepared, elsewhere, "moi", "Công văn", sweep_seconds=1.0) as made, running(made):
        until(lambda: made.states() == {1: "cleared"})
        before = made.cursor()["validity"]
        with elsewhere.opened("moi") as client:
            client.rename_folder("Công văn", "Cũ")
        until(lambda: made.cursor()["trouble"] == "no-folder")
        with elsewhere.opened("moi") as client:
            client.create_folder("Công văn")
            client.append("Công văn", mail(2))
            client.append("Công văn", mail(1))
        until(lambda: made.cursor()["trouble"] == "" and made.states() == {1: "cleared", 2: "cleared"})
        assert made.cursor()["validity"] != before and sorted(made.bodies()) == [mail(1), mail(2)]


def test_two_folders_of_one_user_are_two_accounts_that_do_not_disturb_each_other(
    prepared: Path, elsewhere: ForeignMailboxes
) -> None:
    """Both folders use the UIDs 1 and 2, and one mail lies in both."""
    with elsewhere.opened("hai") as client:
        client.create_folder("Khác")
        client.append("Khác", mail(2))
        client.append("Khác", mail(3))
    elsewhere.put("hai", mail(1), mail(2))
    with fetching(prepared, elsewhere, "hai", name="hai", afterwards=Afterwards.DELETE) as made:
        other = made.another("hai-khac", "Khác")
        for _time in range(2):
            made.visits(1)
            made.visits(1, source=other)
        assert set(made.bodies()) == {mail(1), mail(2), mail(3)}
        assert elsewhere.holds("hai") == elsewhere.holds("hai", "Khác") == {}


def test_a_folder_that_cannot_be_made_keeps_no_mail_out(prepared: Path, elsewhere: ForeignMailboxes) -> None:
    """What was taken stays where it was, an administrator is told, and new mail comes all the same."""
    elsewhere.put("dich", mail(1))
    beyond = "a/" * 200 + "sâu"
    with fetching(prepared, elsewhere, "dich", afterwards=Afterwards.MOVE, move_to=beyond) as made:
        made.visits(2)
        elsewhere.put("dich", mail(2))
        made.visits(2)
        assert sorted(made.bodies()) == [mail(1), mail(2)] and len(elsewhere.holds("dich")) == 2
        assert made.cursor()["trouble"] == "not-cleared" and made.states() == {1: "taken", 2: "taken"}


def test_two_thousand_mails_at_the_first_start(prepared: Path, elsewhere: ForeignMailboxes) -> None:
    """All of them, each once, moved away in commands that no server cuts."""
    count = 2000 if SOAK else 450
    with elsewhere.opened("nhieu") as client:
        client.multiappend("INBOX", [mail(number) for number in range(count)])
    with fetching(prepared, elsewhere, "nhieu", afterwards=Afterwards.MOVE, move_to="Đã lấy") as made:
        began = time.monotonic()
        made.visits(2)
        print("R11 first start:", count, "mails in", round(time.monotonic() - began, 1), "s")
        assert len(made.bodies()) == len(set(made.bodies())) == count
        assert elsewhere.holds("nhieu") == {} and len(elsewhere.holds("nhieu", "Đã lấy")) == count
