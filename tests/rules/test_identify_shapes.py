"""Shapes of real letters, in invented ones: how offices write names, numbers, subjects and blocks."""

from dataclasses import dataclass

import pytest

from rules.identify.layout import identify
from rules.values.reading import Fields, Found, Page


@dataclass(frozen=True)
class Case:
    name: str
    text: str
    wanted: dict[str, object]


BODY = """
Thực hiện chương trình công tác năm, đề nghị các đơn vị báo cáo trước ngày 25 hằng tháng./.

Nơi nhận:
- Như trên;
- Lưu: VT.

GIÁM ĐỐC

Trần Văn Minh
"""

CASES = [
    Case(
        "columns that ran together",
        """ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH SÔNG MÂY Độc Lập - Tự Do - Hạnh Phúc
Số: 454/UBND-TH Bến Đá, ngày 6 tháng 4 năm 2011
V/v phối hợp tuyên truyền
Kính gửi: Các huyện, thị xã.
"""
        + BODY,
        {"issuer": "ỦY BAN NHÂN DÂN TỈNH SÔNG MÂY", "symbol": "454/UBND-TH", "place": "Bến Đá"},
    ),
    Case(
        "a name beside its place and date",
        """SỞ XÂY DỰNG SÔNG MÂY CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TRUNG TÂM KIỂM ĐỊNH Độc lập - Tự do - Hạnh phúc
CHẤT LƯỢNG XÂY DỰNG Bến Đá, ngày 06 tháng 4 năm 2021
Số: 12/TTKĐ-HC
V/v kiểm định công trình
"""
        + BODY,
        {
            "issuer": "TRUNG TÂM KIỂM ĐỊNH CHẤT LƯỢNG XÂY DỰNG",
            "parent_issuer": "SỞ XÂY DỰNG SÔNG MÂY",
            "place": "Bến Đá",
        },
    ),
    Case(
        "a number of six figures",
        "TỔNG CỤC THUẾ\nCỤC THUẾ TỈNH SÔNG MÂY\nSố: 101322/CTSM-TTHT\nV/v chính sách thuế\n"
        "Bến Đá, ngày 23 tháng 11 năm 2020\nKính gửi: Công ty An Phát\n" + BODY,
        {"symbol": "101322/CTSM-TTHT", "issuer": "CỤC THUẾ TỈNH SÔNG MÂY", "parent_issuer": "TỔNG CỤC THUẾ"},
    ),
    Case(
        "a number torn in two",
        "BỘ CÔNG THƯƠNG - BỘ TÀI CHÍNH -\nBỘ XÂY DỰNG\nSố: 05/2018/TTLT-BCT-\nBTC-BXD\n"
        "Hà Nội, ngày 25 tháng 6 năm 2018\nTHÔNG TƯ LIÊN TỊCH\nHướng dẫn phối hợp kiểm tra kho xăng\n" + BODY,
        {
            "symbol": "05/2018/TTLT-BCT-BTC-BXD",
            "issuer": "BỘ CÔNG THƯƠNG - BỘ TÀI CHÍNH - BỘ XÂY DỰNG",
            "subject": "Hướng dẫn phối hợp kiểm tra kho xăng",
        },
    ),
    Case(
        "a name whose first line is no name",
        "TẬP ĐOÀN ĐIỆN LỰC\nTỔNG CÔNG TY\nĐIỆN LỰC MIỀN TÂY\nSố: 5021/ĐLMT-KD\nV/v tiết kiệm điện\n"
        "Bến Đá, ngày 12 tháng 7 năm 2016\nKính gửi: Các Công ty Điện lực\n" + BODY,
        {"issuer": "TỔNG CÔNG TY ĐIỆN LỰC MIỀN TÂY", "parent_issuer": "TẬP ĐOÀN ĐIỆN LỰC"},
    ),
    Case(
        "a word broken over two lines is no school",
        "UBND HUYỆN ĐÁ BẠC\nPHÒNG TÀI NGUYÊN VÀ MÔI\nTRƯỜNG\nSố: 45/TNMT\nV/v trả lời đơn\n"
        "Đá Bạc, ngày 19 tháng 9 năm 2017\nKính gửi: Ông Lê Văn Ba\n" + BODY,
        {"issuer": "PHÒNG TÀI NGUYÊN VÀ MÔI TRƯỜNG", "parent_issuer": "UBND HUYỆN ĐÁ BẠC"},
    ),
    Case(
        "a committee of the Party below its organisation",
        "ĐẢNG BỘ TỈNH SÔNG MÂY\nTỈNH ỦY\n*\nSố 15-CV/TU\nV/v phòng, chống hạn\nĐẢNG CỘNG SẢN VIỆT NAM\n"
        "Bến Đá, ngày 12 tháng 8 năm 2021\nKính gửi: Các huyện ủy\n" + BODY,
        {"issuer": "TỈNH ỦY", "parent_issuer": "ĐẢNG BỘ TỈNH SÔNG MÂY", "symbol": "15-CV/TU"},
    ),
    Case(
        "a subject that names the republic",
        "UBND XÃ ĐÁ BẠC\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nSố: 21/KH-UBND\n"
        "Đá Bạc, ngày 08 tháng 9 năm 2025\nKẾ HOẠCH\nTổ chức kỷ niệm 80 năm Ngày Quốc khánh nước\n"
        "Cộng hòa xã hội chủ nghĩa Việt Nam\nCăn cứ Luật Tổ chức chính quyền địa phương;\n" + BODY,
        {
            "subject": "Tổ chức kỷ niệm 80 năm Ngày Quốc khánh nước Cộng hòa xã hội chủ nghĩa Việt Nam",
            "issuer": "UBND XÃ ĐÁ BẠC",
        },
    ),
    Case(
        "a subject that goes on with an office above the grounds",
        "UBND TỈNH SÔNG MÂY\nSố: 7/HD-UBND\nBến Đá, ngày 08 tháng 9 năm 2015\nHƯỚNG DẪN\n"
        "Về chức năng, nhiệm vụ của\nVăn phòng Ủy ban nhân dân các huyện\nCăn cứ Luật Tổ chức chính phủ;\n"
        + BODY,
        {"subject": "Về chức năng, nhiệm vụ của Văn phòng Ủy ban nhân dân các huyện"},
    ),
    Case(
        "an office in a subject that is all in capitals",
        "UBND TỈNH SÔNG MÂY\nSố: 7/KH-UBND\nBến Đá, ngày 08 tháng 9 năm 2015\nKẾ HOẠCH\n"
        "VỀ VIỆC KIỆN TOÀN\nBAN CHỈ ĐẠO CẢI CÁCH HÀNH CHÍNH\nCăn cứ Luật Tổ chức chính quyền;\n" + BODY,
        {"subject": "VỀ VIỆC KIỆN TOÀN BAN CHỈ ĐẠO CẢI CÁCH HÀNH CHÍNH"},
    ),
    Case(
        "a letter about something, without V/v",
        "UBND TỈNH SÔNG MÂY\nSỞ GIÁO DỤC\nSố: 2865/GDĐT-KT\nVề tham gia ý kiến về dự thảo Quy chế thi\n"
        "Bến Đá, ngày 07 tháng 12 năm 2007\nKính gửi: Hiệu trưởng các trường\n" + BODY,
        {"subject": "Về tham gia ý kiến về dự thảo Quy chế thi", "type": "Công văn"},
    ),
    Case(
        "what kind of conclusion is no subject",
        "UBND TỈNH SÔNG MÂY\nTHANH TRA TỈNH\nSố: 17/KL-TTr\nBến Đá, ngày 16 tháng 8 năm 2018\n"
        "KẾT LUẬN THANH TRA\nViệc quản lý ngân sách tại huyện Đá Bạc\nThực hiện Quyết định số 5/QĐ-TTr;\n"
        + BODY,
        {"subject": "Việc quản lý ngân sách tại huyện Đá Bạc", "type": "Kết luận"},
    ),
    Case(
        "what is kept without a colon; a judge signs",
        "TÒA ÁN NHÂN DÂN\nHUYỆN ĐÁ BẠC\nSố: 08/TB-TA\nĐá Bạc, ngày 14 tháng 9 năm 2016\nTHÔNG BÁO\n"
        "Về việc thụ lý vụ án\nCăn cứ Bộ luật Tố tụng dân sự;\nĐương sự nộp tài liệu trong 15 ngày./.\n"
        "Nơi nhận:\n- Đương sự;\n- VKSND huyện;\n- Lưu hồ sơ, Tòa dân sự.\n\nTHẨM PHÁN\n\nLưu Thị Mai Lan\n",
        {
            "issuer": "TÒA ÁN NHÂN DÂN HUYỆN ĐÁ BẠC",
            "recipients": ["Đương sự", "VKSND huyện"],
            "signer_title": "THẨM PHÁN",
            "signer": "Lưu Thị Mai Lan",
        },
    ),
    Case(
        "a branch below its office",
        "VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI\nTỈNH SÔNG MÂY\nCHI NHÁNH HUYỆN ĐÁ BẠC\nSố: 310/CN-ĐK\nV/v xác minh\n"
        "Đá Bạc, ngày 17 tháng 11 năm 2021\nKính gửi: UBND xã Đá Trắng\n" + BODY,
        {
            "issuer": "CHI NHÁNH HUYỆN ĐÁ BẠC",
            "parent_issuer": "VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI TỈNH SÔNG MÂY",
        },
    ),
    Case(
        "a motto broken over lines",
        "UỶ BAN NHÂN\nDÂN\nTỈNH SÔNG MÂY\n--------\n|\nCỘNG\nHÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập -\n"
        "Tự do - Hạnh phúc\n|\nSố: 08/CT-UBND\n|\nSông Mây,\nngày 25 tháng 5 năm 2015\n|\nCHỈ THỊ\n"
        "VỀ VIỆC TĂNG CƯỜNG KỶ LUẬT\nNĂM 2015\nThực hiện Nghị quyết của Chính phủ, yêu cầu:\n" + BODY,
        {
            "issuer": "UỶ BAN NHÂN DÂN TỈNH SÔNG MÂY",
            "place": "Sông Mây",
            "subject": "VỀ VIỆC TĂNG CƯỜNG KỶ LUẬT NĂM 2015",
        },
    ),
    Case(
        "a blank number whose rest stands below the motto",
        "VĂN PHÒNG UBND TỈNH\nSố:\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n/TTr-VP\n"
        "Bến Đá, ngày\ntháng\nnăm 2016\nTỜ TRÌNH\nVề dự thảo Quy chế\nKính gửi: UBND tỉnh\n" + BODY,
        {"issuer": "VĂN PHÒNG UBND TỈNH", "symbol_rest": "/TTr-VP", "date": None, "type": "Tờ trình"},
    ),
    Case(
        "a letter whose subject has no sign at all",
        "TÒA ÁN NHÂN DÂN\nTỈNH SÔNG MÂY\n\nSố: 159/TA-PC\nBảo đảm chỉ tiêu giải quyết các vụ việc\n\n"
        "Bến Đá, ngày 11 tháng 08 năm 2015\n\nKính gửi: Các Tòa án nhân dân huyện\n" + BODY,
        {"subject": "Bảo đảm chỉ tiêu giải quyết các vụ việc", "type": "Công văn"},
    ),
    Case(
        "a numberless type that no table knows",
        "UBND HUYỆN ĐÁ BẠC\nSố: 5/UBND\nVề việc xử lý rác thải\nĐá Bạc, ngày 1 tháng 3 năm 2020\n"
        "VĂN BẢN NHẮC NHỞ XỬ LÝ\nKính gửi: Các xã\n" + BODY,
        {"subject": "Về việc xử lý rác thải"},
    ),
    Case(
        "a number of old times, and a school named after a day",
        "SỞ GIÁO DỤC\nTRƯỜNG MẦM NON 20/10\nSố: 38/BC-MN20/10\nBến Đá, ngày 30 tháng 05 năm 2023\nBÁO CÁO\n"
        "TỔNG KẾT\nNăm học 2022 - 2023\nI. KẾT QUẢ\n" + BODY,
        {
            "symbol": "38/BC-MN20/10",
            "subject": "TỔNG KẾT Năm học 2022 - 2023",
            "issuer": "TRƯỜNG MẦM NON 20/10",
        },
    ),
    Case(
        "titles over many lines, the last in capitals like a name",
        "TỔNG CỤC THUẾ\nSố: 27/TCT-CS\nV/v hóa đơn\nHà Nội, ngày 18 tháng 07 năm 2014\nKính gửi: Cục Thuế\n"
        "Trả lời như sau.\nNơi nhận:\n- Như trên;\n- Lưu: VT.\n\nTL. TỔNG CỤC TRƯỞNG\n"
        "K.T VỤ TRƯỞNG VỤ QUẢN LÝ\nDOANH NGHIỆP LỚN\nPHÓ VỤ TRƯỞNG\n\n(đã ký)\n\nPGS.TS.Trần Văn Phu\n",
        {
            "signer_title": "TL. TỔNG CỤC TRƯỞNG K.T VỤ TRƯỞNG VỤ QUẢN LÝ DOANH NGHIỆP LỚN PHÓ VỤ TRƯỞNG",
            "signer": "Trần Văn Phu",
        },
    ),
    Case(
        "bullets and the signer's lines that ran together",
        "UBND TỈNH SÔNG MÂY\nSỞ VĂN HÓA\nSố: 77/SVH-QL\nV/v quản lý lễ hội\n"
        "Bến Đá, ngày 21 tháng 01 năm 2019\nKính gửi: UBND các huyện\nĐề nghị các địa phương thực hiện.\n"
        "Nơi nhận: KT. GIÁM ĐỐC\n- Như trên; PHÓ GIÁM ĐỐC\n- UBND tỉnh (b/c);\n- Lưu: VT. Siu Thị H'Ngân\n",
        {
            "recipients": ["Như trên", "UBND tỉnh (b/c)"],
            "signer_title": "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC",
            "signer": "Siu Thị H'Ngân",
        },
    ),
    Case(
        "a place that begins like a deputy is no title",
        "UBND PHƯỜNG THỦ ĐÀI\nSố: 17/UBND\nV/v khám sơ tuyển\nThủ Đài Một, ngày 12 tháng 8 năm 2025\n"
        "Kính gửi: Trạm Y tế;\nNơi nhận:\n- Như trên;\n- Lưu: VT.\nCHỈ HUY TRƯỞNG\nTrung tá Lý Văn Kiệt\n",
        {"signer_title": "CHỈ HUY TRƯỞNG", "signer": "Lý Văn Kiệt"},
    ),
    Case(
        "a number of the Party with a blank, a symbol with the drafter behind it",
        "HUYỆN ĐOÀN ĐÁ BẠC\nĐOÀN XÃ ĐÁ TRẮNG\n***\nSố: 12 BC/ĐTN\nĐá Trắng, ngày 30 tháng 6 năm 2016\n"
        "BÁO CÁO\nSơ kết 6 tháng đầu năm\nI. KẾT QUẢ\n" + BODY,
        {"symbol": "12 BC/ĐTN", "type": "Báo cáo", "parent_issuer": "HUYỆN ĐOÀN ĐÁ BẠC"},
    ),
    Case(
        "the drafter in brackets behind the symbol",
        "SỞ CÔNG THƯƠNG\nSố: 66/SCT-NL(TH)\nV/v cung ứng điện\nBến Đá, ngày 12 tháng 03 năm 2020\n"
        "Kính gửi: UBND tỉnh\n" + BODY,
        {"symbol": "66/SCT-NL", "type": "Công văn"},
    ),
    Case(
        "an academy of science is one name",
        "VIỆN HÀN LÂM\nKHOA HỌC SÔNG MÂY\nHỌC VIỆN KHOA HỌC\nSố: 29/TB-HVKH\n"
        "Hà Nội, ngày 17 tháng 6 năm 2021\nTHÔNG BÁO KHẨN\nVề việc hoãn thi\nHọc viện thông báo:\n" + BODY,
        {
            "issuer": "HỌC VIỆN KHOA HỌC",
            "parent_issuer": "VIỆN HÀN LÂM KHOA HỌC SÔNG MÂY",
            "subject": "Về việc hoãn thi",
        },
    ),
    Case(
        "a subject in capitals goes on with a word that opens sentences",
        "UBND HUYỆN ĐÁ BẠC\nSố: 01/2016/QĐ-UBND\nĐá Bạc, ngày 29 tháng 01 năm 2016\nQUYẾT ĐỊNH\n"
        "VỀ VIỆC BAN HÀNH QUY CHẾ\nTRONG CÔNG TÁC THI HÀNH ÁN\nUBND HUYỆN ĐÁ BẠC\nCăn cứ Luật;\n" + BODY,
        {"subject": "VỀ VIỆC BAN HÀNH QUY CHẾ TRONG CÔNG TÁC THI HÀNH ÁN"},
    ),
    Case(
        "of two who sign, the right one signs for the office",
        "TRẠM Y TẾ XÃ ĐÁ TRẮNG\nSố: 17/BC-TYT\nĐá Trắng, ngày 15 tháng 12 năm 2021\nBÁO CÁO\n"
        "Kết quả tiêm chủng tháng 12\nTrạm Y tế báo cáo như sau:\n1. Số trẻ tiêm đầy đủ: 25 trẻ.\n"
        "Người lập báo cáo                         TRƯỞNG TRẠM\n\n\n"
        "Lê Thị Cẩm Tú                             Nguyễn Văn Lợi\n",
        {"signer_title": "TRƯỞNG TRẠM", "signer": "Nguyễn Văn Lợi"},
    ),
    Case(
        "a date inside a sentence is not the header's, and what stands before it is no place",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
        "HỢP ĐỒNG KINH TẾ\nSố: 12/2020/HĐKT-TP\n"
        "Hôm nay, ngày 05 tháng 6 năm 2020, tại trụ sở Công ty, chúng tôi gồm:\nBên A: Trường Tiểu học\n",
        {"place": None, "symbol": "12/2020/HĐKT-TP", "issuer": None},
    ),
    Case(
        "a timetable has no place",
        "THỜI KHÓA BIỂU\nHọc kỳ II\nÁp dụng từ ngày 14/02/2022\nThứ\tTiết\tLớp 6A\n",
        {"place": None, "symbol": None, "signer": None},
    ),
    Case(
        "a team with a number in its name",
        "CỤC QLTT TỈNH SÔNG MÂY\nĐỘI QUẢN LÝ THỊ TRƯỜNG\nSỐ 3\nSố: 78/ĐQLTT\nV/v kiểm tra\n"
        "Bến Đá, ngày 15 tháng 6 năm 2021\nKính gửi: Các tổ\n" + BODY,
        {"issuer": "ĐỘI QUẢN LÝ THỊ TRƯỜNG SỐ 3", "symbol": "78/ĐQLTT"},
    ),
    Case(
        "a union of a school, whose name begins with what every union is called",
        "LIÊN ĐOÀN LAO ĐỘNG HUYỆN ĐÁ BẠC\nCÔNG ĐOÀN CƠ SỞ\nTRƯỜNG TIỂU HỌC ĐÁ TRẮNG\nSố: 5/BC-CĐCS\n"
        "Đá Bạc, ngày 15 tháng 6 năm 2021\nBÁO CÁO\nKết quả hoạt động\nI. KẾT QUẢ\n" + BODY,
        {
            "issuer": "CÔNG ĐOÀN CƠ SỞ TRƯỜNG TIỂU HỌC ĐÁ TRẮNG",
            "parent_issuer": "LIÊN ĐOÀN LAO ĐỘNG HUYỆN ĐÁ BẠC",
        },
    ),
    Case(
        "a subject whose line ends before a name",
        "UBND HUYỆN ĐÁ BẠC\nSố: 45/QĐ-UBND\nĐá Bạc, ngày 15 tháng 6 năm 2021\nQUYẾT ĐỊNH\n"
        "Về việc phê duyệt Báo cáo kinh tế - kỹ thuật công trình:\nTrường Mầm non Hoa Mai, xã Đá Trắng\n"
        "Căn cứ Luật Xây dựng;\nNơi nhận:\n- Như Điều 2;\n- Lưu: VT.\nPHÓ CHỦ TỊCH\n\nH' Vân Niê\n",
        {
            "subject": "Về việc phê duyệt Báo cáo kinh tế - kỹ thuật công trình: "
            "Trường Mầm non Hoa Mai, xã Đá Trắng",
            "signer": "H' Vân Niê",
        },
    ),
    Case(
        "a district whose name sounds like a word that joins",
        "UBND HUYỆN BÁ THƯỚC\nPHÒNG DÂN TỘC\nSố: 7/TTr-PDT\nBá Thước, ngày 15 tháng 6 năm 2021\n"
        "TỜ TRÌNH\nVề danh sách người có uy tín\nKính gửi: UBND huyện\n" + BODY,
        {"issuer": "PHÒNG DÂN TỘC", "parent_issuer": "UBND HUYỆN BÁ THƯỚC"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_shapes(case: Case) -> None:
    fields = identify([Page(1, case.text)])
    assert {name: _said(fields, name) for name in case.wanted} == case.wanted


def _said(fields: Fields, name: str) -> object:
    if name in ("recipients", "addressees"):
        return [entry.text for entry in getattr(fields, name) if entry.kind != "archive"]
    found = getattr(fields, name)
    return found.value if isinstance(found, Found) else found
