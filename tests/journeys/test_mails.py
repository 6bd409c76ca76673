"""What leaves the hub, looked at byte by byte."""

import re
from email.message import EmailMessage

import pytest

from hub.context import Hub
from hub.letter import message_id
from tests.journeys.house import DOMAIN, GENERAL, House, intake, person, words
from tests.journeys.papers import TODAY, text_file

ODD_NAMES = ('Quyết định số 12 "mật khẩu".txt', "../../etc/passwd", "a\u202egnp.txt", "x" * 300 + ".txt", "")


@pytest.fixture(scope="module")
def sent(house: House) -> House:
    """A letter with an annex, sent to a unit and to a ministry."""
    files = [
        text_file("sotuphap", "201/STP-VP", to=("Sở Tài chính", "Bộ Tư pháp")),
        ("Phụ lục số 1.csv", b"\xef\xbb\xbfa;b\r\n1;\xc4\x91\n\x00\xff.\r\n.\r\nFrom x\r\n"),
    ]
    house.send(person("anhttn"), GENERAL, files)
    house.settle()
    return house


def notice(house: House, unit: str = "sotaichinh") -> EmailMessage:
    """The mail that a unit got."""
    (found,) = house.box(intake(unit), "[201/STP-VP]")
    return found


def test_the_subject_begins_with_the_number(sent: House) -> None:
    subject = str(notice(sent)["subject"])
    assert subject.startswith("[201/STP-VP] ") and "báo cáo tình hình thực hiện nhiệm vụ" in subject


def test_it_says_who_sends_what_under_which_number_of_arrival_and_why(sent: House) -> None:
    found = sent.document("201/STP-VP")
    entry = sent.entry(found, "sotaichinh")
    assert entry is not None
    text = words(notice(sent))
    for piece in (
        "201/STP-VP",
        TODAY.strftime("%d/%m/%Y"),
        "Sở Tư pháp",
        str(entry["number"]),
        "Sở Tài chính",
    ):
        assert piece in text
    html = notice(sent).get_body(("html",))
    assert html is not None and "201/STP-VP" in html.get_content()


def test_the_files_are_the_very_bytes_that_were_handed_in(sent: House) -> None:
    found = sent.document("201/STP-VP")
    for address in (intake("sotaichinh"),):
        (mail,) = sent.box(address, "[201/STP-VP]")
        files = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
        assert list(files) == ["201-STP-VP.txt", "Phụ lục số 1.csv"]
        assert (
            files["201-STP-VP.txt"]
            == text_file("sotuphap", "201/STP-VP", to=("Sở Tài chính", "Bộ Tư pháp"))[1]
        )
        assert files["Phụ lục số 1.csv"] == b"\xef\xbb\xbfa;b\r\n1;\xc4\x91\n\x00\xff.\r\n.\r\nFrom x\r\n"
    assert [file["name"] for file in found["files"]] == ["201-STP-VP.txt", "Phụ lục số 1.csv"]


def test_it_is_marked_as_a_program_s_mail(sent: House) -> None:
    mail = notice(sent)
    assert mail["Auto-Submitted"] == "auto-generated"
    hub_id = _hub(sent).hub_id
    assert re.fullmatch(rf"{re.escape(hub_id)};\s?1", str(mail["X-Hub-Loop"]))
    (receipt,) = sent.box(person("anhttn"), "201/STP-VP")
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert receipt["In-Reply-To"], "it stands below the mail that it answers"


def test_its_message_id_follows_from_its_delivery(sent: House) -> None:
    found = sent.document("201/STP-VP")
    (row,) = [row for row in sent.deliveries(found["id"]) if row["unit"] == "sotaichinh"]
    assert notice(sent)["Message-ID"].strip() == message_id(_key(sent, row["id"]), DOMAIN)


def test_no_carriage_return_or_line_feed_stands_alone(sent: House, outside: object) -> None:
    for raw in sent.raw_box(intake("sotaichinh")) + sent.raw_box(person("anhttn")):
        assert re.search(rb"(?<!\r)\n|\r(?!\n)", raw) is None


def test_a_mail_of_the_hub_that_comes_back_goes_nowhere(sent: House) -> None:
    (raw,) = [raw for raw in sent.raw_box(intake("sotaichinh")) if b"201" in raw][:1]
    before = sent.count()
    sent.send_raw(person("thuylt"), [intake("sotaichinh")], raw)
    sent.settle()
    assert sent.count() == before and sent.newest_arrival().outcome == "loop"


@pytest.mark.parametrize("number", range(len(ODD_NAMES)))
def test_odd_file_names_are_names_and_no_places(house: House, number: int) -> None:
    symbol = f"21{number}/STP-VP"
    content = text_file("sotuphap", symbol)[1]
    house.send(person("anhttn"), GENERAL, [(ODD_NAMES[number], content)])
    house.settle()
    found = house.document(symbol)
    (file,) = found["files"]
    assert (
        file["name"] and "/" not in file["name"] and "\u202e" not in file["name"] and len(file["name"]) <= 255
    )
    (mail,) = house.box(intake("sotaichinh"), f"[{symbol}]")
    (attached,) = mail.iter_attachments()
    assert attached.get_payload(decode=True) == content


def _hub(house: House) -> Hub:
    return house.hub


def _key(house: House, delivery: int) -> str:
    from sqlalchemy import select

    from storage.tables.deliveries import deliveries

    with house.hub.database.reading() as connection:
        return str(
            connection.execute(select(deliveries.c.key).where(deliveries.c.id == delivery)).scalar_one()
        )
