"""Makes the files of hub/sample/documents. Not a test: run it after changing a text here.

    python tests/hub/make_sample_documents.py

Needs the Liberation Serif fonts, which have the Vietnamese letters and the measures of Times.
The result does not change between runs.
"""

import io
import json
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

import pypdfium2
from PIL import Image, ImageFilter
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "hub" / "sample" / "documents"
FONTS = Path("/usr/share/fonts/truetype/liberation2")


@dataclass(frozen=True)
class Paper:
    """An official document by its components (ND30/2020 App. I)."""

    file: str
    issuer: tuple[str, ...]  # lines; the last is the issuer
    symbol: str
    day: str
    subject: str
    body: tuple[str, ...]
    recipients: tuple[str, ...]
    signer: tuple[str, ...]  # lines; the last is the name
    kind: str = ""  # type in capitals; empty for an official letter
    addressees: tuple[str, ...] = ()
    stamp: str = ""  # urgency
    centred: frozenset[str] = field(default_factory=frozenset)  # lines of the body in the middle, bold
    place: str = "Lâm Khê"


PROVINCE = ("ỦY BAN NHÂN DÂN", "TỈNH BÌNH LÂM")

PAPERS = (
    Paper(
        "cong-van-so-noi-vu.docx",
        ("UBND TỈNH BÌNH LÂM", "SỞ NỘI VỤ"),
        "1286/SNV-CCHC",
        "ngày 16 tháng 11 năm 2026",
        "báo cáo kết quả cải cách hành chính năm 2026",
        (
            "Thực hiện Kế hoạch cải cách hành chính năm 2026 của Ủy ban nhân dân tỉnh, Sở Nội vụ đề nghị "
            "các sở, ban, ngành và Ủy ban nhân dân các xã, phường báo cáo kết quả thực hiện như sau:",
            "1. Nội dung báo cáo theo đề cương đăng trên Cổng Thông tin điện tử tỉnh; số liệu tính từ ngày "
            "15 tháng 12 năm 2025 đến ngày 14 tháng 11 năm 2026.",
            "2. Báo cáo gửi về Sở Nội vụ trước ngày 30 tháng 11 năm 2026 qua hệ thống quản lý văn bản, "
            "không gửi bản giấy.",
            "Trong quá trình thực hiện nếu có vướng mắc, đề nghị các cơ quan, đơn vị phản ánh về Sở Nội vụ "
            "để được hướng dẫn./.",
        ),
        ("Như trên;", "UBND tỉnh (b/c);", "Lưu: VT, CCHC."),
        ("GIÁM ĐỐC", "Phạm Quang Vinh"),
        addressees=("Các sở, ban, ngành;", "UBND các xã, phường."),
    ),
    Paper(
        "quyet-dinh-ubnd.pdf",
        PROVINCE,
        "2315/QĐ-UBND",
        "ngày 10 tháng 11 năm 2026",
        "Về việc kiện toàn Ban Chỉ đạo Cải cách hành chính tỉnh Bình Lâm",
        (
            "ỦY BAN NHÂN DÂN TỈNH BÌNH LÂM",
            "Căn cứ Luật Tổ chức chính quyền địa phương;",
            "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư;",
            "Theo đề nghị của Giám đốc Sở Nội vụ tại Tờ trình số 214/TTr-SNV ngày 03 tháng 11 năm 2026.",
            "QUYẾT ĐỊNH:",
            "Điều 1. Kiện toàn Ban Chỉ đạo Cải cách hành chính tỉnh gồm Chủ tịch Ủy ban nhân dân tỉnh làm "
            "Trưởng ban, Giám đốc Sở Nội vụ làm Phó Trưởng ban thường trực và các ủy viên là Thủ trưởng "
            "các sở, ban, ngành có liên quan.",
            "Điều 2. Sở Nội vụ là cơ quan thường trực của Ban Chỉ đạo, có trách nhiệm tham mưu kế hoạch "
            "hằng năm và tổng hợp báo cáo theo quy định.",
            "Điều 3. Chánh Văn phòng UBND tỉnh, Giám đốc Sở Nội vụ, Thủ trưởng các sở, ban, ngành và "
            "Chủ tịch UBND các xã, phường chịu trách nhiệm thi hành Quyết định này kể từ ngày ký./.",
        ),
        (
            "Bộ Nội vụ (b/c);",
            "Thường trực Tỉnh ủy;",
            "Thường trực HĐND tỉnh;",
            "CT, các PCT UBND tỉnh;",
            "Như Điều 3;",
            "Các sở, ban, ngành;",
            "UBND các xã, phường;",
            "LĐVP, P.NC, TTTH;",
            "Lưu: VT, NC.",
        ),
        ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Trần Quốc Khánh"),
        kind="QUYẾT ĐỊNH",
        centred=frozenset({"ỦY BAN NHÂN DÂN TỈNH BÌNH LÂM", "QUYẾT ĐỊNH:"}),
    ),
    Paper(
        "ke-hoach-so-tai-chinh.pdf",
        ("UBND TỈNH BÌNH LÂM", "SỞ TÀI CHÍNH"),
        "45/KH-STC",
        "ngày 12 tháng 11 năm 2026",
        "Kiểm tra công tác quyết toán ngân sách nhà nước năm 2026",
        (
            "Sở Tài chính xây dựng kế hoạch kiểm tra công tác quyết toán ngân sách nhà nước năm 2026 "
            "tại các đơn vị dự toán và Ủy ban nhân dân các xã, phường như sau:",
            "I. MỤC ĐÍCH, YÊU CẦU",
            "Đánh giá việc chấp hành dự toán, phát hiện và chấn chỉnh kịp thời những sai sót trong quản lý, "
            "sử dụng ngân sách; không làm ảnh hưởng đến hoạt động bình thường của đơn vị được kiểm tra.",
            "II. NỘI DUNG VÀ THỜI GIAN",
            "1. Kiểm tra hồ sơ, chứng từ thu, chi; việc thực hiện kiến nghị của thanh tra, kiểm toán.",
            "2. Thời gian kiểm tra từ ngày 01 tháng 12 đến ngày 18 tháng 12 năm 2026; lịch cụ thể gửi "
            "từng đơn vị trước 05 ngày làm việc.",
            "III. TỔ CHỨC THỰC HIỆN",
            "Phòng Quản lý ngân sách chủ trì, báo cáo Giám đốc Sở kết quả trước ngày 31 tháng 12 năm 2026./.",
        ),
        (
            "UBND tỉnh (b/c);",
            "Sở Nội vụ (phối hợp);",
            "Thanh tra tỉnh;",
            "UBND các xã, phường;",
            "Lưu: VT, QLNS.",
        ),
        ("GIÁM ĐỐC", "Nguyễn Đức Toàn"),
        kind="KẾ HOẠCH",
    ),
    Paper(
        "cong-dien-hoa-toc.pdf",
        PROVINCE,
        "12/CĐ-UBND",
        "ngày 20 tháng 11 năm 2026",
        "Về việc tập trung ứng phó với mưa lũ lớn trên địa bàn tỉnh",
        (
            "Theo dự báo, từ ngày 21 đến ngày 23 tháng 11 năm 2026 trên địa bàn tỉnh có mưa to đến rất to, "
            "nguy cơ cao xảy ra lũ trên sông Lâm và ngập úng tại các xã, phường vùng thấp.",
            "Chủ tịch Ủy ban nhân dân tỉnh yêu cầu:",
            "1. Chủ tịch UBND các xã, phường tổ chức trực ban 24/24 giờ, rà soát các khu vực xung yếu, "
            "sẵn sàng phương án sơ tán dân.",
            "2. Sở Nông nghiệp và Môi trường theo dõi chặt chẽ diễn biến mưa lũ, vận hành an toàn hồ chứa; "
            "Sở Xây dựng bảo đảm giao thông trên các tuyến đường tỉnh.",
            "3. Công an tỉnh, Bộ Chỉ huy Quân sự tỉnh bố trí lực lượng, phương tiện ứng cứu khi có yêu cầu.",
            "Nhận được Công điện này, yêu cầu các cơ quan, địa phương khẩn trương thực hiện, báo cáo kết quả "
            "trước 17 giờ 00 hằng ngày./.",
        ),
        (
            "Bộ Nông nghiệp và Môi trường (b/c);",
            "TTTU, TT HĐND tỉnh;",
            "CT, các PCT UBND tỉnh;",
            "Sở NN&MT, Sở Xây dựng, Công an tỉnh, Bộ CHQS tỉnh (t/h);",
            "UBND các xã, phường (t/h);",
            "Báo và Đài PTTH Bình Lâm;",
            "LĐVP, P.KTN;",
            "Lưu: VT, KTN.",
        ),
        ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Phạm Hữu Lộc"),
        kind="CÔNG ĐIỆN",
        stamp="HỎA TỐC",
    ),
    Paper(
        "cong-van-so-tu-phap.docx",
        ("UBND TỈNH BÌNH LÂM", "SỞ TƯ PHÁP"),
        "877/STP-PBGDPL",
        "ngày 18 tháng 11 năm 2026",
        "phối hợp tổ chức hội nghị phổ biến pháp luật trong trường học",
        (
            "Hưởng ứng Ngày Pháp luật nước Cộng hòa xã hội chủ nghĩa Việt Nam năm 2026, Sở Tư pháp đề nghị "
            "Sở Giáo dục và Đào tạo phối hợp tổ chức hội nghị phổ biến pháp luật cho cán bộ quản lý các "
            "trường học trên địa bàn tỉnh.",
            "Thời gian: 01 ngày, dự kiến ngày 04 tháng 12 năm 2026. Địa điểm: Hội trường Sở Tư pháp.",
            "Đề nghị Sở Giáo dục và Đào tạo gửi danh sách đại biểu về Sở Tư pháp trước ngày "
            "27 tháng 11 năm 2026./.",
        ),
        ("Như trên;", "UBND tỉnh (b/c);", "Hội Luật gia tỉnh (p/h);", "Lưu: VT, PBGDPL."),
        ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Lê Tuấn Đạt"),
        addressees=("Sở Giáo dục và Đào tạo.",),
    ),
)

