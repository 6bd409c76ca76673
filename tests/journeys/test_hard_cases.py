"""Who sent it, in whose book it stands, and whether it is the same: the hard cases over real SMTP."""

import smtplib
from datetime import timedelta

import pytest

from tests.hub.make_sample_documents import Paper, as_docx, as_pdf
from tests.journeys.house import GENERAL, House, intake, person, words
from tests.journeys.papers import TODAY, body, letter, text_file


def reasons(house: House, document: int) -> list[str]:
    """Why a document waits for a clerk."""
    return [code for case in house.cases("review", document) for code in case["detail"].split()]


# -- direction ------------------------------------------------------------------------


def test_a_clerk_sends_his_units_letter(house: House) -> None:
    house.send(person("anhttn"), GENERAL, [text_file("sotuphap", "101/STP-VP")])
    house.settle()
    found = house.document("101/STP-VP")
    assert (found["direction"], found["issuer"], found["status"]) == ("outgoing", "sotuphap", "routed")
    outgoing = house.entry(found, "sotuphap", "outgoing")
    assert outgoing is not None and outgoing["number"] == 101
    assert house.entry(found, "sotaichinh") is not None
    assert house.receivers(found["id"]) == {"sotaichinh"}
    (receipt,) = house.box(person("anhttn"), "101/STP-VP")
    assert "101/STP-VP" in words(receipt) and "Sở Tài chính" in words(receipt)


def test_another_persons_letter_waits_for_the_clerk_who_sends_it_again(house: House) -> None:
    file = text_file("sotuphap", "102/STP-VP")
    house.send(person("datlt"), [intake("soyte")], [file])
    house.settle()
    found = house.document("102/STP-VP")
    assert (found["status"], found["entries"]) == ("review", [])
    assert reasons(house, found["id"]) == ["clerk-must-confirm"]
    house.send(person("anhttn"), GENERAL, [file])
    house.settle()
    found = house.document("102/STP-VP")
    assert found["status"] == "routed" and house.entry(found, "sotuphap", "outgoing") is not None
    assert house.receivers(found["id"]) == {"sotaichinh", "soyte"}, "whom the first mail addressed too"
    assert house.cases("review", found["id"]) == [] and len(house.arrivals(found["id"])) == 2


def test_another_persons_letter_is_accepted_with_one_command(house: House) -> None:
    house.send(person("datlt"), GENERAL, [text_file("sotuphap", "103/STP-VP")])
    house.settle()
    found = house.document("103/STP-VP")
    (case,) = house.cases("review", found["id"])
    house.command("review", "accept", str(case["id"]), "--as", person("anhttn"))
    house.settle()
    found = house.document("103/STP-VP")
    assert found["status"] == "routed" and house.entry(found, "sotuphap", "outgoing") is not None
    told = [words(mail) for mail in house.box(person("datlt"), "103/STP-VP")]
    assert len(told) == 2, "that it waits, and that it is registered"


def test_a_letter_of_another_issuer_that_a_clerk_forwards_is_incoming(house: House) -> None:
    house.send(person("anhttn"), GENERAL, [text_file("btp", "104/BTP-VP", to=("UBND tỉnh Bình Lâm",))])
    house.settle()
    found = house.document("104/BTP-VP")
    assert (found["direction"], found["issuer"]) == ("incoming", "outside:btp")
    assert house.receivers(found["id"]) == {"sotuphap"}, "its block is not sent again"
    assert [entry["unit"] for entry in found["entries"]] == ["sotuphap"]


def test_intakes_in_the_envelope_receive_beside_the_block(house: House) -> None:
    house.send(person("anhttn"), [intake("soyte"), intake("sogddt")], [text_file("sotuphap", "105/STP-VP")])
    house.settle()
    found = house.document("105/STP-VP")
    rows = {row["unit"]: row["role"] for row in house.deliveries(found["id"])}
    assert rows == {"soyte": "main", "sogddt": "main", "sotaichinh": "main"}
    assert len(house.arrivals(found["id"])) == 1


