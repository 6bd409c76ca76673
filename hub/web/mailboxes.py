"""What mail programs and Dovecot ask the hub: how to connect, and whether a log-in may be tried."""

from __future__ import annotations

import hmac
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, HTTPException
from starlette.responses import Response

from hub.context import Hub
from hub.mailboxes.guard import policy_key
from hub.mailboxes.programs import autoconfig, autodiscover, autodiscover_json, mobileconfig
from hub.passwords import fits
from hub.render import page
from rules.text.gate import clean

LONGEST_LOGIN = 320
XML = "application/xml; charset=utf-8"


def router(hub: Hub) -> APIRouter:
    """The policy for Dovecot, and settings for programs."""
    routes = APIRouter()
    _policy(hub, routes)
    _programs(hub, routes)
    return routes


def _policy(hub: Hub, routes: APIRouter) -> None:
    key = policy_key(hub)

    @routes.post("/dovecot/policy")
    def policy(
        command: str,
        told: Annotated[dict[str, Any], Body()],
        x_vanthu_key: Annotated[str, Header()] = "",
    ) -> dict[str, Any]:
        if not hmac.compare_digest(x_vanthu_key, key):
            raise HTTPException(404, "not found")
        login, place = str(told.get("login", ""))[:LONGEST_LOGIN].casefold(), str(told.get("remote", ""))
        now = hub.now()
        if command == "report":
            if not told.get("policy_reject"):
                hub.guard.note(place, login, told.get("success") is True, now)
            return {"status": 0}
        if hub.guard.refuses(place, login, now):
            return {"status": -1, "msg": "Too many wrong passwords"}
        if login not in hub.guard.opens:
            fits(None, "x")  # because an unknown or suspended one must not be told from another by its time
        return {"status": 0}


def _programs(hub: Hub, routes: APIRouter) -> None:
    """Addresses that programs know by convention; none of them says whether a mailbox exists."""

    @routes.get("/mail/config-v1.1.xml")
    @routes.get("/.well-known/autoconfig/mail/config-v1.1.xml")
    def mozilla(emailaddress: str = "") -> Response:
        return Response(autoconfig(hub), media_type=XML)

    @routes.post("/autodiscover/autodiscover.xml")
    @routes.post("/Autodiscover/Autodiscover.xml")
    def outlook(request: Annotated[bytes, Body(media_type="text/xml")] = b"") -> Response:
        return Response(autodiscover(hub, request), media_type=XML)

    @routes.get("/autodiscover/autodiscover.json")
    @routes.get("/autodiscover/autodiscover.json/v1.0/{address}")
    def outlook_json(address: str = "", Protocol: str = "AutodiscoverV1") -> dict[str, str]:
        return autodiscover_json(hub, Protocol)

    @routes.get("/.well-known/mta-sts.txt")
    def transport_security() -> Response:
        from hub.mailboxes.dns import mail_domains
        from rules.mailboxes.dns_records import sts_policy

        if hub.config.mailboxes.mta_sts == "none":
            raise HTTPException(404, "not found")
        return Response(sts_policy(mail_domains(hub)[0]), media_type="text/plain; charset=utf-8")

    @routes.get("/mail/setup.mobileconfig")
    def ios(address: str) -> Response:
        profile = mobileconfig(hub, _ours(hub, address))
        kind = "application/x-apple-aspen-config"
        names = {"Content-Disposition": 'attachment; filename="hop-thu.mobileconfig"'}
        return Response(profile, media_type=kind, headers=names)

    @routes.get("/mail/setup")
    def setup(address: str = "") -> Response:
        from hub.mailboxes.settings_for_programs import servers

        wanted = _ours(hub, address) if address else ""
        values = {
            "organisation": hub.config.organisation.name,
            "address": wanted,
            "servers": servers(hub),
            "help_address": hub.config.organisation.help_address or f"hotro@{hub.config.domain}",
        }
        return Response(page("setup", values), media_type="text/html; charset=utf-8")


def _ours(hub: Hub, address: str) -> str:
    """An address that may be written into a profile. 404 for any other."""
    wanted = clean(address, LONGEST_LOGIN).casefold()
    local, at, domain = wanted.rpartition("@")
    plain = bool(at and local) and all(sign.isalnum() or sign in "._-+" for sign in local)
    if not plain or not wanted.isascii() or domain not in hub.directory.domains:
        raise HTTPException(404, "Không có địa chỉ này. / There is no such address.")
    return wanted
