"""Readers of single files: PDF, Word, RTF, OpenDocument, HTML, plain text."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.readers import html, kind, legacy_office, odt, pdf, pdfium, plain, rtf, word
from connectors.readers.container import Refused, parse_xml
from connectors.readers.doc_structure import BrokenDocument, runs_of
from connectors.readers.limits import ReadLimits
from connectors.readers.outcome import Run
from connectors.readers.table import READERS

pdfium.start()
P = "<w:p><w:r><w:t xml:space='preserve'>{}</w:t></w:r></w:p>"
QUICK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)


@pytest.fixture
def stored(tmp_path: Path) -> Callable[[bytes], Path]:
    def store(content: bytes, name: str = "file") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return store


# --- PDF --------------------------------------------------------------------------


def test_words_of_a_pdf_have_places(stored: Callable[[bytes], Path], make_pdf: Callable[..., bytes]) -> None:
    reading = pdf.read(stored(make_pdf([["ỦY BAN NHÂN DÂN", "Số: 21/2005/CT-UBND"] * 5])), "a.pdf")
    (page,) = reading.pages
    assert (reading.state, page.width, page.height) == ("read", 595, 842)
    assert page.text.startswith("ỦY BAN NHÂN DÂN\nSố: 21/2005/CT-UBND")
    first, number = page.words[0], page.words[5]
    assert (first.text, number.text, number.size) == ("ỦY", "21/2005/CT-UBND", 13.0)
    assert first.x0 == pytest.approx(72, abs=1.5)
    assert first.y0 < 842 - 770 < first.y1  # the base line stands 770 points above the bottom
    assert number.y0 > first.y1 - 6 and number.x0 > first.x0 and number.x1 > number.x0
    assert "Liberation" in first.font or "DejaVu" in first.font


def test_a_scan_with_a_signature_has_no_text(
    stored: Callable[[bytes], Path], make_pdf: Callable[..., bytes]
) -> None:
    from PIL import Image

    picture = io.BytesIO()
    Image.new("L", (60, 85), 200).save(picture, "PNG")
    signature = ["Ký bởi: Ủy ban nhân dân tỉnh Quảng Ngãi", "Thời gian ký: 09.05.2025 15:42:57 +07:00"]
    reading = pdf.read(stored(make_pdf([signature, []], picture.getvalue())), "scan.pdf")
    assert (reading.state, reading.page_count) == ("no_text", 2)
    assert reading.pages[0].image_share == 1.0
    body = [f"Điều {i}. Quyết định này có hiệu lực kể từ ngày ký ban hành." for i in range(20)]
    assert pdf.read(stored(make_pdf([body], picture.getvalue())), "ocr.pdf").state == "read"


def test_a_hyphen_at_a_line_s_end_stays(
    stored: Callable[[bytes], Path], make_pdf: Callable[..., bytes]
) -> None:
    """PDFium joins such lines and writes U+FFFE for the hyphen; a number would lose it."""
    reading = pdf.read(stored(make_pdf([["Số: 05/2018/TTLT-BCA-", "VKSNDTC ngày 25 tháng 6"]])), "a.pdf")
    assert reading.text.split("\n")[:2] == ["Số: 05/2018/TTLT-BCA-", "VKSNDTC ngày 25 tháng 6"]
    words = {word.text: word for word in reading.pages[0].words}
    assert words["VKSNDTC"].y0 > words["05/2018/TTLT-BCA-"].y1 - 1


def test_locked_broken_and_cut_pdfs(
    stored: Callable[[bytes], Path], make_pdf: Callable[..., bytes], letter_pdf: bytes
) -> None:
    assert pdf.read(stored(make_pdf([["x"]], password="secret")), "").state == "encrypted"
    assert pdf.read(stored(b"%PDF-1.4 nothing"), "").state == "unreadable"
    assert pdf.read(stored(make_pdf([["Một dòng"]])), "").state == "read"
    assert pdf.read(stored(make_pdf([[]])), "").state == "no_text"
    many = pdf.read(stored(make_pdf([["một trang"]] * 9)), "", ReadLimits(pages=4))
    assert (len(many.pages), many.page_count) == (4, 9)
    assert "pages-cut" in many.warnings
    assert len(pdf.read(stored(letter_pdf), "", ReadLimits(text_chars=100)).text) <= 200


@QUICK
@given(st.binary(max_size=400), st.integers(0, 20_000))
def test_damaged_pdfs_never_raise(tmp_path: Path, letter_pdf: bytes, noise: bytes, at: int) -> None:
    path = tmp_path / "damaged.pdf"
    path.write_bytes(letter_pdf[:at] + noise + letter_pdf[at + len(noise) :])
    assert pdf.read(path, "").state in {"read", "no_text", "unreadable", "encrypted"}


# --- Word -------------------------------------------------------------------------


def cell(*lines: str) -> str:
    return "<w:tc>" + "".join(P.format(line) for line in lines) + "</w:tc>"


def bold_docx(make_docx: Callable[..., bytes]) -> bytes:
    """Bold by the run, by its style, by its paragraph's style; taken back; half a line; a line of blanks."""
    run = "<w:r><w:rPr>{}</w:rPr><w:t xml:space='preserve'>{}</w:t></w:r>"
    on, off = "<w:b/>", "<w:b w:val='0'/>"
    title = "<w:pPr><w:pStyle w:val='Title'/></w:pPr>"
    lines = [
        run.format("", "plain"),
        run.format(on, "BY ITS RUN"),
        run.format("<w:rStyle w:val='Strong'/>", "BY ITS STYLE"),
        title + run.format("", "BY ITS PARAGRAPH"),
        title + run.format(off, "taken back"),
        title + run.format("<w:rStyle w:val='Strong'/>", "two styles cancel out"),
        run.format(on, "HALF ") + run.format("", "a line"),
        run.format(on, "WITH ") + run.format("", " ") + run.format(on, "A BLANK"),
        run.format(on, " "),
    ]
    names = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"
    style = "<w:style w:type='{}' w:styleId='{}'><w:basedOn w:val='{}'/>{}</w:style>"
    styles = f"<w:styles {names}>{style.format('character', 'Strong', '', f'<w:rPr>{on}</w:rPr>')}"
    styles += style.format("paragraph", "Head", "Title", f"<w:rPr>{on}</w:rPr>")
    styles += style.format("paragraph", "Title", "Head", "") + "</w:styles>"
    return make_docx("".join(f"<w:p>{line}</w:p>" for line in lines), styles=styles)


