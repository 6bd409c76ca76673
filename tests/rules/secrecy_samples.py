"""Sixty marks and two hundred harmless texts: the samples of PROMISES S17."""

# what stands: "subject", "file", "line" (of a page) or "body" (the first lines of a mail)
Sample = tuple[str, str, str]  # what, text, level
MAT, TOI, TUYET = "MẬT", "TỐI MẬT", "TUYỆT MẬT"

MARKED: tuple[Sample, ...] = (
    # as typed
    ("subject", "[MẬT] V/v diễn tập khu vực phòng thủ năm 2026", MAT),
    ("subject", "MẬT: Kế hoạch bảo vệ mục tiêu", MAT),
    ("subject", "(Mật) Báo cáo tình hình biên giới tháng 11", MAT),
    ("subject", "Mật - Phương án A2", MAT),
    ("subject", "Re: Fwd: [MẬT] Kế hoạch số 05/KH-BCH", MAT),
    ("subject", "MẬT", MAT),
    ("subject", "MẬT V/v điều động lực lượng", MAT),
    ("subject", "Kế hoạch phòng thủ khu vực (MẬT)", MAT),
    ("subject", "Danh sách cán bộ dự nguồn - MẬT", MAT),
    ("subject", "Công văn 12/CV-BCH | MẬT | trả lời trước 30/11", MAT),
    ("subject", "Độ mật: Mật - Kế hoạch tác chiến", MAT),
    ("subject", "[MẬT - HỎA TỐC] Điện của Bộ Tư lệnh", MAT),
    ("subject", "TỐI MẬT: kế hoạch A", TOI),
    ("subject", "[Tối mật] Phương án di chuyển sở chỉ huy", TOI),
    ("subject", "Báo cáo chuyên đề (TỐI MẬT)", TOI),
    ("subject", "Tối mật - Hồ sơ quy hoạch", TOI),
    ("subject", "Kế hoạch TỐI MẬT của Ban Chỉ huy", TOI),
    ("subject", "Tuyệt mật - báo cáo số 01", TUYET),
    ("subject", "TUYỆT MẬT kế hoạch phòng thủ", TUYET),
    ("subject", "[TUYỆT MẬT] Điện số 03", TUYET),
    ("subject", "Trả lời: TUYỆT MẬT / Phương án B", TUYET),
    ("subject", "Phương án tác chiến - Tuyệt mật", TUYET),
    # without accents
    ("subject", "[MAT] Ke hoach dien tap phong thu 2026", MAT),
    ("subject", "MAT: bao cao tinh hinh bien gioi", MAT),
    ("subject", "Ke hoach bao ve muc tieu (MAT)", MAT),
    ("subject", "TOI MAT - phuong an A2", TOI),
    ("subject", "[TOI MAT] Danh sach luc luong", TOI),
    ("subject", "TUYET MAT: dien so 03", TUYET),
    ("subject", "FW: [Tuyet mat] Phuong an tac chien", TUYET),
    ("subject", "Ke hoach phong thu - TUYET MAT", TUYET),
    # in fonts of 1998
    ("subject", "[MAÄT] V/v dieãn taäp khu vöïc phoøng thuû", MAT),
    ("subject", "TOÁI MAÄT: keá hoaïch A", TOI),
    ("subject", "TUYEÄT MAÄT - baùo caùo soá 01", TUYET),
    ("subject", "[MËT] V/v diÔn tËp khu vùc phßng thñ", MAT),
    ("subject", "TèI MËT: kÕ ho¹ch A", TOI),
    ("subject", "tuyÖt mËt - b¸o c¸o sè 01", TUYET),
    ("subject", "[MA^.T] Ke^' hoa.ch die^~n ta^.p", MAT),
    ("subject", "MÂòT: K\xeaì hoaòch", MAT),  # windows-1258 taken for windows-1252
    # names of files
    ("file", "12-KH-BCH (MẬT).pdf", MAT),
    ("file", "MẬT_Ke hoach dien tap.docx", MAT),
    ("file", "[MAT] Danh sach.xlsx", MAT),
    ("file", "KH-BCH-2026 - MẬT.pdf", MAT),
    ("file", "Mật.pdf", MAT),
    ("file", "TOI MAT - phuong an.doc", TOI),
    ("file", "Tối mật.docx", TOI),
    ("file", "TUYET_MAT_dien so 03.pdf", TUYET),
    ("file", "TuyetMat - bao cao.pdf", TUYET),
    ("file", "bao cao (Tuyệt mật).pdf", TUYET),
    # a line of its own on a page
    ("line", "MẬT", MAT),
    ("line", "Mật", MAT),
    ("line", "Độ mật: MẬT", MAT),
    ("line", "TỐI MẬT", TOI),
    ("line", "Tối mật", TOI),
    ("line", "| TUYỆT MẬT |", TUYET),
    ("line", "Mức độ mật: Tuyệt mật", TUYET),
    # the first lines of a mail
    ("body", "Kính gửi: Ban Chỉ huy Quân sự tỉnh\n\nTUYỆT MẬT\n\nXin gửi kèm phương án.", TUYET),
    ("body", "[MẬT] Kính gửi các đồng chí,\nXin gửi kế hoạch.", MAT),
    ("body", "Độ mật: Tối mật\nKính gửi đồng chí,", TOI),
    ("body", "> MẬT\n> Kế hoạch diễn tập", MAT),
    ("body", "Mật\n\nKế hoạch diễn tập khu vực phòng thủ", MAT),
)

