"""The smarthost transport against a real server on loopback that answers as the script says."""

import datetime as dt
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.transports import reasons
from connectors.transports.nowhere import Nowhere
from connectors.transports.smtp import Smarthost, SmtpTransport
from rules.values.sending import Address, Deferred, Failed, Outbound, Sent

TO = Address("vanthu@moj.example", "Bộ Tư pháp")
MAIL = Outbound(
    b"Subject: x\r\nMessage-ID: <k1@b.example>\r\n",
    b"\r\n.\r\n..\r\nbody\r\n",
    "bounce+k1@b.example",
    b"end\r\n",
)


@dataclass
class Script:
    """What the server says at which stage; "reset" tears the connection down with RST."""

    replies: dict[str, str] = field(default_factory=dict)
    once: dict[str, str] = field(default_factory=dict)  # said one time, before the replies
    mails: list[tuple[str | None, list[str], bytes]] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    commands: list[str] = field(default_factory=list)

    def answer(self, server: SMTP, stage: str, otherwise: str) -> str:
        reply = self.once.pop(stage, self.replies.get(stage, otherwise))
        if reply != "reset":
            return reply
        transport: Any = server.transport
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        return "250 never seen"

    pipelining: ClassVar[bool] = False

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        more = ["250-PIPELINING"] if self.pipelining else []
        return [responses[0], *more, *responses[1:]]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.sessions.add(id(session))
        self.commands.append(" ".join(["MAIL", address, *options]))
        envelope.mail_from = address
        return self.answer(server, "MAIL", "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.answer(server, "RCPT", "250 OK")
        if reply.startswith("25"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.content or b"")))
        return self.answer(server, "END", "250 queued as 1")


@pytest.fixture(params=[False, True], ids=["turns", "pipelining"], autouse=True)
def pipelining(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test with a server that wants to answer each command, and with one that reads them at once."""
    monkeypatch.setattr(Script, "pipelining", request.param)


class Wire(SMTP):
    """Answers DATA itself as the script says."""

    async def smtp_DATA(self, arg: str) -> None:
        script: Any = self.event_handler
        reply = script.replies.get("DATA")
        if reply is None:
            await super().smtp_DATA(arg)
        else:
            await self.push(script.answer(self, "DATA", reply))


class Reporting(Wire):
    """Offers DSN, and writes down what it is asked for (RFC 3461)."""

    async def push(self, status: Any) -> None:
        """EHLO's answer gets one more line."""
        text = status if isinstance(status, str) else status.decode()
        await super().push(text.replace("250 HELP", "250-DSN\r\n250 HELP"))

    async def smtp_MAIL(self, arg: str) -> None:
        await super().smtp_MAIL(self._without("MAIL", arg, r" (?:RET|ENVID)=\S+"))

    async def smtp_RCPT(self, arg: str) -> None:
        await super().smtp_RCPT(self._without("RCPT", arg, r" (?:NOTIFY|ORCPT)=\S+"))

    def _without(self, command: str, arg: str, parameters: str) -> str:
        script: Any = self.event_handler
        script.commands.append(f"{command} {arg}")
        return re.sub(parameters, "", arg)


class Server(Controller):
    speaks: type[Wire] = Wire

    def factory(self) -> SMTP:
        return self.speaks(self.handler, **self.SMTP_kwargs)


@contextmanager
def serving(script: Script, server: type[Wire] = Wire, **options: Any) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Server(script, hostname="127.0.0.1", port=port, **options)
    controller.speaks = server
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def transport_to(port: int, **changes: Any) -> Iterator[SmtpTransport]:
    peer = {"host": "127.0.0.1", "port": port, "tls": "none", "timeout": 5.0} | changes
    transport = SmtpTransport(Smarthost(**peer))
    try:
        yield transport
    finally:
        transport.close()


@contextmanager
def scripted(**replies: str) -> Iterator[tuple[Script, SmtpTransport]]:
    script = Script(replies)
    with serving(script) as port, transport_to(port) as transport:
        yield script, transport


def test_a_250_is_sent_and_the_octets_arrive_unchanged() -> None:
    with scripted() as (script, transport):
        assert transport.deliver("k1", TO, MAIL) == Sent("250 queued as 1")
    assert script.mails == [("bounce+k1@b.example", ["vanthu@moj.example"], b"".join(MAIL.pieces()))]
    assert script.commands == [f"MAIL bounce+k1@b.example SIZE={len(b''.join(MAIL.pieces()))}"]


def test_the_null_sender_goes_out_as_such() -> None:
    with scripted() as (script, transport):
        assert isinstance(transport.deliver("k1", TO, Outbound(MAIL.headers, MAIL.body, "")), Sent)
    assert script.mails[0][0] == "<>"


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        ("450 4.2.0 Greylisted, come back", Deferred, reasons.NOT_NOW),
        ("452 4.3.1 Out of space", Deferred, reasons.NOT_NOW),
        ("550 5.1.1 No such user", Failed, "there is no such mailbox"),
        ("556 5.1.10 Null MX", Failed, "the domain takes no mail"),
        ("552 Too big", Failed, "the mail is too large"),
        ("554 Because", Failed, reasons.REFUSED),
        ("530 5.7.0 Log in first", Deferred, reasons.LOG_IN),
        ("299 What", Deferred, reasons.STRANGE),
        ("reset", Deferred, ""),
    ],
)
def test_every_answer_at_every_stage(stage: str, reply: str, kind: type, words: str) -> None:
    with scripted(**{stage: reply}) as (script, transport):
        outcome = transport.deliver("k1", TO, MAIL)
        assert isinstance(outcome, kind) and outcome.why.startswith(words)
        assert reply == "reset" or outcome.why.endswith(reply)
        script.replies.clear()
        assert isinstance(transport.deliver("k1", TO, MAIL), Sent)


