"""Staff in Telegram, against a local server that speaks the Bot API (PROMISES S15)."""

import dataclasses
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

import httpx
import pytest

from connectors.registry import SOURCES, TRANSPORTS
from connectors.transports.telegram_link import TelegramLink
from hub.chat.answering import ChatDesk
from hub.chat.bot import webhook_secret
from hub.checkpoint import administrators
from hub.fetching import watch
from hub.fetching.book import HubBook
from hub.settings import Fetch, ImapAccount
from hub.web.listener import WebListener
from hub.web.telegram import SECRET_HEADER
from tests.bot_api import TOKEN, BotApi
from tests.hub.stages import Stages
from tests.journeys.house import person
from tests.journeys.papers import text_file

CLERK = person("anhttn")  # of sotuphap, who sends
CHAT = 4242
SEEN: WeakKeyDictionary[TelegramLink, Any] = WeakKeyDictionary()


@pytest.fixture
def api() -> Iterator[BotApi]:
    made = BotApi()
    yield made
    made.close()


@pytest.fixture
def bot(api: BotApi) -> Iterator[TelegramLink]:
    link = TelegramLink(TOKEN, api.base)
    yield link
    link.close()


@pytest.fixture
def chatting(stages: Stages, bot: TelegramLink) -> Stages:
    """A hub with a bot; nobody is linked yet."""
    hub = stages.hub
    chat = dataclasses.replace(hub.config.chat, telegram_token_file="token", webhook=True)
    hub.config = dataclasses.replace(hub.config, chat=chat)
    hub.transports = {**hub.transports, "telegram": TRANSPORTS["telegram"](bot)}
    return stages


def clerk_of(stages: Stages, unit: str) -> str:
    return next(p.person for p in stages.hub.directory.posts if (p.unit, p.role.value) == (unit, "clerk"))


def poll(stages: Stages, bot: TelegramLink) -> None:
    """One source a test, because it knows what was confirmed."""
    if bot not in SEEN:
        SEEN[bot] = SOURCES["telegram"](bot, ChatDesk(stages.hub, bot).answer)
    SEEN[bot].poll(0)
    stages.work()


def linked(stages: Stages, api: BotApi, bot: TelegramLink, unit: str = "sotaichinh") -> str:
    """The unit's clerk, with a chat."""
    return with_chat(stages, api, bot, clerk_of(stages, unit))


def with_chat(stages: Stages, api: BotApi, bot: TelegramLink, who: str) -> str:
    """That person, with a chat."""
    code = stages.act("chat.code", person=who)["code"]
    api.say(CHAT, f"/start {code}")
    poll(stages, bot)
    return who


def handling(stages: Stages, symbol: str = "301/STP-VP") -> tuple[int, str | None]:
    (row,) = stages.deliveries(stages.document(symbol)["id"])
    return row["id"], row["handling"]


def test_a_code_links_once_and_only_for_ten_minutes(chatting: Stages, api: BotApi, bot: TelegramLink) -> None:
    who = clerk_of(chatting, "sotaichinh")
    old = chatting.act("chat.code", person=who)["code"]
    chatting.forward(minutes=11)
    api.say(CHAT, old)
    poll(chatting, bot)
    assert "mười phút" in api.texts(CHAT)[-1]
    code = chatting.act("chat.code", person=who)["code"]
    api.say(CHAT, code.lower())
    api.say(77, code)
    poll(chatting, bot)
    assert "/help" in api.texts(CHAT)[-1] and "mười phút" in api.texts(77)[-1]


def test_a_notice_has_no_content_and_its_button_receives(
    chatting: Stages, api: BotApi, bot: TelegramLink
) -> None:
    linked(chatting, api, bot)
    chatting.mail(CLERK, [text_file("sotuphap", "301/STP-VP", seed="content")])
    (notice,) = [text for text in api.texts(CHAT) if "301/STP-VP" in text]
    delivery, code = handling(chatting)
    assert code == "01" and notice.endswith(f"#{delivery}")
    content = text_file("sotuphap", "301/STP-VP", seed="content")[1].decode()
    assert not any(line in notice for line in content.splitlines() if len(line) > 60)
    assert f"receive:{delivery}" in api.sent[-1]["reply_markup"]
    api.press(CHAT, f"receive:{delivery}", notice)
    poll(chatting, bot)
    assert handling(chatting)[1] == "03" and "301/STP-VP" in api.texts(CHAT)[-1]
    assert "answerCallbackQuery" in api.calls


def test_words_in_answer_to_a_notice_are_understood(chatting: Stages, api: BotApi, bot: TelegramLink) -> None:
    linked(chatting, api, bot)
    chatting.mail(CLERK, [text_file("sotuphap", "301/STP-VP")])
    delivery, _code = handling(chatting)
    api.say(CHAT, "từ chối: gửi nhầm đơn vị", about=f"...\n#{delivery}")
    poll(chatting, bot)
    assert handling(chatting)[1] == "01"  # asked first
    question = api.texts(CHAT)[-1]
    api.press(CHAT, f"refuse:{delivery}", question)
    poll(chatting, bot)
    assert handling(chatting)[1] == "02"


