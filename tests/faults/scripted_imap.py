"""An IMAP server that does exactly what it is told, also what no server should (PROMISES R11)."""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

FETCH = re.compile(rb"BODY\.PEEK\[\](?:<(\d+)\.(\d+)>)?")
CAPABILITIES = b"IMAP4rev1 IDLE UIDPLUS MOVE AUTH=XOAUTH2 AUTH=PLAIN"


class Cut(Exception):
    """The bytes that this connection may send are used up."""


@dataclass
class ScriptedImap:
    """One folder of one user. What is odd about it is set while it runs.

    ``cut_after`` bytes the next connection ends; ``silent`` UIDs are answered by OK alone, ``short``
    ones lose their last byte, ``fatal`` ones end the connection; ``nameless``: no UID in FETCH.
    """

    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    cut_after: int | None = None
    silent: set[int] = field(default_factory=set)
    short: set[int] = field(default_factory=set)
    fatal: set[int] = field(default_factory=set)
    wrong_size: bool = False
    sizeless: bool = False  # says no RFC822.SIZE, whoever asks
    nameless: bool = False
    forgetful: bool = False  # gives no UIDVALIDITY
    blind: bool = False  # SEARCH is answered by OK alone
    refuses: bool = False  # the log-in
    token: str = ""  # the one that opens the mailbox
    logins: list[str] = field(default_factory=list)  # what was shown by AUTHENTICATE, decoded
    announces: int = 0  # bytes that a literal is said to have
    hides: set[int] = field(default_factory=set)  # UIDs that SEARCH does not show yet
    quiet_idle: bool = False  # says nothing in IDLE, whatever comes
    sent: int = 0  # bytes of the last connection
    fetched: list[int] = field(default_factory=list)
    moved: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    idled: int = 0
    port: int = 0
    _news: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def serving(self) -> Iterator[ScriptedImap]:
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        try:
            yield self
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def deliver(self, uid: int, content: bytes) -> None:
        """A mail arrives; whoever idles is told."""
        self.mails[uid] = content
        self._news.set()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _address = listener.accept()
                threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(Cut, OSError), peer, peer.makefile("rb") as lines:
            conversation = Conversation(self, peer, self.cut_after)
            conversation.say(b"* OK [CAPABILITY " + CAPABILITIES + b"] ready\r\n")
            for line in lines:
                conversation.answer(line.rstrip(b"\r\n"), lines)


