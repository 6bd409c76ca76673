"""A unit whose numbers the hub gives: receivers get a copy that bears number and date."""

from collections.abc import Sequence
from email.message import EmailMessage

from hub.numbered_copy import going_out
from storage import documents
from tests.connectors.writers.test_numbered import docx, run
from tests.journeys.house import GENERAL, House, intake, person, words
from tests.journeys.papers import letter

CLERK = person("huehn")
COORDINATOR = person("hungbq")


def text(subject: str, seed: str) -> str:
    """A decision of the department with its number left blank; the date is printed."""
    return letter(
        "sokhcn",
        "        /QĐ-SKHCN",
        subject,
        kind="QUYẾT ĐỊNH",
        block=("Sở Tài chính", "Lưu: VT"),
        seed=seed,
    )


def as_word(subject: str, seed: str) -> bytes:
    lines = text(subject, seed).replace("Số:         /", "Số:      /").splitlines()
    return docx(*(run(line) for line in lines))


def files(house: House, document: int) -> Sequence[documents.AnyRow]:
    with house.hub.database.reading() as connection:
        return documents.files_of(connection, documents.latest_version(connection, document).id)


def attached(mail: EmailMessage) -> dict[str, bytes]:
    return {str(part.get_filename()): part.get_payload(decode=True) for part in mail.iter_attachments()}


def decision(house: House, subject: str) -> dict[str, object]:
    (found,) = [item for item in house.documents() if subject in (item["subject"] or "")]
    return found


def test_receivers_get_the_copy_and_the_hub_keeps_the_original(house: House) -> None:
    subject = "ban hành quy chế sử dụng phòng thí nghiệm"
    original = text(subject, "a").encode()
    house.send(CLERK, GENERAL, [("quy-che.txt", original)])
    house.settle()
    found = decision(house, subject)
    number = house.entry(found, "sokhcn", "outgoing")["number"]
    symbol = f"{number:02d}/QĐ-SKHCN"
    assert (found["symbol"], found["status"]) == (symbol, "routed")
    (mail,) = house.box(intake("sotaichinh"), symbol)
    ((name, content),) = attached(mail).items()
    assert name == f"quy-che ({symbol.replace('/', '-')}).txt"
    before, after = original.decode().splitlines(), content.decode().splitlines()
    (line,) = [new for old, new in zip(before, after, strict=True) if old != new]
    assert line.startswith(f"Số: {symbol} ")
    first, copy = files(house, found["id"])
    assert house.hub.blobs.read(first.sha256) == original
    assert (copy.derived_from, copy.state) == (first.id, "numbered")
    assert [file.id for file in going_out([first, copy])] == [copy.id]
    assert f"{symbol}" in words(house.box(CLERK, symbol)[0])
    assert house.json("search", symbol)[0]["id"] == found["id"], "found by the number it was given"


def test_numbers_follow_one_another_in_word_files(house: House) -> None:
    house.send(CLERK, GENERAL, [("mot.docx", as_word("thành lập tổ công tác chuyển đổi số", "b"))])
    house.settle()
    house.send(CLERK, GENERAL, [("hai.docx", as_word("kiện toàn hội đồng sáng kiến cấp cơ sở", "c"))])
    house.settle()
    one, two = (decision(house, words) for words in ("tổ công tác chuyển đổi", "hội đồng sáng kiến"))
    numbers = [house.entry(item, "sokhcn", "outgoing")["number"] for item in (one, two)]
    assert numbers[1] == numbers[0] + 1
    assert {files(house, item["id"])[1].state for item in (one, two)} == {"numbered"}


def test_the_same_file_again_is_known_and_gets_no_second_copy(house: House) -> None:
    subject = "phê duyệt danh mục nhiệm vụ khoa học"
    house.send(CLERK, GENERAL, [("danh-muc.txt", text(subject, "d").encode())])
    house.settle()
    house.send(CLERK, [GENERAL, intake("soyte")], [("danh-muc.txt", text(subject, "d").encode())])
    house.settle()
    found = decision(house, subject)
    assert len(files(house, found["id"])) == 2 and len(house.arrivals(found["id"])) == 2
    (mail,) = house.box(intake("soyte"), str(found["symbol"]))
    assert [f"Số: {found['symbol']}" in content.decode() for content in attached(mail).values()] == [True]


def test_a_copy_that_nobody_can_make_waits_for_a_person(house: House) -> None:
    subject = "giao chỉ tiêu kế hoạch khoa học và công nghệ"
    house.send(CLERK, GENERAL, [("chi-tieu.rtf", rtf(text(subject, "e")))])
    house.settle()
    found = decision(house, subject)
    assert found["status"] == "held" and found["symbol"], "it stands in the book with its number"
    (case,) = house.cases("hold", found["id"])
    assert (case["reason"], case["detail"]) == ("no-numbered-copy", "kind")
    house.command("hold", "release", str(case["id"]), "--as", COORDINATOR)
    house.settle()
    assert decision(house, subject)["status"] == "routed"
    (mail,) = house.box(intake("sotaichinh"), str(found["symbol"]))
    assert list(attached(mail)) == ["chi-tieu.rtf"], "the clerk let the original go"


def rtf(text: str) -> bytes:
    signs = {"\n": "\\par\n"}
    return (
        "{\\rtf1\\ansi\\uc0 "
        + "".join(signs.get(c, c if c.isascii() else f"\\u{ord(c)} ") for c in text)
        + "}"
    ).encode()


def test_what_is_signed_gets_no_number(house: House) -> None:
    subject = "công nhận kết quả nhiệm vụ cấp tỉnh"
    lines = text(subject, "f").splitlines()
    signed = docx(*(run(line) for line in lines), **{"_xmlsignatures/sig1.xml": "<x/>"})
    house.send(CLERK, GENERAL, [("ket-qua.docx", signed)])
    house.settle()
    found = decision(house, subject)
    assert (found["status"], found["entries"]) == ("review", [])
    (case,) = house.cases("review", found["id"])
    assert case["detail"] == "signed-without-number"