def test_bold_lines_of_a_word_file(stored: Callable[[bytes], Path], make_docx: Callable[..., bytes]) -> None:
    (page,) = word.read(stored(bold_docx(make_docx)), "").pages
    lines = page.text.splitlines()
    assert [lines[number] for number in page.bold] == [
        "BY ITS RUN",
        "BY ITS STYLE",
        "BY ITS PARAGRAPH",
        "WITH  A BLANK",
    ]


def test_header_table_stands_where_it_is(
    stored: Callable[[bytes], Path], make_docx: Callable[..., bytes]
) -> None:
    table = f"<w:tbl><w:tr>{cell('UBND TỈNH', 'Số: 1/QĐ')}{cell('CỘNG HÒA', 'Độc lập')}</w:tr></w:tbl>"
    data = f"<w:tbl><w:tr>{cell('TT')}{cell('Tên')}{cell('Ghi', 'chú')}</w:tr></w:tbl>"
    body = table + P.format("Nội dung") + data + P.format("Hết")
    reading = word.read(stored(make_docx(body)), "")
    lines = [line.rstrip() for line in reading.text.splitlines()]
    assert lines == ["UBND TỈNH", "Số: 1/QĐ", "CỘNG HÒA", "Độc lập", "Nội dung", "TT \tTên \tGhi chú", "Hết"]


