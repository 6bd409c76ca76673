"""PROMISES R14: no half files, no loss, no double, whatever the writer does."""

import hashlib
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sources.scan_file import whole
from connectors.sources.scanner import Fault, ScannerSettings, ScannerSource
from rules.values.arrival import Busy
from tests.connectors.sources.open_door import OpenDoor

PDF = b"%PDF-1.4\n" + b"1 0 obj\n" * 50 + b"%%EOF\n"


class Desk:
    """A unit's folders, and a clock that the test moves."""

    def __init__(self, root: Path, door: OpenDoor) -> None:
        self.unit = root / "sonoivu"
        for name in ("incoming", "outgoing", "done", "failed"):
            (self.unit / name).mkdir(parents=True)
        self.door = door
        self.seconds = 0.0
        self.settings = ScannerSettings(
            root, settle_seconds=3, max_bytes=3 << 20, patience_seconds=60, note=lambda f, n: f"{f}|{n}"
        )
        self.source = self.fresh()

    def fresh(self) -> ScannerSource:
        return ScannerSource(self.settings, lambda: datetime.now(UTC), lambda: self.seconds)

    def drop(self, name: str, content: bytes, direction: str = "incoming") -> Path:
        path = self.unit / direction / name
        path.write_bytes(content)
        return path

    def after(self, seconds: float) -> None:
        """Time passes, looked at each second."""
        for _ in range(int(seconds)):
            self.seconds += 1
            self.source.sweep(self.door)

    def names(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.unit / folder).iterdir())

    def in_work(self) -> list[str]:
        return sorted(path.name for path in (self.unit / ".work").rglob("*") if not path.is_dir())


@pytest.fixture
def desk(tmp_path: Path, door: OpenDoor) -> Desk:
    return Desk(tmp_path / "scan", door)


def test_taken_after_it_settled(desk: Desk) -> None:
    desk.drop("Công văn 12.pdf", PDF)
    desk.drop("đi.pdf", PDF, "outgoing")
    desk.after(3)
    assert desk.door.parcels == []
    desk.after(1)
    first, second = (parcel.envelope for parcel in desk.door.parcels)
    assert (first.source, first.account, first.file_name) == (
        "scanner",
        "sonoivu/incoming",
        "Công văn 12.pdf",
    )
    assert (second.account, second.file_name) == ("sonoivu/outgoing", "đi.pdf")
    assert desk.door.contents() == [PDF, PDF]
    assert desk.names("done") == ["Công văn 12.pdf", "đi.pdf"]
    assert (desk.names("incoming"), desk.names("outgoing"), desk.in_work()) == ([], [], [])


def test_growing_and_reopened_files_wait(desk: Desk) -> None:
    """Five times opened and closed over thirty seconds, longer apart than the settle time."""
    for part in range(5):
        with (desk.unit / "incoming" / "slow.pdf").open("ab") as file:
            file.write(PDF[part * 80 : (part + 1) * 80 if part < 4 else None])
        desk.after(6)
        assert bool(desk.door.parcels) == (part == 4)
    assert desk.door.contents() == [PDF]


def test_a_file_that_is_open_for_writing_waits(desk: Desk) -> None:
    with (desk.unit / "incoming" / "open.pdf").open("wb") as file:
        file.write(PDF)
        file.flush()
        desk.after(10)
        assert desk.door.parcels == []
        file.write(b"1 0 obj\n%%EOF\n")
    desk.after(5)
    assert desk.door.contents() == [PDF + b"1 0 obj\n%%EOF\n"]


def test_rename_in_and_temporary_names(desk: Desk) -> None:
    for name in (
        "a.pdf.filepart",
        "b.tmp",
        "c.part",
        "~d.pdf",
        ".e.pdf",
        "f.pdf~",
        "Thumbs.db",
        "g.CRDOWNLOAD",
    ):
        desk.drop(name, PDF)
    desk.after(6)
    assert desk.door.parcels == []
    (desk.unit / "incoming" / "a.pdf.filepart").rename(desk.unit / "incoming" / "a.pdf")
    desk.after(5)
    assert [parcel.envelope.file_name for parcel in desk.door.parcels] == ["a.pdf"]
    assert len(desk.names("incoming")) == 7


def test_the_same_name_again_never_overwrites(desk: Desk) -> None:
    for number in range(3):
        desk.drop("scan.pdf", b"%PDF" + str(number).encode() + b"%%EOF")
        desk.after(5)
    assert desk.door.contents() == [b"%PDF0%%EOF", b"%PDF1%%EOF", b"%PDF2%%EOF"]
    kept = {path.read_bytes() for path in (desk.unit / "done").iterdir()}
    assert kept == set(desk.door.contents())