SCAN = Paper(
    "thong-bao-ban-quet.tif",
    ("BỘ TƯ PHÁP",),
    "4127/TB-BTP",
    "ngày 12 tháng 11 năm 2026",
    "Lịch kiểm tra công tác hộ tịch năm 2026",
    (
        "Thực hiện kế hoạch công tác năm 2026, Bộ Tư pháp thông báo lịch kiểm tra công tác đăng ký và quản "
        "lý hộ tịch trên địa bàn tỉnh Bình Lâm như sau:",
        "1. Thời gian: từ ngày 30 tháng 11 đến ngày 04 tháng 12 năm 2026.",
        "2. Thành phần: đoàn công tác của Bộ, Sở Tư pháp và Ủy ban nhân dân các xã, phường được kiểm tra.",
        "3. Đề nghị Sở Tư pháp chuẩn bị hồ sơ, sổ hộ tịch và số liệu của năm 2025 và năm 2026; bố trí cán "
        "bộ tham gia đoàn.",
        "Trân trọng thông báo để các cơ quan, đơn vị biết và phối hợp thực hiện./.",
    ),
    ("Sở Tư pháp tỉnh Bình Lâm;", "Lưu: VT, HTQTCT."),
    ("KT. BỘ TRƯỞNG", "THỨ TRƯỞNG", "Hoàng Thị Mai"),
    kind="THÔNG BÁO",
    place="Hà Nội",
)