def test_a_clerk_of_two_units_can_address_the_other(house: House) -> None:
    house.send(person("ngocptb"), [intake("bdh112")], [text_file("ttth", "106/TTTH-VP")])
    house.settle()
    found = house.document("106/TTTH-VP")
    assert (found["direction"], found["issuer"]) == ("outgoing", "ttth")
    assert house.receivers(found["id"]) == {"bdh112", "sotaichinh"}


def test_a_letter_to_several_intakes_comes_in_at_each(house: House) -> None:
    file = text_file("bnv", "107/BNV-VP", to=("Các sở, ban, ngành",))
    house.send(person("anhttn"), [intake("soyte"), intake("sogddt")], [file])
    house.settle()
    found = house.document("107/BNV-VP")
    assert house.receivers(found["id"]) == {"soyte", "sogddt"}
    assert {entry["unit"] for entry in found["entries"]} == {"soyte", "sogddt"}


def test_the_document_of_a_unit_whose_books_the_office_keeps(house: House) -> None:
    house.send(person("lannt"), GENERAL, [text_file("ubnd", "108/UBND-TH")])
    house.settle()
    found = house.document("108/UBND-TH")
    entry = house.entry(found, "vpubnd", "outgoing")
    assert found["issuer"] == "ubnd" and entry is not None and entry["book"].startswith("outgoing/ubnd/")


# -- who sent it ------------------------------------------------------------------------


def test_a_stranger_is_kept_without_number_and_without_answer(house: House) -> None:
    house.send("ai.do@nguoi-la.example", GENERAL, [text_file("btp", "121/BTP-VP")])
    house.settle()
    found = house.document("121/BTP-VP")
    assert (found["status"], found["entries"], found["direction"]) == ("review", [], "incoming")
    (case,) = house.cases("review", found["id"])
    assert (case["reason"], case["unit"]) == ("sender-unverified", "vpubnd")
    told = {row["unit"] for row in house.deliveries(found["id"], kind=None)}
    assert told <= {f"person:{intake('vpubnd')}"}, "the clerk, and nobody outside"
    house.command("review", "accept", str(case["id"]))
    house.settle()
    assert house.entry(house.document("121/BTP-VP"), "vpubnd") is not None


def test_a_clerk_decides_by_answering_the_mail_that_asks(house: House) -> None:
    house.send("ai.do@nguoi-la.example", GENERAL, [text_file("btp", "123/BTP-VP")])
    house.settle()
    (mail,) = house.box(intake("vpubnd"), "123/BTP-VP")
    house.send(intake("vpubnd"), str(mail["Reply-To"]).strip("<>"), [], text="đúng")
    house.settle()
    assert house.entry(house.document("123/BTP-VP"), "vpubnd") is not None


def test_a_stranger_writes_to_the_general_address_and_to_a_unit(house: House) -> None:
    house.send("ai.do@nguoi-la.example", [GENERAL, intake("soyte")], [text_file("bnv", "122/BNV-VP")])
    house.settle()
    found = house.document("122/BNV-VP")
    for case in house.cases("review", found["id"]):
        house.command("review", "accept", str(case["id"]))
    house.settle()
    assert house.receivers(found["id"]) == {"vpubnd", "soyte"}


def test_a_stranger_cannot_take_a_units_number(house: House) -> None:
    house.send("ai.do@nguoi-la.example", [intake("soyte")], [text_file("sotuphap", "123/STP-VP", seed="giả")])
    house.settle()
    house.send(person("anhttn"), GENERAL, [text_file("sotuphap", "123/STP-VP", seed="thật")])
    house.settle()
    forged, real = house.documents("123/STP-VP")
    assert (forged["status"], real["status"]) == ("review", "routed")
    assert house.entry(real, "sotuphap", "outgoing") is not None


def test_a_stranger_cannot_slip_a_file_into_a_units_letter(house: House) -> None:
    file = text_file("sotuphap", "124/STP-VP")
    house.send("ai.do@nguoi-la.example", [intake("soyte")], [file, ("them.txt", b"mot phu luc la")])
    house.settle()
    house.send(person("anhttn"), GENERAL, [file])
    house.settle()
    _strange, real = house.documents("124/STP-VP")
    assert real["status"] == "routed" and [item["name"] for item in real["files"]] == [file[0]]


