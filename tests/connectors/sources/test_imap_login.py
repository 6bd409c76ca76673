"""Logging in at a mailbox elsewhere: passwords, tokens, certificates."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from imapclient.exceptions import LoginError

from connectors.sources.imap_credentials import OAuthClient, OAuthTokens
from connectors.sources.imap_session import ImapSession, NoTls
from connectors.sources.imap_settings import (
    Credentials,
    ImapSettings,
    SecretUnreadable,
    TokenRefused,
    TokenUnavailable,
)
from tests.faults.fetching_rig import Always
from tests.faults.scripted_imap import ScriptedImap
from tests.token_server import TokenServer, token_server


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    with token_server() as made:
        yield made


@pytest.fixture
def server() -> Iterator[ScriptedImap]:
    with ScriptedImap().serving() as made:
        yield made


def asking(tokens: TokenServer, folder: Path, **more: Any) -> OAuthTokens:
    (folder / "refresh").write_text("first-refresh\n")
    client = OAuthClient(tokens.url, "client", refresh_token=folder / "refresh", **more)
    return OAuthTokens(client, lambda file: file.read_text().strip(), lambda: date(2026, 11, 23))


@contextmanager
def session(server: ScriptedImap, credentials: Credentials, **more: Any) -> Iterator[ImapSession]:
    settings = ImapSettings("a", "127.0.0.1", "người@x", "c@x", port=server.port, timeout_seconds=5, **more)
    made = ImapSession(settings, credentials)
    try:
        yield made
    finally:
        made.close()


def test_a_token_is_asked_for_once_shown_and_renewed(
    tokens: TokenServer, server: ScriptedImap, tmp_path: Path
) -> None:
    credentials = asking(tokens, tmp_path)
    tokens.answers = [
        (200, {"access_token": "t1", "expires_in": 3600, "refresh_token": "second"}),
        (200, {"access_token": "t2", "expires_in": "3600", "refresh_token_expires_in": 86400 * 3}),
    ]
    server.token = "t1"
    for _time in range(2):
        with session(server, credentials, tls="none"):
            pass
    assert [form["refresh_token"] for form in tokens.asked] == ["first-refresh"]
    assert (tmp_path / "refresh").read_text() == "second\n"
    assert (tmp_path / "refresh").stat().st_mode & 0o077 == 0
    server.token = "t2"  # the first was withdrawn before its time
    with session(server, credentials, tls="none"):
        pass
    assert tokens.asked[1]["refresh_token"] == "second" and credentials.ends() == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ((400, {"error": "invalid_grant"}), TokenRefused),
        ((503, {"error": "busy"}), TokenUnavailable),
        ((200, b"<html>"), TokenUnavailable),
        ((200, {"access_token": "a\r\nb"}), TokenUnavailable),
        ((200, {"access_token": 7}), TokenUnavailable),
        ((302, {}), TokenUnavailable),
        ((200, b'{"access_token": "t", "x": "' + b"x" * 70_000 + b'"}'), TokenUnavailable),
    ],
)
def test_what_a_tokens_server_may_answer(
    tokens: TokenServer, tmp_path: Path, answer: tuple[int, Any], fault: type[Exception]
) -> None:
    tokens.answers = [answer]
    with pytest.raises(fault):
        asking(tokens, tmp_path).token(fresh=False)
    assert (tmp_path / "refresh").read_text() == "first-refresh\n"


def test_a_client_may_ask_for_itself(tokens: TokenServer, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    client = OAuthClient(tokens.url, "client", client_secret=tmp_path / "secret", scope="mail")
    tokens.answers = [(200, {"access_token": "t"})]
    made = OAuthTokens(client, lambda file: file.read_text(), date.today)
    assert made.token(fresh=False) == "t"
    assert tokens.asked == [
        {"client_id": "client", "grant_type": "client_credentials", "client_secret": "s", "scope": "mail"}
    ]


def test_a_password_beyond_ascii_goes_as_it_is(server: ScriptedImap) -> None:
    class Vietnamese(Always):
        def password(self) -> str:
            return "mật khẩu"

    with session(server, Vietnamese(), tls="none"):
        assert server.logins == ["\0người@x\0mật khẩu"]


def test_nothing_is_sent_in_clear_text_where_tls_is_wanted(server: ScriptedImap) -> None:
    with pytest.raises(NoTls), session(server, Always(), tls="starttls"):
        pass
    assert server.logins == []


def test_a_token_that_is_refused_twice_is_refused(
    tokens: TokenServer, server: ScriptedImap, tmp_path: Path
) -> None:
    tokens.answers = [(200, {"access_token": "t1"}), (200, {"access_token": "t2"})]
    server.token = "another"
    with pytest.raises(LoginError), session(server, asking(tokens, tmp_path), tls="none"):
        pass
    assert len(tokens.asked) == 2


def test_a_secret_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    from hub.fetching.accounts import read_secret

    (tmp_path / "open").write_text("s")
    (tmp_path / "open").chmod(0o644)
    for name in ("open", "missing"):
        with pytest.raises(SecretUnreadable):
            read_secret(tmp_path / name)


def test_a_server_that_announces_a_gigabyte_is_not_believed(server: ScriptedImap) -> None:
    server.mails = {1: b"x"}
    server.announces = 1 << 30
    with session(server, Always(), tls="none") as made:
        made.select()
        with pytest.raises(Exception, match="announces 1073741824 bytes"):
            list(made.body(1, 1))
