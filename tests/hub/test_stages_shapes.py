"""Mails as people write them: answers, letters passed on inside the text, pictures below a signature."""

from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO
from zipfile import ZipFile

import pytest

from hub import listing
from hub.desk.refused import Refused
from rules.values.arrival import Envelope
from rules.vocabulary import SenderVerdict
from tests.compound import compound
from tests.hub.stages import Stages
from tests.hub.test_stages_same import PRINTED
from tests.journeys.house import intake, person

ANSWERS = {"In-Reply-To": "<so-127@stc.example>", "References": "<so-127@stc.example>"}
GMAIL = "---------- Forwarded message ---------\nFrom: Sở Tài chính <stc@x.vn>\nSubject: 127/STC-NS\n\n"
OUTLOOK = "Chuyển xử lý.\n\n________________________________\nTừ: stc@x.vn\nĐã gửi: 05/11/2026 08:12\n\n"
APPLE = "Chuyển anh An xử lý trước ngày 10/11/2026.\n\nVào 5 thg 11, 2026, Sở Tài chính đã viết:\n\n"
GMAIL_VI = (
    "---------- Thư được chuyển tiếp ---------\nTừ: Sở Tài chính <stc@x.vn>\n"
    "Ngày: Th 6, 20 thg 11, 2026 lúc 08:12\nChủ đề: 127/STC-NS\nĐến: <vanthu@x.vn>\n\n\n"
)
OUTLOOK_VI = (
    "Kính chuyển.\n\nTừ: Sở Tài chính <stc@x.vn>\nĐã gửi: Thứ Sáu, 20 Tháng Mười Một 2026 8:12 SA\n"
    "Đến: Văn thư <vanthu@x.vn>\nChủ đề: FW: Công văn số 128/STC-NS ngày 20/11/2026\n\n"
)
OUTLOOK_OLD = (
    "-----Thư gốc-----\nTừ: stc@x.vn\nĐã gửi: 20 Tháng Mười Một 2026 8:12 SA\nTới: vanthu@x.vn\n"
    "Chủ đề: 127\n\n"
)
IPHONE_VI = (
    "Đã gửi từ iPhone của tôi\n\nBắt đầu thư được chuyển tiếp:\n\nTừ: Sở Tài chính <stc@x.vn>\n"
    "Ngày: lúc 08:12:01 GMT+7, 20 tháng 11, 2026\nĐến: vanthu@x.vn\nTiêu đề: 127/STC-NS\n\n"
)
YAHOO_VI = (
    "----- Thư đã chuyển tiếp -----\nTừ: stc@x.vn\nĐến: vanthu@x.vn\n"
    "Đã gửi: Thứ Sáu, 20 tháng 11, 2026 lúc 08:12:01 GMT+7\nTiêu đề: 127/STC-NS\n\n"
)


def test_an_answer_without_a_file_is_no_document_before_a_clerk_says_so(stages: Stages) -> None:
    words = "Cảm ơn chị, phòng đã nhận và sẽ phối hợp."
    to = [intake("ttth")]
    stages.mail(person("anhttn"), to=to, subject="Re: 127/STC-NS", text=words, headers=ANSWERS)
    (case,) = stages.cases("review")
    assert case["reason"] == "reply" and stages.numbers("ttth") == []
    assert [item["status"] for item in stages.documents()] == ["review"]


def test_an_answer_that_quotes_a_known_letter_is_that_letter_once_more(stages: Stages) -> None:
    stages.mail(intake("sotaichinh"), [("127.txt", PRINTED.encode())])
    quoted = "Đã nhận.\n\n" + "\n".join(f"> {line}" for line in PRINTED.splitlines())
    stages.mail(person("anhttn"), to=[intake("ttth")], subject="Re: 127", text=quoted, headers=ANSWERS)
    assert [item["symbol"] for item in stages.documents()] == ["127/STC-NS"]


def test_an_answer_with_a_letter_attached_brings_that_letter(stages: Stages) -> None:
    files = [("tra loi.txt", PRINTED.encode())]
    stages.mail(intake("sotaichinh"), files, subject="Re: 12/UBND-TH", headers=ANSWERS)
    assert stages.document("127/STC-NS")["status"] == "routed" and stages.cases("review") == []


@pytest.mark.parametrize("subject", ["Trả lời: 127/STC-NS", "TL: 127", "[NGOÀI CƠ QUAN] RE: 127/STC-NS"])
def test_an_answer_is_known_by_its_subject_too(stages: Stages, subject: str) -> None:
    """Not every program names the mail that it answers."""
    stages.mail(person("anhttn"), to=[intake("ttth")], subject=subject, text="Phòng đã nhận.")
    (case,) = stages.cases("review")
    assert case["reason"] == "reply" and stages.numbers("ttth") == []


PROGRAMS = (GMAIL_VI, OUTLOOK_VI, OUTLOOK_OLD, IPHONE_VI, YAHOO_VI)
VIETNAMESE = [(text, mark) for text in PROGRAMS for mark in ("", "> ")]


@pytest.mark.parametrize(
    ("above", "mark"), [(GMAIL, ""), (OUTLOOK, ""), (APPLE, "> "), (APPLE, ">> "), *VIETNAMESE]
)
def test_a_letter_inside_the_text_of_a_mail_passed_on_is_found(stages: Stages, above: str, mark: str) -> None:
    inside = "\n".join(mark + line for line in PRINTED.splitlines())
    subject = "Fwd: 127/STC-NS" if above is GMAIL else "[NGOÀI] Chuyển tiếp: 127/STC-NS"
    stages.mail(intake("sotaichinh"), subject=subject, text=above + inside, headers=ANSWERS)
    found = stages.document("127/STC-NS")
    assert (found["date"], found["issuer"], found["signer"]) == (
        "2026-11-05",
        "sotaichinh",
        "Nguyễn Văn Thành",
    )
    assert found["subject"] == "V/v lập dự toán kinh phí sự nghiệp năm 2027"
    assert [entry["text"] for entry in found["recipients"]][:2] == ["Như trên", "UBND tỉnh (để báo cáo)"]


