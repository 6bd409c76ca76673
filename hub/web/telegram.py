"""Updates that Telegram posts: only with the secret that the hub gave it (PROMISES S15)."""

from __future__ import annotations

import hmac
import json
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from hub.chat.answering import ChatDesk
from hub.chat.bot import WEBHOOK_PATH, chat_link, webhook_secret
from hub.context import Hub

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MOST_BYTES = 200_000


def router(hub: Hub) -> APIRouter:
    """Nothing at all in a hub without a webhook."""
    routes = APIRouter()
    if "telegram" not in hub.transports or not hub.config.chat.webhook:
        return routes
    link = chat_link(hub)
    desk = ChatDesk(hub, link)

    @routes.post(WEBHOOK_PATH)
    async def posted(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, ""), webhook_secret(hub)):
            raise HTTPException(401, "no")
        try:
            said: dict[str, Any] = json.loads(await request.body())
        except ValueError as error:
            raise HTTPException(400, "not JSON") from error
        update = await run_in_threadpool(link.parsed, said)
        if update is not None:
            await run_in_threadpool(desk.answer, update)
        return PlainTextResponse("ok")

    return routes
