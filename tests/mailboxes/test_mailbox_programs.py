"""Mail programs at work: Thunderbird's commands in its own order, and many programs in one mailbox."""

from __future__ import annotations

import base64
import random
import socket
import ssl
import threading
import time
from collections import Counter
from typing import Any

import pytest
from imapclient import IMAPClient

from tests.mailboxes.conftest import House, plain, trusting, wait_until

CLIENTS, SECONDS = 6, 4.0
HEADERS = (
    "From To Cc Bcc Subject Date Message-ID Priority X-Priority References Newsgroups "
    "In-Reply-To Content-Type Reply-To"
)


class Dialogue:
    """Commands as they go over the wire, each answered before the next."""

    def __init__(self, port: int) -> None:
        self._raw: socket.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._file: Any = self._raw.makefile("rb")
        self._number = 0
        assert self._file.readline().startswith(b"* OK")

    def encrypt(self, context: ssl.SSLContext) -> None:
        self.say("STARTTLS")
        self._file.close()
        self._raw = context.wrap_socket(self._raw)
        self._file = self._raw.makefile("rb")

    def say(self, command: str, literal: bytes = b"") -> list[bytes]:
        """The untagged answers; the tagged one must be OK."""
        self._number += 1
        tag = f"{self._number}".encode()
        self._raw.sendall(tag + b" " + command.encode() + b"\r\n")
        if literal:
            assert self._file.readline().startswith(b"+")
            self._raw.sendall(literal + b"\r\n")
        return self.answer(tag)

    def answer(self, tag: bytes) -> list[bytes]:
        lines = []
        while not (line := self._file.readline()).startswith(tag + b" "):
            assert line, "the server hung up"
            lines.append(line)
        assert line.startswith(tag + b" OK"), line
        return lines

    def idle(self, happens: Any, wanted: bytes) -> None:
        """Wait in IDLE until the server tells of something by itself."""
        self._number += 1
        self._raw.sendall(f"{self._number} IDLE\r\n".encode())
        assert self._file.readline().startswith(b"+")
        happens()
        while wanted not in self._file.readline():
            pass
        self._raw.sendall(b"DONE\r\n")
        self.answer(f"{self._number}".encode())

    def close(self) -> None:
        self._file.close()
        self._raw.close()


@pytest.mark.timeout(300)
def test_thunderbirds_own_sequence_is_answered(house: House) -> None:
    address, other = house.spare(2)
    made, friend = house.issue(address, other)
    program = Dialogue(house.ports["imap"])
    program.say("CAPABILITY")
    program.encrypt(trusting())
    login = base64.b64encode(f"\0{address}\0{made['first_password']}".encode()).decode()
    program.say(f"AUTHENTICATE PLAIN {login}")
    first_steps(program)

    def write() -> None:
        with house.submission(other, friend["first_password"]) as client:
            client.send_message(plain(other, address, "trong khi chờ"))

    wait_until(lambda: program.say('STATUS "INBOX" (MESSAGES)')[0].endswith(b"(MESSAGES 1)\r\n"))
    program.say("NOOP")
    program.idle(write, b"* 2 EXISTS")
    a_mail_is_read_moved_and_answered(program)
    program.close()


def first_steps(program: Dialogue) -> None:
    program.say("CAPABILITY")
    program.say('ID ("name" "Thunderbird" "version" "128.5.0esr")')
    program.say("NAMESPACE")
    listed = b"".join(program.say('LIST (SUBSCRIBED) "" "*" RETURN (SPECIAL-USE)'))
    assert all(use in listed for use in (b"\\Sent", b"\\Drafts", b"\\Trash"))
    assert b"C&APQ-ng v&AQM-n &AREevw-n" in listed
    program.say('LIST "" "INBOX"')
    program.say('SELECT "INBOX" (CONDSTORE)')
    assert any(b"STORAGE" in line for line in program.say('GETQUOTAROOT "INBOX"'))
    program.say("UID FETCH 1:* (FLAGS)")


