"""edXML there and back: the example of the standard's samples, tolerance, refusals, hostile bytes."""

import base64
import datetime
import io
import zipfile
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.readers import parcel, wire
from connectors.readers.edxml import BrokenPackage, read
from connectors.readers.limits import DEFAULT
from connectors.writers.edxml import package, status
from rules import edxml
from rules.values.edxml import Act, Business, Enclosed, Organ, Package, StatusMessage
from rules.values.reading import ParcelReading
from rules.vocabulary import Handling, Urgency

VIETNAM = datetime.timezone(datetime.timedelta(hours=7))
SAMPLE = """<?xml version="1.0" encoding="UTF-8"?>
<edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">
 <edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"><edXML:edXMLHeader>
   <edXML:MessageHeader>
    <edXML:From><edXML:OrganId>000.00.00.H10</edXML:OrganId><edXML:OrganName>UBND tỉnh Bình Phước</edXML:OrganName></edXML:From>
    <edXML:To><edXML:OrganId>000.00.01.H10</edXML:OrganId><edXML:OrganName>Sở Tư pháp</edXML:OrganName></edXML:To>
    <edXML:DocumentId>000.00.00.H10,2005/12/20,21/2005/CT-UBND</edXML:DocumentId>
    <edXML:Code><edXML:CodeNumber>21/2005</edXML:CodeNumber><edXML:CodeNotation>CT-UBND</edXML:CodeNotation></edXML:Code>
    <edXML:PromulgationInfo><edXML:Place>Đồng Xoài</edXML:Place><edXML:PromulgationDate>2005/12/20</edXML:PromulgationDate></edXML:PromulgationInfo>
    <edXML:DocumentType><edXML:Type>1</edXML:Type><edXML:TypeName>Chỉ thị</edXML:TypeName></edXML:DocumentType>
    <edXML:Subject>Về triển khai thực hiện các phần mềm dùng chung</edXML:Subject><edXML:Content>như trên</edXML:Content>
    <edXML:SignerInfo><edXML:Competence>TM. ỦY BAN NHÂN DÂN</edXML:Competence><edXML:Position>CHỦ TỊCH</edXML:Position><edXML:FullName>Nguyễn Tấn Hưng</edXML:FullName></edXML:SignerInfo>
    <edXML:OtherInfo><edXML:Priority>1</edXML:Priority></edXML:OtherInfo>
   </edXML:MessageHeader>
   <edXML:TraceHeaderList><edXML:TraceHeader><edXML:OrganId>000.00.00.H10</edXML:OrganId><edXML:Timestamp>2005/12/20 16:30:00</edXML:Timestamp></edXML:TraceHeader>
    <edXML:Bussiness><edXML:BussinessDocType>0</edXML:BussinessDocType><edXML:Paper>1</edXML:Paper></edXML:Bussiness></edXML:TraceHeaderList>
  </edXML:edXMLHeader></edXML:edXMLEnvelope>
 <AttachmentEncoded><Attachment><ContentId>cid:1</ContentId><AttachmentName>21-2005-CT-UBND.pdf</AttachmentName>
 <ContentType>application/pdf</ContentType><edXML:ContentTransferEncoded xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">JVBERi0xLjQK</edXML:ContentTransferEncoded></Attachment></AttachmentEncoded>
</edXML>"""  # noqa: E501


def test_the_sample_is_read() -> None:
    found = read(SAMPLE.encode())
    assert isinstance(found, Package) and not found.repaired
    assert found.sender == Organ("000.00.00.H10", "UBND tỉnh Bình Phước")
    assert [organ.id for organ in found.receivers] == ["000.00.01.H10"]
    assert found.act.symbol == "21/2005/CT-UBND" and found.act.date == date(2005, 12, 20)
    assert (found.place, found.type, found.signer) == ("Đồng Xoài", "Chỉ thị", "Nguyễn Tấn Hưng")
    assert found.urgency is Urgency.URGENT and found.paper_follows
    assert found.sent_at == datetime.datetime(2005, 12, 20, 16, 30, tzinfo=VIETNAM)
    assert found.files == (Enclosed("21-2005-CT-UBND.pdf", "application/pdf", b"%PDF-1.4\n"),)


def test_what_is_written_is_read_back_the_same() -> None:
    found = read(SAMPLE.encode())
    assert isinstance(found, Package)
    assert read(package(found)) == found


@pytest.mark.parametrize(
    "broken",
    [
        "1212" + SAMPLE,  # junk before the declaration, as in a sample of the SDK
        SAMPLE.replace("<edXML:Place>", '<edXML:Place xlink:type="x">'),  # an undeclared prefix
        SAMPLE.replace("</edXML>", ""),
    ],
)
def test_what_is_not_well_formed_is_repaired_and_says_so(broken: str) -> None:
    found = read(broken.encode())
    assert isinstance(found, Package) and found.repaired
    assert found.act.symbol == "21/2005/CT-UBND" and found.subject.startswith("Về triển khai")


def test_older_namespaces_and_no_prefix_are_the_same() -> None:
    old = SAMPLE.replace("edXML:", "").replace(
        "http://www.mic.gov.vn/TBT/QCVN_102_2016", "http://www.e-doc.vn/Schema/"
    )
    found = read(old.encode())
    assert isinstance(found, Package) and found.receivers[0].name == "Sở Tư pháp"