# what OCR made of stamps on drawn and scanned pages, and on real ones as far as the corpora hold them
BLURRED: tuple[tuple[str, str], ...] = (
    ("MÂT", MAT), ("MẠT", MAT), ("MẶT", MAT), ("MẤT", MAT), ("MÁT", MAT), ("M ẬT", MAT), ("MẬ T", MAT),
    ("M Ậ T", MAT), ("|MẬT|", MAT), ("MẬT|", MAT), ("[MẬT", MAT), ("MẬT| ~", MAT), ("~ MẬT .", MAT),
    ("MẬT E", MAT), ("I MẬT I", MAT), ("IMẬT", MAT), ("MẬTI", MAT), ("MẬI", MAT), ("NẬT", MAT),
    ("MẬ1", MAT), ("M4T", MAT), ("'MẬT'", MAT), ("MẬT:", MAT), ("—MẬT—", MAT), ("MẬL", MAT),
    ("[MẬT| gửi: Các sở, ban, ngành tỉnh", MAT),
    ("TÓI MẬT", TOI), ("TÔI MẬT", TOI), ("TỎI MẬT", TOI), ("TOI MẬT", TOI), ("TỐI MÂT", TOI),
    ("TÓI MẶT", TOI), ("TỐIMẬT", TOI), ("T ỐI MẬT", TOI), ("TỐI MẬ", TOI), ("TỐI MẬI", TOI),
    ("T0I MAT", TOI), ("TÔI MẠT |", TOI), ("[TỐI MẬT] _„„ sở, ban", TOI), ("1 TỐI MẬT", TOI),
    ("TƠI MẬT", TOI), ("TÔ1 MẬT", TOI),
    ("TUYẸT MẬT", TUYET), ("TUYẾT MẬT", TUYET), ("TUYET MẬT", TUYET), ("TUYỆT MÂT", TUYET),
    ("TUYỆTMẬT", TUYET), ("TUYỆT MẬ", TUYET), ("TUYỆI MẬT", TUYET), ("TUYẸT MẠT", TUYET),
    ("TUYÉT MÃT", TUYET), ("TUYỆT MẶT]", TUYET), ("TLYỆT MẬT", TUYET), ("TUYỆT NẬT", TUYET),
    ("[TUYỆT MÁT | _ ban, ngành tỉnh", TUYET), ("TUVỆT MẬT", TUYET), ("FUYỆT MẬT", TUYET),
    ("TUYỆT M ẬT", TUYET), ("TIJYỆT MẬT", TUYET), ("TUYỆT: MẬT", TUYET),
)  # fmt: skip