def a_mail_is_read_moved_and_answered(program: Dialogue) -> None:
    newest = program.say("UID SEARCH UNDELETED")[0].split()[-1].decode()
    program.say(f"UID FETCH {newest} (UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS ({HEADERS})])")
    body = b"".join(program.say(f"UID FETCH {newest} (UID RFC822.SIZE BODY.PEEK[])"))
    assert "Kính gửi".encode() in body or base64.b64encode("Kính".encode())[:4] in body
    program.say(f"UID STORE {newest} +FLAGS.SILENT (\\Seen)")
    program.say(f"UID STORE {newest} +FLAGS (\\Answered)")
    sent = b"Subject: Re: trong khi cho\r\nMessage-ID: <re@x.example>\r\n\r\nDa nhan.\r\n"
    program.say(f'APPEND "Th&AbA- &ARE-i" (\\Seen) {{{len(sent)}}}', sent)
    program.say(f'UID MOVE {newest} "R&AOE-c"')
    assert not any(newest.encode() in line for line in program.say("UID SEARCH ALL"))
    program.say('SELECT "R&AOE-c"')
    (uid,) = program.say("UID SEARCH ALL")[0].split()[2:]
    program.say(f"UID STORE {uid.decode()} +FLAGS (\\Deleted)")
    program.say(f"UID EXPUNGE {uid.decode()}")
    program.say("CLOSE")
    program.say("LOGOUT")


class Worker(threading.Thread):
    """A program that does what programs do, in any order; it keeps account of its own mails."""

    def __init__(self, house: House, address: str, password: str, number: int) -> None:
        super().__init__(daemon=True)
        self._house, self._login, self._number = house, (address, password), number
        self.put: Counter[str] = Counter()
        self.gone: Counter[str] = Counter()
        self.acts = 0
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            client = self._house.imap(*self._login)
            client.select_folder("INBOX")
            self._work(client, random.Random(self._number))
            client.logout()
        except BaseException as error:  # told to the test, which fails with it
            self.fault = error

    def _work(self, client: IMAPClient, chance: random.Random) -> None:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end or self.acts < 20:
            self.acts += 1
            act = chance.choice((self._append, self._append, self._flag, self._look, self._remove))
            act(client, chance)

    def _append(self, client: IMAPClient, chance: random.Random) -> None:
        mark = f"{self._number}-{self.acts}"
        mail = f"Subject: {mark}\r\nX-Mark: {mark}\r\n\r\n{'x' * chance.randint(1, 5000)}\r\n"
        client.append("INBOX", mail.encode(), [b"\\Seen"] if chance.random() < 0.5 else [])
        self.put[mark] += 1

    def _flag(self, client: IMAPClient, chance: random.Random) -> None:
        uids = client.search("ALL")
        if uids:
            change = client.add_flags if chance.random() < 0.5 else client.remove_flags
            change(chance.sample(uids, min(5, len(uids))), [b"\\Flagged"], silent=True)

    def _look(self, client: IMAPClient, chance: random.Random) -> None:
        uids = client.search("ALL")
        if uids:
            client.fetch(chance.sample(uids, min(10, len(uids))), ["FLAGS", "RFC822.SIZE", "ENVELOPE"])

    def _remove(self, client: IMAPClient, chance: random.Random) -> None:
        """Of its own, so that the account stays right."""
        own = client.search(["HEADER", "X-Mark", f"{self._number}-"])
        if own:
            (uid,) = chance.sample(own, 1)
            row = client.fetch([uid], ["ENVELOPE"]).get(uid)
            if row is not None:
                client.delete_messages([uid], silent=True)
                client.uid_expunge([uid])
                self.gone[row[b"ENVELOPE"].subject.decode()] += 1


@pytest.mark.timeout(300)
def test_many_programs_in_one_mailbox_lose_and_double_nothing(house: House) -> None:
    address, other = house.spare(2)
    made, friend = house.issue(address, other)
    workers = [Worker(house, address, made["first_password"], number) for number in range(CLIENTS)]
    for worker in workers:
        worker.start()
    with house.submission(other, friend["first_password"]) as client:
        for number in range(5):
            client.send_message(plain(other, address, f"h-{number}"))
    for worker in workers:
        worker.join(200)
        assert worker.fault is None and not worker.is_alive(), worker.fault
    put = sum((worker.put for worker in workers), Counter[str]())
    gone = sum((worker.gone for worker in workers), Counter[str]())
    delivered = Counter(f"h-{number}" for number in range(5))
    with house.imap(address, made["first_password"]) as client:
        wait_until(lambda: delivered <= there(client))
        assert there(client) - delivered == put - gone
    assert sum(gone.values()) > CLIENTS and max(gone.values()) == 1


def there(client: IMAPClient) -> Counter[str]:
    """Subjects but for the welcome."""
    client.select_folder("INBOX")
    rows = client.fetch(client.search("ALL"), ["ENVELOPE"])
    subjects = Counter((row[b"ENVELOPE"].subject or b"").decode() for row in rows.values())
    return Counter({subject: n for subject, n in subjects.items() if not subject.startswith("=?")})