def test_what_stands_below_a_signature_is_no_file_of_the_letter(stages: Stages) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = intake("sotaichinh"), intake("soyte"), "127/STC-NS"
    message.set_content("Kính gửi văn bản. Trân trọng!")
    page = "<p>Kính gửi văn bản.</p><img src='cid:logo@stc'><img src=\"cid:dau@stc\">"
    message.add_alternative(page, subtype="html")
    logo = b"\x89PNG\r\n\x1a\n" + bytes(400)
    for cid, how in (("<logo@stc>", "inline"), ("<dau@stc>", "attachment")):
        message.add_attachment(logo, "image", "png", filename="image001.png", cid=cid, disposition=how)
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Nguyễn Văn An\r\nEND:VCARD\r\n".encode()
    message.add_attachment(card, "application", "octet-stream", filename="an.vcf")
    message.add_attachment(PRINTED.encode(), "application", "octet-stream", filename="127.txt")
    sender = intake("sotaichinh")
    envelope = Envelope(
        "smtp", "smtp", stages.clock.now(), mail_from=sender, recipients=(intake("soyte"),), person=sender,
        verdict=SenderVerdict.AUTHENTICATED,
    )  # fmt: skip
    stages.arrive(envelope, message.as_bytes(policy=SMTP))
    assert [file["name"] for file in stages.document("127/STC-NS")["files"]] == ["127.txt"]
    assert len(stages.documents()) == 1


@pytest.mark.parametrize(
    ("marks", "why"),
    [({"List-Id": "<x.example>"}, "list"), ({"Auto-Submitted": "auto-generated"}, "auto-submitted")],
)
def test_a_letter_that_a_program_sent_is_set_aside_seen_and_taken_up(
    stages: Stages, marks: dict[str, str], why: str
) -> None:
    """By other offices' systems and by lists; only a person can say that it is a document."""
    stages.mail(intake("sotaichinh"), [("127.txt", PRINTED.encode())], headers=marks)
    assert stages.documents() == [] and stages.deliveries(kind=None) == []
    with stages.hub.database.reading() as connection:
        (row,) = listing.aside(connection, 10)
    assert (row["why"], row["sender"]) == (why, intake("sotaichinh"))
    with pytest.raises(Refused):
        stages.act("aside.take", arrival=row["arrival"], reason=" ")
    stages.act("aside.take", arrival=row["arrival"], reason="công văn của Sở")
    found = stages.document("127/STC-NS")
    assert found["status"] == "routed" and stages.deliveries(found["id"], kind="receipt") == []
    with pytest.raises(Refused):
        stages.act("aside.take", arrival=row["arrival"], reason="lần nữa")
    with stages.hub.database.reading() as connection:
        assert listing.aside(connection, 10) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Quyết định.docx", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff" + bytes(200)),
        ("Quyet dinh.pdf.exe", b"x" * 300),
        ("Quyết định.js", b"new ActiveXObject('WScript.Shell')"),
        ("Quyet dinh.pdf.lnk", b"L\0\0\0\x01\x14\x02\0" + bytes(80)),
    ],
    ids=["exe called docx", "exe", "script", "shortcut"],
)
def test_a_program_beside_a_letter_goes_nowhere_unseen(stages: Stages, name: str, content: bytes) -> None:
    """A clerk's own machine may be the infected one."""
    stages.mail(intake("sotaichinh"), [("127.txt", PRINTED.encode()), (name, content)])
    found = stages.document("127/STC-NS")
    assert found["status"] == "review" and stages.deliveries(found["id"]) == []
    assert [case["reason"] for case in stages.cases("review")] == ["file-program"]
    marked = next(file for file in found["files"] if file["name"] == name)
    assert "program" in marked["warnings"]


def test_a_program_in_an_archive_is_one_too(stages: Stages) -> None:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("127.txt", PRINTED)
        archive.writestr("Phụ lục/Biểu mẫu.pdf.exe", b"x" * 300)
    stages.mail(intake("sotaichinh"), [("ho so.zip", out.getvalue())])
    assert stages.document("127/STC-NS")["status"] == "review"
    assert [case["reason"] for case in stages.cases("review")] == ["file-program"]


def test_an_office_file_behind_a_password_waits_and_the_sender_is_asked(stages: Stages) -> None:
    locked = compound({"EncryptionInfo": bytes(200), "EncryptedPackage": bytes(6000)})
    stages.mail(intake("sotaichinh"), [("Quyết định.docx", locked)], subject="Quyết định")
    (case,) = stages.cases("review")
    assert case["reason"] == "file-encrypted"
    (receipt,) = stages.deliveries(kind="receipt")
    assert receipt["state"] == "delivered"


def test_a_file_that_is_not_what_its_name_says_is_read_all_the_same(stages: Stages) -> None:
    page = "<html><body>" + "".join(f"<p>{line}</p>" for line in PRINTED.splitlines()) + "</body></html>"
    stages.mail(intake("sotaichinh"), [("127.doc", page.encode())])
    assert stages.document("127/STC-NS")["status"] == "routed"
