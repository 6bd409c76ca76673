"""A real Dovecot that stands for somebody else's mail server."""

from __future__ import annotations

import contextlib
import grp
import pwd
import shutil
import socket
import ssl
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from imapclient import IMAPClient

from connectors.mailboxes.dovecot import Dovecot, find_program, run_as

CONFIGURATION = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 0
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0 secs
mail_location = maildir:{folder}/mail/%n
mail_fsync = never
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/homes/%n
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
TOKENS = """
introspection_mode = get
introspection_url = http://127.0.0.1:{tokens}/introspect?token=
username_attribute = username
active_attribute = active
active_value = true
"""
PASSWORD = "mat-khau-dai"


class ForeignMailboxes:
    """``imap`` and ``imaps`` are its ports; every name has a mailbox, all with one password."""

    def __init__(self, folder: Path, certificate: Path, key: Path, tokens: int) -> None:
        self.certificate = certificate
        self.imap, self.imaps = free_port(), free_port()
        user = run_as()
        group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
        text = CONFIGURATION.format(
            folder=folder,
            user=user,
            group=group,
            certificate=certificate,
            key=key,
            password=PASSWORD,
            imap=self.imap,
            imaps=self.imaps,
        )
        for name in ("run", "mail", "homes"):
            (folder / name).mkdir()
        program = find_program("")
        assert program is not None
        texts = {"dovecot.conf": text, "oauth2.conf": TOKENS.format(tokens=tokens)}
        self.dovecot = Dovecot(program, folder, texts, ("127.0.0.1", self.imap))

    @contextlib.contextmanager
    def opened(self, name: str, folder: str = "INBOX", readonly: bool = False) -> Iterator[IMAPClient]:
        """A person's look at a mailbox."""
        trusted = ssl.create_default_context(cafile=str(self.certificate))
        client = IMAPClient("127.0.0.1", self.imaps, ssl=True, ssl_context=trusted, timeout=20)
        try:
            client.login(name, PASSWORD)
            client.select_folder(folder, readonly=readonly)
            yield client
        finally:
            client.logout()

    def put(self, name: str, *mails: bytes) -> None:
        """Mails arrive."""
        with self.opened(name) as client:
            for content in mails:
                client.append("INBOX", content)

    def holds(self, name: str, folder: str = "INBOX") -> dict[int, tuple[bytes, ...]]:
        """UID -> flags of a folder."""
        with self.opened(name, folder, readonly=True) as client:
            uids = client.search("ALL")
            return dict(client.get_flags(uids).items()) if uids else {}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def foreign_mailboxes(certificate: Path, key: Path, tokens: int = 9) -> Iterator[ForeignMailboxes]:
    """Started, with a certificate for 127.0.0.1; skipped where Dovecot is not installed.

    ``tokens``: the port of the server that says whose an access token is (RFC 7662).
    """
    if find_program("") is None:
        pytest.skip("Dovecot is not installed (dovecot-imapd)")
    folder = Path(tempfile.mkdtemp(prefix="vanthu-foreign-"))
    made = ForeignMailboxes(folder, certificate, key, tokens)
    try:
        made.dovecot.start()
        yield made
    finally:
        made.dovecot.stop()
        shutil.rmtree(folder)