def test_a_zip_around_one_file_is_taken_off() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x.pdf", b"%PDF-1.7")
    wrapped = Package(
        Organ("A"),
        (Organ("B"),),
        Act("A", "1/X-Y", date(2026, 1, 2)),
        files=(Enclosed("a.pdf", "", out.getvalue()),),
    )
    found = read(package(wrapped))
    assert isinstance(found, Package) and found.files[0].content == b"%PDF-1.7"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no XML"),
        (b"hello", "no XML"),
        (b"<a/>", "no MessageHeader"),
        (b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "document type"),
        (SAMPLE.replace("JVBERi0xLjQK", "%%%").encode(), "not base64"),
        (SAMPLE.replace("OrganId", "Id").encode(), "lacking: From, To"),
    ],
)
def test_what_nobody_can_work_with_is_refused_in_words(content: bytes, why: str) -> None:
    with pytest.raises(BrokenPackage, match=why):
        read(content)


def test_a_status_there_and_back() -> None:
    act = Act(
        "000.00.00.H10", "21/2005/CT-UBND", date(2005, 12, 20), "000.00.00.H10,2005/12/20,21/2005/CT-UBND"
    )
    said = StatusMessage(
        Organ("000.00.01.H10", "Sở Tư pháp"),
        act,
        "03",
        (Organ("000.00.00.H10", "UBND tỉnh"),),
        "Vào sổ văn bản đến số 15",
        "Trần Thị B",
        datetime.datetime(2005, 12, 21, 8, 5, tzinfo=VIETNAM),
    )
    assert read(status(said)) == said


@pytest.mark.parametrize(
    ("code", "handling"),
    [
        ("01", Handling.ARRIVED),
        ("3", Handling.RECEIVED),
        ("14", Handling.RECALL_AGREED),
        ("77", None),
        ("x", None),
    ],
)
def test_codes(code: str, handling: Handling | None) -> None:
    assert edxml.handling_of(code) is handling


@pytest.mark.parametrize(
    ("symbol", "parts"),
    [
        ("21/2005/CT-UBND", ("21/2005", "CT-UBND")),
        ("1286/SNV-CCHC", ("1286", "SNV-CCHC")),
        ("05/2024/QĐ-UBND", ("05/2024", "QĐ-UBND")),
        ("12/NQ-HĐND", ("12", "NQ-HĐND")),
    ],
)
def test_symbols_are_split_and_joined(symbol: str, parts: tuple[str, str]) -> None:
    assert edxml.split_symbol(symbol) == parts
    assert edxml.join_symbol(*parts) == symbol


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(noise: bytes) -> None:
    half = SAMPLE.encode()
    for content in (noise, half[: len(noise) * 5] + noise + half[len(noise) * 5 :]):
        try:
            read(content)
        except BrokenPackage as error:
            assert str(error)


@given(subject=st.text(max_size=200), name=st.text(max_size=80), organ=st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_written(subject: str, name: str, organ: str) -> None:
    what = Package(
        Organ("A" + organ), (Organ("B"),), Act("A", "1/X"), subject=subject, business=Business.UPDATE,
        files=(Enclosed(name, "", b"x"),),
    )  # fmt: skip
    found = read(package(what))
    assert isinstance(found, Package) and found.files[0].content == b"x" and found.business is Business.UPDATE


def parcel_of(folder: Path, content: bytes, kind: str = "file") -> ParcelReading:
    (folder / "parcel").write_bytes(content)
    (folder / "job").mkdir()
    ask = wire.Ask(str(folder / "parcel"), "drop.edxml", kind, str(folder / "job"))
    return parcel.read_parcel(parcel.Job(ask, DEFAULT, lambda _ordinal: None))


def test_a_package_is_opened_and_its_header_names_the_document(tmp_path: Path) -> None:
    found = parcel_of(tmp_path, SAMPLE.encode())
    whole, letter = found.files
    assert whole.reading.state == "kept" and letter.name == "21-2005-CT-UBND.pdf"
    fields = letter.fields
    assert (
        fields.symbol is not None
        and fields.symbol.value == "21/2005/CT-UBND"
        and fields.symbol.where == "edXML"
    )
    assert fields.date is not None and fields.date.value == date(2005, 12, 20)
    assert found.package is not None and found.package.receivers[0].name == "Sở Tư pháp"


def test_a_page_that_names_another_number_makes_both_unsure(tmp_path: Path) -> None:
    head = "UBND TỈNH BÌNH LÂM\nSỞ NỘI VỤ\nSố: 77/SNV-VP\n\nLâm Khê, ngày 3 tháng 2 năm 2026\n\n"
    page = head + "V/v họp\n\nKính gửi: Sở Tư pháp"
    other = SAMPLE.replace("JVBERi0xLjQK", base64.b64encode(page.encode()).decode()).replace(".pdf", ".txt")
    letter = parcel_of(tmp_path, other.encode()).files[1]
    assert letter.fields.symbol is not None and letter.fields.symbol.confidence < 0.6


def test_a_package_beside_its_own_file_in_a_mail_adds_no_file(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@b.example", "c@d.example", "CT 21"
    mail.set_content("Gửi kèm.")
    mail.add_attachment(b"%PDF-1.4\n", maintype="application", subtype="pdf", filename="CT.pdf")
    mail.add_attachment(SAMPLE.encode(), maintype="application", subtype="xml", filename="document.edxml")
    found = parcel_of(tmp_path, mail.as_bytes(), "mail")
    assert [file.name for file in found.files] == ["CT.pdf", "document.edxml"]
    assert found.files[0].fields.subject is not None and found.files[0].fields.subject.value.startswith(
        "Về triển khai"
    )


def test_a_broken_package_is_kept_and_says_so(tmp_path: Path) -> None:
    found = parcel_of(tmp_path, SAMPLE.replace("JVBERi0xLjQK", "%").encode())
    assert len(found.files) == 1 and found.package is None
    assert found.warnings == ("edxml-broken: 21-2005-CT-UBND.pdf: not base64",)
