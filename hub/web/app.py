"""The web application, built by one function from the hub: a router for each subject, nothing global.

A subject adds itself with ``routers``: a function from the hub to a router. Its
endpoints are plain functions (they run in threads), read with
``hub.database.reading()`` and change things only through the commands of ``hub.desk``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

from fastapi import APIRouter, FastAPI, Request
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from hub.chat.bot import WEBHOOK_PATH
from hub.context import Hub
from hub.web import answer, feed, health, mailboxes, password, static, telegram
from hub.web.shield import Shield

log = logging.getLogger("vanthu.web")
Routers = Sequence[Callable[[Hub], APIRouter]]
ROUTERS: Routers = (
    health.router, static.router, answer.router, feed.router, telegram.router, mailboxes.router,
    password.router,
)  # fmt: skip
# paths that take more than the few kilobytes of a form
ROOMY: Mapping[str, int] = {WEBHOOK_PATH: telegram.MOST_BYTES}


def build(hub: Hub, routers: Routers = ROUTERS, roomy: Mapping[str, int] = ROOMY) -> FastAPI:
    """The application for this hub. It shows no description of itself to strangers."""
    app = FastAPI(title="Vanthu", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.hub = hub
    for router in routers:
        app.include_router(router(hub))
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(DBAPIError, _away)
    app.add_middleware(Shield, roomy=roomy)
    return app


async def _refused(_request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    detail = str(getattr(error, "detail", ""))
    return PlainTextResponse(f"{detail}\n", status, headers=getattr(error, "headers", None))


async def _away(_request: Request, error: Exception) -> Response:
    log.warning("the database does not answer: %s", error)
    return PlainTextResponse("the database does not answer; try again in a minute\n", 503)
