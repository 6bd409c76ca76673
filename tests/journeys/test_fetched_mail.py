"""Mail out of mailboxes that offices have elsewhere: a real Dovecot, a hub in a process of its own."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.foreign_mailboxes import PASSWORD, ForeignMailboxes, foreign_mailboxes
from tests.journeys.conftest import Make
from tests.journeys.house import House, here, intake, mail
from tests.journeys.papers import text_file

OUTSIDER = "ai.do@noikhac.example"


@pytest.fixture(scope="module")
def elsewhere(founded: Path) -> Iterator[ForeignMailboxes]:
    with foreign_mailboxes(founded / "tls.crt", founded / "tls.key") as made:
        yield made


@pytest.fixture(scope="module")
def fetched(make_house: Make, elsewhere: ForeignMailboxes) -> House:
    """A hub with four accounts: moved, deleted, left alone, and one whose certificate nobody vouches for."""

    def account(name: str, **more: Any) -> dict[str, Any]:
        given = {"name": name, "host": "127.0.0.1", "port": elsewhere.imaps, "user": name}
        return given | {"tls_ca": str(elsewhere.certificate), "password_file": "cu.password"} | more

    accounts = [
        account("sotc", unit="sotaichinh", afterwards="move", move_to="Đã vào sổ"),
        account("chung", port=elsewhere.imap, tls="starttls", afterwards="delete"),
        account("doc", unit="soyte", afterwards="seen"),
        account("la", tls_ca=""),
    ]
    house = make_house(fetch={"accounts": accounts, "sweep_seconds": 2.0}, checks={"dns": False})
    secret = house.data / "cu.password"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    house.start("fetch,work,smtp")
    return house


def letter(symbol: str, path: str = OUTSIDER, delivered_to: str = "") -> bytes:
    headers = {"Return-Path": f"<{path}>"} | ({"Delivered-To": delivered_to} if delivered_to else {})
    paper = text_file("sonoivu", symbol, to=("Sở Tài chính",), day=date(2026, 11, 20))
    return mail(OUTSIDER, ["ai@do.example"], [paper], headers=headers)


def test_a_letter_waits_for_the_unit_and_is_moved_away_there(
    fetched: House, elsewhere: ForeignMailboxes
) -> None:
    elsewhere.put("sotc", letter("31/SNV-VP"))
    fetched.until(lambda: len(fetched.documents("31/SNV-VP")) == 1)
    document = fetched.document("31/SNV-VP")
    assert document["status"] == "review"
    (case,) = fetched.cases("review", document["id"])
    assert "sender-unverified" in case["detail"] and case["unit"] == "sotaichinh"
    (arrival,) = fetched.arrivals(document["id"])
    assert (arrival.source, arrival.account, arrival.mail_from) == ("imap", "sotc", OUTSIDER)
    assert arrival.recipients == [intake("sotaichinh")]
    fetched.until(lambda: not elsewhere.holds("sotc"))
    assert len(elsewhere.holds("sotc", "Đã vào sổ")) == 1


def test_where_no_unit_is_named_the_servers_own_line_decides(
    fetched: House, elsewhere: ForeignMailboxes
) -> None:
    elsewhere.put("chung", letter("32/SNV-VP", delivered_to=intake("sotuphap")), letter("33/SNV-VP"))
    fetched.until(lambda: len(fetched.documents("32/SNV-VP")) == len(fetched.documents("33/SNV-VP")) == 1)
    fetched.until(lambda: not elsewhere.holds("chung"))
    units = [
        fetched.cases("review", fetched.document(symbol)["id"])[0]["unit"]
        for symbol in ("32/SNV-VP", "33/SNV-VP")
    ]
    assert units == ["sotuphap", "vpubnd"]


def test_bounces_are_set_aside_and_a_mail_is_marked_as_read(
    fetched: House, elsewhere: ForeignMailboxes
) -> None:
    elsewhere.put("doc", letter("34/SNV-VP", path=""), letter("35/SNV-VP"))
    fetched.until(lambda: len(fetched.documents("35/SNV-VP")) == 1)
    fetched.until(lambda: all(b"\\Seen" in flags for flags in elsewhere.holds("doc").values()))
    assert fetched.documents("34/SNV-VP") == []
    assert len(elsewhere.holds("doc")) == 2


def test_how_the_accounts_are_is_shown(fetched: House) -> None:
    fetched.until(lambda: sources(fetched)["la"]["trouble"] == "certificate")
    fetched.until(lambda: all(row["last_success"] for name, row in sources(fetched).items() if name != "la"))
    assert sources(fetched)["la"]["alarms"] == ["certificate"]
    table = here("sources", "--data", str(fetched.data)).stdout
    assert "certificate" in table and "sotc" in table
    doctor = here("doctor", "--data", str(fetched.data), "--json", check=False)
    states = {row["name"]: row["state"] for row in json.loads(doctor.stdout)}
    assert states["mailbox la"] == "error" and states["mailbox sotc"] == "ok"


def sources(house: House) -> dict[str, dict[str, Any]]:
    said = here("sources", "--data", str(house.data), "--json").stdout
    return {row["name"]: row for row in json.loads(said)}
