"""Official letters as plain text, each with a text of its own."""

import random
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

TODAY = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()  # the hub under test lives in real time
VOCABULARY = """
kế hoạch báo cáo thực hiện công tác quản lý nhà nước trên địa bàn tỉnh theo quy định của pháp luật đề nghị
các đơn vị phối hợp triển khai rà soát tổng hợp số liệu nội dung thời gian hoàn thành chất lượng giải pháp
nhiệm vụ trọng tâm kinh phí nhân sự tiến độ kiểm tra đánh giá kết quả hướng dẫn tập huấn
"""
WORDS = tuple(VOCABULARY.split())
HEADS = {
    "sotuphap": ("UBND TỈNH BÌNH LÂM", "SỞ TƯ PHÁP"),
    "sonoivu": ("UBND TỈNH BÌNH LÂM", "SỞ NỘI VỤ"),
    "sotaichinh": ("UBND TỈNH BÌNH LÂM", "SỞ TÀI CHÍNH"),
    "soyte": ("UBND TỈNH BÌNH LÂM", "SỞ Y TẾ"),
    "sogddt": ("UBND TỈNH BÌNH LÂM", "SỞ GIÁO DỤC VÀ ĐÀO TẠO"),
    "soxaydung": ("UBND TỈNH BÌNH LÂM", "SỞ XÂY DỰNG"),
    "socongthuong": ("UBND TỈNH BÌNH LÂM", "SỞ CÔNG THƯƠNG"),
    "sokhcn": ("UBND TỈNH BÌNH LÂM", "SỞ KHOA HỌC VÀ CÔNG NGHỆ"),
    "ttth": ("VĂN PHÒNG UBND TỈNH", "TRUNG TÂM TIN HỌC"),
    "bdh112": ("UBND TỈNH BÌNH LÂM", "BAN ĐIỀU HÀNH ĐỀ ÁN 112"),
    "ubnd": ("ỦY BAN NHÂN DÂN", "TỈNH BÌNH LÂM"),
    "bnv": ("", "BỘ NỘI VỤ"),
    "btp": ("", "BỘ TƯ PHÁP"),
}


def body(seed: str, words: int = 160) -> str:
    """Sentences that no other seed has."""
    dice = random.Random(seed)
    text = [dice.choice(WORDS) for _ in range(words)]
    sentences = [" ".join(text[start : start + 12]) for start in range(0, words, 12)]
    return "\n".join(f"{sentence.capitalize()}." for sentence in sentences)


def letter(
    issuer: str,
    symbol: str,
    subject: str = "báo cáo tình hình thực hiện nhiệm vụ",
    *,
    kind: str = "",
    to: Sequence[str] = ("Sở Tài chính",),
    block: Sequence[str] = ("Như trên", "Lưu: VT"),
    day: date = TODAY,
    seed: str = "",
    stamp: str = "",
    mark: str = "",
    signer: str = "Trần Văn Mẫu",
) -> str:
    """A letter, or with ``kind`` (as "KẾ HOẠCH") another type; ``mark`` is a line of its own on top."""
    above, name = HEADS[issuer]
    lines = [mark] if mark else []
    lines += [f"{above:<34}CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]
    lines += [f"{name:<34}     Độc lập - Tự do - Hạnh phúc", ""]
    lines += [f"{f'Số: {symbol}':<34}Lâm Khê, ngày {day.day:02d} tháng {day.month:02d} năm {day.year}"]
    lines += [stamp] if stamp else []
    if kind:
        lines += ["", f"{kind:^80}", f"{subject:^80}", ""]
    else:
        lines += [f"V/v {subject}", "", " " * 20 + (f"Kính gửi: {to[0]}." if len(to) == 1 else "Kính gửi:")]
        lines += [f"{'- ':>21}{name}{'.' if name == to[-1] else ';'}" for name in to] if len(to) > 1 else []
    lines += ["", *(f"     {line}" for line in body(seed or symbol).splitlines()), ""]
    lines += [f"{'Nơi nhận:':<40}GIÁM ĐỐC"]
    lines += [f"- {entry}{'.' if entry.startswith('Lưu') else ';'}" for entry in block]
    lines += ["", f"{'':<40}{signer}", ""]
    return "\n".join(lines)


def text_file(issuer: str, symbol: str, *arguments: str, **parts: object) -> tuple[str, bytes]:
    """The letter as a file to attach."""
    name = symbol.replace("/", "-") or "van-ban"
    return f"{name}.txt", letter(issuer, symbol, *arguments, **parts).encode()  # type: ignore[arg-type]
