"""Outlook's .msg: its text and its attachments ([MS-OXMSG])."""

import io
from dataclasses import dataclass, field

import olefile

from connectors.readers.charset import decode

_SUBJECT, _BODY, _LONG_NAME, _SHORT_NAME, _CONTENT = "0037", "1000", "3707", "3704", "3701"
_ATTACHMENT = "__attach_version1.0_"


@dataclass(slots=True)
class Message:
    subject: str = ""
    body: str = ""
    files: list[tuple[str, bytes]] = field(default_factory=list)


def read(data: bytes, most_files: int, most_bytes: int) -> Message:
    """Raises OSError and the like for what is no compound file."""
    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        found = Message(_text(ole, [], _SUBJECT), _text(ole, [], _BODY))
        storages = sorted({path[0] for path in ole.listdir() if path[0].startswith(_ATTACHMENT)})
        for storage in storages[:most_files]:
            name = _text(ole, [storage], _LONG_NAME) or _text(ole, [storage], _SHORT_NAME)
            content = _bytes(ole, [storage], f"{_CONTENT}0102", most_bytes)
            if content:
                found.files.append((name, content))
                most_bytes -= len(content)
    return found


def _bytes(ole: olefile.OleFileIO, place: list[str], tag: str, most: int) -> bytes:
    path = [*place, f"__substg1.0_{tag}"]
    if not ole.exists(path) or ole.get_size(path) > most:
        return b""
    return bytes(ole.openstream(path).read(most))


def _text(ole: olefile.OleFileIO, place: list[str], tag: str) -> str:
    """Unicode where there is one, else the 8-bit text."""
    wide = _bytes(ole, place, f"{tag}001F", 4_000_000)
    if wide:
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    return decode(_bytes(ole, place, f"{tag}001E", 4_000_000)).rstrip("\0")