def test_the_same_name_reused_while_the_first_is_being_taken(desk: Desk) -> None:
    """Replaced between the look and the move: the new file settles on its own, neither is lost."""
    path = desk.drop("scan.pdf", PDF)
    desk.after(3)
    other = path.with_name("other.tmp")
    other.write_bytes(b"%PDF other %%EOF")
    looked_at = desk.source._watched[path]
    other.rename(path)
    desk.source._watched[path] = looked_at
    desk.after(6)
    assert desk.door.contents() == [b"%PDF other %%EOF"]
    assert desk.in_work() == []


def test_incomplete_files_go_to_failed_with_a_note(desk: Desk) -> None:
    desk.drop("half.pdf", PDF[:100])
    desk.drop("empty.pdf", b"")
    desk.after(55)
    assert desk.names("failed") == []
    desk.after(10)
    assert desk.names("failed") == ["empty.pdf", "empty.pdf.txt", "half.pdf", "half.pdf.txt"]
    assert (desk.unit / "failed" / "half.pdf.txt").read_text() == f"{Fault.INCOMPLETE}|half.pdf"
    assert desk.door.parcels == []


def test_what_is_no_file_or_too_large_is_refused(desk: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(PDF)
    incoming = desk.unit / "incoming"
    (incoming / "link.pdf").symlink_to(secret)
    os.mkfifo(incoming / "pipe.pdf")
    (incoming / "folder.pdf").mkdir()
    (incoming / "folder.pdf" / "inner").write_bytes(b"x")
    with (incoming / "huge.pdf").open("wb") as file:
        file.truncate(4 << 20)
    desk.drop("Quyết định " + "ơ" * 75 + ".pdf", b"%PDF")  # 240 bytes of a name
    desk.after(70)
    assert desk.door.parcels == []
    failed = desk.names("failed")
    assert [name for name in failed if name.startswith(("link", "pipe", "folder", "huge"))] == [
        "folder.pdf", "folder.pdf.txt", "huge.pdf", "huge.pdf.txt",
        "link.pdf", "link.pdf.txt", "pipe.pdf", "pipe.pdf.txt",
    ]  # fmt: skip
    assert len(failed) == 10
    assert (desk.unit / "failed" / "huge.pdf.txt").read_text() == f"{Fault.TOO_LARGE}|huge.pdf"
    assert secret.read_bytes() == PDF
    assert desk.names("incoming") == []


def test_a_refused_name_twice_keeps_both(desk: Desk) -> None:
    for content in (b"%PDF one", b"%PDF two"):
        desk.drop("half.pdf", content)
        desk.after(70)
    kept = [path.read_bytes() for path in (desk.unit / "failed").glob("half*.pdf")]
    assert sorted(kept) == [b"%PDF one", b"%PDF two"]
    assert len(list((desk.unit / "failed").glob("*.txt"))) == 2


@pytest.mark.parametrize("size", [1000, 3_000_000])
def test_a_full_disk_or_a_fault_keeps_it_for_later(desk: Desk, size: int) -> None:
    desk.drop("a.pdf", PDF + b"x" * (size - 500) + b"%%EOF")
    desk.door.busy = Busy("full", full=True)
    desk.after(10)
    assert (desk.names("incoming"), desk.names("done"), desk.in_work()) == ([], [], ["a.pdf"])
    desk.door.busy, desk.door.fault = None, OSError("broken")
    desk.after(20)
    assert desk.in_work() == ["a.pdf"]
    desk.door.fault = None
    desk.after(30)
    assert (len(desk.door.parcels), desk.names("done"), desk.in_work()) == (1, ["a.pdf"], [])
    assert not list(desk.door.spool.root.glob("*.part"))


class Crash(Exception):
    pass


def crashing(call: Callable[..., Any], tick: Callable[[], None]) -> Callable[..., Any]:
    def wrapped(*arguments: Any) -> Any:
        tick()
        return call(*arguments)

    return wrapped


def test_after_a_crash_at_any_step_it_is_offered_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every rename and fsync is once the last thing that happens; the file is never gone and never half."""
    crashes = 0
    for at in range(8):
        desk.drop("a.pdf", PDF)
        left = iter(range(at))

        def tick(left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Crash

        with monkeypatch.context() as patch:
            patch.setattr(os, "rename", crashing(os.rename, tick))
            patch.setattr(os, "fsync", crashing(os.fsync, tick))
            try:
                desk.after(4)
            except Crash:
                crashes += 1
                desk.source = desk.fresh()  # as after a start
        desk.after(6)
        assert (desk.names("incoming"), desk.in_work()) == ([], [])
    assert crashes >= 4
    assert set(desk.door.contents()) == {PDF}
    assert len([name for name in desk.names("done") if name.startswith("a")]) == 8


def test_two_hundred_files_once_each(tmp_path: Path, door: OpenDoor) -> None:
    """In real time, three writers: at once, in pieces, and renamed in."""
    root = tmp_path / "scan"
    (root / "ubnd" / "incoming").mkdir(parents=True)
    source = ScannerSource(
        ScannerSettings(root, settle_seconds=0.3, poll_seconds=0.05), lambda: datetime.now(UTC)
    )
    stop = threading.Event()
    thread = threading.Thread(target=source.run, args=(door, stop))
    thread.start()
    sent = {number: b"%PDF " + os.urandom(2000 + 40 * number) + b"\n%%EOF\n" for number in range(200)}

    def write(numbers: range) -> None:
        for number in numbers:
            content, path = sent[number], root / "ubnd" / "incoming" / f"{number}.pdf"
            if number % 3 == 0:
                path.write_bytes(content)
            elif number % 3 == 1:
                for start in range(0, len(content), 1500):
                    with path.open("ab") as file:
                        file.write(content[start : start + 1500])
                    time.sleep(0.002)
            else:
                path.with_suffix(".tmp").write_bytes(content)
                path.with_suffix(".tmp").rename(path)

    writers = [threading.Thread(target=write, args=(range(start, 200, 3),)) for start in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    until = time.monotonic() + 30
    while len(door.parcels) < 200 and time.monotonic() < until:
        time.sleep(0.05)
    stop.set()
    thread.join(10)
    wanted = sorted(hashlib.sha256(content).hexdigest() for content in sent.values())
    assert sorted(parcel.sha256 for parcel in door.parcels) == wanted
    assert len(list((root / "ubnd" / "done").iterdir())) == 200


def test_a_missing_root_is_no_end(tmp_path: Path, door: OpenDoor) -> None:
    source = ScannerSource(ScannerSettings(tmp_path / "away"), lambda: datetime.now(UTC))
    source.sweep(door)
    (tmp_path / "away" / "ubnd").mkdir(parents=True)
    source.sweep(door)
    assert (tmp_path / "away" / "ubnd" / "incoming").is_dir()


def tiff(order: str, pages: int, cut: int = 0) -> bytes:
    """Pages of one strip each, data first and directory behind it."""
    body, head = bytearray(b"II*\0" if order == "<" else b"MM\0*"), struct.Struct(order + "HHII")
    link = len(body)
    body += struct.pack(order + "I", 0)
    for page in range(pages):
        strip = len(body)
        body += bytes([page]) * 100
        body[link : link + 4] = struct.pack(order + "I", len(body))
        body += struct.pack(order + "H", 2) + head.pack(273, 4, 1, strip) + head.pack(279, 4, 1, 100)
        link = len(body)
        body += struct.pack(order + "I", 0)
    return bytes(body[: len(body) - cut])


@pytest.mark.parametrize(
    ("content", "is_whole"),
    [
        (b"", False),
        (b"anything", True),
        (b"%PDF-1.7 ... %%EOF\r\n", True),
        (b"%PDF-1.7 ...", False),
        (b"%PDF %%EOF" + b"x" * 5000, False),
        (b"\xff\xd8\xff\xe0...\xff\xd9", True),
        (b"\xff\xd8\xff\xe0...", False),
        (b"\x89PNG\r\n\x1a\n...IEND\xaeB`\x82", True),
        (b"\x89PNG\r\n\x1a\n...", False),
        (b"PK\x03\x04...PK\x05\x06" + b"\0" * 18, True),
        (b"PK\x03\x04...", False),
        (tiff("<", 1), True),
        (tiff(">", 3), True),
        (tiff("<", 2, cut=1), False),
        (tiff(">", 3, cut=60), False),
        (b"II*\0\0\0\0\0" + b"x" * 100, False),
        (b"II*\0", False),
    ],
)
def test_whole(content: bytes, is_whole: bool) -> None:
    assert whole(BytesIO(content)) is is_whole


@given(st.sampled_from([b"II*\0", b"MM\0*", b"%PDF", b"PK\x03\x04", b""]), st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_judged(mark: bytes, rest: bytes) -> None:
    assert whole(BytesIO(mark + rest)) in (True, False)
