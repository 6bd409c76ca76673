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
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.fetching.notices import SourceNotice
from hub.following.paper_notice import PapersMissing
from hub.mailboxes.notices import MailboxNotice
from hub.notices import Notice
from hub.quarantine.notices import QuarantineNotice
from hub.reporting.notices import ReturnNotice
from hub.texts import LANGUAGES, word
from rules.reporting import sparkline
from rules.text.gate import clean

AnyNotice = Notice | MailboxNotice | SourceNotice | ReturnNotice | PapersMissing | QuarantineNotice
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
MAX_VALUE = 2000  # characters of any one value in a mail
_NAME = re.compile(r"[a-z_]{1,40}")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


@dataclasses.dataclass(frozen=True, slots=True)
class Rendered:
    """One mail in words: subject, text form and HTML form say the same."""

    subject: str
    text: str
    html: str


@dataclasses.dataclass(frozen=True, slots=True)
class _Section:
    title: str
    items: tuple[tuple[str, str], ...]  # what, and a remark about it or ""


@dataclasses.dataclass(frozen=True, slots=True)
class _Words:
    """What a word file says, tidied; the layouts see nothing else."""

    language: str
    subject: str
    mark: str  # "plain", "good", "urgent" or "problem": the colour of the band
    eyebrow: str
    heading: str
    lead: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    sections: tuple[_Section, ...]
    action: tuple[str, ...]
    action_title: str
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
    template = _environment(language).get_template(f"mail/{language}/{name}.j2")
    words = _tidy(language, vars(template.make_module(values)))
    return Rendered(
        words.subject, _layout(language, "layout.txt", words), _layout(language, "layout.html", words)
    )


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
    what: Notice | MailboxNotice | SourceNotice | ReturnNotice | PapersMissing | QuarantineNotice,
    language: str,
) -> Rendered:
    """The mail for a notice: its word file is named by its class, its fields are the values."""
    context = {field.name: getattr(what, field.name) for field in dataclasses.fields(what)}
    return render(what.template, language, context)


def _layout(language: str, name: str, words: _Words) -> str:
    text = _environment(language).get_template(f"mail/{name}").render(words=words)
    return text.strip() + "\n"


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


def _tidy(language: str, said: Mapping[str, Any]) -> _Words:
    return _Words(
        language=language,
        subject=_line(said["subject"]),
        mark=_line(said["mark"]),
        eyebrow=_line(said["eyebrow"]),
        heading=_line(said["heading"]),
        lead=_paragraphs(said["lead"]),
        rows=tuple((label, _line(str(value))) for label, value in said.get("rows", ()) if value),
        sections=tuple(_section(title, items) for title, items in said.get("sections", ()) if items),
        action=_paragraphs(said.get("action", "")),
        action_title=_line(said.get("action_title", "")),
        links=tuple((_line(label), url) for label, url in said.get("links", ()) if url),
        quote=tuple(said.get("quote", ())),
        because=_line(said.get("because", "")),
        footer=_paragraphs(said["footer"]),
    )


def _section(title: str, items: Any) -> _Section:
    return _Section(title, tuple((_line(what), _line(remark)) for what, remark in items))


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
        return tuple(_cleaned(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        before = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        after = {name: _cleaned(item) for name, item in before.items()}
        return value if after == before else dataclasses.replace(value, **after)
    return value


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