@pytest.mark.parametrize("marks", [{"Auto-Submitted": "auto-replied"}, {"List-Id": "<tin.example>"}, {}])
def test_automatic_mail_is_neither_registered_nor_answered(house: House, marks: dict[str, str]) -> None:
    house.settle()
    before = house.count()
    house.send(
        person("anhttn"),
        GENERAL,
        [text_file("sotuphap", "125/STP-VP", seed=str(marks))],
        headers=marks,
        envelope_from=None if marks else "",
    )
    house.settle()
    assert house.count() == before
    arrival = house.newest_arrival()
    assert arrival.state == "automatic" and arrival.outcome


@pytest.mark.parametrize("name", ["postmaster", "abuse", "baocao"])
def test_what_goes_to_people_is_no_document_until_a_person_says_so(house: House, name: str) -> None:
    house.send(person("anhttn"), [person(name)], subject=f"Xin hướng dẫn {name}", text=body(name, 60))
    house.settle()
    (found,) = [
        item for item in house.documents(status="review") if item["subject"] == f"Xin hướng dẫn {name}"
    ]
    assert found["entries"] == [] and "not-an-intake" in reasons(house, found["id"])


def test_no_such_intake_and_no_relay(house: House) -> None:
    for address in (intake("khong-co"), "ai@noi-khac.example", person("anhttn")):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            house.send(person("anhttn"), [address], [text_file("sotuphap", "126/STP-VP")])
        assert refused.value.recipients[address][0] == 550


def test_nobody_of_the_organisation_by_that_name(house: House) -> None:
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        house.send(person("khongai"), GENERAL, [text_file("sotuphap", "127/STP-VP")])
    assert refused.value.smtp_code == 550


# -- the same again ---------------------------------------------------------------------


def test_the_very_same_parcel_is_taken_once(house: House) -> None:
    content = house.send(person("anhttn"), GENERAL, [text_file("sotuphap", "131/STP-VP")])
    house.send_raw(person("anhttn"), [GENERAL], content, known=True)
    house.settle()
    found = house.document("131/STP-VP")
    assert len(house.arrivals(found["id"])) == 1 and len(house.box(person("anhttn"), "131/STP-VP")) == 1


def test_the_same_file_in_another_mail_and_by_the_scanner(house: House) -> None:
    name, content = text_file("sotuphap", "132/STP-VP")
    house.send(person("anhttn"), GENERAL, [(name, content)])
    house.settle()
    before = house.document("132/STP-VP")
    house.send(person("anhttn"), GENERAL, [("ten-khac.txt", content)], subject="Gửi lại")
    house.scan("sotuphap", "outgoing", "132.txt", content)
    house.settle()
    found = house.document("132/STP-VP")
    assert found == before
    assert [arrival.source for arrival in house.arrivals(found["id"])] == ["smtp", "smtp", "scanner"]
    told = house.box(person("anhttn"), "132/STP-VP")
    assert len(told) == 2 and all("132/STP-VP" in words(mail) for mail in told)


def test_what_waits_for_a_clerk_and_is_sent_again_still_waits(house: House) -> None:
    file = text_file("sotuphap", "133/STP-VP")
    for _again in range(2):
        house.send(person("datlt"), GENERAL, [file])
        house.settle()
    found = house.document("133/STP-VP")
    assert (found["status"], len(house.cases("review", found["id"]))) == ("review", 1)
    kinds = [row["state"] for row in house.deliveries(found["id"], kind="receipt")]
    assert kinds == ["delivered", "delivered"]
    for told in house.box(person("datlt"), "133/STP-VP"):
        assert "văn thư" in words(told).casefold() and "đã được đăng ký" not in words(told)


