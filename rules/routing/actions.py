"""What a rule does: frozen values, and how they are read from the ``then`` of a rule."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rules.directory import GAZETTE
from rules.routing.due import KEYS as DUE_KEYS
from rules.routing.due import NEVER, Due, due
from rules.routing.parties import assignees, code, informed, targets
from rules.routing.positions import Path
from rules.routing.reader import Source
from rules.values.routing import Facts
from rules.vocabulary import DeliveryRole

LONGEST_SAYING = 2_000  # characters of a text for a person
LONGEST_FILLED = 4_000
TEXT_FIELDS = ("symbol", "type", "subject", "issuer", "date", "signer", "sender", "unit")
_FIELD = re.compile(r"\{(\w{1,50})\}")
_ROLES = tuple(role.value for role in DeliveryRole)
_SENDING = ("as", *DUE_KEYS, "assign", "book")
_KEYS = (
    "send", *_SENDING, "copy", "publish", "remove", "change", "notify", "hold", "refuse", "label", "stop",
)  # fmt: skip
PUBLISHED = ("gazette", "portal")


@dataclass(frozen=True, slots=True)
class Send:
    """These parties get the document in this role: by when, whose work it is there, in which
    incoming book of theirs. ``assign`` holds people and ``role:<role>``, that role in the receiving unit."""

    to: tuple[str, ...]
    role: DeliveryRole
    due: Due = NEVER
    assign: tuple[str, ...] = ()
    book: str = ""


@dataclass(frozen=True, slots=True)
class Actions:
    """The ``then`` of a rule. Within one rule ``remove`` comes first, then ``change``, then ``send``."""

    remove: tuple[str, ...] = ()
    change: tuple[Send, ...] = ()
    send: tuple[Send, ...] = ()
    notify: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    hold: str = ""
    refuse: str = ""
    stop: bool = False

    def parties(self) -> tuple[str, ...]:
        """Every party word of the rule, in order."""
        sent = (word for send in (*self.change, *self.send) for word in send.to)
        return tuple(dict.fromkeys((*self.remove, *sent)))


def actions(source: Source, value: object, path: Path) -> Actions | None:
    """Read a ``then``; None after a mistake that leaves nothing to do."""
    table = source.table(value, path, _KEYS)
    if table is None:
        return None
    found = Actions(
        remove=_list(source, table, path, "remove"),
        change=_change(source, table, path),
        send=_send(source, table, path) + _copy(source, table, path) + _publish(source, table, path),
        notify=source.each(table["notify"], (*path, "notify"), lambda v, at: informed(source, v, at))
        if "notify" in table
        else (),
        label=_labels(source, table, path),
        hold=_saying(source, table, path, "hold"),
        refuse=_saying(source, table, path, "refuse"),
        stop=bool(source.flag(table.get("stop", False), (*path, "stop"))),
    )
    if table.keys().isdisjoint(_KEYS):
        source.fault("no_action", path, expected=f"one of: {', '.join(_KEYS)}")
    return found


def filled(text: str, facts: Facts) -> str:
    """A text for a person with its ``{fields}`` put in: values only, on one line, cut to length,
    because they come from strangers (PROMISES S13)."""
    return _FIELD.sub(lambda match: _written(facts, match), text)[:LONGEST_FILLED]


def _written(facts: Facts, field: re.Match[str]) -> str:
    name = field.group(1)
    if name not in TEXT_FIELDS:
        return field.group()
    if name == "date":
        return facts.date.strftime("%d/%m/%Y") if facts.date else ""
    value = (facts.issuer_text or facts.issuer) if name == "issuer" else str(getattr(facts, name))
    clean = "".join(letter if letter.isprintable() else " " for letter in value[:500])
    return " ".join(clean.split())


def _list(source: Source, table: Mapping[str, object], path: Path, key: str) -> tuple[str, ...]:
    return targets(source, table[key], (*path, key)) if key in table else ()


def _labels(source: Source, table: Mapping[str, object], path: Path) -> tuple[str, ...]:
    own = (
        source.each(table["label"], (*path, "label"), lambda v, at: code(source, v, at))
        if "label" in table
        else ()
    )
    return own + tuple(f"publish-{place}" for place in _places(source, table, path))


def _send(source: Source, table: Mapping[str, object], path: Path) -> tuple[Send, ...]:
    first = _details(source, table, path, Send((), DeliveryRole.MAIN))
    if "send" not in table:
        for key in set(_SENDING) & set(table):
            source.fault("role_without_send", (*path, key), key, 'send = ["..."]')
        return ()
    at, value = (*path, "send"), table["send"]
    items = value if isinstance(value, list) else [value]
    words = [item for item in items if not isinstance(item, dict)]
    found = [
        _send_table(source, item, (*at, i), first) for i, item in enumerate(items) if isinstance(item, dict)
    ]
    plain = targets(source, words, at) if words or not items else ()
    sent = (Send(plain, first.role, first.due, first.assign, first.book),) if plain else ()
    return sent + tuple(send for send in found if send is not None)


def _details(source: Source, table: Mapping[str, object], path: Path, without: Send) -> Send:
    """Role, time, people and book; what is not said is as in ``without``."""
    assign = assignees(source, table["assign"], (*path, "assign")) if "assign" in table else without.assign
    book = code(source, table["book"], (*path, "book")) if "book" in table else without.book
    role = _role(source, table, path, "as") or without.role
    return Send(without.to, role, due(source, table, path) or without.due, assign, book or "")


def _send_table(source: Source, value: object, path: Path, first: Send) -> Send | None:
    table = source.table(value, path, ("to", *_SENDING))
    if table is None:
        return None
    if "to" not in table:
        source.fault("missing", path, "to", 'to = ["..."]')
        return None
    return _details(source, table, path, replace(first, to=targets(source, table["to"], (*path, "to"))))


def _places(source: Source, table: Mapping[str, object], path: Path) -> tuple[str, ...]:
    """Where a text is published; until there is a portal both go to the gazette's party, by its channel."""

    def place(value: object, at: Path) -> str | None:
        word = source.string(value, at)
        if word is not None and word not in PUBLISHED:
            source.fault("unknown_word", at, word, choices=PUBLISHED)
            return None
        return word

    return source.each(table["publish"], (*path, "publish"), place) if "publish" in table else ()


