"""Which address may have been meant."""

import pytest

from rules.suggest import nearest

KNOWN = (
    "vanthu@botuphap.example",
    "vanthu@bonoivu.example",
    "congvan@botuphap.example",
    "baolg@binhlam.example",
)


@pytest.mark.parametrize(
    ("wrong", "want"),
    [
        ("vantu@botuphap.example", ["vanthu@botuphap.example"]),
        ("VANTHU@botuhap.example", ["vanthu@botuphap.example"]),
        ("vanthu@botuphap.example", []),
        ("xyzzyq@nowhere.test", []),
        ("no address", []),
        ("", []),
    ],
)
def test_the_nearest_address(wrong: str, want: list[str]) -> None:
    assert nearest(wrong, KNOWN) == want