_SUBJECTS = """
Bảo mật thông tin trong cơ quan nhà nước
V/v tăng cường an toàn, bảo mật thông tin
Về việc bảo vệ bí mật nhà nước
Tập huấn công tác bảo vệ bí mật nhà nước năm 2026
V/v bảo đảm an toàn bảo mật thông tin hệ thống thư điện tử
BẢO MẬT THÔNG TIN
BẢO MẬT: hướng dẫn đổi mật khẩu
Mật khẩu mới của hộp thư
MẬT KHẨU HỘP THƯ CỦA ĐỒNG CHÍ
Mật khẩu: hướng dẫn đặt lại
Đặt lại mật khẩu - hệ thống quản lý văn bản
Mật độ dân số các xã
MẬT ĐỘ XÂY DỰNG - điều chỉnh quy hoạch
Mật mã dân sự: triển khai Luật
Hội nghị ngành Cơ yếu, mật mã
Mật ong rừng - sản phẩm OCOP
MẬT ONG BÙ ĐĂNG - đăng ký nhãn hiệu
Hội chợ mật ong
Báo giá mật gấu
Quyết định ban hành Danh mục bí mật nhà nước độ Tối mật
Danh mục bí mật nhà nước độ Tuyệt mật, Tối mật của ngành Y tế
Danh mục bí mật nhà nước độ Mật thuộc lĩnh vực tư pháp
DANH MỤC BÍ MẬT NHÀ NƯỚC ĐỘ TUYỆT MẬT
V/v giải mật tài liệu lưu trữ
Quy chế quản lý tài liệu mật
Quy định về gửi, nhận tài liệu Mật, Tối mật, Tuyệt mật
Hướng dẫn đóng dấu MẬT, TỐI MẬT, TUYỆT MẬT
Hồ sơ của ông Trần Văn Mật
Nguyễn Thị Mật: đơn xin nghỉ phép
Trần Văn Mật - báo cáo tuần
Đơn của bà Mật
Gửi anh Mật
Họp với chị Mật (Phòng Tài chính)
Lê Mật, Phòng Nội vụ: xin ý kiến
Mật ơi, gửi lại giúp anh tệp hôm qua
Mật gửi anh báo cáo
Mời anh Mật dự họp
Chúc mừng sinh nhật anh Nguyễn Mật
Sinh hoạt chi bộ, đồng chí Mật trình bày
Bổ nhiệm ông Phạm Ngọc Mật
Ban Cơ yếu: đường mật
Cơ quan mật vụ trong lịch sử
Thân mật gặp gỡ cán bộ hưu trí
Buổi gặp mặt thân mật
Bí mật kinh doanh và sở hữu trí tuệ
Bí mật - triển lãm tranh thiếu nhi
Giữ bí mật đề thi
Quản lý đề thi tuyệt mật trước kỳ thi
V/v bảo quản đề thi tốt nghiệp
Phim tài liệu tuyệt mật chiếu tối thứ Bảy
Tuyệt đối không dùng thư cá nhân
TUYỆT ĐỐI AN TOÀN PHÒNG CHÁY
Tối mai họp giao ban
Tối mất điện khu vực phường 3
Tối mật khẩu hết hạn lúc 22 giờ
Tôi mất thẻ công chức
Mất điện tối nay
Mất nước: thông báo của công ty cấp nước
Mặt trận Tổ quốc Việt Nam tỉnh
MẶT TRẬN TỔ QUỐC - thư mời
Mặt bằng giá đất
MẶT BẰNG: bàn giao dự án
Mặt: kiểm tra lại mẫu khảo sát
Mát mẻ mùa hè - tour du lịch
Mắt kính cho học sinh
Sữa mát cho bé
Tuyết Mai: báo cáo tháng 11
Tuyết Mai - đơn xin chuyển công tác
An toàn, bảo mật - Thông báo số 4
Thông báo về chính sách bảo mật
Chính sách quyền riêng tư và bảo mật (cập nhật)
Đánh giá hệ thống thông tin cấp độ 3
Độ mật: Không
Mức độ mật: thường - Công văn 12
Công văn không mật gửi các xã
Tài liệu không mật
Văn bản số 12/UBND-NC về công tác bảo mật
Báo cáo bảo mật quý IV
Báo cáo công tác bảo vệ bí mật nhà nước - Quý IV
Bao mat thong tin
Mat khau moi cua hop thu
MAT KHAU HOP THU
Mat bang giai phong du an
MAT BANG DU AN
Mat tran To quoc tinh
MAT TRAN TO QUOC
Mat dien khu vuc phuong 3
MAT DIEN TOI NAY
Mat nuoc tu 8 gio
Mat the can bo
MAT THE ATM
mat kinh hoc sinh
Toi mat dien khu pho 3
Toi mat the cong chuc
TOI MAT XE MAY
toi mat vi tien
Tien mat: doi chieu quy
Chi tien mat
Bang cham cong co mat
Danh sach vang mat
Dai dien co mat - MTTQ
Bao ve bi mat nha nuoc
Giai mat tai lieu
Quy che bi mat
Nguyen Van Mat xin nghi phep
Tran Thi Mat: bao cao
Khuon mat: mau nhan dang
Be mat duong: sua chua
Ra mat phan mem moi
Mat-xco-va: doan cong tac
Mat-xa bam huyet
Format tep van ban
Automatic reply: out of office
Matrix of tasks
Mật danh trong phim truyện
Đề cương mật ngữ
Mật nghị của các hồng y
Kế hoạch vệ sinh mật mía
Thi công đường mật độ cao
Nghiên cứu mật hoa cà phê
Kiểm tra túi mật định kỳ
Sỏi mật: khám sức khỏe
Tư vấn bệnh gan mật
Trao đổi nội dung bảo mật
"""
_FILES = """
mat_khau.docx
mat-khau-moi.txt
Mat bang.dwg
MAT_BANG_TANG_1.pdf
mat-do-dan-so.xlsx
bao mat thong tin.pdf
BAO_MAT_2026.pdf
Bảo mật.docx
Bảo mật - hướng dẫn.pdf
bi mat nha nuoc.pdf
Quy che bao ve bi mat nha nuoc.docx
Danh muc bi mat nha nuoc do tuyet mat.pdf
Danh muc BMNN độ Tối mật.docx
Tran Van Mat.pdf
Tran_Van_Mat.pdf
Nguyễn Thị Mật.docx
CV Lê Mật.pdf
bang_cham_cong_co_mat.xlsx
BANG_CHAM_CONG_CO_MAT.xlsx
danh sach vang mat.xls
tien_mat.xlsx
QUY_TIEN_MAT.xlsx
mat tran to quoc.pdf
MAT TRAN TO QUOC.pdf
format.docx
matrix.xlsx
mat.jpg
mat-ong-rung.pdf
Mật ong.docx
mật khẩu.txt
Hop dong mat bang.pdf
so-mat-do.csv
toi mat dien.txt
giai mat.pdf
template_mat.docx
Tuyết Mai.docx
"""
_LINES = """
bảo mật
bí mật nhà nước
Mật độ dân số
mật khẩu
Bí mật
mất
mặt
Mật ong rừng
tối nay
Mật mã
BẢO MẬT THÔNG TIN
Tối mai họp
CƠ MẬT VIỆN
Mật danh
tuyệt đối
TUYỆT ĐỐI
mật
MẶT TRẬN TỔ QUỐC
MẶT BẰNG
Tuyết Mai
TUYẾT MAI
TỐI MAI
Độ mật: Không
Độ mật:
ĐỘ MẬT
Mẫu số 01
MẪU
VẬT TƯ
Mặt
Mất
Trần Văn Mật
"""
_BODIES = (
    "Kính gửi anh,\nEm gửi báo cáo.\nTrân trọng,\nMật",
    "Chào cả nhà,\nMật khẩu mới là ở phong bì.\nThân,\nMật",
    "Xin gửi anh Mật bản dự thảo.",
    "Mật ong rừng Bù Gia Mập\nBáo giá tháng 11",
    "Kính gửi: Các sở, ban, ngành\nVề việc bảo vệ bí mật nhà nước, độ\nTối mật và Tuyệt mật, xin rà soát.",
    "Danh mục bí mật nhà nước thuộc độ\nTối mật\ngồm các nội dung sau",
    "MẬT KHẨU\nHộp thư của đồng chí được đặt lại.",
    "Chị Mật ơi,\nem gửi tệp.",
    "Tôi mất thẻ\nXin cấp lại.",
    "Em cảm ơn ạ.\nMật",
)

BENIGN: tuple[tuple[str, str], ...] = (
    *(("subject", text) for text in _SUBJECTS.strip().splitlines()),
    *(("file", text) for text in _FILES.strip().splitlines()),
    *(("line", text) for text in _LINES.strip().splitlines()),
    *(("body", text) for text in _BODIES),
)
