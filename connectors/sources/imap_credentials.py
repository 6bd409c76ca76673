"""Passwords and OAuth 2.0 tokens (RFC 6749) of accounts; XOAUTH2 shows one to Google and Microsoft."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from connectors.sources.imap_settings import SecretUnreadable, TokenRefused, TokenUnavailable

TIMEOUT = 20.0
EARLY = 60.0  # seconds before its end at which an access token is renewed
LONGEST_ANSWER = 64 << 10
SecretReader = Callable[[Path], str]  # raises SecretUnreadable


class Password:
    """A password in a file."""

    def __init__(self, file: Path, read: SecretReader) -> None:
        self._file, self._read = file, read

    def password(self) -> str:
        return self._read(self._file)

    def token(self, *, fresh: bool) -> str:
        return ""

    def ends(self) -> date | None:
        return None


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """Who asks for tokens. Without a refresh token the client asks for itself (RFC 6749 4.4)."""

    token_url: str
    client_id: str
    client_secret: Path | None = None
    refresh_token: Path | None = None
    scope: str = ""


class OAuthTokens:
    """Access tokens, each until it ends. A refresh token that comes with one replaces the old on the disk."""

    def __init__(self, client: OAuthClient, read: SecretReader, today: Callable[[], date]) -> None:
        self._client, self._read, self._today = client, read, today
        self._token, self._until = "", 0.0
        self._ends: date | None = None
        self._lock = threading.Lock()

    def password(self) -> str:
        return ""

    def ends(self) -> date | None:
        """As the token's server says, which few do."""
        return self._ends

    def token(self, *, fresh: bool) -> str:
        with self._lock:
            if fresh or time.monotonic() >= self._until:
                self._renew()
            return self._token

    def _renew(self) -> None:
        answer = _ask(self._client.token_url, self._form())
        token = answer.get("access_token")
        if not isinstance(token, str) or not _printable(token):
            raise TokenUnavailable("the answer holds no access token")
        lasts = _seconds(answer.get("expires_in"), 300.0)
        self._token, self._until = token, time.monotonic() + max(0.0, lasts - EARLY)
        ends = _seconds(answer.get("refresh_token_expires_in"), 0.0)
        self._ends = self._today() + timedelta(seconds=ends) if ends else None
        renewed = answer.get("refresh_token")
        if isinstance(renewed, str) and _printable(renewed) and self._client.refresh_token is not None:
            _replace(self._client.refresh_token, renewed)

    def _form(self) -> dict[str, str]:
        client = self._client
        form = {"client_id": client.client_id, "grant_type": "client_credentials"}
        if client.refresh_token is not None:
            form |= {"grant_type": "refresh_token", "refresh_token": self._read(client.refresh_token)}
        if client.client_secret is not None:
            form["client_secret"] = self._read(client.client_secret)
        return form | ({"scope": client.scope} if client.scope else {})


def _ask(url: str, form: dict[str, str]) -> dict[str, Any]:
    """One request; no redirect is followed, because the form holds secrets."""
    try:
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client:
            reply = client.post(url, data=form, headers={"Accept": "application/json"})
        answer = reply.json() if len(reply.content) <= LONGEST_ANSWER else None
    except (httpx.HTTPError, ValueError) as error:
        raise TokenUnavailable(type(error).__name__) from error
    if not isinstance(answer, dict):
        raise TokenUnavailable(f"HTTP {reply.status_code}")
    if reply.status_code in (400, 401, 403):  # RFC 6749 5.2
        raise TokenRefused(str(answer.get("error", reply.status_code))[:100])
    if reply.status_code != 200:
        raise TokenUnavailable(f"HTTP {reply.status_code}")
    return answer


def _replace(file: Path, secret: str) -> None:
    """The new secret in place of the old, whole or not at all; who reads it is as before."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as target:
            target.write(secret + "\n")
            target.flush()
            os.fsync(target.fileno())
        os.rename(temporary, file)
    except OSError as error:
        raise SecretUnreadable(f"{file}: {error.strerror}") from error


def _seconds(value: Any, otherwise: float) -> float:
    """A number of seconds within reason; servers write it as text at times."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return otherwise
    return seconds if 0 < seconds < 10 * 366 * 86400 else otherwise


def _printable(secret: str) -> bool:
    """What may go into a log-in: RFC 6750 2.1 allows nothing that could end a line or a field."""
    return bool(secret) and secret.isascii() and secret.isprintable() and len(secret) < 16384
