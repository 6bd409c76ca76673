"""What a linked person writes or presses in the chat is done, by the same commands as everywhere."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from connectors.transports.telegram_link import TelegramLink
from hub import tracking
from hub.chat import linking
from hub.chat.wording import MARK
from hub.context import Hub
from hub.desk.commands import COMMANDS
from hub.desk.refused import Refused
from hub.desk.rights import allowed
from hub.following import answers
from hub.reporting import chatting
from hub.texts import _, speaking, word
from rules.permission import Action
from rules.progress import Progress
from rules.replies import DANGEROUS, Act, Said, understand
from rules.text.gate import clean
from rules.values.chat import Button, ChatMessage, ChatUpdate
from rules.vocabulary import Handling
from storage import chats, handling

MOST_A_MINUTE = 30
MOST_LINES = 20
CHANNEL = "telegram"
_NAMED = re.compile(rf"{MARK}(\d{{1,15}})\s*$", re.MULTILINE)
_REASON = re.compile(r"^(?:Lý do|Reason): (.+)$", re.MULTILINE)


class ChatDesk:
    """Answers updates of the bot. One thread at a time."""

    def __init__(self, hub: Hub, link: TelegramLink) -> None:
        self._hub, self._link = hub, link
        self._asked: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=MOST_A_MINUTE))

    def answer(self, update: ChatUpdate) -> None:
        """Do what it says and answer in the chat. Groups, and whoever writes too fast, get nothing."""
        if not update.private or self._too_fast(update.chat):
            return
        if update.press:
            self._link.acknowledge(update.press)
        with speaking(self._hub.config.organisation.language):
            message = self._said(update)
        if message is not None:
            self._link.send(update.chat, message)

    def _said(self, update: ChatUpdate) -> ChatMessage | None:
        hub = self._hub
        hub.refresh()
        with hub.database.reading() as connection:
            person = chats.person_of(connection, update.chat)
        known = hub.directory.person(person) if person is not None else None
        if known is None or hub.shut_out(known.email) or not hub.directory.posts_of(known.email, hub.today()):
            return self._link_first(update)
        try:
            if update.data:
                return pressed(hub, known.email, update)
            return written(hub, known.email, update)
        except Refused as refused:
            return ChatMessage(str(refused))

    def _link_first(self, update: ChatUpdate) -> ChatMessage:
        """Without a link only a code is understood."""
        code = update.text.removeprefix("/start").strip()
        person = linking.link(self._hub, update.chat, code) if code else None
        if person is None:
            return ChatMessage(
                _("Send the code that the hub gave you (vanthu chat code); it lives ten minutes.")
            )
        name = self._hub.directory.party_name(f"person:{person}")
        return ChatMessage(_("Linked: {name}. /help says what I understand.").format(name=name))

    def _too_fast(self, chat: str) -> bool:
        times, now = self._asked[chat], self._hub.now().timestamp()
        full = len(times) == MOST_A_MINUTE and now - times[0] < 60
        if not full:
            times.append(now)
        return full


def pressed(hub: Hub, person: str, update: ChatUpdate) -> ChatMessage:
    """A button below a notice. Raises Refused."""
    verb, _colon, number = update.data.partition(":")
    if verb == chatting.CONFIRM and number.isdecimal() and len(number) <= 15:
        return chatting.said(hub, person, int(number), _("correct"))
    if not number.isdecimal() or len(number) > 15:
        raise Refused(_("this button is too old"))
    delivery = int(number)
    if verb == "assign":
        how = _("Answer this message with: giao <name> <days> ngày")
        return ChatMessage(f"{how}\n{MARK}{delivery}")
    if verb == "refuse":
        reason = _REASON.search(update.about)
        return _done(hub, person, delivery, Said(Act.REFUSE, text=reason[1] if reason else ""))
    act = {"receive": Act.RECEIVE, "done": Act.DONE, "begin": Act.BEGIN}.get(verb)
    if act is None:
        raise Refused(_("this button is too old"))
    return _done(hub, person, delivery, Said(act))


def written(hub: Hub, person: str, update: ChatUpdate) -> ChatMessage:
    """A command, or words in answer to a notice. Raises Refused."""
    name, _blank, rest = update.text.strip().partition(" ")
    command = _COMMANDS.get(name.partition("@")[0].casefold())
    if command is not None:
        return command(hub, person, rest.strip())
    form = chatting.NAMED.search(update.about)
    if form is not None:
        return chatting.said(hub, person, int(form[1]), update.text)
    named = _NAMED.search(update.about)
    said = understand(update.text, hub.today()) if named is not None else None
    if named is None or said is None:
        return ChatMessage(_("Not understood. Answer to a notice, or see /help."))
    delivery = int(named[1])
    if said.act not in DANGEROUS:
        return _done(hub, person, delivery, said)
    if said.act is not Act.REFUSE or not said.text:
        raise Refused(_("a refusal needs a reason"))
    asked = _("Refuse this document? It cannot be taken back.")
    reason = _("Reason: {reason}").format(reason=clean(said.text, 500))
    button = Button(_("Refuse"), f"refuse:{delivery}")
    return ChatMessage(f"{asked}\n{reason}\n{MARK}{delivery}", ((button,),))


def _done(hub: Hub, person: str, delivery: int, said: Said) -> ChatMessage:
    found = answers.subject_of(hub, delivery)
    if found is None:
        raise Refused(_("there is no delivery {delivery} to a receiver").format(delivery=delivery))
    result = answers.answer(hub, person, *found, said, channel=CHANNEL, token="")
    if result.get("asked"):
        return ChatMessage(_("Asked; the leader decides."))
    code = result.get("handling")
    stands = word(Handling(code)) if code else _("done")
    return ChatMessage(f"{found[1].symbol or '-'}: {stands}")


# -- commands -----------------------------------------------------------------------


def _search(hub: Hub, person: str, rest: str) -> ChatMessage:
    """/tracuu 21/2005: where documents with this number stand, as far as the person may see them."""
    if not rest:
        return ChatMessage(_("Write the number behind the command: /tracuu 21/2005/CT-UBND"))
    with hub.database.reading() as connection:
        lives = [
            life for life in tracking.track(hub, connection, rest) if _may_see(hub, connection, person, life)
        ]
    COMMANDS["access.count"](hub, person, action="search", subject=rest)
    lines = []
    for life in lives[:5]:
        lines.append(f"{life['symbol'] or '-'} · {life['date'] or ''} · {life['subject'][:200]}")
        for item in life["deliveries"][:MOST_LINES]:
            code = word(Handling(item["handling"])) if item["handling"] else "-"
            lines.append(f"  {item['name']}: {code}")
    return ChatMessage("\n".join(lines) or _("Nothing that you may see has this number."))


def _may_see(hub: Hub, connection: Connection, person: str, life: Mapping[str, Any]) -> bool:
    """Whether the person may read one of its deliveries, or holds a post where it came from."""
    units = {post.unit for post in hub.directory.posts_of(person, hub.today())}
    kept = {hub.directory.keeper(unit) for unit in units} | units
    if life["issuer"] in kept:
        return True
    rows = (handling.get(connection, item["id"]) for item in life["deliveries"])
    return any(row is not None and allowed(hub, connection, person, row, Action.READ) for row in rows)


def _due(*wanted: Progress) -> Callable[[Hub, str, str], ChatMessage]:
    """/denhan and /quahan: the person's own work."""

    def listed(hub: Hub, person: str, _rest: str) -> ChatMessage:
        with hub.database.reading() as connection:
            rows = tracking.assignments(hub, connection, person=person)
        lines = [
            f"{row['symbol'] or '-'} · {(row['due'] or '')[:10]} · {row['subject'][:120]}"
            for row in rows
            if row["progress"] in {item.value for item in wanted}
        ]
        return ChatMessage("\n".join(lines[:MOST_LINES]) or _("Nothing."))

    return listed


def _reports(hub: Hub, person: str, _rest: str) -> ChatMessage:
    """/baocao: what the person's units have still to hand in."""
    return chatting.listing(hub, person)


def _help(_hub: Hub, _person: str, _rest: str) -> ChatMessage:
    return ChatMessage(
        "\n".join(
            (
                _("/tracuu NUMBER – where a document stands"),
                _("/denhan – your work that is due soon"),
                _("/quahan – your work that is late"),
                _("/baocao – reports that your unit has not handed in"),
                _("Answer a notice in your own words: received; giao <name> 3 ngày; done; refuse: <reason>."),
            )
        )
    )


_COMMANDS: Mapping[str, Callable[[Hub, str, str], ChatMessage]] = {
    "/tracuu": _search,
    "/denhan": _due(Progress.DUE_SOON),
    "/quahan": _due(Progress.OVERDUE),
    "/baocao": _reports,
    "/help": _help,
    "/start": _help,
}
