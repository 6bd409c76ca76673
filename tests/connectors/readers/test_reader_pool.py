"""The warm pool: parcels read, limits kept, children that die, answers that lie."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from connectors.readers import landlock, process, wire
from connectors.readers.answer import Rejected, checked
from connectors.readers.limits import ReadLimits
from connectors.readers.pool import ReaderPool, ReadFailed
from connectors.readers.room import Room, sweep
from rules.values.reading import Fields, FileReading, MailHeaders, ParcelReading, Reading

LIMITS = ReadLimits(seconds=60)


def mail(*files: tuple[str, bytes], body: str = "Kính gửi quý cơ quan") -> bytes:
    from email.message import EmailMessage
    from email.policy import SMTP

    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "a@x.example", "b@x.example", "12/CT-UBND về việc x"
    message.set_content(body)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()


@pytest.fixture
def job_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "job"
    folder.mkdir()
    return folder


@pytest.fixture
def stored(tmp_path: Path) -> Callable[[bytes], Path]:
    def store(content: bytes) -> Path:
        path = tmp_path / "parcel"
        path.write_bytes(content)
        return path

    return store


def test_mail_with_a_letter(
    pool: ReaderPool, job_dir: Path, stored: Callable[[bytes], Path], letter_pdf: bytes
) -> None:
    reading = pool.read(stored(mail(("Công văn.pdf", letter_pdf))), "", "mail", job_dir)
    assert reading.headers is not None
    assert reading.headers.subject == "12/CT-UBND về việc x"
    assert reading.body == "Kính gửi quý cơ quan"
    (file,) = reading.files
    assert (file.name, file.path, file.size) == ("Công văn.pdf", "000.pdf", len(letter_pdf))
    assert (job_dir / file.path).read_bytes() == letter_pdf
    assert (file.reading.state, file.reading.page_count) == ("read", 2)
    assert "Số: 21/2005/CT-UBND" in file.reading.text
    assert file.reading.pages == ()  # they do not travel


def test_scanned_file_by_itself_and_from_an_offset(
    pool: ReaderPool, job_dir: Path, stored: Callable[[bytes], Path], letter_pdf: bytes
) -> None:
    reading = pool.read(stored(b"envelope" + letter_pdf), "scan.pdf", "file", job_dir, offset=8)
    assert reading.headers is None
    assert [(file.name, file.reading.state) for file in reading.files] == [("scan.pdf", "read")]
    assert (job_dir / reading.files[0].path).read_bytes() == letter_pdf


def test_mail_without_a_file_is_its_text(
    pool: ReaderPool, job_dir: Path, stored: Callable[[bytes], Path]
) -> None:
    (file,) = pool.read(stored(mail()), "", "mail", job_dir).files
    assert (file.name, file.reading.media_type) == ("12_CT-UBND về việc x.txt", "text/plain")
    assert (file.reading.state, file.reading.text) == ("read", "Kính gửi quý cơ quan")
    assert (job_dir / file.path).read_text("utf-8") == "Kính gửi quý cơ quan"


HOSTILE_NAMES = [
    "../../etc/passwd", "/etc/passwd", "..\\..\\x.pdf", "C:\\a\\x.pdf", "CON", "a\x00b.pdf",
    "x" * 4000 + ".pdf", "invoice\u202efdp.exe", "\u2066x.pdf", "😀.pdf", "Công văn.pdf", ".", "..", "   ",
    "a\r\nX: y.pdf", "~root", "-rf",
]  # fmt: skip


def test_hostile_names_stay_data(pool: ReaderPool, job_dir: Path, stored: Callable[[bytes], Path]) -> None:
    head = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    for name in HOSTILE_NAMES:
        quoted = "".join(f"%{byte:02X}" for byte in name.encode("utf-8", "surrogatepass"))
        head += (
            b"--b\r\nContent-Disposition: attachment; filename*=utf-8''" + quoted.encode() + b"\r\n\r\nx\r\n"
        )
    reading = pool.read(stored(head + b"--b--"), "", "mail", job_dir)
    assert len(reading.files) == len(HOSTILE_NAMES)
    assert sorted(os.listdir(job_dir)) == sorted(file.path for file in reading.files)
    assert sorted(os.listdir(job_dir.parent)) == ["job", "parcel"]
    for file in reading.files:
        assert "/" not in file.name and "\\" not in file.name
        assert file.name.isprintable() and 0 < len(file.name) <= 300
    assert reading.files[10].name == "Công văn.pdf"


def test_children_have_no_network(pool: ReaderPool, job_dir: Path, stored: Callable[[bytes], Path]) -> None:
    pool.read(stored(mail()), "", "mail", job_dir)
    if os.geteuid() != 0 and not pool.isolated:
        pytest.skip("this system forbids user namespaces")
    assert pool.isolated


def test_children_can_open_nothing_but_their_room(tmp_path: Path) -> None:
    """A child that foreign bytes took over, asked for what it may not have (PROMISES S12)."""
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")
    (tmp_path / "rooms").mkdir()
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "elsewhere").mkdir()
    child = process.ReadingChild(LIMITS, tmp_path / "rooms")
    try:
        child.greet()
        assert child.confined
        out = str(child.room.out)
        (child.room.out / "link").symlink_to(tmp_path / "secret")
        for path, folder in (
            (str(tmp_path / "secret"), out),
            ("/etc/passwd", out),
            ("/proc/self/environ", out),
            (str(child.room.out / "link"), out),
            (process.__file__, str(tmp_path / "elsewhere")),
        ):
            child._send(wire.frame(wire.Ask(path, "a", "file", folder)))
            answer = child._next(time.monotonic() + 30, None)
            assert isinstance(answer, wire.Failed) and "PermissionError" in answer.reason, path
    finally:
        child.bury()
    assert list((tmp_path / "elsewhere").iterdir()) == list((tmp_path / "rooms").iterdir()) == []


def test_rooms_of_killed_processes_are_swept(tmp_path: Path) -> None:
    lived_in, left = Room(tmp_path), Room(tmp_path)
    left.take_in(Path(__file__))
    os.close(left._handle)  # as the kernel does for a process that was killed
    assert sweep(tmp_path) == 1 and list(tmp_path.iterdir()) == [lived_in.root]
    lived_in.remove()
    assert list(tmp_path.iterdir()) == []


def test_the_parent_imports_no_parser() -> None:
    code = (
        "import sys, connectors.readers.pool; "
        "sys.exit(bool({'lxml', 'pypdfium2', 'mailparser', 'olefile'} & set(sys.modules)))"
    )
    root = Path(process.__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_many_threads(pool: ReaderPool, tmp_path: Path, letter_pdf: bytes) -> None:
    def one(number: int) -> str:
        folder = tmp_path / str(number)
        folder.mkdir()
        parcel = tmp_path / f"{number}.eml"
        parcel.write_bytes(mail((f"{number}.pdf", letter_pdf)))
        return pool.read(parcel, "", "mail", folder).files[0].name

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(one, range(40))) == [f"{number}.pdf" for number in range(40)]


# --- children that die -----------------------------------------------------------


@pytest.fixture
def bad_children(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Children whose PDF reader does something else: a real process that really misbehaves."""

    def plant(reader: str) -> None:
        boot = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "import os, time\n"
            "from connectors.readers import table, kind, pdf, child\n"
            f"def bad(path, name):\n    good = pdf.read(path, name)\n    {reader}\n    return good\n"
            "table.READERS[kind.PDF] = bad\n"
            "child.main(sys.argv[2], sys.argv[3])\n"
        )
        monkeypatch.setattr(process, "_BOOT", boot)

    return plant


