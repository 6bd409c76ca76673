"""An older mailbox is taken over from a real Dovecot, killed in the middle; mails are taken away."""

import contextlib
import mailbox
import os
import signal
import subprocess
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient

from connectors.mailboxes.old_mailbox import OldMailbox, OldMailboxTrouble, OldServer
from tests.mailboxes.conftest import COMMAND, DOMAIN, House, plain, wait_until

MAILS = 120
WHEN = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)


def fill(client: IMAPClient, owner: str) -> None:
    """An old mailbox: mails of many sizes in the inbox, and a folder with accents below another."""
    for number in range(MAILS):
        mail = plain(owner, owner, f"thư cũ {number}")
        mail["Message-ID"] = f"<{number}@cu.example>"
        if number % 40 == 0:
            mail.add_attachment(os.urandom(400_000), maintype="application", subtype="pdf", filename="a.pdf")
        flags = [b"\\Seen", b"\\Answered"] if number % 2 else []
        client.append("INBOX", mail.as_bytes(), flags, WHEN)
    client.create_folder("Dự án/Năm 2024")
    client.append("Dự án/Năm 2024", b"Subject: trong thu muc\r\n\r\nFrom the start\r\n", [], WHEN)
    client.append("Thư đi", plain(owner, "x@y.example", "đã gửi").as_bytes(), [b"\\Seen"], WHEN)


def command(house: House, new: str, old: str, secret: Path) -> list[str]:
    place = ["--host", f"127.0.0.1:{house.ports['imap']}", "--tls", "none", "--user", old]
    return ["mailbox", "import", new, *place, "--password-file", str(secret)]


def identifiers(client: IMAPClient, folder: str = "INBOX") -> Counter[str]:
    client.select_folder(folder, readonly=True)
    found = client.fetch(client.search("ALL"), ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
    heads = [row[b"BODY[HEADER.FIELDS (MESSAGE-ID)]"].decode() for row in found.values()]
    return Counter(head.partition(":")[2].strip() for head in heads if "@cu.example" in head)


def killed_in_the_middle(house: House, arguments: list[str], box: Path) -> int:
    """How many mails lay there when the command died."""
    process = subprocess.Popen([*COMMAND, *arguments, "--data", str(house.data)])
    try:
        wait_until(lambda: len(list((box / "cur").glob("*.vanthu*"))) > 30, 60, pause=0.002)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    return len(list((box / "cur").glob("*.vanthu*")))


@pytest.mark.timeout(400)
def test_an_old_mailbox_comes_over_once_although_killed_and_goes_out_again(
    house: House, tmp_path: Path
) -> None:
    old, new = house.spare(2)
    (was,), (is_,) = house.issue(old), house.issue(new)
    with house.imap(old, was["first_password"]) as client:
        fill(client, old)
    secret = tmp_path / "password"
    secret.write_text(was["first_password"])
    secret.chmod(0o600)
    arguments = command(house, new, old, secret)
    local, _at, domain = new.partition("@")
    box = house.data / "mail" / domain / local
    assert 30 < killed_in_the_middle(house, arguments, box) < MAILS
    rows = {row["target"]: row for row in house.json(*arguments)}
    assert 0 < rows["INBOX"]["new"] < MAILS
    assert rows["INBOX"]["there"] == rows["INBOX"]["taken"] > MAILS and not rows["INBOX"]["lacking"]
    again = {row["target"]: row for row in house.json(*arguments)}
    assert sum(row["new"] for row in again.values()) == 0
    assert {name: row["taken"] for name, row in again.items()} == {n: r["taken"] for n, r in rows.items()}
    with house.imap(new, is_["first_password"]) as client:
        assert identifiers(client) == Counter(f"<{number}@cu.example>" for number in range(MAILS))
        as_it_was(client)
    taken_away(house, new, tmp_path)


def as_it_was(client: IMAPClient) -> None:
    """Dates, flags, folders and what is subscribed."""
    client.normalise_times = False
    client.select_folder("INBOX", readonly=True)
    (one,) = client.search(["HEADER", "Message-ID", "<1@cu.example>"])
    row = client.fetch([one], ["INTERNALDATE", "FLAGS"])[one]
    assert row[b"INTERNALDATE"] == WHEN and set(row[b"FLAGS"]) >= {b"\\Seen", b"\\Answered"}
    assert "Dự án/Năm 2024" in {name for _flags, _delimiter, name in client.list_sub_folders()}
    assert client.folder_status("Thư đi", ["MESSAGES"])[b"MESSAGES"] == 1
    assert client.get_quota()[0].usage > 1200  # the attachments count as room


def taken_away(house: House, address: str, folder: Path) -> None:
    """As Maildirs, and as mbox files that Python's own reader opens."""
    whole, mboxes = folder / "m.zip", folder / "b.zip"
    counts = house.json("mailbox", "export", address, str(whole))["folders"]
    assert counts["Dự án/Năm 2024"] == 1 and counts["INBOX"] > MAILS
    names = zipfile.ZipFile(whole).namelist()
    assert sum(name.startswith("INBOX/cur/") and name != "INBOX/cur/" for name in names) == counts["INBOX"]
    assert whole.stat().st_mode & 0o777 == 0o600
    assert house.run("mailbox", "export", address, str(whole)).returncode == 1
    house.json("mailbox", "export", address, str(mboxes), "--form", "mbox")
    zipfile.ZipFile(mboxes).extractall(folder)
    with contextlib.closing(mailbox.mbox(folder / "INBOX.mbox")) as read:
        assert len(read) == counts["INBOX"]
    with contextlib.closing(mailbox.mbox(folder / "Dự án" / "Năm 2024.mbox")) as read:
        assert ">From the start" in str(read[0].get_payload())
    other = house.spare(1)[0]
    denied = house.run("mailbox", "export", address, str(folder / "x.zip"), "--as", other)
    assert (denied.returncode, (folder / "x.zip").exists()) == (3, False)


def test_an_old_server_that_does_not_answer_is_named(house: House, tmp_path: Path) -> None:
    imap = house.ports["imap"]
    cases = [
        (OldServer("127.0.0.1", 1, "none", "a", "b"), "Connection refused"),
        (OldServer("192.0.2.1", 143, "none", "a", "b"), "loopback"),
        (OldServer("127.0.0.1", imap, "starttls", "a", "b"), "CERTIFICATE_VERIFY_FAILED"),
        (OldServer("127.0.0.1", house.ports["imaps"], "tls", "a", "b"), "CERTIFICATE_VERIFY_FAILED"),
        (OldServer("127.0.0.1", imap, "none", f"nobody@{DOMAIN}", "b"), "uthentication failed"),
    ]
    for server, words in cases:
        with pytest.raises(OldMailboxTrouble, match=words), OldMailbox(server):
            pass
    (address,) = house.spare(1)
    house.issue(address)
    secret = tmp_path / "password"
    secret.write_text("wrong password")
    secret.chmod(0o600)
    done = house.run(*command(house, address, address, secret))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert f"{address}@127.0.0.1:{imap}" in done.stderr
