"""Packages and statuses through a gateway's folders, there and back (QCVN 102:2016, PROMISES R3)."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from connectors.readers import edxml as reader
from connectors.writers import edxml as writer
from hub import arrived
from rules.values.arrival import Envelope
from rules.values.edxml import Act, Enclosed, Organ, Package, StatusMessage
from storage import directory as directory_rows
from tests.hub.stages import Stages
from tests.journeys.house import person
from tests.journeys.papers import TODAY, letter, text_file

MINISTRY, PROVINCE, JUSTICE = "000.00.00.X15", "000.00.00.X99", "000.00.02.X99"
CLERK = person("anhttn")  # of sotuphap


@pytest.fixture
def exchanging(stages: Stages) -> Stages:
    """The ministry is reached by the gateway alone, and the organisation has its id."""
    hub = stages.hub
    config = dataclasses.replace(
        hub.config, exchange=dataclasses.replace(hub.config.exchange, organ_id=PROVINCE)
    )
    hub.config = config
    body = dataclasses.replace(hub.directory.outside["btp"], email="")
    directory = dataclasses.replace(hub.directory, outside={**hub.directory.outside, "btp": body})
    with hub.database.transaction() as connection:
        directory_rows.replace(connection, directory)
    hub.refresh()
    return stages


def outbox(stages: Stages) -> list[Package | StatusMessage]:
    folder = stages.hub.data / "edxml" / "gateway" / "outgoing"
    files = sorted(folder.glob("*.edxml"), key=lambda file: file.stat().st_mtime_ns)
    return [reader.read(file.read_bytes()) for file in files]


def drop(stages: Stages, content: bytes) -> None:
    stages.arrive(Envelope("edxml", "gateway/incoming", stages.clock.now(), file_name="x.edxml"), content)


def package(symbol: str = "4521/BTP-KTrVB", **parts: Any) -> Package:
    page = letter("btp", symbol, to=["Sở Tư pháp"]).encode()
    act = Act(MINISTRY, symbol, TODAY, f"{MINISTRY},{TODAY:%Y/%m/%d},{symbol}")
    whole = Package(
        Organ(MINISTRY, "Bộ Tư pháp"),
        (Organ(JUSTICE, "Sở Tư pháp"),),
        act,
        type="Công văn",
        subject="V/v kiểm tra văn bản quy phạm pháp luật",
        files=(Enclosed("cv.txt", "text/plain", page),),
    )
    return dataclasses.replace(whole, **parts)


def status(symbol: str, code: str, reason: str = "") -> bytes:
    about = Act("000.00.02.X99", symbol, TODAY, f"000.00.02.X99,{TODAY:%Y/%m/%d},{symbol}")
    return writer.status(StatusMessage(Organ(MINISTRY, "Bộ Tư pháp"), about, code, description=reason))


def test_a_body_without_mail_gets_a_package_and_its_statuses_move_the_delivery(exchanging: Stages) -> None:
    exchanging.mail(CLERK, [text_file("sotuphap", "88/STP-VP", to=["Bộ Tư pháp"])])
    (sent,) = outbox(exchanging)
    assert isinstance(sent, Package) and sent.act.symbol == "88/STP-VP" and sent.sender.id == JUSTICE
    assert [organ.id for organ in sent.receivers] == [MINISTRY]
    assert len(sent.files) == 1 and "88/STP-VP" in sent.files[0].content.decode()
    document = exchanging.document("88/STP-VP")["id"]
    for code, expected in (("01", "01"), ("03", "03"), ("03", "03"), ("06", "06")):
        drop(exchanging, status("88/STP-VP", code, f"lần {code}"))
        (row,) = exchanging.deliveries(document)
        assert row["handling"] == expected, code
    assert row["state"] == "sent" and exchanging.parked() == []


def test_a_refusal_is_kept_with_its_reason_and_the_sender_is_told(exchanging: Stages) -> None:
    exchanging.mail(CLERK, [text_file("sotuphap", "89/STP-VP", to=["Bộ Tư pháp"])])
    drop(exchanging, status("89/STP-VP", "01"))
    drop(exchanging, status("89/STP-VP", "02", "Không thuộc thẩm quyền"))
    notices = [row for row in exchanging.deliveries(kind="notice") if row["state"] == "delivered"]
    assert len(notices) == 1


@pytest.mark.parametrize("code", ["77", "xx"])
def test_a_status_nobody_knows_changes_nothing(exchanging: Stages, code: str) -> None:
    exchanging.mail(CLERK, [text_file("sotuphap", "90/STP-VP", to=["Bộ Tư pháp"])])
    drop(exchanging, status("90/STP-VP", code))
    (row,) = exchanging.deliveries(exchanging.document("90/STP-VP")["id"])
    assert row["handling"] is None and exchanging.parked() == []


def test_a_package_is_registered_and_its_sender_is_told_what_became_of_it(exchanging: Stages) -> None:
    drop(exchanging, writer.package(package()))
    document = exchanging.document("4521/BTP-KTrVB")
    assert document["direction"] == "incoming" and document["units"] == ["sotuphap"]
    assert document["issuer"] == "outside:btp" and document["type"] == "Công văn"
    (delivery,) = exchanging.deliveries(document["id"])
    exchanging.act("deliveries.receive", delivery=delivery["id"])
    said = [item for item in outbox(exchanging) if isinstance(item, StatusMessage)]
    assert [item.code for item in said] == ["01", "03"]
    assert {item.about.id for item in said} == {package().act.id}
    assert said[0].sender.id == JUSTICE


def test_the_same_package_twice_is_one_document(exchanging: Stages) -> None:
    for _time in range(2):
        drop(exchanging, writer.package(package()))
    drop(exchanging, writer.package(package(reason="lần nữa")))
    assert len(exchanging.documents("4521/BTP-KTrVB")) == 1
    assert len([i for i in outbox(exchanging) if isinstance(i, StatusMessage) and i.code == "01"]) == 1


def test_a_package_of_somebody_unknown_waits_for_a_clerk(exchanging: Stages) -> None:
    drop(exchanging, writer.package(package(sender=Organ("999.99.99.Z99", "Ai đó"))))
    (case,) = exchanging.cases("review")
    assert case["unit"] == "sotuphap" and exchanging.numbers("sotuphap") == []


def test_a_broken_package_is_locked_and_blocks_nothing(exchanging: Stages) -> None:
    drop(exchanging, b"<edXML><edXMLEnvelope/></edXML>")
    (case,) = exchanging.cases("quarantine")
    assert case["reason"].startswith("edxml-broken")
    drop(exchanging, writer.package(package()))
    assert exchanging.document("4521/BTP-KTrVB")["units"] == ["sotuphap"]


def test_the_folder_keeps_one_copy_of_a_repeated_delivery(exchanging: Stages, tmp_path: Path) -> None:
    from connectors.transports.folder import FolderTransport
    from rules.values.sending import Address, Outbound, Sent

    transport, to = FolderTransport(tmp_path / "out"), Address("edxml:X")
    for first in (True, False):
        outcome = transport.deliver("d.1.outside:btp", to, Outbound(b"", b"<a/>", "", first_try=first))
        assert isinstance(outcome, Sent)
    assert [file.read_bytes() for file in (tmp_path / "out").iterdir()] == [b"<a/>"]
    assert arrived.DROPPED == ("scanner", "edxml")
