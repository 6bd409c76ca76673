import email.policy
import errno
import os
import subprocess
import time
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from connectors.mailboxes.maildir import MaildirHost
from connectors.transports.maildir import MaildirTransport
from rules.values.sending import Address, Deferred, Delivered, Failed, Mailbox, Outbound

TO = Address("vanthu.sonoivu@binhminh.example", "Sở Nội vụ", "binhminh.example/vanthu.sonoivu")
MAIL = Outbound(
    b"Subject: x\r\n", b"Content-Type: text/plain\r\n\r\n", "bounce+k1@binhminh.example", b"hello\r\n"
)
FIRST = Outbound(MAIL.headers, MAIL.body, MAIL.mail_from, MAIL.shared, first_try=True)


def mails(root: Path, folder: str = "new") -> list[Path]:
    return sorted((root / "binhminh.example" / "vanthu.sonoivu" / folder).iterdir())


def test_delivers_the_pieces_in_order_below_the_trace_lines(tmp_path: Path) -> None:
    assert isinstance(MaildirTransport(tmp_path).deliver("d1", TO, MAIL), Delivered)
    (mail,) = mails(tmp_path)
    assert mail.read_bytes() == (
        b"Return-Path: <bounce+k1@binhminh.example>\r\nDelivered-To: vanthu.sonoivu@binhminh.example\r\n"
        b"Subject: x\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
    )
    assert mails(tmp_path, "tmp") == []
    assert message_from_bytes(mail.read_bytes(), policy=email.policy.default)["Subject"] == "x"


def test_the_same_key_is_one_mail_and_another_key_another(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path)
    for key in ("d1", "d1", "d2"):
        assert isinstance(transport.deliver(key, TO, MAIL), Delivered)
    assert len(mails(tmp_path)) == 2


def test_a_repeat_finds_the_mail_that_was_read_and_flagged(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path)
    transport.deliver("d1", TO, FIRST)
    (mail,) = mails(tmp_path)
    mail.rename(mail.parent.parent / "cur" / f"{mail.name}:2,RS")
    assert transport.deliver("d1", TO, MAIL) == Delivered("was there")
    assert mails(tmp_path) == []


def test_a_first_try_stays_quick_in_a_crowded_mailbox(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path)
    transport.deliver("d0", TO, FIRST)
    cur = tmp_path / "binhminh.example" / "vanthu.sonoivu" / "cur"
    for number in range(20_000):
        os.close(os.open(cur / f"other.{number}:2,S", os.O_CREAT | os.O_WRONLY))
    began = time.process_time()
    transport.deliver("d1", TO, FIRST)
    first = time.process_time() - began
    began = time.process_time()
    transport.deliver("d2", TO, MAIL)
    assert first < (time.process_time() - began) / 2


@pytest.mark.parametrize(
    "path",
    [
        "",
        "x",
        "../etc/passwd",
        "a.example/..",
        "a.example/.hidden",
        "/etc/x",
        "a.example/b/c",
        "a.example/b\0",
        "a/b\n",
        "a.example/A",
        "a.example/" + "x" * 65,
        "a..example/b",
        "a.example/b..c",
    ],
)
def test_a_bad_mailbox_path_fails_and_writes_nothing(tmp_path: Path, path: str) -> None:
    root = tmp_path / "mail"
    root.mkdir()
    assert isinstance(MaildirTransport(root).deliver("k", Address("a@b.example", "", path), MAIL), Failed)
    assert isinstance(MaildirHost(root).ensure(Mailbox("a@b.example", path)), Failed)
    assert list(tmp_path.rglob("*")) == [root]


@pytest.mark.parametrize(
    "address", ["a@b\r\nX-Evil: 1", "a b@c.example", "a@b@c", "<a@b.example>", "a@b\u2028.example"]
)
def test_no_address_makes_a_header(tmp_path: Path, address: str) -> None:
    bad_sender = Outbound(MAIL.headers, MAIL.body, address, MAIL.shared)
    assert isinstance(MaildirTransport(tmp_path).deliver("k", TO, bad_sender), Failed)
    assert isinstance(MaildirTransport(tmp_path).deliver("k", Address(address, "", TO.mailbox), MAIL), Failed)