def test_the_same_number_with_another_text_is_a_question(house: House) -> None:
    house.send(person("anhttn"), GENERAL, [text_file("sotuphap", "134/STP-VP", seed="một")])
    house.settle()
    other = text_file("sotuphap", "134/STP-VP", seed="hai")
    house.send(person("anhttn"), GENERAL, [other])
    house.settle()
    first, second = house.documents("134/STP-VP")
    assert (first["status"], second["status"], second["entries"]) == ("routed", "review", [])
    assert "same-number-other-text" in reasons(house, second["id"])
    (case,) = house.cases("review", second["id"])
    assert case["suggestions"] == [f"document:{first['id']}"]
    house.send(person("anhttn"), GENERAL, [other], subject="lần nữa")
    house.settle()
    assert house.documents("134/STP-VP")[1]["status"] == "review", "sending it again is no answer"
    answer = house.command("review", "accept", str(case["id"]), check=False)
    assert answer.returncode == 1 and "134/STP-VP" in answer.stderr
    house.command("review", "accept", str(case["id"]), "--symbol", "135/STP-VP")
    house.settle()
    assert house.document("135/STP-VP")["status"] == "routed"


def test_the_same_number_with_another_date_is_a_question(house: House) -> None:
    house.send(person("anhttn"), GENERAL, [text_file("sotuphap", "136/STP-VP", seed="một", day=TODAY)])
    house.settle()
    earlier = TODAY - timedelta(days=1) if TODAY.day > 1 or TODAY.month > 1 else TODAY + timedelta(days=1)
    house.send(person("anhttn"), GENERAL, [text_file("sotuphap", "136/STP-VP", seed="hai", day=earlier)])
    house.settle()
    _first, second = house.documents("136/STP-VP")
    assert second["status"] == "review" and "number-used-before" in reasons(house, second["id"])


def test_the_same_text_under_another_number_is_another_document(house: House) -> None:
    for symbol in ("137/STP-VP", "138/STP-VP"):
        house.send(person("anhttn"), GENERAL, [text_file("sotuphap", symbol, seed="thư mời như nhau")])
    house.settle()
    for symbol in ("137/STP-VP", "138/STP-VP"):
        assert house.document(symbol)["status"] == "routed"


def test_a_known_document_handed_to_one_more_unit_comes_in_there(house: House) -> None:
    file = text_file("sotuphap", "139/STP-VP", to=("Sở Tài chính", "Hội Luật gia tỉnh"))
    house.send(person("anhttn"), GENERAL, [file])
    house.settle()
    before = house.document("139/STP-VP")
    (case,) = house.cases("hold", before["id"])
    house.command("hold", "drop", str(case["id"]), "--reason", "không có địa chỉ")
    house.send(person("huongtt"), [intake("soyte")], [file], subject="Fwd: 139")
    house.settle()
    found = house.document("139/STP-VP")
    assert house.receivers(found["id"]) == {"sotaichinh", "soyte"}
    assert house.entry(found, "soyte") is not None
    assert house.entry(found, "sotuphap", "outgoing") == house.entry(before, "sotuphap", "outgoing")
    assert house.cases("hold", found["id"]) == [], "what a person decided is not asked again"


# -- several files ------------------------------------------------------------------------


def test_two_documents_in_one_mail(house: House) -> None:
    files = [text_file("sotuphap", "141/STP-VP"), text_file("sotuphap", "142/STP-VP", to=("Sở Y tế",))]
    house.send(person("anhttn"), GENERAL, files)
    house.settle()
    one, two = house.document("141/STP-VP"), house.document("142/STP-VP")
    assert (house.receivers(one["id"]), house.receivers(two["id"])) == ({"sotaichinh"}, {"soyte"})
    assert (
        len(house.box(person("anhttn"), "141/STP-VP")) == len(house.box(person("anhttn"), "142/STP-VP")) == 1
    )


def test_annexes_belong_to_the_document_before_them(house: House) -> None:
    annexes = [
        ("phu-luc-1.txt", "PHỤ LỤC I\nDanh sách\n1. Nguyễn Văn A".encode()),
        ("bang.csv", b"a;b\n1;2\n"),
    ]
    house.send(person("anhttn"), GENERAL, [text_file("sotuphap", "143/STP-VP"), *annexes])
    house.settle()
    found = house.document("143/STP-VP")
    assert [(file["name"], file["role"]) for file in found["files"]] == [
        ("143-STP-VP.txt", "main"),
        ("phu-luc-1.txt", "annex"),
        ("bang.csv", "annex"),
    ]