DIRECTIVE = """ Số :  19/2005/CT-UBND
Lâm Khê, ngày 12 tháng 12 năm 2005.
CHỈ THỊ

Về tăng cường sử dụng hộp thư điện tử và mạng nội bộ

trong các cơ quan hành chính nhà nước của tỉnh


Thời gian qua, các cơ quan, đơn vị trên địa bàn tỉnh đã được trang bị máy vi tính và kết nối mạng \
nội bộ; tuy nhiên việc trao đổi văn bản chủ yếu vẫn bằng giấy, nhiều hộp thư điện tử đã cấp nhưng \
không sử dụng. Để nâng cao hiệu quả của các phần mềm dùng chung thuộc Đề án 112,

UỶ BAN NHÂN DÂN TỈNH CHỈ THỊ:

1. Thủ trưởng các Sở, ban, ngành; Chủ tịch UBND huyện, thị xã chỉ đạo cán bộ, công chức thuộc quyền \
sử dụng hộp thư điện tử đã cấp để trao đổi công việc hằng ngày.

2. Các văn bản của tỉnh sau khi ban hành phải được gửi bằng tập tin về Trung tâm Tin học - Văn phòng \
UBND tỉnh trước khi gửi bản giấy.

3. Trung tâm Tin học có trách nhiệm cấp hộp thư, hướng dẫn sử dụng và hỗ trợ kỹ thuật; tổng hợp tình \
hình báo cáo Ban Điều hành Đề án 112 tỉnh trước ngày 25 hàng tháng.

Chỉ thị này có hiệu lực kể từ ngày ký. Yêu cầu Thủ trưởng các cơ quan, đơn vị nghiêm túc thực hiện./.

	Nơi nhận:

- Bộ tư pháp (Cục kiểm tra VBQPPL);
- BĐH112CP;
- TTTU, TT HĐND tỉnh;

- CT, các PCT;

- LĐ VP, TTTH;
- Các sở, ban, ngành;

- UBND huyện, thị xã;

- Lưu VT.
"""
VNI_LINES = 2  # the header lines are in the bytes of VNI fonts, as files of that time are


