"""The one style sheet of the plain pages: a file, because strict headers allow no inline style."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from hub.context import Hub
from hub.render import TEMPLATES


def router(hub: Hub) -> APIRouter:
    """``/plain.css``, the same for everybody and kept for a day."""
    routes = APIRouter()
    sheet = (TEMPLATES / "web" / "plain.css").read_bytes()

    @routes.get("/plain.css")
    def plain() -> Response:
        return Response(sheet, media_type="text/css", headers={"Cache-Control": "public, max-age=86400"})

    return routes