def test_the_null_sender_is_allowed(tmp_path: Path) -> None:
    parcel = Outbound(MAIL.headers, MAIL.body, "", MAIL.shared)
    assert isinstance(MaildirTransport(tmp_path).deliver("k", TO, parcel), Delivered)
    assert mails(tmp_path)[0].read_bytes().startswith(b"Return-Path: <>\r\n")


def test_a_mailbox_that_lost_a_folder_is_mended(tmp_path: Path) -> None:
    transport = MaildirTransport(tmp_path)
    transport.deliver("d1", TO, MAIL)
    new = tmp_path / "binhminh.example" / "vanthu.sonoivu" / "new"
    mails(tmp_path)[0].unlink()
    new.rmdir()
    assert isinstance(transport.deliver("d2", TO, MAIL), Delivered)
    assert len(mails(tmp_path)) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "vanthu", disk], capture_output=True
    ).returncode:
        pytest.skip("mounting is not allowed here: a full disk is not tried")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_defers_leaves_nothing_and_recovers(small_disk: Path) -> None:
    transport = MaildirTransport(small_disk)
    big = Outbound(MAIL.headers, MAIL.body, MAIL.mail_from, b"x" * 100_000)
    outcome = transport.deliver("d1", TO, big)
    assert outcome == Deferred("the disk is full", after=20.0)
    assert mails(small_disk) == [] and mails(small_disk, "tmp") == []
    assert isinstance(transport.deliver("d1", TO, MAIL), Delivered)


def test_ensure_is_idempotent_and_makes_folders_and_quota(tmp_path: Path) -> None:
    host = MaildirHost(tmp_path)
    box = Mailbox("a@b.example", "b.example/a", 5_000_000, ("Đã gửi", "Sent.2026"))
    assert host.ensure(box) == Delivered("created")
    assert host.ensure(box) == Delivered("there")
    home = tmp_path / "b.example" / "a"
    assert sorted(p.name for p in home.iterdir()) == [
        ".Sent.2026",
        ".Đã gửi",
        "cur",
        "maildirsize",
        "new",
        "tmp",
    ]
    assert (home / ".Sent.2026" / "new").is_dir()
    assert (home / "maildirsize").read_text() == "5000000S\n"
    assert isinstance(host.ensure(Mailbox("a@b.example", "b.example/a", None, ("../x",))), Failed)


def test_ensure_sweeps_what_a_dead_writer_left(tmp_path: Path) -> None:
    host, box = MaildirHost(tmp_path), Mailbox("a@b.example", "b.example/a")
    host.ensure(box)
    tmp = tmp_path / "b.example" / "a" / "tmp"
    (tmp / "old").write_text("x")
    (tmp / "fresh").write_text("x")
    os.utime(tmp / "old", (0, 0))
    host.ensure(box)
    assert [p.name for p in tmp.iterdir()] == ["fresh"]


@pytest.mark.parametrize(("failing", "left"), [(1, 0), (2, 1)], ids=["file", "directory"])
def test_a_failed_fsync_is_never_a_delivery_and_the_repeat_makes_one_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int, left: int
) -> None:
    MaildirHost(tmp_path).ensure(Mailbox(TO.email, TO.mailbox or ""))
    calls: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == failing:
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    transport = MaildirTransport(tmp_path)
    with pytest.raises(OSError, match="Input/output"):  # so that the hub ends and starts anew
        transport.deliver("d1", TO, FIRST)
    assert len(mails(tmp_path)) == left and mails(tmp_path, "tmp") == []
    assert isinstance(transport.deliver("d1", TO, MAIL), Delivered)
    assert len(mails(tmp_path)) == 1