def test_a_reset_after_the_data_says_that_it_may_have_arrived_and_the_copy_is_the_same() -> None:
    with scripted(END="reset") as (script, transport):
        assert transport.deliver("k1", TO, MAIL) == Deferred(reasons.LOST_AT_END)
        script.replies.clear()
        assert isinstance(transport.deliver("k1", TO, MAIL), Sent)
    assert script.mails[0] == script.mails[1] and b"Message-ID: <k1@b.example>" in script.mails[0][2]


def test_reports_are_asked_for_where_the_smarthost_offers_them() -> None:
    document = replace(MAIL, filed=True)
    script = Script()
    with serving(script, server=Reporting) as port, transport_to(port) as transport:
        assert isinstance(transport.deliver("d.7.mail:a+b@x.example", TO, document), Sent)
        assert isinstance(transport.deliver("khóa", TO, document), Sent)
        assert isinstance(transport.deliver("k1", TO, MAIL), Sent), "no document of the hub"
        assert isinstance(transport.deliver("k1", TO, replace(document, mail_from="")), Sent)
    asked = [command for command in script.commands if "RET=" in command or "NOTIFY=" in command]
    size = f"SIZE={len(b''.join(MAIL.pieces()))}"
    sender, receiver = "FROM:<bounce+k1@b.example>", "TO:<vanthu@moj.example>"
    told = f"RCPT {receiver} NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;vanthu@moj.example"
    assert asked == [
        f"MAIL {sender} {size} RET=HDRS ENVID=d.7.mail:a+2Bb@x.example",
        told,
        f"MAIL {sender} {size} RET=HDRS",
        told,
    ]


def test_nothing_is_asked_of_a_smarthost_that_offers_no_reports() -> None:
    with scripted() as (script, transport):
        assert isinstance(transport.deliver("k1", TO, replace(MAIL, filed=True)), Sent)
    assert not any("RET=" in command or "NOTIFY=" in command for command in script.commands)


def test_one_connection_serves_many_mails_and_a_refusal_keeps_it() -> None:
    with scripted() as (script, transport):
        for _ in range(3):
            assert isinstance(transport.deliver("k", TO, MAIL), Sent)
        script.replies["RCPT"] = "550 5.1.1 No"
        assert isinstance(transport.deliver("k", TO, MAIL), Failed)
        script.replies.clear()
        assert isinstance(transport.deliver("k", TO, MAIL), Sent)
    assert len(script.sessions) == 1


def test_an_old_or_idle_connection_is_not_used_again() -> None:
    for limits in ({"idle_seconds": 0.05}, {"age_seconds": 0.05}):
        script = Script()
        with serving(script) as port, transport_to(port, **limits) as transport:
            transport.deliver("k", TO, MAIL)
            kept = transport._mine.line.smtp
            time.sleep(0.06)
            assert isinstance(transport.deliver("k", TO, MAIL), Sent)
            assert transport._mine.line.smtp is not kept


