"""A mailbox from move to leave, looked at through mail programs; and a Dovecot that the hub does not run."""

import contextlib
import grp
import pwd
import smtplib
from pathlib import Path
from string import Template

import pytest
from imapclient.exceptions import LoginError

from connectors.mailboxes.dovecot import Dovecot, find_program, run_as
from hub.render import TEMPLATES
from tests.mailboxes.conftest import DOMAIN, House, free_port, plain, subjects, wait_until

OLD_ADMIN, NEW_ADMIN = f"kiendc@{DOMAIN}", f"trinm@{DOMAIN}"  # of sonoivu and of soyte
SHEET = "Họ và tên,Đơn vị\nĐỗ Thị Chuyển Đi,sonoivu\nLý Văn Kế Nhiệm,sonoivu\n"


@pytest.mark.timeout(400)
def test_a_mailbox_moves_is_reset_and_is_left(house: House, tmp_path: Path) -> None:
    sheet = tmp_path / "people.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    leaver, heir = house.json("mailbox", "issue", "--csv", str(sheet), "--as", OLD_ADMIN)
    who = leaver["address"]
    password = moved_and_reset(house, who)
    inside = house.imap(who, password)
    inside.append("INBOX", plain(who, who, "để lại").as_bytes())
    done = house.run("mailbox", "leave", who, "--to", heir["address"], "--days", "30")
    assert done.returncode == 0, done.stderr
    wait_until(lambda: not alive(inside))
    inside.shutdown()
    with pytest.raises(LoginError):
        house.imap(who, password)
    with house.imap(heir["address"], heir["first_password"]) as client:
        with house.submission(heir["address"], heir["first_password"]) as sending:
            sending.send_message(plain(heir["address"], who, "sau khi đi"))
        wait_until(lambda: "sau khi đi" in subjects(client))
        assert "để lại" in subjects(client, f"Hộp thư chung/{who}")
        assert house.run("mailbox", "leave", heir["address"]).returncode == 0
    with smtplib.SMTP("127.0.0.1", house.ports["smtp"], timeout=60) as client:
        client.helo("outside.example")
        client.mail("ai@outside.example")
        assert client.rcpt(heir["address"])[0] == 550
    again = house.run("mailbox", "issue", heir["address"])
    assert again.returncode == 1 and heir["address"] in again.stderr


def moved_and_reset(house: House, who: str) -> str:
    """The unit to which somebody moved looks after them from then on; the new password."""
    assert house.run("mailbox", "move", who, "--unit", "soyte", "--as", OLD_ADMIN).returncode == 3
    assert house.run("mailbox", "move", who, "--unit", "soyte").returncode == 0
    assert house.run("mailbox", "reset", who, "--as", OLD_ADMIN).returncode == 3
    new = house.json("mailbox", "reset", who, "--as", NEW_ADMIN)["first_password"]
    house.imap(who, new).logout()
    (row,) = [row for row in house.json("mailbox", "list", "--unit", "soyte") if row["address"] == who]
    assert row["state"] == "active"
    return str(new)


def alive(client: object) -> bool:
    with contextlib.suppress(Exception):
        client.noop()  # type: ignore[attr-defined]
        return True
    return False


@pytest.mark.timeout(300)
def test_a_dovecot_of_somebody_else_reads_the_same_files(house: House, tmp_path: Path) -> None:
    (address,) = house.spare(1)
    (made,) = house.issue(address)
    program, port = find_program(""), free_port()
    assert program is not None
    text = Template((TEMPLATES / "deploy" / "outside-dovecot-2.3.conf").read_text("utf-8"))
    user = run_as()
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    values = {"data": house.data.resolve(), "folder": tmp_path, "port": port, "user": user, "group": group}
    other = Dovecot(program, tmp_path, {"dovecot.conf": text.substitute(values)}, ("127.0.0.1", port))
    other.start()
    try:
        usual, house.ports["imap"] = house.ports["imap"], port
        with house.imap(address, made["first_password"]) as client:
            wait_until(lambda: [s for s in subjects(client) if address in s])
            assert house.run("mailbox", "suspend", address).returncode == 0
        with pytest.raises(LoginError):
            house.imap(address, made["first_password"])
    finally:
        house.ports["imap"] = usual
        other.stop()