def directive() -> bytes:
    """A directive of 2005 as UTF-8 text whose header still shows the letters of a VNI font."""
    table = json.loads((ROOT / "rules/tables/vni_map.json").read_text("utf-8"))["encode"]
    lines = DIRECTIVE.split("\n")
    header = ["".join(table.get(letter, letter) for letter in line) for line in lines[:VNI_LINES]]
    return "\n".join((*header, *lines[VNI_LINES:])).encode()


# --- PDF -------------------------------------------------------------------


def styles() -> dict[str, ParagraphStyle]:
    faces = {"": "Regular", "-b": "Bold", "-i": "Italic", "-bi": "BoldItalic"}
    for suffix, face in faces.items():
        pdfmetrics.registerFont(TTFont(f"serif{suffix}", str(FONTS / f"LiberationSerif-{face}.ttf")))
    body = ParagraphStyle(
        "body",
        fontName="serif",
        fontSize=14,
        leading=19,
        alignment=TA_JUSTIFY,
        firstLineIndent=10 * mm,
        spaceAfter=4,
    )
    middle = ParagraphStyle("middle", fontName="serif", fontSize=13, leading=16, alignment=TA_CENTER)
    return {
        "body": body,
        "middle": middle,
        "middle-b": ParagraphStyle("middle-b", middle, fontName="serif-b"),
        "middle-i": ParagraphStyle("middle-i", middle, fontName="serif-i"),
        "title": ParagraphStyle("title", middle, fontName="serif-b", fontSize=14, leading=18),
        "stamp": ParagraphStyle("stamp", middle, fontName="serif-b", fontSize=14, textColor="#c00000"),
        "to": ParagraphStyle("to", fontName="serif-bi", fontSize=12, leading=15),
        "small": ParagraphStyle("small", fontName="serif", fontSize=11, leading=13.5),
    }


