"""Programs find their settings alone: autoconfig, both forms of autodiscover, profiles, MTA-STS."""

import dataclasses
import plistlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from hub.context import Hub
from hub.founding import found
from hub.web.listener import WebListener

DOMAIN = "so.example"
ASK = f"<Autodiscover><Request><EMailAddress>an@{DOMAIN}</EMailAddress></Request></Autodiscover>"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    data: Path = tmp_path_factory.mktemp("settings") / "data"
    made = found(data, sample=False, domain=DOMAIN, name="Sở & Ban <Nội vụ>")
    places = {
        "imaps": "0.0.0.0:993",
        "imap": "0.0.0.0:143",
        "submissions": ":465",
        "submission": "0.0.0.0:587",
    }
    config = dataclasses.replace(made.config.mailboxes, **places)
    made.config = dataclasses.replace(made.config, mailboxes=config)
    yield made
    made.database.close()


@pytest.fixture(scope="module")
def client(hub: Hub) -> Iterator[httpx.Client]:
    object.__setattr__(hub.config.web, "port", 0)
    listener = WebListener(hub)
    listener.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{listener.port}", trust_env=False) as opened:
        yield opened
    listener.close()


@pytest.mark.parametrize("path", ["/mail/config-v1.1.xml", "/.well-known/autoconfig/mail/config-v1.1.xml"])
def test_thunderbird_learns_servers_ports_and_encryption(client: httpx.Client, path: str) -> None:
    answer = client.get(path, params={"emailaddress": f"an@{DOMAIN}"})
    provider = ElementTree.fromstring(answer.content).find("emailProvider")
    assert provider is not None and provider.findtext("domain") == DOMAIN
    assert provider.findtext("displayName") == "Sở & Ban <Nội vụ>"
    ways = [
        (way.get("type"), way.findtext("hostname"), way.findtext("port"), way.findtext("socketType"))
        for way in provider
        if way.tag.endswith("Server")
    ]
    assert ways == [
        ("imap", f"mail.{DOMAIN}", "993", "SSL"),
        ("imap", f"mail.{DOMAIN}", "143", "STARTTLS"),
        ("smtp", f"mail.{DOMAIN}", "465", "SSL"),
        ("smtp", f"mail.{DOMAIN}", "587", "STARTTLS"),
    ]


@pytest.mark.parametrize("path", ["/autodiscover/autodiscover.xml", "/Autodiscover/Autodiscover.xml"])
def test_outlook_learns_them_by_xml(client: httpx.Client, path: str) -> None:
    answer = client.post(path, content=ASK, headers={"Content-Type": "text/xml"})
    root = ElementTree.fromstring(answer.content)
    space = "{http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a}"
    found_ways = [
        tuple(way.findtext(f"{space}{name}") for name in ("Type", "Port", "LoginName", "Encryption"))
        for way in root.iter(f"{space}Protocol")
    ]
    assert found_ways[0] == ("IMAP", "993", f"an@{DOMAIN}", "SSL")
    assert found_ways[-1] == ("SMTP", "587", f"an@{DOMAIN}", "TLS")


@pytest.mark.parametrize("asked", [b"", b"<x>" * 5000, b"<EMailAddress>a&b@x</EMailAddress>", b"\xff\xfe"])
def test_a_strange_question_gets_the_settings_without_a_name(client: httpx.Client, asked: bytes) -> None:
    answer = client.post(
        "/autodiscover/autodiscover.xml", content=asked, headers={"Content-Type": "text/xml"}
    )
    assert answer.status_code == 200 and b"LoginName" not in answer.content
    assert ElementTree.fromstring(answer.content) is not None


def test_outlook_is_shown_the_way_by_json(client: httpx.Client) -> None:
    for path in ("/autodiscover/autodiscover.json", f"/autodiscover/autodiscover.json/v1.0/an@{DOMAIN}"):
        told = client.get(path, params={"Protocol": "AutodiscoverV1"}).json()
        assert told["Protocol"] == "AutodiscoverV1"
        assert told["Url"].endswith("/autodiscover/autodiscover.xml")


def test_a_phone_gets_a_profile_for_addresses_of_ours_only(client: httpx.Client) -> None:
    answer = client.get("/mail/setup.mobileconfig", params={"address": f"AN@{DOMAIN}"})
    assert answer.headers["content-type"] == "application/x-apple-aspen-config"
    (account,) = plistlib.loads(answer.content)["PayloadContent"]
    assert account["EmailAddress"] == account["IncomingMailServerUsername"] == f"an@{DOMAIN}"
    assert (account["IncomingMailServerPortNumber"], account["OutgoingMailServerPortNumber"]) == (993, 465)
    assert account["IncomingMailServerUseSSL"] and account["OutgoingMailServerUseSSL"]
    for wrong in ("an@evil.example", f'a"><script>@{DOMAIN}', "", "an"):
        assert client.get("/mail/setup.mobileconfig", params={"address": wrong}).status_code == 404


def test_the_setup_page_names_everything(client: httpx.Client) -> None:
    text = client.get("/mail/setup", params={"address": f"an@{DOMAIN}"}).text
    assert "993" in text and "465" in text and "/mail/password?address=" in text
    assert "<Nội vụ>" not in text and "&lt;Nội vụ&gt;" in text


def test_other_servers_learn_the_policy_for_tls(hub: Hub, client: httpx.Client) -> None:
    text = client.get("/.well-known/mta-sts.txt").text
    assert text.splitlines()[:3] == ["version: STSv1", "mode: testing", f"mx: mail.{DOMAIN}"]
    usual = hub.config
    hub.config = dataclasses.replace(usual, mailboxes=dataclasses.replace(usual.mailboxes, mta_sts="none"))
    assert client.get("/.well-known/mta-sts.txt").status_code == 404
    hub.config = usual
