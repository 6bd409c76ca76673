"""The page on which people change their own password. It never says whether a mailbox exists."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from hub.context import Hub
from hub.mailboxes.own_password import Trouble, change
from hub.render import page
from rules.text.gate import clean

PATH = "/mail/password"
LONGEST = 320
STATUS = {None: 200, Trouble.TOO_MANY: 429, Trouble.WRONG: 403, Trouble.WEAK: 400}


def router(hub: Hub) -> APIRouter:
    """Show, and change."""
    routes = APIRouter()

    @routes.get(PATH)
    def show(address: str = "") -> Response:
        return _page(hub, clean(address, LONGEST))

    @routes.post(PATH)
    def act(
        request: Request,
        address: Annotated[str, Form(max_length=LONGEST)] = "",
        current: Annotated[str, Form(max_length=LONGEST)] = "",
        code: Annotated[str, Form(max_length=20)] = "",
        new: Annotated[str, Form(max_length=LONGEST)] = "",
        again: Annotated[str, Form(max_length=LONGEST)] = "",
    ) -> Response:
        if new != again:
            return _page(hub, clean(address, LONGEST), trouble="differ", status=400)
        place = request.client.host if request.client is not None else ""
        trouble = change(hub, address=address, current=current, code=code, new=new, place=place)
        return _page(
            hub, clean(address, LONGEST), trouble=trouble or "", done=trouble is None, status=STATUS[trouble]
        )

    return routes


def _page(hub: Hub, address: str, *, trouble: str = "", done: bool = False, status: int = 200) -> Response:
    values = {
        "organisation": hub.config.organisation.name,
        "address": address,
        "trouble": str(trouble),
        "done": done,
        "action": PATH,
        "help_address": hub.config.organisation.help_address or f"hotro@{hub.config.domain}",
    }
    return HTMLResponse(page("password", values), status)
