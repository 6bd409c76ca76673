"""Words become mails: the only place that knows the template engine.

A mail is written once per language, as words only: ``templates/mail/vi/delivery.j2``
sets a subject, a heading, paragraphs, rows and lists. Two layouts shared by all
mails turn them into the text and the HTML form. That way the text form is
complete because it is made of the same words, a clerk can change a sentence
without meeting a tag, and values are escaped in exactly one file. Sentences
stand in a file per language and not in the gettext catalogue, because a letter
is written, not translated phrase by phrase.
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import lru_cache, partial
from html import escape
from itertools import count
from pathlib import Path
from typing import Any, Literal, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.environment import TemplateModule

from hub.deciding.notices import DecidingNotice
from hub.fetching.notices import SourceNotice
from hub.following.paper_notice import PapersMissing
from hub.mailboxes.notices import MailboxNotice
from hub.notice_parts import About, Hub, ListedFile
from hub.notices import Notice
from hub.quarantine.notices import QuarantineNotice
from hub.reporting.notices import ReturnNotice
from hub.texts import LANGUAGES, word
from rules.reporting import sparkline
from rules.text.gate import clean

AnyNotice = (
    Notice | MailboxNotice | SourceNotice | ReturnNotice | PapersMissing | QuarantineNotice | DecidingNotice
)
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
MAX_VALUE = 2000  # characters of any one value in a mail
_NAME = re.compile(r"[a-z_]{1,40}")
_SLOT = "\0"  # stands in no layout, and in no text, because the gate lets none pass
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


@dataclasses.dataclass(frozen=True, slots=True)
class Rendered:
    """One mail in words: subject, text form and HTML form say the same."""

    subject: str
    text: str
    html: str


class _Words(NamedTuple):
    """What a word file says, tidied; the layouts see nothing else, and put each text in as it is."""

    subject: str
    eyebrow: str
    eyebrow_capitals: str
    heading: str
    underline: str
    lead: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # title; what, and a remark about it or ""
    action: tuple[str, ...]
    action_title: str
    action_capitals: str
    links: tuple[tuple[str, str], ...]  # what pressing it says, and the address
    quote: tuple[str, ...]  # lines to be kept letter by letter
    because: str
    footer: tuple[str, ...]


def render(name: str, language: str, context: Mapping[str, object]) -> Rendered:
    """The mail ``name`` in ``language`` ("vi" or "en") with these values.

    Values pass the gate for foreign text first. Raises jinja2.UndefinedError
    when a value is missing and ValueError for a name or language we do not have.
    """
    if not _NAME.fullmatch(name) or language not in LANGUAGES:
        raise ValueError(f"no mail {name!r} in language {language!r}")
    values = {key: _cleaned(value) for key, value in context.items()}
    document, speaker = values.get("document"), values.get("hub")
    if isinstance(document, About):
        values["about_it"] = _module(language, "about", document=document)
    if isinstance(speaker, Hub):
        values["shared"] = _module(language, "shared", hub=speaker)
    template = _environment(language).get_template(f"mail/{language}/{name}.j2")
    said = vars(template.make_module(values))
    words = _tidy(said)
    texts: list[str] = []
    shape = _shape(words, texts)
    mark = _line(said["mark"])
    text = _filled(_mould(language, "layout.txt", mark, shape), texts)
    page = _filled(_mould(language, "layout.html", mark, shape), escape(_SLOT.join(texts)).split(_SLOT))
    return Rendered(words.subject, text, page)


def page(
    name: str,
    context: Mapping[str, object],
    language: str = "vi",
    *,
    folder: Literal["web", "sheets"] = "web",
) -> str:
    """The page ``name`` for the web, or the sheet to be printed; values pass the gate and are escaped.

    Raises jinja2.UndefinedError when a value is missing and ValueError for a name that is none.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"no page {name!r}")
    values = {key: _cleaned(value) for key, value in context.items()}
    return _environment(language).get_template(f"{folder}/{name}.html").render(values)


def prepare(language: str) -> None:
    """Read and compile every mail of a language, so that the first one need not wait for it."""
    environment = _environment(language)
    for name in environment.list_templates(extensions=["j2", "txt", "html"]):
        if name.startswith((f"mail/{language}/", "mail/layout")):
            environment.get_template(name)


def notice(
    what: AnyNotice,
    language: str,
) -> Rendered:
    """The mail for a notice: its word file is named by its class, its fields are the values."""
    context = {field.name: getattr(what, field.name) for field in dataclasses.fields(what)}
    return render(what.template, language, context)


