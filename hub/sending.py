"""Mailing files into a hub, as a clerk's mail program would."""

from __future__ import annotations

import ipaddress
import mimetypes
import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from pathlib import Path

from hub.texts import _
from rules.text.gate import clean


class SendRefused(Exception):
    """Why the mail was not taken, in one sentence."""


def send_files(
    files: Sequence[Path], to: Sequence[str], sender: str, subject: str, smtp: str, password: str = ""
) -> str:
    """Send one mail with these files, logged in under TLS where a password is given; the server's answer.

    Raises SendRefused.
    """
    host, colon, port = smtp.rpartition(":")
    if not colon or not port.isdecimal():
        raise SendRefused(_("write HOST:PORT, as 127.0.0.1:2525"))
    try:
        content = letter(files, to, sender, subject)
        with smtplib.SMTP(host, int(port), timeout=60) as client:
            client.ehlo()
            if password:
                client.starttls(context=_trust(host))
                client.login(sender, password)
            _expect(client.docmd("MAIL", f"FROM:<{sender}> BODY=8BITMIME"))
            for address in to:
                _expect(client.docmd("RCPT", f"TO:<{address}>"))
            code, answer = client.data(content)
            _expect((code, answer))
            return answer.decode(errors="replace")
    except smtplib.SMTPResponseException as error:
        raise SendRefused(f"{error.smtp_code} {_text(error.smtp_error)}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise SendRefused(
            _("{server} did not take the mail: {error}").format(server=smtp, error=error)
        ) from error


def letter(files: Sequence[Path], to: Sequence[str], sender: str, subject: str) -> bytes:
    """A mail with these files. Raises OSError when a file cannot be read."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, ", ".join(to)
    mail["Subject"] = clean(subject or (files[0].stem if files else ""), 500)
    mail["Date"], mail["Message-ID"] = (
        formatdate(localtime=True),
        make_msgid(domain=sender.rpartition("@")[2]),
    )
    mail.set_content(_("Please see the attached documents.") if files else subject)
    for file in files:
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        main, _slash, sub = kind.partition("/")
        mail.add_attachment(file.read_bytes(), maintype=main, subtype=sub, filename=file.name)
    return mail.as_bytes(policy=SMTP)


def _trust(host: str) -> ssl.SSLContext:
    """Certificates are checked, but on this machine, where a hub shows one that it made itself."""
    context = ssl.create_default_context()
    if _is_here(host):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words


def _expect(answer: tuple[int, bytes]) -> None:
    code, words = answer
    if code not in (250, 251, 252):
        hint = _("with --password-file you log in as the sender") if code == 530 else ""
        raise SendRefused("; ".join(part for part in (f"{code} {_text(words)}", hint) if part))