@pytest.fixture
def fresh_pool() -> Iterator[Callable[[ReadLimits], ReaderPool]]:
    pools: list[ReaderPool] = []

    def make(limits: ReadLimits = LIMITS) -> ReaderPool:
        pools.append(ReaderPool(1, limits))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


@pytest.mark.parametrize(
    ("reader", "reason"),
    [
        ("if name == 'bad.pdf': time.sleep(999)", "time-limit"),
        ("if name == 'bad.pdf': os.abort()", "crashed: SIGABRT"),
        ("if name == 'bad.pdf': raise Warning('stop')", "died: Warning: stop"),
        ("x = bytearray(2**34) if name == 'bad.pdf' else 0", "memory-limit"),
        ("if name == 'bad.pdf': raise ValueError('odd')", "fault: ValueError('odd')"),
        ("while name == 'bad.pdf': pass", "cpu-limit"),
    ],
)
def test_one_bad_file_costs_no_other(
    bad_children: Callable[[str], None],
    fresh_pool: Callable[..., ReaderPool],
    job_dir: Path,
    stored: Callable[[bytes], Path],
    letter_pdf: bytes,
    reader: str,
    reason: str,
) -> None:
    bad_children(reader)
    limits = ReadLimits(seconds=2 if "time" in reason else 60, cpu_seconds=1 if "cpu" in reason else 30)
    pool = fresh_pool(limits)
    parcel = stored(mail(("a.pdf", letter_pdf), ("bad.pdf", letter_pdf), ("c.pdf", letter_pdf)))
    reading = pool.read(parcel, "", "mail", job_dir)
    assert [file.reading.state for file in reading.files] == ["read", "unreadable", "read"]
    assert reading.files[1].reading.warnings == (reason,)
    assert (job_dir / reading.files[1].path).read_bytes() == letter_pdf
    assert (
        pool.read(stored(mail(("d.pdf", letter_pdf))), "", "mail", job_dir).files[0].reading.state == "read"
    )