def _publish(source: Source, table: Mapping[str, object], path: Path) -> tuple[Send, ...]:
    wanted = isinstance(table.get("publish"), (str, list))
    return (Send((GAZETTE,), DeliveryRole.INFORMATION),) if wanted else ()


def _copy(source: Source, table: Mapping[str, object], path: Path) -> tuple[Send, ...]:
    copied = _list(source, table, path, "copy")
    return (Send(copied, DeliveryRole.INFORMATION),) if copied else ()


def _change(source: Source, table: Mapping[str, object], path: Path) -> tuple[Send, ...]:
    if "change" not in table:
        return ()
    read = source.each(table["change"], (*path, "change"), lambda v, at: _change_table(source, v, at))
    return tuple(read)


def _change_table(source: Source, value: object, path: Path) -> Send | None:
    table = source.table(value, path, ("to", "as", *DUE_KEYS))
    if table is None:
        return None
    if "to" not in table or "as" not in table:
        source.fault("missing", path, "to or as", '{ to = ["..."], as = "information" }')
        return None
    role = _role(source, table, path, "as")
    to = targets(source, table["to"], (*path, "to"))
    return Send(to, role, due(source, table, path)) if role else None


def _role(source: Source, table: Mapping[str, object], path: Path, key: str) -> DeliveryRole | None:
    if key not in table:
        return None
    word = source.string(table[key], (*path, key))
    if word is not None and word not in _ROLES:
        source.fault("unknown_word", (*path, key), word, choices=_ROLES)
        return None
    return DeliveryRole(word) if word else None


def _saying(source: Source, table: Mapping[str, object], path: Path, key: str) -> str:
    """A reason or answer for a person; only known ``{fields}`` may stand in it."""
    text = source.string(table[key], (*path, key), LONGEST_SAYING) if key in table else None
    for name in _FIELD.findall(text or ""):
        if name not in TEXT_FIELDS:
            source.fault("unknown_field", (*path, key), name, choices=TEXT_FIELDS)
    return text or ""
