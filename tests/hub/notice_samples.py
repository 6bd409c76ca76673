"""One notice of each kind with lifelike values, shared by the tests of this folder."""

import dataclasses
from datetime import date, datetime
from zoneinfo import ZoneInfo

from hub.deciding.notices import (
    Decided,
    HeldCase,
    HoldAnswered,
    HoldAsked,
    ReviewAnswered,
    ReviewAsked,
    Suspect,
)
from hub.fetching.notices import SourceTrouble
from hub.following.paper_notice import PaperLine, PapersMissing
from hub.mailboxes.notices import Away, NotDelivered, Nudge, Welcome
from hub.notices import (
    About,
    AnswerRefused,
    Answers,
    AnswerUnclear,
    Assigned,
    Board,
    BoardLine,
    ByRule,
    Confirm,
    DelayNotice,
    DeliveryNotice,
    Digest,
    DigestLine,
    DueMoved,
    FailureNotice,
    Handled,
    HeldBack,
    Hub,
    JournalHead,
    LateItem,
    ListedFile,
    RecallAsked,
    Receipt,
    ReceiptKnown,
    ReceiptRefused,
    ReceiptReview,
    Reminder,
    SentTo,
    Submitted,
    TimeAsked,
)
from hub.quarantine.notices import Infected, Locked
from hub.render import AnyNotice
from hub.reporting.notices import (
    FiguresCollected,
    FormCameBack,
    FormLine,
    Mend,
    RequestClosed,
    RequestForCentre,
    RequestOpened,
    ReturnAsked,
    ReturnReceived,
    ReturnRefused,
    UnitPage,
)
from rules.records.case_words import CaseAct
from rules.records.hold_words import HoldAct
from rules.vocabulary import DeliveryRole, Handling, Urgency

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

DUE, LINK = date(2026, 11, 30), "https://vanthu.binhminh.example/a/"
WAYS = Answers(True, date(2027, 1, 22), receive=LINK + "aaaa2345", refuse=LINK + "bbbb2345")
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
    answers=WAYS,
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
BY = "Trần Thị Lan"
WORK = Answers(True, date(2027, 1, 22), begin=LINK + "cccc2345", done=LINK + "dddd2345")
REPLY = Answers(True, date(2027, 1, 22))
HANDLED = Handled(HUB, ABOUT, "Sở Nội vụ", Handling.REFUSED, "không thuộc thẩm quyền", BY, NOON)
FINISHED = Handled(HUB, ABOUT, "Sở Nội vụ", Handling.DONE, "trả lời bằng công văn 12/SNV-VP", BY, NOON)
SUBMITTED = Submitted(HUB, URGENT, "Sở Nội vụ", 15, DUE, REPLY, "Phạm Quang Vinh")
ASSIGNED = Assigned(HUB, ABOUT, "Sở Nội vụ", 15, "tham mưu văn bản trả lời", BY, DUE, WORK)
DUE_MOVED = DueMoved(HUB, ABOUT, "Sở Nội vụ", DUE, "chờ số liệu của các xã", BY)
TIME_ASKED = TimeAsked(HUB, ABOUT, "Sở Nội vụ", BY, 2, None, "chờ số liệu của các xã", DUE, REPLY)
SAID = ("Phụ lục 2 mờ quá,", "gửi lại bản rõ hơn được không?")
UNCLEAR = AnswerUnclear(HUB, ABOUT, "Sở Nội vụ", BY, SAID, "chưa xác minh được người gửi", REPLY)
NOT_DONE = AnswerRefused(HUB, ABOUT, "Sở Nội vụ", "đã trả lời như vậy rồi")
ASKED = Answers(True, date(2027, 1, 22), confirm=LINK + "eeee2345")
CONFIRM = Confirm(HUB, ABOUT, "Sở Nội vụ", "refuse", "gửi nhầm", ASKED)
LINES = (
    DigestLine("handled", ABOUT, "Sở Nội vụ", Handling.DONE, "trả lời bằng công văn 12/SNV-VP", None),
    DigestLine("assigned", URGENT, "Sở Nội vụ", None, "tham mưu", DUE),
)
REMINDER = Reminder(HUB, ABOUT, "Sở Nội vụ", "after", 15, DUE, BY, REPLY, "Phạm Quang Vinh")
RECALL = RecallAsked(
    HUB, ABOUT, "Sở Nội vụ", "replace", "sai phụ lục", BY, 15, "22/2005/CT-UBND Về việc khác", REPLY
)
IDLE = Reminder(HUB, URGENT, "Sở Nội vụ", "not_received", None, None, "", REPLY)
BOARD = Board(
    HUB,
    "Sở Nội vụ",
    date(2026, 11, 23),
    (BoardLine(BY, 3, 1, 2, 5, 0), BoardLine("Nguyễn Văn An", 0, 0, 0, 1, 1)),
    (LateItem("21/2005/CT-UBND Về việc triển khai", BY, DUE),),
)
DIGEST = Digest(HUB, NOON, LINES)

