"""One parcel read inside the child: a mail with its files, or one scanned file."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from connectors.readers import exchange, kind, mime, unpack
from connectors.readers.container import Refused
from connectors.readers.limits import ReadLimits
from connectors.readers.table import READERS
from connectors.readers.wire import Ask
from rules.identify.converted import doubted
from rules.identify.layout import identify
from rules.identify.packaged import told
from rules.mail_body import unquoted
from rules.programs import PROGRAM, runs
from rules.text.gate import clean, clean_name
from rules.text.legacy import convert
from rules.values.edxml import Package, StatusMessage
from rules.values.reading import Fields, FileReading, Page, ParcelReading, Reading

HEAD_CHARS = 2000  # of a mail inside, where a mark of secrecy may stand
_KEPT_IN_BODY = frozenset({kind.MAIL, kind.VCARD, kind.CALENDAR, kind.PKCS7})
_FAULTS = (
    ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError, EOFError, RecursionError,
    NotImplementedError, AssertionError, struct.error, zlib.error, zipfile.BadZipFile,
)  # fmt: skip


@dataclass
class Job:
    """Where one parcel's files go, and what was learned on the way."""

    ask: Ask
    limits: ReadLimits
    announce: Callable[[int], None]
    files: list[FileReading] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    package: Package | None = None
    status: StatusMessage | None = None
    inside: list[tuple[str, str]] = field(default_factory=list)
    room: int = 0  # characters of text that may still travel back
    unpack: int = 0  # bytes that may still come out of wrappers
    retire: bool = False  # memory ran out once: better a fresh child for the next parcel

    def __post_init__(self) -> None:
        self.room = self.limits.text_chars * 2
        self.unpack = self.limits.unpacked_bytes

    @property
    def folder(self) -> Path:
        return Path(self.ask.job_dir)

    def heads(self) -> tuple[tuple[str, str], ...]:
        """Subject and first words of the mails inside, within bounds."""
        return tuple(
            (clean(subject, 1000), clean(text, HEAD_CHARS, lines=True))
            for subject, text in self.inside[: self.limits.parts]
        )


def read_parcel(job: Job) -> ParcelReading:
    """Read what was asked for; files that cannot be read are kept and say why."""
    if job.ask.kind == "mail":
        return _read_mail(job)
    content = _bytes_of(job.ask)
    _take(job, mime.Attached(job.ask.name, "", content))
    _open_package(job)
    warnings = tuple(job.warnings)
    return ParcelReading(None, "", tuple(job.files), warnings, job.package, job.status, job.heads())


def _bytes_of(ask: Ask) -> bytes:
    with open(ask.path, "rb") as file:
        file.seek(ask.offset)
        return file.read()


def _read_mail(job: Job) -> ParcelReading:
    mail = mime.read(_bytes_of(job.ask), job.limits)
    job.inside += mail.inside
    for attached in mail.files:
        _take(job, attached)
    _open_package(job)
    if not any(_can_be_document(file) for file in job.files):
        _take_body(job, mail.headers.subject, mail.body)
    warnings = tuple(clean(text, 200) for text in (*mail.warnings, *job.warnings))
    files, inside = tuple(job.files), job.heads()
    return ParcelReading(mail.headers, mail.body, files, warnings, job.package, job.status, inside)


def _open_package(job: Job) -> None:
    """The first edXML package among the files: its own files are taken too, its header names the document."""
    at = next((n for n, file in enumerate(job.files) if file.reading.media_type == kind.EDXML), None)
    if at is None:
        return
    others = [n for n in range(len(job.files)) if n != at]
    contents = [(job.folder / job.files[n].path).read_bytes() for n in (at, *others)]
    message, files, problem = exchange.opened(contents[0], contents[1:])
    if problem:
        job.warnings.append(problem)
    if isinstance(message, StatusMessage):
        job.status = message
    first = len(job.files)
    for attached in files:
        _take(job, attached)
    if isinstance(message, Package):
        job.package = message
        lead = first if len(job.files) > first else (others[0] if others else at)
        job.files[lead] = replace(job.files[lead], fields=told(job.files[lead].fields, message))


def _can_be_document(file: FileReading) -> bool:
    return not file.inline and file.reading.media_type not in _KEPT_IN_BODY


def _take_body(job: Job, subject: str, text: str) -> None:
    """A mail's own text is the document, under the subject as its name."""
    name = clean_name(f"{subject[:140] or 'mail'}.txt")
    path = f"{len(job.files):03d}.txt"
    content = text.encode()
    _write(job.folder / path, content)
    state = "read" if text.strip() else "no_text"
    reading = Reading(kind.PLAIN, state, text, (), 1)
    job.files.append(FileReading(name, path, len(content), reading, _body_fields(job, text)))


