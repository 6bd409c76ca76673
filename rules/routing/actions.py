"""What a rule does: frozen values, and how they are read from the ``then`` of a rule."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rules.routing.parties import code, informed, targets
from rules.routing.positions import Path
from rules.routing.reader import Source
from rules.values.routing import Facts
from rules.vocabulary import DeliveryRole

LONGEST_SAYING = 2_000  # characters of a text for a person
LONGEST_FILLED = 4_000
MOST_DUE_DAYS = 400  # working days
TEXT_FIELDS = ("symbol", "type", "subject", "issuer", "date", "signer", "sender", "unit")
_FIELD = re.compile(r"\{(\w{1,50})\}")
_ROLES = tuple(role.value for role in DeliveryRole)
_KEYS = ("send", "as", "due_days", "copy", "remove", "change", "notify", "hold", "refuse", "label", "stop")


@dataclass(frozen=True, slots=True)
class Send:
    """These parties get the document in this role, due in so many working days."""

    to: tuple[str, ...]
    role: DeliveryRole
    due_days: int | None = None


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
        send=_send(source, table, path) + _copy(source, table, path),
        notify=source.each(table["notify"], (*path, "notify"), lambda v, at: informed(source, v, at))
        if "notify" in table
        else (),
        label=source.each(table["label"], (*path, "label"), lambda v, at: code(source, v, at))
        if "label" in table
        else (),
        hold=_saying(source, table, path, "hold"),
        refuse=_saying(source, table, path, "refuse"),
        stop=bool(source.flag(table.get("stop", False), (*path, "stop"))),
    )
    if not set(table) & set(_KEYS):
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


def _send(source: Source, table: Mapping[str, object], path: Path) -> tuple[Send, ...]:
    role = _role(source, table, path, "as") or DeliveryRole.MAIN
    due = _due(source, table, path)
    if "send" not in table:
        for key in {"as", "due_days"} & set(table):
            source.fault("role_without_send", (*path, key), key, 'send = ["..."]')
        return ()
    at, value = (*path, "send"), table["send"]
    items = value if isinstance(value, list) else [value]
    words = [item for item in items if not isinstance(item, dict)]
    found = [
        _send_table(source, item, (*at, i), role, due)
        for i, item in enumerate(items)
        if isinstance(item, dict)
    ]
    plain = targets(source, words, at) if words or not items else ()
    first = (Send(plain, role, due),) if plain else ()
    return first + tuple(send for send in found if send is not None)


def _send_table(
    source: Source, value: object, path: Path, role: DeliveryRole, due: int | None
) -> Send | None:
    table = source.table(value, path, ("to", "as", "due_days"))
    if table is None:
        return None
    if "to" not in table:
        source.fault("missing", path, "to", 'to = ["..."]')
        return None
    own_due = _due(source, table, path)
    to = targets(source, table["to"], (*path, "to"))
    return Send(to, _role(source, table, path, "as") or role, due if own_due is None else own_due)


def _copy(source: Source, table: Mapping[str, object], path: Path) -> tuple[Send, ...]:
    copied = _list(source, table, path, "copy")
    return (Send(copied, DeliveryRole.INFORMATION),) if copied else ()


def _change(source: Source, table: Mapping[str, object], path: Path) -> tuple[Send, ...]:
    if "change" not in table:
        return ()
    read = source.each(table["change"], (*path, "change"), lambda v, at: _change_table(source, v, at))
    return tuple(read)


def _change_table(source: Source, value: object, path: Path) -> Send | None:
    table = source.table(value, path, ("to", "as", "due_days"))
    if table is None:
        return None
    if "to" not in table or "as" not in table:
        source.fault("missing", path, "to or as", '{ to = ["..."], as = "information" }')
        return None
    role = _role(source, table, path, "as")
    to = targets(source, table["to"], (*path, "to"))
    return Send(to, role, _due(source, table, path)) if role else None


def _role(source: Source, table: Mapping[str, object], path: Path, key: str) -> DeliveryRole | None:
    if key not in table:
        return None
    word = source.string(table[key], (*path, key))
    if word is not None and word not in _ROLES:
        source.fault("unknown_word", (*path, key), word, choices=_ROLES)
        return None
    return DeliveryRole(word) if word else None


def _due(source: Source, table: Mapping[str, object], path: Path) -> int | None:
    if "due_days" not in table:
        return None
    return source.whole(table["due_days"], (*path, "due_days"), 0, MOST_DUE_DAYS)


def _saying(source: Source, table: Mapping[str, object], path: Path, key: str) -> str:
    """A reason or answer for a person; only known ``{fields}`` may stand in it."""
    text = source.string(table[key], (*path, key), LONGEST_SAYING) if key in table else None
    for name in _FIELD.findall(text or ""):
        if name not in TEXT_FIELDS:
            source.fault("unknown_field", (*path, key), name, choices=TEXT_FIELDS)
    return text or ""
