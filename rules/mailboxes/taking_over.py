"""Taking over an older mailbox: which of its folders come along and how they are called here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rules.text.fold import fold
from rules.text.gate import clean

INBOX = "INBOX"
DOCUMENTS = "Công văn đến"
BATCH_MAILS, BATCH_BYTES = 50, 8 << 20
LARGEST = 100 << 20  # bytes of one mail
LEVELS, LEVEL = 6, 60  # of a folder's name: how deep, how long
# RFC 6154: what other programs say a folder is for.
_BY_USE: Mapping[str, str] = {"\\sent": "Thư đi", "\\drafts": "Nháp", "\\trash": "Rác"}
# Folders that are no places: all mails once more, or a choice of them.
_LEFT_OUT = frozenset({"\\all", "\\flagged", "\\important", "\\noselect", "\\nonexistent"})
_BY_NAME: Mapping[str, str] = {
    "sent": "Thư đi",
    "sent items": "Thư đi",
    "sent messages": "Thư đi",
    "sent mail": "Thư đi",
    "thu da gui": "Thư đi",
    "thu di": "Thư đi",
    "drafts": "Nháp",
    "draft": "Nháp",
    "thu nhap": "Nháp",
    "nhap": "Nháp",
    "trash": "Rác",
    "deleted": "Rác",
    "deleted items": "Rác",
    "deleted messages": "Rác",
    "thung rac": "Rác",
    "rac": "Rác",
}
# IMAP flag -> the letter that stands for it in a Maildir; in the order of the alphabet, as Maildir wants it.
_LETTERS = (("\\draft", "D"), ("\\flagged", "F"), ("\\answered", "R"), ("\\seen", "S"), ("\\deleted", "T"))


def target(name: str, flags: Iterable[str], delimiter: str) -> tuple[str, ...] | None:
    """The levels of the folder's name here; none for the inbox itself, None for what stays there."""
    said = {flag.casefold() for flag in flags}
    if said & _LEFT_OUT:
        return None
    for use, here in _BY_USE.items():
        if use in said:
            return (here,)
    levels = [level for level in (name.split(delimiter) if delimiter else [name]) if level.strip()]
    if levels and levels[0].casefold() == "inbox":  # many servers keep every folder below the inbox
        levels = levels[1:]
    if len(levels) == 1 and fold(levels[0]) in _BY_NAME:
        return (_BY_NAME[fold(levels[0])],)
    found = tuple(level for level in map(_level, levels[:LEVELS]) if level)
    # The hub's own folder holds what the hub delivered, and does not count as room.
    return (f"{DOCUMENTS} (cũ)", *found[1:]) if found[:1] == (DOCUMENTS,) else found


def _level(text: str) -> str:
    """A dot parts the levels in a Maildir, a slash in a program."""
    return clean(text, LEVEL).replace(".", "_").replace("/", "_").replace("~", "_").strip(" _") or ""


def letters(flags: Iterable[str]) -> str:
    """A mail's flags as a Maildir's file name says them."""
    said = {flag.casefold() for flag in flags}
    return "".join(letter for flag, letter in _LETTERS if flag in said)


def batches(sizes: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """UIDs with their sizes in portions that fit into memory."""
    portion: list[int] = []
    total = 0
    for uid, size in sizes:
        if portion and (len(portion) >= BATCH_MAILS or total + size > BATCH_BYTES):
            yield portion
            portion, total = [], 0
        portion.append(uid)
        total += size
    if portion:
        yield portion