@lru_cache(maxsize=64)
def _module(language: str, name: str, **value: About | Hub) -> TemplateModule:
    """What all mails about a document, or of the hub, say in the same words."""
    return _environment(language).get_template(f"mail/{language}/{name}.j2").make_module(value)


def _shape(said: object, texts: list[str]) -> object:
    """Where texts stand in what is said and where there are none; the texts themselves, in order."""
    if isinstance(said, tuple):
        return tuple([_shape(part, texts) for part in said])
    if said:
        texts.append(str(said))
    return bool(said)


@lru_cache(maxsize=128)
def _mould(language: str, layout: str, mark: str, shape: tuple[object, ...]) -> tuple[str, ...]:
    """A layout for all mails of one shape: its own pieces, and between them the numbers of the texts.

    Made once, because filling it takes a tenth of the time of the template. No value is in it yet, so
    that none can be taken for a slot.
    """
    slots = (f"{_SLOT}{number}{_SLOT}" for number in count())
    words = _Words(*_refilled(shape, slots))
    template = _environment(language).get_template(f"mail/{layout}")
    pieces = template.render(words=words, language=language, mark=mark).strip() + "\n"
    return tuple(pieces.split(_SLOT))


def _refilled(shape: tuple[object, ...], slots: Iterator[str]) -> Iterator[Any]:
    for part in shape:
        if isinstance(part, tuple):
            yield tuple(_refilled(part, slots))
        else:
            yield next(slots) if part else ""


def _filled(mould: tuple[str, ...], texts: Sequence[str]) -> str:
    pieces = list(mould)
    pieces[1::2] = [texts[int(number)] for number in mould[1::2]]
    return "".join(pieces)


@lru_cache(maxsize=len(LANGUAGES))
def _environment(language: str) -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=lambda name: name is not None and name.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters.update(
        date=_date,
        moment=partial(_moment, between=" ngày " if language == "vi" else " on "),
        size=partial(_size, point="," if language == "vi" else "."),
        word=partial(word, language=language),
        first_upper=_first_upper,
        spark_path=sparkline.path,
        spark_end=sparkline.end,
    )
    return env


def _tidy(said: Mapping[str, Any]) -> _Words:
    eyebrow, heading, action_title = map(
        _line, (said["eyebrow"], said["heading"], said.get("action_title", ""))
    )
    return _Words(
        subject=_line(said["subject"]),
        eyebrow=eyebrow,
        eyebrow_capitals=eyebrow.upper(),
        heading=heading,
        underline="=" * min(len(heading), 60),
        lead=_paragraphs(said["lead"]),
        rows=tuple((label, _line(str(value))) for label, value in said.get("rows", ()) if value),
        sections=tuple(_section(title, items) for title, items in said.get("sections", ()) if items),
        action=_paragraphs(said.get("action", "")),
        action_title=action_title,
        action_capitals=action_title.upper(),
        links=tuple((_line(label), url) for label, url in said.get("links", ()) if url),
        quote=tuple(said.get("quote", ())),
        because=_line(said.get("because", "")),
        footer=_paragraphs(said["footer"]),
    )


def _section(title: str, items: Any) -> tuple[str, tuple[tuple[str, str], ...]]:
    return title, tuple((_line(what), _line(remark)) for what, remark in items)


def _line(text: str) -> str:
    return " ".join(text.split())


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line for line in map(_line, _PARAGRAPH.split(text)) if line)


def _cleaned(value: object) -> object:
    """The value with every text in it passed through the gate (rule 7), however deep."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return clean(value, MAX_VALUE)
    if isinstance(value, list | tuple):
        return tuple([_cleaned(item) for item in value])
    if isinstance(value, About | Hub | ListedFile):
        return _cleaned_once(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _cleaned_parts(value)
    return value


@lru_cache(maxsize=64)
def _cleaned_once(value: About | Hub | ListedFile) -> object:
    """What all mails about a document say alike."""
    return _cleaned_parts(value)


def _cleaned_parts(value: Any) -> object:
    before = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    after = {name: _cleaned(item) for name, item in before.items()}
    return value if after == before else dataclasses.replace(value, **after)


def _date(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _moment(moment: datetime, between: str) -> str:
    """As given: callers pass times in the organisation's zone."""
    return f"{moment:%H:%M}{between}{moment:%d/%m/%Y}"


def _size(octets: int, point: str) -> str:
    if octets < 1_000_000:
        return f"{max(1, round(octets / 1000))} KB"
    return f"{octets / 1_000_000:.1f} MB".replace(".", point)


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
