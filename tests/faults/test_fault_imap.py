"""R11: whatever an IMAP server or the line to it does, no mail is missed and none is registered twice."""

import dataclasses
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from connectors.sources.imap_credentials import OAuthClient, OAuthTokens
from hub.desk import commands
from hub.fetching import again
from hub.fetching.book import HubBook
from rules.fetching import REFUSED_PAUSE
from storage import steps
from tests.faults.conftest import SOAK
from tests.faults.fetching_rig import Afterwards, Rig, mail, rig
from tests.faults.scripted_imap import ScriptedImap
from tests.token_server import token_server

pytestmark = [pytest.mark.fault, pytest.mark.timeout(1800 if SOAK else 240)]


@pytest.fixture
def server() -> Iterator[ScriptedImap]:
    with ScriptedImap().serving() as made:
        yield made


@pytest.fixture
def fetching(prepared: Path, server: ScriptedImap) -> Iterator[Rig]:
    with rig(prepared, server.port) as made:
        yield made


def test_a_connection_cut_at_every_byte(fetching: Rig, server: ScriptedImap) -> None:
    """In the short form at every seventh byte; the commands stand elsewhere in each session."""
    delivered: list[bytes] = []
    for at in count(1, 1 if SOAK else 7):
        for number in (2 * at - 1, 2 * at):
            delivered.append(mail(number))
            server.deliver(number, delivered[-1])
        server.cut_after = at
        cut = fetching.visit()
        server.cut_after = None
        fetching.visits(1)
        server.mails.clear()
        if cut is None:
            break
    fetching.visits(1)
    print("R11 cuts:", at, "mails:", len(delivered))
    assert at > 500 and sorted(fetching.bodies()) == sorted(delivered)


def test_a_connection_cut_while_mails_are_moved_away(prepared: Path, server: ScriptedImap) -> None:
    """Each visit of a pair is cut: the one that takes, and the one that moves."""
    delivered: list[bytes] = []
    with rig(prepared, server.port, afterwards=Afterwards.MOVE, move_to="Vanthu") as fetching:
        for at in range(1, 2000, 1 if SOAK else 17):
            delivered.append(mail(at))
            server.deliver(at, delivered[-1])
            server.cut_after = at
            cuts = [fetching.visit()]
            fetching.forward(60)
            cuts.append(fetching.visit())
            server.cut_after = None
            fetching.visits(2)
            if cuts == [None, None]:
                break
        assert sorted(fetching.bodies()) == sorted(delivered) == sorted(server.moved.values())
        assert server.mails == {} and at > 300


def test_mails_that_do_not_come_are_counted_set_aside_and_never_stop_the_next(
    fetching: Rig, server: ScriptedImap
) -> None:
    server.mails = {number: mail(number) for number in range(1, 8)}
    server.silent, server.short, server.fatal = {2}, {3}, {5}
    assert isinstance(fetching.visit(), Exception)  # mail 5 broke the connection
    assert {1, 4} <= {uid for uid, state in fetching.states().items() if state == "taken"}
    for _time in range(12):
        fetching.forward(400)
        fetching.visit()
    assert sorted(fetching.bodies()) == [server.mails[number] for number in (1, 4, 6, 7)]
    assert {uid for uid, state in fetching.states().items() if state == "aside"} == {2, 3, 5}
    with fetching.hub.database.reading() as connection:
        parked = steps.parked(connection)
    assert [(step.stage, step.payload["uid"]) for step in parked] == [
        ("fetch", 2),
        ("fetch", 3),
        ("fetch", 5),
    ]
    assert fetching.cursor()["uid"] == 7
    server.silent, server.short, server.fatal = set(), set(), set()
    for step in parked:
        commands.perform(fetching.hub, "console:test", "queue.retry", {"step": step.id})
        claimed = steps.claim(fetching.hub.database, ("fetch",), "test", fetching.hub.now())
        assert claimed is not None
        again.run(fetching.hub, claimed, "test")
    fetching.visits(2)
    assert sorted(fetching.bodies()) == sorted(server.mails.values())
    assert set(fetching.states().values()) == {"cleared"}


def test_a_new_uidvalidity_registers_nothing_twice(fetching: Rig, server: ScriptedImap) -> None:
    bodies = {number: mail(number) for number in range(1, 30)}
    server.mails = dict(bodies)
    fetching.visits(2)
    server.validity += 1
    server.mails = {uid + 1000: content for uid, content in bodies.items()} | {3: mail(99)}
    fetching.visits(2)
    assert sorted(fetching.bodies()) == sorted([*bodies.values(), mail(99)])
    cursor = fetching.cursor()
    assert (cursor["validity"], cursor["uid"], cursor["resyncs"]) == (8, 1029, 1)


def test_gaps_late_numbers_and_answers_without_content(fetching: Rig, server: ScriptedImap) -> None:
    """UIDs that are retired, shown late, or not shown at all for a while; sizes that are wrong."""
    server.mails = {uid: mail(uid) for uid in (3, 9, 4_000_000_000)}
    server.hides, server.wrong_size, server.nameless = {9}, True, True
    fetching.visits(1)
    assert len(fetching.bodies()) == 2 and fetching.cursor()["uid"] == 4_000_000_000
    server.blind = True
    fetching.visits(2)
    server.blind, server.hides = False, set()
    fetching.source._compared = 0.0  # ten minutes later
    fetching.visits(1)
    assert fetching.cursor()["differences"] == 1
    fetching.source._compared = 0.0
    fetching.visits(1)
    assert fetching.cursor()["differences"] == 0
    assert sorted(fetching.bodies()) == sorted(server.mails.values())