def paper(symbol: str) -> Paper:
    """The letter that has two forms."""
    return Paper(
        "",
        ("UBND TỈNH BÌNH LÂM", "SỞ TƯ PHÁP"),
        symbol,
        f"ngày {TODAY.day:02d} tháng {TODAY.month:02d} năm {TODAY.year}",
        "góp ý dự thảo quy chế phối hợp",
        tuple(body(symbol, 400).splitlines()),
        ("Như trên;", "Lưu: VT."),
        ("GIÁM ĐỐC", "Lê Tuấn Đạt"),
        addressees=("Sở Tài chính.",),
    )


def test_the_word_file_and_its_pdf_are_one_document(house: House) -> None:
    one = paper("144/STP-VP")
    house.send(person("anhttn"), GENERAL, [("144.docx", as_docx(one)), ("144.pdf", as_pdf(one))])
    house.settle()
    found = house.document("144/STP-VP")
    assert found["status"] == "routed"
    assert {(file["name"], file["role"]) for file in found["files"]} == {
        ("144.docx", "main"),
        ("144.pdf", "main"),
    }


def test_a_further_file_from_the_issuers_clerk_is_added(house: House) -> None:
    one = paper("145/STP-VP")
    house.send(person("anhttn"), GENERAL, [("145.docx", as_docx(one))])
    house.settle()
    house.send(person("anhttn"), GENERAL, [("145.pdf", as_pdf(one))], subject="bản ký số")
    house.settle()
    found = house.document("145/STP-VP")
    assert [file["name"] for file in found["files"]] == ["145.docx", "145.pdf"]
    assert [arrival.how for arrival in house.arrivals(found["id"])] == ["registered", "added"]


def test_others_add_no_file(house: House) -> None:
    one = paper("146/STP-VP")
    house.send(person("anhttn"), GENERAL, [("146.docx", as_docx(one))])
    house.settle()
    house.send(person("thuylt"), [intake("sotaichinh")], [("146.pdf", as_pdf(one))])
    house.settle()
    assert [file["name"] for file in house.document("146/STP-VP")["files"]] == ["146.docx"]


# -- what no book takes --------------------------------------------------------------------


def test_a_draft_waits(house: House) -> None:
    house.send(person("anhttn"), GENERAL, [text_file("sotuphap", "151/STP-VP", mark="DỰ THẢO")])
    house.settle()
    found = house.document("151/STP-VP")
    assert (found["status"], found["entries"]) == ("review", []) and "draft" in reasons(house, found["id"])


def test_a_secrecy_mark_locks_it_away(house: House) -> None:
    house.settle()
    before, cases = house.count(), len(house.cases("quarantine"))
    house.send(
        person("anhttn"), GENERAL, [text_file("sotuphap", "152/STP-VP", mark="MẬT")], subject="Tài liệu"
    )
    house.settle()
    # what the ledger has more are the alerts to the officers, which carry no content
    assert {**house.count(), "deliveries": 0} == {**before, "deliveries": 0}
    assert house.documents("152/STP-VP") == []
    locked = house.cases("quarantine")
    assert len(locked) == cases + 1 and locked[-1]["subject"] is None
    assert house.newest_arrival().state == "quarantine" and house.newest_arrival().subject == ""
    assert house.json("search", "152/STP-VP") == []
    house.command("quarantine", "close", str(locked[-1]["id"]), "--reason", "chuyển đường mật")
    assert house.newest_arrival().state == "refused"


def test_the_folder_and_the_issuer_must_agree(house: House) -> None:
    house.scan("sotuphap", "incoming", "153.txt", letter("sotuphap", "153/STP-VP").encode())
    house.scan("sotuphap", "outgoing", "154.txt", letter("soyte", "154/SYT-VP").encode())
    house.settle()
    for symbol in ("153/STP-VP", "154/SYT-VP"):
        found = house.document(symbol)
        assert found["status"] == "review" and "wrong-folder" in reasons(house, found["id"])


# -- scans, holds, rules --------------------------------------------------------------------


