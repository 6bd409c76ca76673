"""edXML there and back: the example of the standard's samples, tolerance, refusals, hostile bytes."""

import datetime
import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.readers.edxml import BrokenPackage, read
from connectors.writers.edxml import package, status
from rules import edxml
from rules.values.edxml import Act, Business, Enclosed, Organ, Package, StatusMessage
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