@pytest.mark.parametrize("odd", ["wrong_size", "sizeless"])
@pytest.mark.parametrize("part_bytes", [100, 1 << 20])
def test_a_server_that_knows_no_sizes_gives_its_mails_whole(
    prepared: Path, server: ScriptedImap, odd: str, part_bytes: int
) -> None:
    setattr(server, odd, True)
    with rig(prepared, server.port, part_bytes=part_bytes) as fetching:
        server.mails = {1: mail(1), 2: mail(2, 3000), 3: b""}
        for _time in range(5):
            fetching.forward(400)
            fetching.visit()
        assert sorted(fetching.bodies()) == sorted([server.mails[1], server.mails[2]])
        assert fetching.states() == {1: "cleared", 2: "cleared", 3: "aside"}


def test_a_big_mail_comes_in_parts_and_one_too_big_is_set_aside(prepared: Path, server: ScriptedImap) -> None:
    with rig(prepared, server.port, part_bytes=1000, max_bytes=50_000) as fetching:
        server.mails = {1: mail(1, 49_000), 2: mail(2, 60_000), 3: mail(3)}
        fetching.visits(2)
        assert sorted(fetching.bodies()) == sorted([server.mails[1], server.mails[3]])
        assert fetching.states() == {1: "cleared", 2: "aside", 3: "cleared"}
        server.wrong_size = True
        server.mails[4] = mail(4, 49_000)
        fetching.visits(2)
        assert len(fetching.bodies()) == 3


def test_originals_are_touched_only_when_the_copy_reads_back(prepared: Path, server: ScriptedImap) -> None:
    with rig(prepared, server.port, afterwards=Afterwards.MOVE, move_to="Vanthu") as fetching:
        server.mails = {1: mail(1), 2: mail(2)}
        fetching.visits(1)
        damaged = fetching.hub.blobs.path(hashlib.sha256(mail(2)).hexdigest())
        damaged.write_bytes(b"something else")
        fetching.visits(2)
        assert set(server.moved) == {1} and set(server.mails) == {2}


def test_two_processes_never_fetch_from_one_folder(fetching: Rig) -> None:
    other = HubBook(dataclasses.replace(fetching.hub, instance="another"), "sotc", "INBOX")
    assert fetching.book.hold() and not other.hold()
    fetching.forward(130)
    assert other.hold()
    other.release()
    fetching.book._held_at = 0.0
    assert fetching.book.hold()


def test_new_mail_wakes_and_a_silent_server_is_looked_at_all_the_same(
    prepared: Path, server: ScriptedImap
) -> None:
    """IDLE wakes at once; where it says nothing, the next look comes by the clock."""
    with rig(prepared, server.port, sweep_seconds=2.0) as fetching:
        fetching.door.start()
        thread = threading.Thread(target=fetching.source.run, args=(fetching.door, fetching.stop))
        thread.start()
        try:
            until(lambda: server.idled > 0)
            server.deliver(1, mail(1))
            until(lambda: len(fetching.bodies()) == 1, 1.9)
            server.quiet_idle = True
            until(lambda: set(fetching.states().values()) == {"cleared"})
            server.deliver(2, mail(2))
            until(lambda: len(fetching.bodies()) == 2)
        finally:
            fetching.stop.set()
            thread.join(10)
            fetching.door.stop()
        assert not thread.is_alive() and fetching.cursor()["trouble"] == ""


def test_a_refused_log_in_and_a_folder_without_validity_are_troubles(
    prepared: Path, server: ScriptedImap
) -> None:
    with rig(prepared, server.port) as fetching:
        for name, why in (("refuses", "login-refused"), ("forgetful", "no-validity")):
            setattr(server, name, True)
            fetching.source._connection(fetching.door, fetching.stop)
            assert fetching.cursor()["trouble"] == why
            setattr(server, name, False)
        since = fetching.cursor()["since"]
        fetching.forward(60)
        server.cut_after = 40
        fetching.source._connection(fetching.door, fetching.stop)
        assert (fetching.cursor()["trouble"], fetching.cursor()["since"]) == ("cut", since)


def test_a_token_that_nobody_renews_any_more_is_a_trouble_and_its_end_stops_no_other_account(
    prepared: Path, server: ScriptedImap, tmp_path: Path
) -> None:
    """The first connection works; the token ends, and its server refuses the refresh token."""
    secret = tmp_path / "refresh"
    secret.write_text("worthless")
    with token_server() as tokens:
        client = OAuthClient(tokens.url, "client", refresh_token=secret)
        mine = OAuthTokens(client, lambda file: file.read_text(), lambda: date(2026, 11, 23))
        tokens.answers = [(200, {"access_token": "t", "expires_in": 1}), (400, {"error": "invalid_grant"})]
        with rig(prepared, server.port, mine) as fetching:
            server.deliver(1, mail(1))
            fetching.visits(1)
            wait = fetching.source._connection(fetching.door, fetching.stop)
            assert wait == REFUSED_PAUSE.total_seconds()
            assert fetching.cursor()["trouble"] == "token-refused"
            assert fetching.cursor()["detail"] == "invalid_grant"
            tokens.answers = [(200, {"access_token": "u"})]
            server.deliver(2, mail(2))
            fetching.visits(1)
            assert sorted(fetching.bodies()) == [mail(1), mail(2)] and fetching.cursor()["trouble"] == ""


def until(true: Callable[[], object], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)