def test_a_scan_of_the_units_own_letter_goes_out(house: House) -> None:
    house.scan("sotuphap", "outgoing", "161.txt", letter("sotuphap", "161/STP-VP").encode())
    house.settle()
    found = house.document("161/STP-VP")
    assert (found["direction"], found["source"], found["status"]) == ("outgoing", "scanner", "routed")
    assert house.receivers(found["id"]) == {"sotaichinh"}


def test_an_unknown_recipient_is_held_and_the_others_go_out(house: House) -> None:
    to = ("Sở Y tế", "Hội Luật gia tỉnh", "Câu lạc bộ Hưu trí")
    house.send(person("anhttn"), GENERAL, [text_file("sotuphap", "162/STP-VP", to=to)])
    house.settle()
    found = house.document("162/STP-VP")
    assert found["status"] == "routed" and house.receivers(found["id"]) == {"soyte"}
    lawyers, pensioners = house.cases("hold", found["id"])
    assert (lawyers["detail"], pensioners["detail"]) == ("Hội Luật gia tỉnh", "Câu lạc bộ Hưu trí")
    house.command("hold", "send", str(lawyers["id"]), "--to", "ubmttq", "--as", person("hungbq"))
    house.command("hold", "drop", str(pensioners["id"]), "--reason", "không gửi", "--as", person("hungbq"))
    house.settle()
    assert house.receivers(found["id"]) == {"soyte", "ubmttq"} and house.cases("hold", found["id"]) == []
    row = next(row for row in house.deliveries(found["id"]) if row["unit"] == "ubmttq")
    assert "Hội Luật gia tỉnh" in row["because"] and "hungbq" in row["because"]
    again = house.command("hold", "drop", str(lawyers["id"]), "--reason", "x", check=False)
    assert again.returncode == 1 and person("hungbq") in again.stderr


def test_a_rule_holds_a_recall_until_a_coordinator_lets_it_go(house: House) -> None:
    subject = "thu hồi văn bản đã gửi nhầm"
    house.send(person("anhttn"), GENERAL, [text_file("sotuphap", "163/STP-VP", subject)])
    house.settle()
    found = house.document("163/STP-VP")
    assert found["status"] == "held" and house.receivers(found["id"]) == set()
    (case,) = house.cases("hold", found["id"])
    assert case["reason"] == "rule" and "163/STP-VP" in case["detail"]
    house.command("hold", "release", str(case["id"]))
    house.settle()
    assert house.document("163/STP-VP")["status"] == "routed"
    assert house.receivers(found["id"]) == {"sotaichinh"}


def test_a_rule_refuses_and_the_sender_is_told_why(house: House) -> None:
    leave = text_file("sotuphap", "164/GNP-STP", "nghỉ phép năm", kind="GIẤY NGHỈ PHÉP")
    house.send(person("anhttn"), GENERAL, [leave])
    house.settle()
    found = house.document("164/GNP-STP")
    assert (found["status"], found["entries"]) == ("refused", []) and house.receivers(found["id"]) == set()
    (told,) = house.box(person("anhttn"), "164/GNP-STP")
    assert "giấy tờ nội bộ" in words(told)


def test_a_refusal_by_a_clerk_reaches_the_sender(house: House) -> None:
    house.send(person("datlt"), GENERAL, [text_file("sotuphap", "165/STP-VP")])
    house.settle()
    found = house.document("165/STP-VP")
    (case,) = house.cases("review", found["id"])
    house.command("review", "refuse", str(case["id"]), "--reason", "chưa có chữ ký")
    house.settle()
    assert house.document("165/STP-VP")["status"] == "refused"
    assert any("chưa có chữ ký" in words(mail) for mail in house.box(person("datlt"), "165/STP-VP"))


def test_receivers_of_express_documents_see_it_and_the_office_gets_a_copy(house: House) -> None:
    house.send(person("huongtt"), GENERAL, [text_file("soyte", "166/SYT-NVY", stamp="HỎA TỐC")])
    house.settle()
    found = house.document("166/SYT-NVY")
    assert found["urgency"] == 3
    rows = {row["unit"]: row["role"] for row in house.deliveries(found["id"])}
    assert rows == {"sotaichinh": "main", "vpubnd": "information"}
