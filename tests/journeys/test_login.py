"""A hub that trusts no network: passwords over TLS, or nothing from our own domain."""

import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.conftest import Make
from tests.journeys.house import GENERAL, House, here, mail, person
from tests.journeys.papers import text_file


@pytest.fixture(scope="module")
def strict(make_house: Make) -> Iterator[House]:
    """A hub with a password for the clerk of the department of justice."""
    made = make_house(smtp={"trusted_networks": []})
    made.start()
    yield made
    made.settle()
    made.verified()


@pytest.fixture(scope="module")
def password(strict: House) -> str:
    """Given by the command, shown once."""
    return strict.command("staff", "password", person("anhttn")).stdout.splitlines()[-1].strip()


def client(house: House) -> smtplib.SMTP:
    """A connection under TLS."""
    context = ssl.create_default_context(cafile=str(house.data / "tls.crt"))
    connection = smtplib.SMTP("127.0.0.1", house.port, timeout=20)
    connection.starttls(context=context)
    return connection


def test_our_own_domain_needs_a_log_in(strict: House) -> None:
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        strict.send(person("anhttn"), GENERAL, [text_file("sotuphap", "801/STP-VP")])
    assert refused.value.smtp_code == 530


def test_our_own_domain_in_the_from_header_needs_one_too(strict: House) -> None:
    with pytest.raises(smtplib.SMTPDataError) as refused:
        strict.send(
            person("anhttn"), GENERAL, [text_file("sotuphap", "802/STP-VP")], envelope_from="ai@la.example"
        )
    assert refused.value.smtp_code == 550


def test_a_clerk_logs_in_and_sends(strict: House, password: str) -> None:
    content = mail(person("anhttn"), [GENERAL], [text_file("sotuphap", "803/STP-VP")])
    with client(strict) as connection:
        connection.login(person("anhttn"), password)
        connection.sendmail(person("anhttn"), [GENERAL], content, mail_options=["BODY=8BITMIME"])
    strict.expect(1)
    strict.settle()
    found = strict.document("803/STP-VP")
    assert found["direction"] == "outgoing" and strict.receivers(found["id"]) == {"sotaichinh"}


def test_nobody_sends_in_anothers_name(strict: House, password: str) -> None:
    with client(strict) as connection:
        connection.login(person("anhttn"), password)
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            connection.sendmail(person("huongtt"), [GENERAL], b"Subject: x\r\n\r\n")
    assert refused.value.smtp_code == 553


def test_a_wrong_password_and_a_password_in_clear(strict: House, password: str) -> None:
    for user in (person("anhttn"), "khongai@binhlam.example"):
        with client(strict) as connection, pytest.raises(smtplib.SMTPAuthenticationError):
            connection.login(user, password + "x")
    with smtplib.SMTP("127.0.0.1", strict.port) as plain, pytest.raises(smtplib.SMTPException):
        plain.login(person("anhttn"), password)


def test_strangers_may_still_bring_letters(strict: House) -> None:
    strict.send("ai@la.example", GENERAL, [text_file("btp", "804/BTP-VP")])
    strict.settle()
    assert strict.document("804/BTP-VP")["status"] == "review"


def test_the_command_logs_in_with_a_password_from_a_file(
    strict: House, password: str, tmp_path: Path
) -> None:
    name, content = text_file("sotuphap", "809/STP-VP")
    (tmp_path / name).write_bytes(content)
    (tmp_path / "secret").write_text(f"{password}\n")
    (tmp_path / "wrong").write_text("khong phai")
    where = ["send", str(tmp_path / name), "--to", GENERAL, "--from", person("anhttn")]
    where += ["--smtp", f"127.0.0.1:{strict.port}"]
    assert "--password-file" in here(*where, check=False).stderr
    assert "535" in here(*where, "--password-file", str(tmp_path / "wrong"), check=False).stderr
    assert here(*where, "--password-file", str(tmp_path / "none"), check=False).returncode == 2
    here(*where, "--password-file", str(tmp_path / "secret"))
    strict.expect(1)
    strict.settle()
    assert strict.document("809/STP-VP")["direction"] == "outgoing"