class Conversation:
    """One connection."""

    def __init__(self, server: ScriptedImap, peer: socket.socket, limit: int | None) -> None:
        self._server, self._peer, self._limit = server, peer, limit
        server.sent = 0

    def say(self, data: bytes) -> None:
        if self._limit is not None and self._server.sent + len(data) > self._limit:
            self._peer.sendall(data[: self._limit - self._server.sent])
            self._server.sent = self._limit
            raise Cut
        self._server.sent += len(data)
        self._peer.sendall(data)

    def answer(self, line: bytes, lines: Iterator[bytes]) -> None:
        tag, _blank, rest = line.partition(b" ")
        words = rest.split(b" ")
        by_uid = words[0].upper() == b"UID"
        name = words[1 if by_uid else 0].upper().decode()
        rest = rest.partition(b" ")[2] if by_uid else rest
        if name in ("IDLE", "AUTHENTICATE"):
            (self._idle if name == "IDLE" else self._authenticate)(tag, lines)
            return
        handle = getattr(self, f"_{name.lower()}", None)
        if handle is None:
            self.say(tag + b" BAD unknown\r\n")
            return
        verdict = handle(rest.partition(b" ")[2], by_uid) or b"OK done"
        self.say(tag + b" " + verdict + b"\r\n")

    def _capability(self, _rest: bytes, _by_uid: bool) -> None:
        self.say(b"* CAPABILITY " + CAPABILITIES + b"\r\n")

    def _noop(self, _rest: bytes, _by_uid: bool) -> None:
        return None

    def _login(self, _rest: bytes, _by_uid: bool) -> bytes | None:
        return b"NO [AUTHENTICATIONFAILED] no" if self._server.refuses else None

    def _authenticate(self, tag: bytes, lines: Iterator[bytes]) -> None:
        """As Google does it: a wrong token is answered by one more question, and then by NO."""
        self.say(b"+ \r\n")
        shown = base64.b64decode(next(lines, b"")).decode()
        self._server.logins.append(shown)
        right = not self._server.token or f"Bearer {self._server.token}\x01" in shown
        if right:
            self.say(tag + b" OK welcome\r\n")
            return
        self.say(b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n")
        next(lines, b"")
        self.say(tag + b" NO [AUTHENTICATIONFAILED] Invalid credentials\r\n")

    def _logout(self, _rest: bytes, _by_uid: bool) -> None:
        self.say(b"* BYE\r\n")

    def _examine(self, rest: bytes, by_uid: bool) -> bytes:
        self._select(rest, by_uid)
        return b"OK [READ-ONLY] done"

    def _select(self, _rest: bytes, _by_uid: bool) -> None:
        self.say(b"* FLAGS (\\Seen \\Deleted)\r\n* %d EXISTS\r\n* 0 RECENT\r\n" % len(self._server.mails))
        if not self._server.forgetful:
            self.say(b"* OK [UIDVALIDITY %d] valid\r\n" % self._server.validity)

    def _search(self, rest: bytes, by_uid: bool) -> None:
        wanted = self._uids(rest.split(b" ")[1])
        shown = [uid for uid in wanted if uid not in self._server.hides]
        found = shown if by_uid else [self._place(uid) for uid in shown]
        if not self._server.blind:
            self.say(b"* SEARCH" + b"".join(b" %d" % number for number in found) + b"\r\n")

    def _uids(self, span: bytes) -> list[int]:
        """The mails of "5" or "5:*"; as RFC 9051 has it, "n:*" names the last one always."""
        known = sorted(self._server.mails)
        first, colon, _star = span.partition(b":")
        if not colon:
            return [uid for uid in known if uid == int(first)]
        return [uid for uid in known if uid >= int(first)] or known[-1:]

    def _place(self, uid: int) -> int:
        return sorted(self._server.mails).index(uid) + 1

    def _fetch(self, rest: bytes, by_uid: bool) -> None:
        server = self._server
        number, _blank, items = rest.partition(b" ")
        uid = int(number) if by_uid else sorted(server.mails)[int(number) - 1]
        if uid not in server.mails or uid in server.silent:
            return
        content = server.mails[uid]
        answer = [] if server.nameless else [b"UID %d" % uid]
        if b"RFC822.SIZE" in items:
            size = len(content) + (5 if server.wrong_size else 0)
            answer += [] if server.sizeless else [b"RFC822.SIZE %d" % size]
            answer += [b'INTERNALDATE "23-Nov-2026 02:59:00 +0000"']
        asked = FETCH.search(items)
        if asked is not None:
            if uid in server.fatal:
                raise Cut
            answer.append(self._body(uid, content, asked))
        self.say(b"* %d FETCH (" % self._place(uid) + b" ".join(answer) + b")\r\n")

    def _body(self, uid: int, content: bytes, asked: re.Match[bytes]) -> bytes:
        self._server.fetched.append(uid)
        if uid in self._server.short:
            content = content[: -1 - self._server.fetched.count(uid)]
        if self._server.announces:
            return b"BODY[] {%d}\r\n" % self._server.announces + content
        if asked[1] is None:
            return b"BODY[] {%d}\r\n" % len(content) + content
        start, length = int(asked[1]), int(asked[2])
        piece = content[start : start + length]
        return b"BODY[]<%d> {%d}\r\n" % (start, len(piece)) + piece

    def _store(self, rest: bytes, _by_uid: bool) -> None:
        for uid in map(int, rest.split(b" ")[0].split(b",")):
            if b"\\Seen" in rest and uid in self._server.mails:
                self._server.seen.add(uid)

    def _list(self, _rest: bytes, _by_uid: bool) -> None:
        self.say(b'* LIST () "/" Vanthu\r\n')

    def _move(self, rest: bytes, _by_uid: bool) -> None:
        for uid in map(int, rest.split(b" ")[0].split(b",")):
            if uid in self._server.mails:
                place = self._place(uid)
                self._server.moved[uid] = self._server.mails.pop(uid)
                self.say(b"* %d EXPUNGE\r\n" % place)

    def _idle(self, tag: bytes, lines: Iterator[bytes]) -> None:
        server = self._server
        server.idled += 1
        server._news.clear()
        self.say(b"+ idling\r\n")
        threading.Thread(target=self._tell, args=(server._news,), daemon=True).start()
        next(lines, b"")
        server._news.set()
        self.say(tag + b" OK idled\r\n")

    def _tell(self, news: threading.Event) -> None:
        news.wait(30)
        if not self._server.quiet_idle:
            with contextlib.suppress(Cut, OSError):
                self.say(b"* %d EXISTS\r\n" % len(self._server.mails))
