"""What leaves is signed so that our own checks and dkimpy's agree, and nothing can be put in front."""

from pathlib import Path

import dkim
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.checks.resolver import TableResolver
from connectors.checks.signatures import Signatures, Signed
from connectors.writers.mail_signature import Signer
from connectors.writers.signing_keys import KeyRing, new_key, public_record, read_ring, ring_file, write_ring

MAIL = (
    b'From: "An" <an@so.example>\r\nTo: b@c.example\r\nSubject: =?utf-8?B?eA==?=\r\n  more\r\n'
    b"Message-ID: <1@so.example>\r\nDate: Mon, 5 Jan 2026 00:00:00 +0700\r\n\r\nHi  there \r\n\r\n"
)
PEM = new_key()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    write_ring(ring_file(folder, "so.example"), KeyRing("vt1", {"vt1": PEM, "vt2": new_key()}))
    return folder


def checked(mail: bytes) -> tuple[Signed, ...]:
    end = mail.find(b"\r\n\r\n")
    dns = TableResolver({("TXT", "vt1._domainkey.so.example"): [public_record(PEM)]})
    return Signatures(mail[: end + 2], memoryview(mail)[end + 4 :], dns).dkim()


def test_a_signature_is_found_right_by_both(data: Path) -> None:
    signed = Signer(data).sign(MAIL)
    assert signed.endswith(MAIL) and signed.startswith(b"DKIM-Signature: v=1; a=rsa-sha256;")
    assert checked(signed) == (Signed("so.example", "pass"),)
    assert dkim.verify(signed, dnsfunc=lambda _name, timeout=5: public_record(PEM).encode())
    assert max(map(len, signed.split(b"\r\n"))) < 80


@pytest.mark.parametrize(
    "change",
    [
        lambda mail: mail.replace(b"there", b"where"),
        lambda mail: b"From: boss@so.example\r\n" + mail,
        lambda mail: b"Subject: other\r\n" + mail,
        lambda mail: b"Reply-To: thief@evil.example\r\n" + mail,
        lambda mail: mail.replace(b"b@c.example", b"b@d.example"),
    ],
)
def test_whoever_changes_it_breaks_it(data: Path, change: object) -> None:
    (seen,) = checked(change(Signer(data).sign(MAIL)))  # type: ignore[operator]
    assert seen.result == "fail"


@pytest.mark.parametrize(
    "mail",
    [
        MAIL.replace(b"so.example>\r\nTo", b"elsewhere.example>\r\nTo"),
        MAIL.replace(b"To:", b"From: x@other.example\r\nTo:"),
        b"Subject: x" + b" " * 90 + b"y\r\n" + MAIL,
        b"X: " + b"y" * 70_000 + b"\r\n" + MAIL,
        MAIL.replace(b"\r\n\r\n", b"\r\n"),
        b"",
    ],
)
def test_what_cannot_be_signed_leaves_as_it_is(data: Path, mail: bytes) -> None:
    assert Signer(data).sign(mail) == mail


@given(body=st.binary(max_size=300), subject=st.text(alphabet=" \tab:;=é", max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_body_and_subject_verifies(data: Path, body: bytes, subject: str) -> None:
    lines = body.replace(b"\r", b"").replace(b"\n", b"\r\n")
    mail = MAIL.replace(b"=?utf-8?B?eA==?=", subject.encode()).partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + lines
    signed = Signer(data).sign(mail)
    assert signed == mail or checked(signed) == (Signed("so.example", "pass"),)


def test_a_key_that_is_taken_into_use_signs_the_next_mail(tmp_path: Path) -> None:
    path = ring_file(tmp_path, "so.example")
    signer = Signer(tmp_path)
    assert signer.sign(MAIL) == MAIL
    write_ring(path, KeyRing("vt1", {"vt1": PEM}))
    assert b" s=vt1;" in signer.sign(MAIL)
    write_ring(path, KeyRing("vt2", {"vt1": PEM, "vt2": PEM}))
    assert b" s=vt2;" in signer.sign(MAIL)
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"{")
    with pytest.raises(ValueError, match="dkim-so"):
        read_ring(path)
    assert signer.sign(MAIL) == MAIL


def test_a_domain_is_no_path(tmp_path: Path) -> None:
    for name in ("../x", "a/b", "", ".x"):
        with pytest.raises(ValueError, match="no mail domain"):
            ring_file(tmp_path, name)