WELCOME = Welcome(HUB, "Nguyễn Văn An", "annv@binhminh.example", NOON, LINK + "setup")
UNREACHED = NotDelivered(HUB, "Lịch họp giao ban", "ai@noikhac.example", "550 5.1.1 không có", NOON)
NUDGE = Nudge(HUB, "Nguyễn Văn An", "annv@binhminh.example", date(2026, 11, 1), LINK + "setup")
AWAY = Away(HUB, "Nguyễn Văn An", "Lịch họp giao ban", "Tôi đi công tác đến thứ Sáu.", date(2026, 11, 27))

REFUSED_LOGIN = "máy chủ từ chối đăng nhập"
TROUBLE = SourceTrouble(
    HUB, "thu-cu", "sotc@gmail.example", "imap.gmail.example", "login-refused", REFUSED_LOGIN,
    "NO [AUTHENTICATIONFAILED] Invalid credentials", NOON, NOON, None,
)  # fmt: skip
ENDING = SourceTrouble(
    HUB, "thu-cu", "sotc@gmail.example", "imap.gmail.example", "secret-ends", "mã bí mật sắp hết hạn",
    "", None, NOON, date(2026, 11, 30),
)  # fmt: skip
PAGE = UnitPage(HUB, "Sở Nội vụ", "tháng 11/2026", "03/BC-TTTH", 7, 12, True)

REPORT = ("Báo cáo tháng về Chỉ thị 21/2005/CT-UBND", "tháng 11/2026", "Sở Nội vụ")
FILLED = (
    FormLine("3.1", "Văn bản đến đã đăng ký", "1.204", "văn bản"),
    FormLine("9.3", "Có máy quét", "có"),
)
OPEN = (FormLine("1.1", "Người lập báo cáo", ""), FormLine("6.1", "Hồ sơ đang mở", ""))
RETURN_ASKED = ReturnAsked(
    HUB, *REPORT, "form", False, False, date(2026, 11, 23), date(2026, 11, 24), date(2026, 10, 15),
    date(2026, 11, 14), FILLED, OPEN, "compliance/2026-11/sonoivu",
)  # fmt: skip
RETURN_MISSING = dataclasses.replace(RETURN_ASKED, level="missing", leader=True, late=True, instead_of=BY)
RETURN_RECEIVED = ReturnReceived(HUB, *REPORT, 2, NOON, True, BY, FILLED, 12, date(2026, 12, 14))
RETURN_REFUSED = ReturnRefused(
    HUB, *REPORT, NOON, DUE, "Phiếu đính kèm là của tháng 10/2026",
    (Mend("3.1 Văn bản đến", "“mười hai” không phải là số"), Mend("", "dòng này chưa rõ")), 4, SAID,
)  # fmt: skip
REQUEST = RequestOpened(HUB, 12, "Máy quét hỏng", SAID, NOON)
REQUEST_CLOSED = RequestClosed(HUB, 12, "Máy quét hỏng", "Đã thay máy quét mới.", BY, NOON)
FOR_CENTRE = RequestForCentre(HUB, 12, "Sở Nội vụ", BY, "Máy quét hỏng", SAID, NOON)
COLLECTED = FiguresCollected(
    HUB, "Biểu chỉ tiêu kinh tế - xã hội", "tháng 11/2026", False, True, 16, 14, ("Sở Y tế",),
    ("Sở Nội vụ",), DUE,
)  # fmt: skip
CAME_BACK = FormCameBack(HUB, *REPORT, "vanthu.sonoivu@binhminh.example", "hộp thư đầy")
BY_RULE = ByRule(
    HUB,
    URGENT,
    ("phap-luat@3: Văn bản pháp luật báo Sở Tư pháp",),
    ("Sở Y tế", "UBND huyện An Bình"),
    "Lê Văn Bình",
)

PAPERS = PapersMissing(
    HUB, "Sở Nội vụ", 7, (PaperLine("21/2005/CT-UBND Về việc triển khai", "Sở Tư pháp", DUE),), 3
)
LOCKED = Locked(HUB, 7, "văn bản có dấu chỉ độ mật", "scanner", ("Sở Nội vụ",), NOON, "9f2c" * 3)