def test_a_parcel_full_of_killers_is_given_up(
    bad_children: Callable[[str], None],
    fresh_pool: Callable[..., ReaderPool],
    job_dir: Path,
    stored: Callable[[bytes], Path],
    letter_pdf: bytes,
) -> None:
    bad_children("os.abort()")
    parcel = stored(mail(*[(f"{n}.pdf", letter_pdf) for n in range(9)]))
    with pytest.raises(ReadFailed) as failed:
        fresh_pool().read(parcel, "", "mail", job_dir)
    assert not failed.value.transient
    assert "SIGABRT" in failed.value.reason


def test_a_child_killed_from_outside_is_a_transient_failure(
    bad_children: Callable[[str], None],
    fresh_pool: Callable[..., ReaderPool],
    job_dir: Path,
    stored: Callable[[bytes], Path],
    letter_pdf: bytes,
) -> None:
    bad_children("time.sleep(999) if name == 'bad.pdf' else 0")
    pool = fresh_pool()
    parcel = stored(mail(("bad.pdf", letter_pdf)))
    threading.Timer(2, lambda: [os.kill(child._process.pid, signal.SIGKILL) for child in pool._alive]).start()
    with pytest.raises(ReadFailed) as failed:
        pool.read(parcel, "", "mail", job_dir)
    assert failed.value.transient
    assert pool.read(stored(mail()), "", "mail", job_dir).files[0].reading.state == "read"


def test_closing_ends_reads_and_children(
    bad_children: Callable[[str], None],
    fresh_pool: Callable[..., ReaderPool],
    job_dir: Path,
    stored: Callable[[bytes], Path],
    letter_pdf: bytes,
) -> None:
    bad_children("time.sleep(999)")
    pool = fresh_pool()
    threading.Timer(1.5, pool.close).start()
    start = time.monotonic()
    with pytest.raises(ReadFailed) as failed:
        pool.read(stored(mail(("a.pdf", letter_pdf))), "", "mail", job_dir)
    assert failed.value.transient
    assert time.monotonic() - start < 30
    with pytest.raises(ReadFailed):
        pool.read(stored(mail()), "", "mail", job_dir)


def test_children_are_replaced_after_a_number_of_parcels(
    fresh_pool: Callable[..., ReaderPool], job_dir: Path, stored: Callable[[bytes], Path]
) -> None:
    pool = fresh_pool(replace(LIMITS, documents_per_child=2))
    seen = set()
    parcel = stored(mail())
    for _ in range(5):
        pool.read(parcel, "", "mail", job_dir)
        seen |= {child._process.pid for child in pool._alive}
    assert len(seen) >= 3
    pool.close()
    assert all(not Path(f"/proc/{pid}").exists() for pid in seen)