def test_parts_of_a_word_file(stored: Callable[[bytes], Path], make_docx: Callable[..., bytes]) -> None:
    box = "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{0}</w:txbxContent></mc:Choice>"
    box += "<mc:Fallback><w:txbxContent>{0}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    listed = "<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='{}'/></w:numPr></w:pPr>"
    listed += "<w:r><w:t>{}</w:t></w:r></w:p>"
    caps = "<w:p><w:r><w:rPr><w:caps/></w:rPr><w:t>quyết định</w:t></w:r></w:p>"
    gone = "<w:p><w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del>"
    gone += "<w:r><w:t>giữ</w:t><w:br/><w:tab/></w:r></w:p>"
    level = "<w:lvl w:ilvl='0'><w:numFmt w:val='{}'/><w:lvlText w:val='{}'/></w:lvl>"
    names = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"
    numbering = f"<w:numbering {names}>"
    for number, (style, text) in enumerate([("bullet", "x"), ("upperRoman", "%1.")]):
        numbering += f"<w:abstractNum w:abstractNumId='{number}'>{level.format(style, text)}</w:abstractNum>"
        numbering += f"<w:num w:numId='{number}'><w:abstractNumId w:val='{number}'/></w:num>"
    header = f"<w:hdr {names}>{P.format('MẪU SỐ 1')}</w:hdr>"
    body = box.format(P.format("trong khung")) + listed.format(0, "Như trên") + listed.format(1, "Chung")
    body += listed.format(1, "Riêng") + caps + gone
    made = make_docx(body, numbering=numbering + "</w:numbering>", header1=header)
    lines = [line for line in word.read(stored(made), "").text.splitlines() if line.strip()]
    assert lines == ["MẪU SỐ 1", "trong khung", "- Như trên", "I. Chung", "II. Riêng", "QUYẾT ĐỊNH", "giữ"]


