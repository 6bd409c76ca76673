"""The page behind a signed link: GET changes nothing, POST acts once, everything else is 404."""

from collections.abc import Iterator

import httpx
import pytest

from connectors.readers.pool import ReaderPool
from hub.following import signing
from hub.web.listener import WebListener
from rules.token import Purpose
from tests.hub.conftest import MOMENT
from tests.hub.stages import Stages, template
from tests.hub.test_stages_answers import CLERK, box, handlings, life
from tests.journeys.papers import text_file


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stages]:
    folder = tmp_path_factory.mktemp("answer")
    readers = ReaderPool(1)
    made = Stages(template(folder / "founded"), folder / "data", readers, MOMENT)
    yield made
    made.close()
    readers.close()


@pytest.fixture(scope="module")
def client(stages: Stages) -> Iterator[httpx.Client]:
    object.__setattr__(stages.hub.config.web, "port", 0)
    listener = WebListener(stages.hub)
    listener.start()
    object.__setattr__(stages.hub.config.web, "port", listener.port)
    with httpx.Client(base_url=f"http://127.0.0.1:{listener.port}", trust_env=False) as opened:
        yield opened
    listener.close()


def link(stages: Stages, symbol: str, purpose: Purpose) -> str:
    stages.mail(CLERK, [text_file("sotuphap", symbol)])
    return signing.link(stages.hub, purpose, life(stages, symbol)["id"], stages.clock.now())


def test_looking_changes_nothing_and_pressing_acts_once(stages: Stages, client: httpx.Client) -> None:
    url = link(stages, "721/STP-VP", Purpose.RECEIVE)
    for _ in range(3):
        page = client.get(url)
        assert page.status_code == 200 and "Đã nhận văn bản?" in page.text and "721/STP-VP" in page.text
    assert handlings(stages, "721/STP-VP") == ["01"]
    assert "Đã ghi nhận" in client.post(url).text
    assert handlings(stages, "721/STP-VP") == ["01", "03"]
    assert "đã dùng rồi" in client.post(url).text and "đã dùng rồi" in client.get(url).text
    assert handlings(stages, "721/STP-VP") == ["01", "03"]
    assert life(stages, "721/STP-VP")["events"][-1]["channel"] == "link"


def test_the_mail_carries_both_links(stages: Stages, client: httpx.Client) -> None:
    url = link(stages, "722/STP-VP", Purpose.REFUSE)
    (mail,) = box(stages, "vanthu.sotaichinh@binhlam.example", "722/STP-VP")
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert url in text and str(client.base_url).rstrip("/") in text


def test_a_refusal_needs_a_reason(stages: Stages, client: httpx.Client) -> None:
    url = link(stages, "723/STP-VP", Purpose.REFUSE)
    assert client.post(url, data={"reason": "  "}).status_code == 422
    assert handlings(stages, "723/STP-VP") == ["01"]
    assert client.post(url, data={"reason": "gửi <b>nhầm</b>"}).status_code == 200
    assert life(stages, "723/STP-VP")["events"][-1]["reason"] == "gửi <b>nhầm</b>"


def test_a_link_is_good_for_one_thing(stages: Stages, client: httpx.Client) -> None:
    url = link(stages, "724/STP-VP", Purpose.RECEIVE)
    token = url.rpartition("/")[2]
    other = ("a" if token[30] != "a" else "b").join((token[:30], token[31:]))
    reply = signing.reply_address(stages.hub, life(stages, "724/STP-VP")["id"], stages.clock.now())
    for wrong in (other, token[:-1], reply.partition("+")[2].partition("@")[0], "x" * 53, "%2e%2e"):
        assert client.post(f"/a/{wrong}").status_code == 404
    assert handlings(stages, "724/STP-VP") == ["01"]


def test_a_move_that_cannot_be_is_told(stages: Stages, client: httpx.Client) -> None:
    url = link(stages, "725/STP-VP", Purpose.REFUSE)
    stages.act("deliveries.done", delivery=life(stages, "725/STP-VP")["id"])
    answer = client.post(url, data={"reason": "muộn"})
    assert answer.status_code == 422 and "725/STP-VP" in answer.text


def test_pages_have_one_sheet_and_no_script(client: httpx.Client) -> None:
    sheet = client.get("/plain.css")
    assert sheet.headers["content-type"].startswith("text/css") and "script" not in sheet.text


def test_an_expired_link_is_gone(stages: Stages, client: httpx.Client) -> None:
    url = link(stages, "726/STP-VP", Purpose.RECEIVE)
    stages.forward(days=61)
    assert client.get(url).status_code == 404