@pytest.mark.parametrize("ending", ["reset", "421 4.4.2 Idle for too long"])
def test_a_kept_connection_that_the_peer_closed_is_opened_again(ending: str) -> None:
    with scripted() as (script, transport):
        transport.deliver("k", TO, MAIL)
        script.once["MAIL"] = ending
        assert isinstance(transport.deliver("k", TO, MAIL), Sent)
    assert len(script.mails) == 2


def test_each_thread_has_its_own_connection() -> None:
    outcomes: list[object] = []
    with scripted() as (script, transport):
        threads = [
            threading.Thread(target=lambda: outcomes.append(transport.deliver("k", TO, MAIL)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(script.mails) == 4 and all(isinstance(o, Sent) for o in outcomes)


@pytest.mark.parametrize(
    "address", ["a@b\r\nRCPT TO:<c@d>", "a@b> <c@d", "a b@c.example", "", "a@\x00b", "a@b\u2028c.example"]
)
def test_no_address_makes_a_command(address: str) -> None:
    with scripted() as (script, transport):
        assert isinstance(transport.deliver("k", Address(address), MAIL), Failed)
        if address:
            assert isinstance(transport.deliver("k", TO, Outbound(b"", b"", address)), Failed)
    assert script.commands == []


def test_addresses_with_accents_need_a_server_that_takes_them() -> None:
    to = Address("văn.thư@bộtưpháp.example")
    script = Script()
    with serving(script, enable_SMTPUTF8=True) as port, transport_to(port) as transport:
        assert isinstance(transport.deliver("k", to, MAIL), Sent)
        assert isinstance(transport.deliver("k", TO, MAIL), Sent)
    assert script.mails[0][1][0].startswith("văn.thư@xn--")
    assert "SMTPUTF8" in script.commands[0] and "SMTPUTF8" not in script.commands[1]
    with serving(script, enable_SMTPUTF8=False) as port, transport_to(port) as transport:
        assert transport.deliver("k", to, MAIL) == Failed(reasons.NO_UTF8)


def test_a_nul_octet_is_refused_before_anything_is_said() -> None:
    with scripted() as (script, transport):
        assert transport.deliver("k", TO, Outbound(b"", b"\r\na\0b", "")) == Failed(reasons.NUL_OCTET)
    assert script.commands == []


SMUGGLED = st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"a", b"\n.\n", b"\r.\r", b"\r\n.\n", b"MAIL FROM:<x@y>"])
)


def test_no_bare_cr_or_lf_leaves_and_one_mail_stays_one() -> None:
    with scripted() as (script, transport):

        @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
        @given(SMUGGLED)
        def send(pieces: list[bytes]) -> None:
            before = len(script.mails)
            body = b"\r\n" + b"".join(pieces)
            assert isinstance(transport.deliver("k", TO, Outbound(b"Subject: x\r\n", body, "")), Sent)
            assert len(script.mails) == before + 1
            content = script.mails[-1][2]
            assert content.count(b"\r\n") == content.count(b"\r") == content.count(b"\n")

        send()
    assert all(command.startswith("MAIL <> SIZE=") for command in script.commands)


def test_nobody_there_defers() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        with transport_to(probe.getsockname()[1]) as transport:
            outcome = transport.deliver("k", TO, MAIL)
    assert isinstance(outcome, Deferred) and outcome.why.startswith(reasons.UNREACHABLE)


@pytest.mark.parametrize(
    "greeting", [b"554 go away\r\n", b"\xff\xfe nonsense\r\n", b"220 " + b"x" * 20_000, b"", b"421 later\r\n"]
)
def test_a_strange_greeting_defers(greeting: bytes) -> None:
    with _greeting(greeting) as port, transport_to(port) as transport:
        assert isinstance(transport.deliver("k", TO, MAIL), Deferred)


def test_a_silent_server_is_left_after_the_time_limit() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        transport_to(silent.getsockname()[1], timeout=0.2) as transport,
    ):
        assert isinstance(transport.deliver("k", TO, MAIL), Deferred)


@contextmanager
def _greeting(greeting: bytes) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(greeting)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


# --- nothing leaves in clear text, and only to the right server (S2, S18)


