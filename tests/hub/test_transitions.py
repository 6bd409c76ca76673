"""The log for people: their language, one line, nothing that a document could smuggle in."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import texts
from hub.texts import N_
from hub.transitions import label, listed, log, tell

TEXT = N_("document {document}: {state}: {receivers}")


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="vanthu")
    return caplog


def test_a_transition_is_told_in_the_language_of_the_process(lines: pytest.LogCaptureFixture) -> None:
    with texts.speaking("vi"):
        tell(TEXT, document=label(5, "877/STP"), state="đã đến nơi", receivers=listed(["ubnd", "soyte"]))
    with texts.speaking("en"):
        tell(TEXT, document=label(5, ""), state="delivered", receivers="ubnd")
    assert lines.messages == ["văn bản 5 (877/STP): đã đến nơi: ubnd, soyte", "document 5: delivered: ubnd"]


def test_many_receivers_are_counted() -> None:
    assert listed([str(n) for n in range(10)]) == "0, 1, 2, 3, 4, 5, 6, 7 +2"


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_value_breaks_a_line_or_fills_a_place(one: str, two: str) -> None:
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    log.addHandler(handler)
    before = log.level
    log.setLevel(logging.INFO)
    try:
        tell(TEXT, document=one, state=two, receivers="{document}%s\r\nx")
    finally:
        log.removeHandler(handler)
        log.setLevel(before)
    (line,) = said
    assert line.endswith(": {document}%s x")
    assert not any(ord(sign) < 32 or sign in "\x7f\x85\u2028\u2029\u202e" for sign in line)
