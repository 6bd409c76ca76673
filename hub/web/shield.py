"""What every request passes first: a bounded body that comes in time, and strict headers on the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 64 << 10
BODY_SECONDS = 20.0
# No script, no foreign anything: pages of the hub work without (OWASP ASVS 14.4).
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


class TooMuch(Exception):
    """The body is longer than this path takes."""


class Shield:
    """ASGI middleware. ``roomy`` names paths (by their beginnings) that take more than the rest."""

    def __init__(self, app: ASGIApp, roomy: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._roomy = dict(roomy or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = False

        async def answer(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                _strict(message)
            await send(message)

        try:
            body = await _whole(receive, self._most(scope["path"]), _declared(scope))
        except (TooMuch, TimeoutError) as error:
            status = 413 if isinstance(error, TooMuch) else 408
            await PlainTextResponse("too large\n" if status == 413 else "too slow\n", status)(
                scope, receive, answer
            )
            return
        await self._app(scope, _again(body, receive), answer)

    def _most(self, path: str) -> int:
        rooms = [room for beginning, room in self._roomy.items() if path.startswith(beginning)]
        return max(rooms, default=MOST_BYTES)


async def _whole(receive: Receive, most: int, declared: int) -> bytes:
    """The body, read before anybody works on it, so that nobody can keep a worker waiting."""
    if declared > most:
        raise TooMuch
    pieces, size = [], 0
    ends = asyncio.get_running_loop().time() + BODY_SECONDS
    while True:
        left = ends - asyncio.get_running_loop().time()
        message = await asyncio.wait_for(receive(), max(left, 0.001))
        if message["type"] == "http.disconnect":
            return b""
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > most:
            raise TooMuch
        if not message.get("more_body", False):
            return b"".join(pieces)


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def give() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return give


def _declared(scope: Scope) -> int:
    values = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(values[0]) if values and values[0].isdigit() and len(values[0]) < 16 else 0


def _strict(message: Any) -> None:
    headers = MutableHeaders(raw=message["headers"])
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if "server" in headers:
        del headers["server"]
    message["headers"] = headers.raw
