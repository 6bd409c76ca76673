import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.mail_address import wire_address


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("vanthu.sonoivu@BinhMinh.example", "vanthu.sonoivu@binhminh.example"),
        ("bounce+k1=x@b.example", "bounce+k1=x@b.example"),
        ("o'neil@b.example", "o'neil@b.example"),
        ("văn.thư@bộ.example", "văn.thư@xn--b-8xm.example"),
        ("a@localhost", "a@localhost"),
    ],
)
def test_addresses_that_may_go_out(text: str, want: str) -> None:
    assert wire_address(text) == want


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "@b",
        "a@",
        "a@b@c",
        "a b@c",
        "a@b c",
        "<a@b>",
        '"a b"@c',
        "a@[127.0.0.1]",
        "a@b\n",
        "a\r@b",
        "a@b.",
        ".a@b",
        "a.@b",
        "a..b@c",
        "a@-b",
        "a@b-.c",
        "a\u200b@b",
        "a\u202e@b",
        "a\u2028@b",
        "a@b\u2028c",
        "a\0@b",
        "a,b@c",
        "a:b@c",
        "a;b@c",
        "a\\b@c",
        "x" * 65 + "@b",
        "ă" * 40 + "@b",
        "a@" + "b." * 150 + "c",
        "\ud800@b",
    ],
)
def test_addresses_that_may_not(text: str) -> None:
    assert wire_address(text) is None


@given(st.text(max_size=80) | st.text(st.sampled_from("a@b.\r\n <>\"'ă\u2028\0"), max_size=20))
def test_no_text_gives_more_than_one_address(text: str) -> None:
    wire = wire_address(text)
    if wire is not None:
        assert wire.count("@") == 1 and not set(wire) & set(' \t\r\n\0<>()[],:;"\\\u2028\u2029')
        assert wire_address(wire) == wire