def test_legacy_fonts_of_a_word_file(
    stored: Callable[[bytes], Path], make_docx: Callable[..., bytes]
) -> None:
    run = "<w:r><w:rPr><w:rFonts w:ascii='{0}' w:hAnsi='{0}'/></w:rPr><w:t>{1}</w:t></w:r>"
    body = (
        f"<w:p>{run.format('VNI-Times', 'Ñoàng Xoaøi')}</w:p><w:p>{run.format('.VnTimeH', 'céng hoµ')}</w:p>"
    )
    reading = word.read(stored(make_docx(body + P.format("Đồng Xoài"))), "")
    assert reading.text.split("\n")[:3] == ["Đồng Xoài", "CỘNG HOÀ", "Đồng Xoài"]
    assert set(reading.converted_from) == {"vni", "tcvn3"}


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "dtd"),
        ("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "dtd"),
        ("<a>" * 5000 + "</a>" * 5000, "broken-xml"),
        ("<a>", "broken-xml"),
    ],
)
def test_hostile_xml_is_refused(document: str, reason: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(Refused, match=reason):
            parse_xml(document.encode(encoding))


def test_zip_bombs_are_refused(stored: Callable[[bytes], Path]) -> None:
    def packed(size: int) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("word/document.xml", b" " * size)
        return out.getvalue()

    bomb = packed(30_000_000)
    assert word.read(stored(bomb), "").warnings == ("bomb-ratio",)
    small = word.read(stored(packed(1_000_000)), "", ReadLimits(unpacked_bytes=100_000))
    assert small.warnings == ("bomb-size",)
    lying = bomb.replace(struct.pack("<I", 30_000_000), struct.pack("<I", 1000))
    assert word.read(stored(lying), "").state == "unreadable"


def test_overlapping_members_are_refused(
    stored: Callable[[bytes], Path], make_docx: Callable[..., bytes]
) -> None:
    whole = bytearray(make_docx(P.format("x"), a="<a/>", b="<b/>"))
    first = whole.index(b"PK\x01\x02")
    second = whole.index(b"PK\x01\x02", first + 4)
    whole[second + 42 : second + 46] = whole[first + 42 : first + 46]  # two names for the same bytes
    assert word.read(stored(bytes(whole)), "").warnings == ("bomb-overlap",)


# --- older Word, RTF, OpenDocument --------------------------------------------------


def test_rtf(stored: Callable[[bytes], Path]) -> None:
    source = (
        rb"{\rtf1\ansi\ansicpg1252\uc1"
        rb"{\fonttbl{\f0 Times New Roman;}{\f1\fcharset0 VNI-Times;}{\f2 .VnTimeH;}}"
        rb"{\stylesheet{\s0 Normal;}}{\info{\title no}}{\*\generator no;}"
        rb"\f0 S\u7889?: 21/2005\par \f1 \'d1o\'e0ng Xoa\'f8i\par{\f2 c\'e9ng ho\'b5}\line"
        rb"{\field{\*\fldinst PAGE no}{\fldrslt 2}}\tab\{a\}\cell b\row{\pict ffff}\u-10180?\u-9216?}"
    )
    reading = rtf.read(stored(source), "")
    assert reading.text == "Số: 21/2005\nĐồng Xoài\nCỘNG HOÀ\n2\t{a}\nb\n\U0001f000"
    assert set(reading.converted_from) == {"vni", "tcvn3"}


def test_bold_lines_of_an_rtf(stored: Callable[[bytes], Path]) -> None:
    source = rb"{\rtf1 SO Y TE\par{\b CHI CUC}\par\b PHONG\par\b0 a\b1 b\par\b C\par\plain d\par}"
    (page,) = rtf.read(stored(source), "").pages
    assert page.text == "SO Y TE\nCHI CUC\nPHONG\nab\nC\nd\n"
    assert page.bold == (1, 2, 4)


def test_rtf_in_windows_1258(stored: Callable[[bytes], Path]) -> None:
    source = rb"{\rtf1\ansi\ansicpg1258 C\'f4ng v\'e3n s\'f4\'ec 5 cu\'d2a ti\'d2nh}"
    assert rtf.read(stored(source), "").text == "Công văn số 5 của tỉnh"


@QUICK
@given(
    st.lists(
        st.sampled_from(
            [b"{", b"}", rb"\par", rb"\u-5?", rb"\bin9", rb"\'e9", b"a", rb"\f99999", rb"\*", b"\\"]
        )
    )
)
def test_any_rtf_is_read(tmp_path: Path, pieces: list[bytes]) -> None:
    path = tmp_path / "x.rtf"
    path.write_bytes(b"{\\rtf1" + b" ".join(pieces))
    assert rtf.read(path, "").state in {"read", "no_text"}


def test_odt(stored: Callable[[bytes], Path]) -> None:
    names = "xmlns:office='urn:o' xmlns:text='urn:t' xmlns:table='urn:tb' xmlns:style='urn:s'"
    styles = "<style:style style:name='V'><style:text-properties style:font-name='VNI-Times'/></style:style>"
    body = (
        "<text:h>QUYẾT ĐỊNH</text:h><table:table><table:table-row><table:table-cell>"
        "<text:p>Số:<text:s text:c='2'/>1</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p text:style-name='V'>Ñoàng <text:span>Xoaøi</text:span></text:p>"
        "<text:p>a<text:tab/>b<text:line-break/>c<office:annotation><text:p>ghi chú"
        "</text:p></office:annotation> d</text:p>"
    )
    content = f"<office:document-content {names}><office:automatic-styles>{styles}</office:automatic-styles>"
    content += f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
    path = stored(out.getvalue())
    assert kind.media_type(out.getvalue()) == kind.ODT
    assert odt.read(path, "").text == "QUYẾT ĐỊNH\nSố:  1\nĐồng Xoài\na\tb\nc d\n"


def test_bold_lines_of_an_odt(stored: Callable[[bytes], Path]) -> None:
    names = "xmlns:office='urn:o' xmlns:text='urn:t' xmlns:style='urn:s' xmlns:fo='urn:f'"
    style = "<style:style style:name='{}'><style:text-properties fo:font-weight='{}'/></style:style>"
    styles = "".join(style.format(*pair) for pair in (("B", "bold"), ("H", "700"), ("N", "normal")))
    body = (
        "<text:p>một</text:p><text:p text:style-name='B'>hai</text:p><text:p text:style-name='H'>ba</text:p>"
    )
    body += "<text:p text:style-name='B'>bốn<text:span text:style-name='N'> năm</text:span></text:p>"
    body += "<text:p><text:span text:style-name='B'>sáu</text:span></text:p>"
    content = f"<office:document-content {names}><office:automatic-styles>{styles}</office:automatic-styles>"
    content += f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", content)
    assert odt.read(stored(out.getvalue()), "").pages[0].bold == (1, 2, 4)


def piece_document(text: str, fonts: list[str], grpprl: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The smallest Word 97 streams: one piece, one page of character properties."""
    data = text.encode("cp1252")
    start = 1024
    ffn = b"".join(bytes([39 + 2 * len(f) + 2]) + b"\0" * 39 + (f + "\0").encode("utf-16-le") for f in fonts)
    table = struct.pack("<HH", len(fonts), 0) + ffn
    clx_at = len(table)
    plc = struct.pack("<II", 0, len(data)) + struct.pack("<HIH", 0, 0x40000000 | start * 2, 0)
    table += b"\2" + struct.pack("<I", len(plc)) + plc
    bte_at = len(table)
    table += struct.pack("<III", start, start + len(data), 1)
    fib = bytearray(512)
    struct.pack_into("<HH", fib, 0, 0xA5EC, 0xC1)
    struct.pack_into("<i", fib, 0x4C, len(data))
    struct.pack_into("<II", fib, 0x0112, 0, clx_at)
    struct.pack_into("<II", fib, 0x01A2, clx_at, bte_at - clx_at)
    struct.pack_into("<II", fib, 0xFA, bte_at, 12)
    page = bytearray(512)
    struct.pack_into("<II", page, 0, start, start + len(data))
    page[8], page[511] = 100, 1
    page[200 : 201 + len(grpprl)] = bytes([len(grpprl)]) + grpprl
    return bytes(fib) + bytes(page) + data, {"0Table": table}


def test_structure_of_a_word_97_file() -> None:
    text = "Ñoàng Xoaøi\rS\x13 PAGE \x142\x15\x07b"
    document, tables = piece_document(text, ["Arial", "VNI-Times"], struct.pack("<HH", 0x4A4F, 1))
    assert runs_of(document, tables, 1000) == [Run("Ñoàng Xoaøi\nS2\nb", "VNI-Times")]
    assert runs_of(document, tables, 5) == [Run("Ñoàng", "VNI-Times")]
    with pytest.raises(BrokenDocument):
        runs_of(document, {}, 1000)


@pytest.mark.parametrize(("weight", "bold"), [(0, False), (1, True), (0x80, False), (0x81, True)])
def test_weight_of_letters_in_a_word_97_file(weight: int, bold: bool) -> None:
    """0x80 is what the style says, 0x81 its opposite ([MS-DOC] 2.6.1); no style here is bold."""
    document, tables = piece_document("SO Y TE", ["Arial"], struct.pack("<HB", 0x0835, weight))
    assert runs_of(document, tables, 1000) == [Run("SO Y TE", "", bold)]


@QUICK
@given(st.data())
def test_damaged_word_97_files_fail_in_known_ways(data: st.DataObject) -> None:
    document, tables = piece_document("abc\rdef", ["Arial", "VNI-Times"], struct.pack("<HH", 0x4A4F, 1))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, 0x1B0))
        document = document[:at] + data.draw(st.binary(min_size=1, max_size=4)) + document[at + 4 :]
    try:
        runs_of(document, tables, 1000)
    except (*legacy_office._FAULTS, legacy_office.Encrypted):
        return


def test_old_documents_say_what_people_read(corpora: Path) -> None:
    """Words found again in the transcripts; TCVN3 and VNI in .doc, .rtf and .pdf."""
    import re

    folder = corpora / "vn" / "viparse"
    seen = 0
    for path in sorted((folder / "corpus").rglob("*.*")):
        truth = folder / "ground-truth" / f"{path.stem}.txt"
        content = path.read_bytes()
        reader = READERS.get(kind.media_type(content)) if 0 < len(content) < 400_000 else None
        if reader is None or not truth.is_file():
            continue
        want = re.findall(r"\w+", truth.read_text("utf-8").lower())
        got = set(re.findall(r"\w+", reader(path, "").text.lower()))
        found = sum(word in got for word in want) / len(want)
        assert found > 0.96, f"{path.name}: {found:.3f}"
        seen += 1
    assert seen >= 15


# --- text ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "text", "kinds"),
    [
        ("Công văn số 5 của tỉnh".encode(), "Công văn số 5 của tỉnh", ()),
        ("\ufeffCông văn".encode(), "Công văn", ()),
        ("Công văn số 5".encode("utf-16"), "Công văn số 5", ()),
        ("Cong van so 5, 12".encode("utf-16-le"), "Cong van so 5, 12", ()),
        (b"C\xf4ng v\xe3n s\xf4\xec 5 cu\xd2a ti\xd2nh", "Công văn số 5 của tỉnh", ()),
        ("Ñoàng Xoaøi, ngaøy 20 thaùng 12".encode("cp1252"), "Đồng Xoài, ngày 20 tháng 12", ("vni",)),
        ("Céng hoµ x· héi chñ nghÜa".encode("cp1252"), "Cộng hoà xã hội chủ nghĩa", ("tcvn3",)),
        (b"a\r\nb\rc\x00", "a\nb\nc", ()),
    ],
)  # fmt: skip
def test_plain_text(
    stored: Callable[[bytes], Path], content: bytes, text: str, kinds: tuple[str, ...]
) -> None:
    reading = plain.read(stored(content), "")
    assert (reading.text, reading.converted_from) == (text, kinds)


def test_html(stored: Callable[[bytes], Path]) -> None:
    source = """<html><head><title>x</title><style>p{}</style></head><body onload=a()><p>Kính   gửi:<br>Ông
    <b>A</b></p><table><tr><td>Số</td><td>5</td></tr></table><script>bad()</script><img src=http://x/></body>"""
    assert html.read(stored(source.encode()), "").text == "Kính gửi:\nÔng A\n\nSố\t5"
    declared = "<html><meta charset=windows-1258><p>C\xf4ng v\xe3n".encode("latin-1")
    assert html.read(stored(declared), "").text == "Công văn"
    assert html.text_of("<p>" * 100_000) == ""
    assert html.text_of("") == ""


# --- kinds --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "want"),
    [
        (b"", kind.EMPTY),
        (b"junk\n%PDF-1.4", kind.PDF),
        (b"{\\rtf1 x}", kind.RTF),
        (b"\x89PNG\r\n\x1a\n", kind.PNG),
        (b"\xff\xd8\xff\xe0", kind.JPEG),
        (b"II*\0", kind.TIFF),
        (b"\x78\x9f\x3e\x22", kind.TNEF),
        (b"7z\xbc\xaf\x27\x1c", kind.SEVEN_ZIP),
        (b"Rar!\x1a\x07\0", kind.RAR),
        (b"PK\x03\x04broken", kind.UNKNOWN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1broken", kind.OLE),
        (b"<!DOCTYPE html><p>", kind.HTML),
        (b"<svg xmlns='x'/>", kind.SVG),
        (b"BEGIN:VCARD\r\n", kind.VCARD),
        (b"From: a@b\r\nSubject: x\r\n\r\n", kind.MAIL),
        ("Công văn".encode(), kind.PLAIN),
        ("Công văn".encode("utf-16"), kind.PLAIN),
        ("Ñoàng Xoaøi".encode("cp1252"), kind.PLAIN),
        (bytes(range(256)), kind.UNKNOWN),
        (b"\x7fELF\x02\x01\x01\0\0\0\0", kind.PROGRAM),
        (b"MZ\x90\0\x03\0\0\0", kind.PROGRAM),
        (b"MZ" + bytes(500), kind.PROGRAM),
        (b"MZ la ten mot khu vuc", kind.PLAIN),
        (b"L\0\0\0\x01\x14\x02\0" + bytes(80), kind.PROGRAM),
        (bytes(4000), kind.UNKNOWN),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", kind.HEIC),
        (b"<table><tr><td>x</td></tr></table>", kind.HTML),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n<html>", kind.MAIL),
    ],
)
def test_kinds_by_content(content: bytes, want: str) -> None:
    assert kind.media_type(content) == want


@QUICK
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x05\x06"]),
)
def test_any_bytes_have_a_kind(content: bytes, magic: bytes) -> None:
    assert kind.media_type(magic + content) in kind.EXTENSION


def test_files_that_lie_about_their_kind(corpora: Path) -> None:
    for path in (corpora / "vn").rglob("*.*"):
        if path.suffix in {".pdf", ".docx", ".doc", ".xls", ".rtf", ".ppt"} and path.stat().st_size:
            assert f".{kind.EXTENSION[kind.media_type(path.read_bytes())]}" == path.suffix