def _body_fields(job: Job, body: str) -> Fields:
    try:
        return identify((Page(1, unquoted(body)),)) if body.strip() else Fields()
    except _FAULTS as fault:  # the mail stays readable, and somebody hears of it
        job.warnings.append(f"fault: {fault!r}")
        return Fields()


def _take(job: Job, attached: mime.Attached, depth: int = 0) -> None:
    """Write one file under an ordinal name, read it, identify it; then what it holds, if it is a wrapper."""
    ordinal = len(job.files)
    media_type = kind.media_type(attached.content)
    named = job.folder / f"{ordinal:03d}.{kind.EXTENSION[media_type]}"
    _write(named, attached.content)
    inline = attached.inline or media_type in (kind.VCARD, kind.CALENDAR)
    reading, fields = _read(job, ordinal, named, media_type, inline, attached)
    name = _readable_name(attached.name) or f"file-{ordinal + 1}{named.suffix}"
    if runs(name, media_type == kind.PROGRAM):
        reading = replace(reading, warnings=(*reading.warnings, PROGRAM))
    job.files.append(FileReading(name, named.name, len(attached.content), reading, fields, inline))
    if media_type in unpack.WRAPPERS and attached.declared != kind.MAIL and ordinal not in job.ask.skip:
        _take_members(job, ordinal, media_type, attached.content, depth)


def _readable_name(name: str) -> str:
    """As people read it: names in the fonts of their time come out of old archives and mailers."""
    return clean_name(convert(name).text) if name.strip() else ""


def _take_members(job: Job, ordinal: int, media_type: str, content: bytes, depth: int) -> None:
    """The files inside a wrapper, under one budget for the whole parcel; the wrapper stays whole."""
    if depth >= unpack.DEEPEST:
        _warn(job, ordinal, ["nesting-capped"])
        return
    job.announce(ordinal)
    try:
        limits = replace(job.limits, unpacked_bytes=job.unpack)
        found = unpack.members(media_type, content, limits)
    except Refused as refusal:
        found = unpack.Members([], [str(refusal.args[0])])
    except _FAULTS:
        found = unpack.Members([], ["broken-wrapper"])
    job.inside += found.inside
    _warn(job, ordinal, found.warnings)
    for member in found.files:
        job.unpack -= len(member.content)
        if len(job.files) >= job.limits.parts or job.unpack < 0:
            _warn(job, ordinal, ["parts-capped"])
            return
        _take(job, member, depth + 1)


def _warn(job: Job, ordinal: int, warnings: list[str]) -> None:
    """Beside the wrapper's own reading; one that is locked says so as its state."""
    if warnings:
        file = job.files[ordinal]
        state = "encrypted" if "encrypted" in warnings else file.reading.state
        notes = tuple(dict.fromkeys((*file.reading.warnings, *warnings)))
        job.files[ordinal] = replace(file, reading=replace(file.reading, state=state, warnings=notes))


def _write(path: Path, content: bytes) -> None:
    """A new file, never through a name that an earlier, dead child left behind."""
    path.unlink(missing_ok=True)
    with open(path, "xb", buffering=0) as file:
        view = memoryview(content)
        while view:
            view = view[file.write(view) :]


def _read(
    job: Job, ordinal: int, path: Path, media_type: str, inline: bool, attached: mime.Attached
) -> tuple[Reading, Fields]:
    if media_type == kind.EMPTY:
        return Reading(media_type, "unreadable", warnings=("empty",)), Fields()
    if ordinal in job.ask.skip:
        return Reading(media_type, "unreadable", warnings=(job.ask.skip[ordinal],)), Fields()
    if attached.declared == kind.MAIL:
        return Reading(kind.MAIL, "kept"), Fields()
    reader = READERS.get(media_type)
    if reader is None or inline:
        state = "no_text" if media_type in kind.IMAGES and not inline else "kept"
        return Reading(media_type, state), Fields()
    job.announce(ordinal)
    return _guarded(job, path, attached.name, media_type)


def _guarded(job: Job, path: Path, name: str, media_type: str) -> tuple[Reading, Fields]:
    """A reader's fault spoils its own file and no other (rule 6)."""
    try:
        reading = READERS[media_type](path, name)
        fields = identify(reading.pages) if reading.state == "read" else Fields()
        return _for_travel(job, reading), doubted(fields, reading.converted_from)
    except MemoryError:
        job.retire = True
        return Reading(media_type, "unreadable", warnings=("memory-limit",)), Fields()
    except _FAULTS as fault:
        return Reading(media_type, "unreadable", warnings=(f"fault: {clean(repr(fault), 200)}",)), Fields()


def _for_travel(job: Job, reading: Reading) -> Reading:
    """Without the pages, whose words are many and whose text is the reading's; its text within bounds."""
    text = reading.text[: job.room]
    cut = ("text-cut",) if len(text) < len(reading.text) else ()
    job.room -= len(text)
    return replace(reading, text=text, pages=(), warnings=(*reading.warnings, *cut))