@pytest.mark.parametrize("host", ["mail.example", "10.0.0.1", "localhost.example", "0.0.0.0"])
def test_clear_text_beyond_this_machine_is_refused_when_configured(host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        Smarthost(host, tls="none")


@pytest.mark.parametrize(
    "wrong", [{"host": "a b"}, {"hello": "x\r\ny"}, {"password": "mật"}, {"user": "ă"}, {"host": ""}]
)
def test_what_smtp_cannot_say_is_refused_when_configured(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="smarthost"):
        Smarthost(**({"host": "mail.example"} | wrong))  # type: ignore[arg-type]


def test_the_password_is_not_shown() -> None:
    assert "s3cret" not in repr(Smarthost("mail.example", user="u", password="s3cret"))


def test_a_server_without_encryption_gets_nothing() -> None:
    script = Script()
    with serving(script) as port, transport_to(port, tls="starttls") as transport:
        outcome = transport.deliver("k", TO, MAIL)
    assert isinstance(outcome, Deferred) and outcome.why.startswith(reasons.NO_STARTTLS)
    assert script.mails == [] and script.commands == []


Maker = Callable[..., ssl.SSLContext]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Maker]:
    folder = tmp_path_factory.mktemp("ca")
    key, name = ec.generate_private_key(ec.SECP256R1()), _name("Test CA")
    root = _certificate(name, name, key, key, [], ca=True)
    (folder / "ca.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))

    def make(host: str = "localhost", days: int = 1, own: bool = False) -> ssl.SSLContext:
        leaf = ec.generate_private_key(ec.SECP256R1())
        issuer, signer = (_name(host), leaf) if own else (name, key)
        certificate = _certificate(_name(host), issuer, leaf, signer, [host], days=days)
        pem = folder / f"{host}{days}{own}.pem"
        pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + _pem(leaf))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        return context

    return folder / "ca.pem", make


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    hosts: list[str],
    days: int = 1,
    ca: bool = False,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    end = now + dt.timedelta(days=days)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(min(now, end) - dt.timedelta(days=2)).not_valid_after(end)
    builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(h) for h in hosts])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signer, hashes.SHA256())


@pytest.mark.parametrize("tls", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("certificate", "taken"),
    [({}, True), ({"host": "other.example"}, False), ({"days": -1}, False), ({"own": True}, False)],
    ids=["right", "wrong name", "expired", "self-signed"],
)
def test_only_the_right_certificate_gets_the_mail(
    authority: tuple[Path, Maker], tls: str, certificate: dict[str, Any], taken: bool
) -> None:
    ca_file, make = authority
    script = Script()
    context = make(**certificate)
    if tls == "tls":
        options: dict[str, Any] = {"ssl_context": context, "server_hostname": "localhost"}
    else:
        options = {"tls_context": context, "require_starttls": True}
    peer = {"host": "localhost", "tls": tls, "ca_file": str(ca_file)}
    with serving(script, **options) as port, transport_to(port, **peer) as transport:
        outcome = transport.deliver("k", TO, MAIL)
    assert isinstance(outcome, Sent) == taken and len(script.mails) == int(taken)
    assert taken or (isinstance(outcome, Deferred) and outcome.why.startswith(reasons.CERTIFICATE))


@pytest.mark.parametrize(("password", "taken"), [("right", True), ("wrong", False)])
def test_log_in_only_inside_tls_and_a_refused_one_waits(
    authority: tuple[Path, Maker], password: str, taken: bool
) -> None:
    ca_file, make = authority

    def check(_: Any, __: Any, ___: Any, ____: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    script = Script()
    options = {"tls_context": make(), "require_starttls": True, "authenticator": check, "auth_required": True}
    peer = {
        "host": "localhost",
        "tls": "starttls",
        "ca_file": str(ca_file),
        "user": "hub",
        "password": password,
    }
    with serving(script, **options) as port, transport_to(port, **peer) as transport:
        outcome = transport.deliver("k", TO, MAIL)
    assert isinstance(outcome, Sent if taken else Deferred)
    assert isinstance(outcome, Sent) or outcome.why.startswith(reasons.LOG_IN)


def test_without_a_smarthost_it_says_so() -> None:
    assert Nowhere().deliver("k", TO, MAIL) == Failed(reasons.NO_SMARTHOST)
