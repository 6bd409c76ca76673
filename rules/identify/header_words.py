"""Words in capitals that every header and many titles have: OCR loses their accents, we know them."""

from rules.text.fold import fold

_TEXTS = (
    "ỦY BAN NHÂN DÂN TỈNH THÀNH PHỐ HUYỆN SỞ TẾ VĂN PHÒNG BỘ CỤC HỘI ĐỒNG GIÁM ĐỐC",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "QUYẾT ĐỊNH THÔNG BÁO KẾ HOẠCH GIẤY MỜI TỜ TRÌNH CHỈ THỊ NGHỊ",
)
_WORDS = {fold(word): word for text in _TEXTS for word in text.split()}
_SPECKS = ".,'`·’‘"
# other words with the same letters that stand in headers too: read so, they may be meant
_ALSO = "THANH BẢO MÔI HÓA HOÁ ĐỘNG ĐÔNG PHÓ CHI TỔ THI VẬN ĐÌNH ĐINH"
_MEANT = frozenset(_ALSO.split())


def header_word(text: str) -> str:
    """A word in capitals with its accents, specks before it gone; any other as it is."""
    if not text.isupper():
        return text
    bare = text.lstrip(_SPECKS)
    if bare in _MEANT:
        return bare
    return _WORDS.get(fold(bare), bare)