def test_a_job_folder_that_is_not_there_is_transient(
    pool: ReaderPool, tmp_path: Path, stored: Callable[[bytes], Path]
) -> None:
    with pytest.raises(ReadFailed) as failed:
        pool.read(stored(mail()), "", "mail", tmp_path / "absent")
    assert failed.value.transient


# --- answers that lie ---------------------------------------------------------------


def liar(answer: str) -> str:
    return (
        "import sys, os, struct; sys.path.insert(0, sys.argv[1])\n"
        "from connectors.readers import wire\n"
        "def say(body): os.write(1, struct.pack('>I', len(body)) + body)\n"
        "say(wire.frame(wire.Hello(1, False))[4:])\n"
        f"os.read(0, 4)\n{answer}\nos.read(0, 10**6)\nos.read(0, 1)\n"
    )


@pytest.mark.parametrize(
    "answer",
    [
        "say(b'{}')",
        'say(b\'{"type": "done", "reading": 1}\')',
        "say(b'[' * 100000)",
        "os.write(1, b'\\xff\\xff\\xff\\xff' + b'x' * 1000)",
        "say(wire.frame(wire.Hello(1, False))[4:])",
        "os._exit(3)",
    ],
)
def test_nonsense_from_a_child(
    monkeypatch: pytest.MonkeyPatch,
    fresh_pool: Callable[..., ReaderPool],
    job_dir: Path,
    stored: Callable[[bytes], Path],
    answer: str,
) -> None:
    monkeypatch.setattr(process, "_BOOT", liar(answer))
    with pytest.raises(ReadFailed) as failed:
        fresh_pool().read(stored(mail()), "", "mail", job_dir)
    assert not failed.value.transient


def lie(path: str, size: int = 1, name: str = "a", **headers: str) -> ParcelReading:
    file = FileReading(name, path, size, Reading("text/plain", "read"), Fields())
    return ParcelReading(MailHeaders(**headers), "", (file,))  # type: ignore[arg-type]


def test_paths_outside_the_job_folder_are_refused(job_dir: Path) -> None:
    (job_dir.parent / "secret").write_bytes(b"x")
    (job_dir / "001").symlink_to(job_dir.parent / "secret")
    os.link(job_dir.parent / "secret", job_dir / "002")
    (job_dir / "003").mkdir()
    (job_dir / "004").write_bytes(b"x")
    for path in ("../secret", "/etc/passwd", "001", "002", "003", "005", "004/../../secret", ""):
        with pytest.raises(Rejected):
            checked(lie(path), job_dir, LIMITS)
    with pytest.raises(Rejected):
        checked(lie("004", size=2), job_dir, LIMITS)
    assert checked(lie("004"), job_dir, LIMITS).files[0].path == "004"


def test_unclean_strings_are_refused(job_dir: Path) -> None:
    (job_dir / "004").write_bytes(b"x")
    for bad in ("a\r\nBcc: x", "a\x00", "a/b", ""):
        with pytest.raises(Rejected):
            checked(lie("004", name=bad), job_dir, LIMITS)
    for bad in ("a\r\nBcc: x", "a\u2028b", "x" * 5000):
        with pytest.raises(Rejected):
            checked(lie("004", subject=bad), job_dir, LIMITS)


def test_every_value_survives_the_wire() -> None:
    from datetime import date

    from connectors.readers import wire
    from rules.values.reading import Found, Page, RecipientEntry
    from rules.vocabulary import Urgency

    fields = Fields(
        symbol=Found("21/2005/CT-UBND", 0.9, "page 1"),
        date=Found(date(2005, 12, 20), 1.0, "page 1"),
        urgency=Found(Urgency.EXPRESS, 1.0, "page 1"),
        recipients=(RecipientEntry("Như trên", "reference", "b/c", 2),),
        draft=True,
    )
    reading = Reading("text/plain", "read", "chữ", (Page(1, "chữ"),), 1, ("vni",), ("w",))
    parcel = ParcelReading(MailHeaders(to=("a@b",)), "b", (FileReading("a", "000.txt", 1, reading, fields),))
    body = wire.frame(wire.Done(parcel))[4:]
    assert wire.decode_answer(body) == wire.Done(parcel)
    with pytest.raises(msgspec.DecodeError):
        wire.decode_answer(body.replace(b'"read"', b"7"))
