"""Files inside files: zip, winmail.dat, .msg and attached mails give up what they hold, within limits.

The wrapper itself is kept whole beside them. Names inside are data: folders in
them are dropped, links are never followed, nothing is written by name.
"""

import io
import stat
import zipfile
from typing import NamedTuple

from connectors.readers import container, kind, mime, outlook, tnef
from connectors.readers.charset import decode
from connectors.readers.limits import ReadLimits
from connectors.readers.logo import is_logo
from connectors.readers.mime import Attached
from rules.text.legacy import convert

WRAPPERS = frozenset({kind.ZIP, kind.TNEF, kind.MSG, kind.MAIL})
DEEPEST = 6  # a mail passed on by five people; what comes out in all is bounded apart
_UTF8_NAME = 0x800
_LONGEST_PATH = 4000
_SKIPPED = ("__MACOSX/",)


class Members(NamedTuple):
    """What a wrapper holds; ``inside``: subject and words of the mail that it is and of those in it,
    names of an archive's folders and files, because a locked file's name is all that is seen of it."""

    files: list[Attached]
    warnings: list[str]
    inside: tuple[tuple[str, str], ...] = ()


def members(media_type: str, content: bytes, limits: ReadLimits) -> Members:
    """Raises what damaged bytes raise; the caller keeps the wrapper."""
    if media_type == kind.ZIP:
        return _zipped(content, limits)
    if media_type == kind.TNEF:
        found = tnef.read(content)
        files = [Attached(_name(file.name), "", file.content) for file in found.files[: limits.parts]]
        return _of_mail(files, [("winmail", decode(found.body))])
    if media_type == kind.MSG:
        message = outlook.read(content, limits.parts, limits.unpacked_bytes)
        parts = [Attached(p.name, "", p.content, p.shown and is_logo(p.content)) for p in message.files]
        return _of_mail(parts, message.texts)
    mail = mime.read(content, limits)
    made = _of_mail(list(mail.files), [(mail.headers.subject, mail.body)])
    return Members(made.files, list(mail.warnings), (*made.inside, *mail.inside))


def _of_mail(files: list[Attached], texts: list[tuple[str, str]]) -> Members:
    """A mail without a file that may be a document is itself one; of several the innermost, because
    those around it pass it on."""
    said = [(subject, text) for subject, text in texts if text.strip()]
    if said and not any(map(mime.can_be_document, files)):
        files = [*files, mime.text_file(*said[-1])]
    return Members(files, [], tuple(texts))


def _name(name: bytes | str) -> str:
    return name if isinstance(name, str) else decode(name)


def _zipped(content: bytes, limits: ReadLimits) -> Members:
    """Every member that can be had; one that is locked or damaged does not hide the others."""
    files: list[Attached] = []
    warnings: list[str] = []
    left = limits.unpacked_bytes
    places: dict[str, None] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        container.check(archive)
        for info in archive.infolist():
            if len(places) < limits.parts:
                places |= dict.fromkeys(_path(info))
            if info.is_dir() or stat.S_ISLNK(info.external_attr >> 16) or info.filename.startswith(_SKIPPED):
                continue
            if len(files) >= limits.parts:
                warnings.append("parts-capped")
                break
            data, why = _member(archive, info, left)
            left -= len(data)
            if why:
                warnings.append(why)
            else:
                files.append(Attached(_path(info)[-1], "", data))
    return Members(files, warnings, tuple((place, "") for place in places))


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> tuple[bytes, str]:
    """(bytes, "") or (b"", why not)."""
    if info.flag_bits & 1:
        return b"", "encrypted"
    if info.file_size > max(container.RATIO_FREE, info.compress_size * container.MOST_RATIO):
        return b"", "bomb-ratio"
    try:
        with archive.open(info) as file:
            data = file.read(left + 1)  # the declared size may lie, so count what comes
    except (*container.BROKEN, RuntimeError):
        return b"", "broken-zip"
    return (b"", "bomb-size") if len(data) > left else (data, "")


def _path(info: zipfile.ZipInfo) -> list[str]:
    """Folders and name. Without a mark the bytes are in the packer's own set: UTF-8 or a Vietnamese one."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        name = decode(name.encode("cp437", "replace"))
    name = convert(name.replace("\\", "/")).text
    return name[:_LONGEST_PATH].rstrip("/").split("/")