INFECTED = Infected(HUB, "Eicar-Test-Signature", NOON)

WAITING = ReviewAsked(
    HUB,
    About(subject="V/v báo cáo số lượng hộ sinh tại các cơ sở y tế", type="công văn", issuer="Sở Y tế"),
    "Sở Y tế",
    8,
    "scanner",
    "",
    NOON,
    ("số trên bản quét không đọc được chắc chắn, có thể là chữ viết tay",),
    "/SYT-TCCB",
    FILES,
    (),
    "",
    True,
    (),
    date(2027, 1, 22),
)
TWIN = ReviewAsked(
    HUB,
    URGENT,
    "Sở Nội vụ",
    9,
    "smtp",
    "vanthu@moj.example",
    NOON,
    ("cùng số, cùng cơ quan, nhưng nội dung khác",),
    "",
    FILES[:1],
    (ListedFile("Bản đồ.pdf", 48_000_000),),
    "",
    False,
    (Suspect(12, "449/CV-BĐH112 2026-11-22 V/v ứng phó với bão", ("Trích yếu", "Người ký"), 0.93),),
    date(2027, 1, 22),
    "Lê Hòa",
)
DECIDED = ReviewAnswered(HUB, ABOUT, "Sở Y tế", 8, CaseAct.ACCEPT, 0)
NOT_DECIDED = ReviewAnswered(HUB, ABOUT, "Sở Y tế", 8, None, 0, "trả lời của bạn không hiểu được")

HELD_CASES = (
    HeldCase(12, "Hội Luật gia tỉnh (p/h)", "không rõ là đơn vị nào", ("Sở Tư pháp",), True),
    HeldCase(13, "Các phòng, ban", "có nhiều đơn vị cùng tên", (), True),
)
HOLD = HoldAsked(HUB, URGENT, "Sở Nội vụ", HELD_CASES, date(2027, 1, 22), "Lê Hòa")
HELD_BY_RULE = HoldAsked(
    HUB,
    ABOUT,
    "Sở Nội vụ",
    (HeldCase(14, "văn bản về nhân sự phải chờ", "theo quy tắc", (), False),),
    date(2027, 1, 22),
)
SETTLED = HoldAnswered(
    HUB,
    ABOUT,
    (
        Decided(12, "Hội Luật gia tỉnh (p/h)", HoldAct.SEND, "Sở Tư pháp"),
        Decided(13, "Các phòng, ban", None, why="không có đơn vị nào tên là x; gần nhất: -"),
    ),
)
UNSETTLED = HoldAnswered(HUB, ABOUT, (), "không hiểu được trả lời của bạn")

SAMPLES: dict[str, AnyNotice] = {
    "hold_asked": HOLD,
    "hold_asked_by_rule": HELD_BY_RULE,
    "hold_answered": SETTLED,
    "hold_answered_not": UNSETTLED,
    "review_asked": WAITING,
    "review_asked_twin": TWIN,
    "review_answered": DECIDED,
    "review_answered_not": NOT_DECIDED,
    "papers": PAPERS,
    "locked": LOCKED,
    "unit_page": PAGE,
    "infected": INFECTED,
    "source_trouble": TROUBLE,
    "source_trouble_ending": ENDING,
    "return_asked": RETURN_ASKED,
    "return_missing": RETURN_MISSING,
    "return_received": RETURN_RECEIVED,
    "return_refused": RETURN_REFUSED,
    "request_opened": REQUEST,
    "request_closed": REQUEST_CLOSED,
    "request_for_centre": FOR_CENTRE,
    "form_came_back": CAME_BACK,
    "figures_collected": COLLECTED,
    "welcome": WELCOME,
    "not_delivered": UNREACHED,
    "nudge": NUDGE,
    "away": AWAY,
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
    "handled": HANDLED,
    "handled_done": FINISHED,
    "submitted": SUBMITTED,
    "assigned": ASSIGNED,
    "due_moved": DUE_MOVED,
    "time_asked": TIME_ASKED,
    "unclear": UNCLEAR,
    "answer_refused": NOT_DONE,
    "confirm": CONFIRM,
    "digest": DIGEST,
    "by_rule": BY_RULE,
    "reminder": REMINDER,
    "recall": RECALL,
    "reminder_idle": IDLE,
    "board": BOARD,
}
# codes for which a mail has words of its own
CODES = {
    "login-refused",
    "secret-ends",
    "chỉ thị",
    "công văn",
    "refuse",
    "handled",
    "assigned",
    "after",
    "not_received",
    "replace",
    "form",
    "missing",
    "scanner",
    "smtp",
}