class Rule(Flowable):
    """A line in the middle, as wide as this share of the column."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width = width
        return width, 8

    def draw(self) -> None:
        self.canv.setLineWidth(0.7)
        self.canv.line(self.width * (1 - self.share) / 2, 4, self.width * (1 + self.share) / 2, 4)


def pdf_header(paper: Paper, style: dict[str, ParagraphStyle]) -> Table:
    above = [Paragraph(line, style["middle"]) for line in paper.issuer[:-1]]
    if paper.issuer == PROVINCE:
        above = [Paragraph(line, style["middle-b"]) for line in paper.issuer[:-1]]
    left = [*above, Paragraph(paper.issuer[-1], style["middle-b"]), Rule(0.35)]
    left += [Paragraph(f"Số: {paper.symbol}", style["middle"])]
    if paper.stamp:
        box = Table(
            [[Paragraph(paper.stamp, style["stamp"])]],
            colWidths=[34 * mm],
            rowHeights=[9 * mm],
            hAlign="CENTER",
        )
        box.setStyle([("BOX", (0, 0), (-1, -1), 1.2, "#c00000"), ("BOTTOMPADDING", (0, 0), (-1, -1), 5)])
        left += [Spacer(1, 4), box]
    right = [
        Paragraph("<nobr>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</nobr>", style["middle-b"]),
        Paragraph("Độc lập - Tự do - Hạnh phúc", style["middle-b"]),
        Rule(0.56),
        Paragraph(f"{paper.place}, {paper.day}", style["middle-i"]),
    ]
    table = Table([[left, right]], colWidths=[70 * mm, 100 * mm])
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0),
                    ("RIGHTPADDING", (0, 0), (-1, -1), 0)])  # fmt: skip
    return table


def pdf_end(paper: Paper, style: dict[str, ParagraphStyle]) -> Table:
    left = [Paragraph("Nơi nhận:", style["to"])]
    left += [Paragraph(f"- {escape(line)}", style["small"]) for line in paper.recipients]
    right = [Paragraph(line, style["title"]) for line in paper.signer[:-1]]
    right += [Spacer(1, 26 * mm), Paragraph(paper.signer[-1], style["title"])]
    table = Table([[left, right]], colWidths=[85 * mm, 80 * mm])
    table.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
    return table


def number_from_the_second_page(canvas: Canvas, document: SimpleDocTemplate) -> None:
    if document.page > 1:
        canvas.setFont("serif", 13)
        canvas.drawCentredString(A4[0] / 2, A4[1] - 13 * mm, str(document.page))


def as_pdf(paper: Paper) -> bytes:
    style = styles()
    story: list[Flowable] = [pdf_header(paper, style), Spacer(1, 14)]
    if paper.kind:
        story += [
            Paragraph(paper.kind, style["title"]),
            Paragraph(paper.subject, style["title"]),
            Rule(0.22),
        ]
    story.append(Spacer(1, 8))
    for line in paper.body:
        style_name = "title" if line in paper.centred else "body"
        story.append(Paragraph(escape(line), style[style_name]))
        if line in paper.centred:
            story.append(Spacer(1, 6))
    story += [Spacer(1, 10), pdf_end(paper, style)]
    target = io.BytesIO()
    page = SimpleDocTemplate(
        target, pagesize=A4, leftMargin=30 * mm, rightMargin=15 * mm, topMargin=20 * mm, bottomMargin=20 * mm,
        title=f"{paper.symbol}", author="", invariant=1,
    )  # fmt: skip
    page.build(story, onLaterPages=number_from_the_second_page)
    return target.getvalue()


# --- scan ------------------------------------------------------------------


def as_scan(paper: Paper) -> bytes:
    """The printed page as an office scanner gives it: black and white, a little askew."""
    printed = pypdfium2.PdfDocument(as_pdf(paper))
    page = printed[0].render(scale=200 / 72).to_pil().convert("L")
    printed.close()
    askew = page.rotate(0.7, Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(0.6))
    target = io.BytesIO()
    bits = askew.point([255 if level > 150 else 0 for level in range(256)]).convert("1")
    bits.save(target, "TIFF", compression="group4", dpi=(200, 200))
    return target.getvalue()


# --- Word ------------------------------------------------------------------

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    ),
}


def line(text: str, *, size: int = 14, bold: bool = False, italic: bool = False, align: str = "center",
         indent: bool = False, under: bool = False) -> str:  # fmt: skip
    """One paragraph of Times New Roman; ``size`` in points."""
    look = (
        ("<w:b/>" if bold else "") + ("<w:i/>" if italic else "") + ('<w:u w:val="single"/>' if under else "")
    )
    return (
        f'<w:p><w:pPr><w:spacing w:before="0" w:after="{80 if indent else 0}"/>'
        + ('<w:ind w:firstLine="567"/>' if indent else "")
        + f'<w:jc w:val="{align}"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii="Times New Roman" '
        f'w:hAnsi="Times New Roman" w:cs="Times New Roman"/>{look}<w:sz w:val="{size * 2}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
    )


def columns(left: str, right: str, widths: tuple[int, int]) -> str:
    """A table of two cells without borders, in which such headers are set."""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
        for cell, width in zip((left, right), widths, strict=True)
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl>"
    )


def docx_body(paper: Paper) -> str:
    left = "".join(line(text, size=13) for text in paper.issuer[:-1])
    left += line(paper.issuer[-1], size=13, bold=True, under=True)
    left += line(f"Số: {paper.symbol}", size=13) + line(f"V/v {paper.subject}", size=12)
    right = line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True)
    right += line("Độc lập - Tự do - Hạnh phúc", size=13, bold=True, under=True)
    right += line("") + line(f"{paper.place}, {paper.day}", size=13, italic=True)
    many = len(paper.addressees) > 1
    to = line("Kính gửi:" if many else f"Kính gửi: {paper.addressees[0]}")
    to += "".join(line(f"- {name}", align="left", indent=True) for name in paper.addressees if many)
    end_left = line("Nơi nhận:", size=12, bold=True, italic=True, align="left")
    end_left += "".join(line(f"- {name}", size=11, align="left") for name in paper.recipients)
    end_right = "".join(line(text, bold=True) for text in paper.signer[:-1]) + line("") * 4
    end_right += line(paper.signer[-1], bold=True)
    body = "".join(line(text, align="both", indent=True) for text in paper.body)
    header = columns(left, right, (3900, 5700))
    return header + line("") + to + line("") + body + line("") + columns(end_left, end_right, (4800, 4800))


def as_docx(paper: Paper) -> bytes:
    section = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="851" w:bottom="1134" '
        'w:left="1701" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
    )
    document = (
        f'<w:document xmlns:w="{WORD}"><w:body>{docx_body(paper)}{line("")}{section}</w:body></w:document>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {**PARTS, "word/document.xml": document}.items():
            entry = zipfile.ZipInfo(
                name, (2026, 11, 1, 0, 0, 0)
            )  # fixed, so that nothing changes between runs
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text)
    return target.getvalue()


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    for paper in PAPERS:
        made = as_pdf(paper) if paper.file.endswith(".pdf") else as_docx(paper)
        (TARGET / paper.file).write_bytes(made)
        sys.stdout.write(f"{paper.file}: {len(made):,} bytes\n")
    (TARGET / "chi-thi-2005.txt").write_bytes(directive())
    (TARGET / SCAN.file).write_bytes(as_scan(SCAN))


if __name__ == "__main__":
    main()
