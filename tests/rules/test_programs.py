"""Which files run when somebody opens them."""

import pytest

from rules.programs import runs


@pytest.mark.parametrize(
    ("name", "executable", "want"),
    [
        ("Quyết định.docx", True, True),
        ("Quyết định.pdf.EXE", False, True),
        ("a.scr. ", False, True),
        ("Mở tôi.lnk", False, True),
        ("Quyết định.docx", False, False),
        ("Dự toán.xlsm", False, False),
        ("Công văn gửi công ty ABC", False, False),
        ("", False, False),
    ],
)
def test_what_runs(name: str, executable: bool, want: bool) -> None:
    assert runs(name, executable) is want