def test_strangers_groups_and_others_units_do_nothing(
    chatting: Stages, api: BotApi, bot: TelegramLink
) -> None:
    chatting.mail(CLERK, [text_file("sotuphap", "301/STP-VP")])
    delivery, _code = handling(chatting)
    api.press(CHAT, f"receive:{delivery}", "")
    linked(chatting, api, bot, "soyte")
    said = len(api.sent)
    api.say(CHAT, "/tracuu 301/STP-VP", kind="group")
    poll(chatting, bot)
    assert len(api.sent) == said
    api.press(CHAT, f"receive:{delivery}", "")
    api.say(CHAT, "/tracuu 301/STP-VP")
    poll(chatting, bot)
    assert handling(chatting)[1] == "01"
    assert "301" not in api.texts(CHAT)[-1]


def test_look_ups_show_what_the_person_may_see(chatting: Stages, api: BotApi, bot: TelegramLink) -> None:
    linked(chatting, api, bot)
    chatting.mail(CLERK, [text_file("sotuphap", "301/STP-VP")])
    for words in ("/tracuu 301/STP-VP", "/denhan", "/quahan", "/help", "xin chào"):
        api.say(CHAT, words)
    poll(chatting, bot)
    found = api.texts(CHAT)[-5:]
    assert found[0].startswith("301/STP-VP") and "Sở Tài chính" in found[0]
    assert "/tracuu" in found[3] and "/help" in found[4]


def test_quiet_hours_hold_what_is_not_express(chatting: Stages, api: BotApi, bot: TelegramLink) -> None:
    linked(chatting, api, bot)
    chatting.clock.moment = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)  # half past ten in the evening
    chatting.mail(CLERK, [text_file("sotuphap", "301/STP-VP")])
    chatting.mail(CLERK, [text_file("sotuphap", "302/STP-VP", stamp="HỎA TỐC")])
    texts = "\n".join(api.texts(CHAT))
    assert "302/STP-VP" in texts and "301/STP-VP" not in texts
    chatting.forward(hours=9)
    chatting.work()
    assert "301/STP-VP" in "\n".join(api.texts(CHAT))


def test_the_service_that_asks_to_wait_is_waited_for(
    chatting: Stages, api: BotApi, bot: TelegramLink
) -> None:
    linked(chatting, api, bot)
    api.refuse = {"error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 30}}
    chatting.mail(CLERK, [text_file("sotuphap", "301/STP-VP")])
    assert not any("301/STP-VP" in text for text in api.texts(CHAT))
    chatting.forward(minutes=10)
    chatting.work()
    assert any("301/STP-VP" in text for text in api.texts(CHAT))


def test_administrators_hear_of_a_mailbox_that_fails(
    chatting: Stages, api: BotApi, bot: TelegramLink
) -> None:
    hub = chatting.hub
    with_chat(chatting, api, bot, administrators(hub)[0])
    account = ImapAccount(name="thu-cu", host="imap.example", user="cu@mail.example", password_file="secret")
    hub.config = dataclasses.replace(hub.config, fetch=Fetch(accounts=[account]))
    HubBook(hub, "thu-cu", "INBOX").trouble("login-refused", "NO [AUTHENTICATIONFAILED] no")
    with hub.database.transaction() as connection:
        assert watch.propose(hub, connection, hub.now())
    chatting.work()
    assert "thu-cu" in api.sent[-1]["text"] and "AUTHENTICATIONFAILED" in api.sent[-1]["text"]


def test_a_post_needs_the_secret(chatting: Stages, api: BotApi, bot: TelegramLink) -> None:
    who = clerk_of(chatting, "sotaichinh")
    update = api.say(CHAT, chatting.act("chat.code", person=who)["code"])
    config = chatting.hub.config
    chatting.hub.config = dataclasses.replace(config, web=dataclasses.replace(config.web, port=0))
    listener = WebListener(chatting.hub)
    listener.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{listener.port}", trust_env=False) as client:
        assert client.post("/telegram", json=update).status_code == 401
        assert client.post("/telegram", json=update, headers={SECRET_HEADER: "x"}).status_code == 401
        right = {SECRET_HEADER: webhook_secret(chatting.hub)}
        assert client.post("/telegram", content=b"{", headers=right).status_code == 400
        assert client.post("/telegram", json=update, headers=right).status_code == 200
    listener.close()
    assert "/help" in api.texts(CHAT)[-1]


def test_the_token_is_in_no_log(
    chatting: Stages, api: BotApi, bot: TelegramLink, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        linked(chatting, api, bot)
    assert TOKEN not in caplog.text and TOKEN[7:] not in caplog.text


def test_a_rule_tells_a_units_clerks_by_chat_with_nothing_to_press(
    chatting: Stages, api: BotApi, bot: TelegramLink
) -> None:
    linked(chatting, api, bot, "soyte")
    wish = 'when.always = true\nthen = { notify = { to = "soyte", by = "telegram" } }'
    chatting.act("rules.publish", source=f'[set]\nname = "x"\n[[rule]]\nname = "bao"\n{wish}')
    chatting.mail(CLERK, [text_file("sotuphap", "301/STP-VP")])
    (notice,) = [text for text in api.texts(CHAT) if "301/STP-VP" in text]
    assert "Báo để biết" in notice and "#" not in notice
