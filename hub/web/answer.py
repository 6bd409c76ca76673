"""The page behind a signed link: it shows what the link says, and does it when the button is pressed.

GET changes nothing, because link scanners and previews open every link of a mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import HTMLResponse, Response

from hub.context import Hub
from hub.desk.refused import Refused
from hub.following import answers
from hub.following.signing import PATH
from hub.following.wording import about
from hub.render import page
from rules.replies import Act, Said
from rules.text.gate import clean
from rules.token import LENGTH, Purpose, digest, verify
from storage import documents, handling
from storage.engine import AnyRow

ACTS: Mapping[Purpose, Act] = {
    Purpose.RECEIVE: Act.RECEIVE,
    Purpose.REFUSE: Act.REFUSE,
    Purpose.BEGIN: Act.BEGIN,
    Purpose.DONE: Act.DONE,
}


def router(hub: Hub) -> APIRouter:
    """Show, and do."""
    routes = APIRouter()

    @routes.get(PATH + "{token}")
    def show(token: str) -> Response:
        purpose, named, delivery = _right(hub, token)
        return _page(hub, purpose, named, delivery, token)

    @routes.post(PATH + "{token}")
    def act(token: str, reason: Annotated[str, Form()] = "") -> Response:
        purpose, named, delivery = _right(hub, token)
        reason = clean(reason, 1000)
        if purpose is Purpose.REFUSE and not reason:
            return _page(hub, purpose, named, delivery, token, trouble="no-reason")
        try:
            if purpose is Purpose.CONFIRM:
                answers.confirmed(hub, named, True, channel="link", token=token)
            else:
                said = Said(ACTS[purpose], text=reason)
                actor = _bearer(named)
                answers.answer(hub, actor, named, delivery, said, channel="link", token=token)
        except Refused as error:
            return _page(hub, purpose, named, delivery, token, trouble=str(error))
        return _page(hub, purpose, named, delivery, token, done=True)

    return routes


def _right(hub: Hub, token: str) -> tuple[Purpose, AnyRow, AnyRow]:
    """What the link is good for, and about what. 404 for what we did not sign or what has run out."""
    found = verify(hub.secret, token, hub.now()) if len(token) == LENGTH else None
    if found is None or (found.purpose not in ACTS and found.purpose is not Purpose.CONFIRM):
        raise HTTPException(404, "Liên kết không đúng hoặc đã hết hạn. / This link is wrong or has expired.")
    subject = answers.subject_of(hub, found.row)
    if subject is None:
        raise HTTPException(404, "Văn bản không còn. / The document is gone.")
    if hub.shut_out(str(subject[0].address)):
        raise HTTPException(403, "Hộp thư này đã bị khóa. / This mailbox is suspended.")
    return found.purpose, *subject


def _bearer(named: AnyRow) -> str:
    """A person's own mail speaks for the person; a unit's for whoever reads the unit's mailbox."""
    return str(named.address) if "notice" in named.letter else f"link:{named.address}"


def _page(
    hub: Hub,
    purpose: Purpose,
    named: AnyRow,
    delivery: AnyRow,
    token: str,
    *,
    done: bool = False,
    trouble: str = "",
) -> Response:
    act = named.letter["act"] if purpose is Purpose.CONFIRM else ACTS[purpose].value
    with hub.database.reading() as connection:
        document = documents.get(connection, delivery.document)
        spent = handling.is_spent(connection, digest(token), act)
    if document is None:
        raise HTTPException(404, "Văn bản không còn. / The document is gone.")
    values = {
        "organisation": hub.config.organisation.name,
        "unit": hub.directory.party_name(delivery.receiver),
        "document": about(hub, document),
        "act": act,
        "needs_reason": purpose is Purpose.REFUSE,
        "reason": named.letter.get("reason", ""),
        "done": done,
        "spent": spent and not done,
        "trouble": trouble,
    }
    return HTMLResponse(page("answer", values), 422 if trouble and not spent else 200)
