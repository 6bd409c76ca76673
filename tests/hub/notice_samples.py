"""One notice of each kind with lifelike values, shared by the tests of this folder."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from hub.notices import (
    About,
    DelayNotice,
    DeliveryNotice,
    FailureNotice,
    HeldBack,
    Hub,
    JournalHead,
    ListedFile,
    Notice,
    Receipt,
    ReceiptKnown,
    ReceiptRefused,
    ReceiptReview,
    SentTo,
)
from rules.vocabulary import DeliveryRole, Urgency

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HUB = Hub("UBND tỉnh Bình Minh", "hotro@binhminh.example")
ABOUT = About(
    subject="Về việc triển khai thực hiện các phần mềm dùng chung "
    "thuộc Đề án 112 – Chính phủ trên địa bàn tỉnh",
    symbol="21/2005/CT-UBND",
    type="chỉ thị",
    issuer="Ủy ban nhân dân tỉnh Bình Minh",
    dated=date(2005, 12, 20),
    signer="Nguyễn Tấn Hưng",
)
URGENT = About(
    subject="V/v ứng phó khẩn cấp với bão số 9",
    symbol="449/CV-BĐH112",
    type="công văn",
    issuer="Ban Điều hành Đề án 112",
    dated=date(2026, 11, 22),
    urgency=Urgency.EXPRESS,
)
NOON = datetime(2026, 11, 23, 12, 5, tzinfo=ZONE)
FILES = (
    ListedFile("21-2005-CT-UBND Triển khai phần mềm dùng chung.pdf", 204_800),
    ListedFile("Phụ lục 1 – Kế hoạch đào tạo cán bộ, công chức các đơn vị.docx", 1_482_000),
)

DELIVERY = DeliveryNotice(
    HUB,
    ABOUT,
    "Sở Nội vụ",
    FILES,
    "mục Nơi nhận ghi “Các sở, ban, ngành”",
    DeliveryRole.MAIN,
    15,
    date(2026, 11, 23),
    date(2026, 11, 30),
)
TO_ACCEPT = DeliveryNotice(
    HUB,
    URGENT,
    "Ủy ban nhân dân xã Tân Lập",
    FILES[:1],
    "luật định tuyến bao-lut@3",
    DeliveryRole.COORDINATING,
    note="Văn bản ghi “UBND huyện Đồng Phú”; đơn vị này kế thừa từ ngày 01/07/2025.",
)
HELD = HeldBack("Các phòng, ban trực thuộc", "không rõ là đơn vị nào; có thể là: Các sở, ban, ngành")
SENT = (
    SentTo("Sở Nội vụ", DeliveryRole.MAIN, date(2026, 11, 30), "Nơi nhận: Các sở, ban, ngành"),
    SentTo("Sở Tư pháp", DeliveryRole.COORDINATING, None, "Nơi nhận: Các sở, ban, ngành"),
    SentTo("Bộ Tư pháp (Cục Kiểm tra văn bản QPPL)", DeliveryRole.INFORMATION),
)
BOOK = "Sổ văn bản đi của UBND tỉnh, năm 2005"
RECEIPT = Receipt(HUB, ABOUT, "21/2005/CT-UBND", BOOK, NOON, SENT)
RECEIPT_HELD = Receipt(HUB, ABOUT, "21/2005/CT-UBND", BOOK, NOON, SENT, (HELD,))
REVIEW = ReceiptReview(
    HUB,
    About(subject="Báo cáo tình hình triển khai tháng 11", issuer="Sở Tài chính"),
    "Văn phòng UBND tỉnh",
    NOON,
    ("Không đọc được số, ký hiệu của văn bản", "Chưa xác minh được người gửi"),
)
KNOWN = ReceiptKnown(HUB, ABOUT, "21/2005/CT-UBND", BOOK, NOON, NOON)
REFUSED = ReceiptRefused(
    HUB, ABOUT, "Sở Nội vụ", NOON, "Gửi nhầm: việc thuộc thẩm quyền Sở Tài chính", "Trần Thị Lan"
)
HEAD = JournalHead(HUB, date(2026, 11, 23), "vanthu/binhminh", 18_204, 312, "9f2c" * 16)
UNREACHED = (HeldBack("Bộ Tư pháp <vanthu@moj.example>", "máy chủ nơi nhận không trả lời"),)
DELAY = DelayNotice(HUB, ABOUT, UNREACHED, NOON, datetime(2026, 11, 28, 12, 5, tzinfo=ZONE))
FAILURE = FailureNotice(HUB, ABOUT, UNREACHED, NOON, datetime(2026, 11, 28, 12, 5, tzinfo=ZONE))

SAMPLES: dict[str, Notice] = {
    "delivery": DELIVERY,
    "delivery_to_accept": TO_ACCEPT,
    "receipt": RECEIPT,
    "receipt_held": RECEIPT_HELD,
    "receipt_review": REVIEW,
    "receipt_known": KNOWN,
    "receipt_refused": REFUSED,
    "journal_head": HEAD,
    "delay": DELAY,
    "failure": FAILURE,
}
