"""A row of the ledger about a return or a request becomes the value that its mail is written from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from hub.context import Hub
from hub.following.wording import person_name, us
from hub.letter import MailFile, Thread
from hub.reporting.figures_table import table
from hub.reporting.form_sheet import file_name, shown, workbook
from hub.reporting.handing_in import Form, form_of
from hub.reporting.kinds import kind_of
from hub.reporting.notices import (
    FiguresCollected,
    FormCameBack,
    FormLine,
    RequestClosed,
    RequestForCentre,
    RequestOpened,
    ReturnAsked,
    ReturnNotice,
    ReturnReceived,
    ReturnRefused,
    UnitPage,
)
from hub.reporting.words import number, period_words
from hub.reporting.words_of_faults import mends
from hub.texts import _, current, outcome
from rules.reporting.kinds import Asked, Field, Kind
from rules.reporting.ladder import deadline
from rules.reporting.period import Period, named
from rules.reporting.saying import SayFault
from rules.reporting.sheet import reference_words
from storage import returns, support
from storage.engine import AnyRow

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WITH_FORM = frozenset({"return_asked", "return_refused"})  # these carry the form and can be answered
TABLE = "figures_collected"
MOST_SAID = 30  # lines of what somebody wrote


def _form(hub: Hub, connection: Connection, row: AnyRow) -> Form:
    found = form_of(hub, connection, row.letter["form"])
    if found is None:
        raise LookupError(f"notice {row.id} is about no form")
    return found


def _names(hub: Hub, form: Form) -> tuple[str, str, str]:
    kind = form.kind.called(current())
    return kind, period_words(form.period), hub.directory.party_name(form.row.unit)


def _asked(hub: Hub, connection: Connection, row: AnyRow) -> ReturnAsked:
    form, letter = _form(hub, connection, row), row.letter
    answers = {**form.row.frozen, **_said_so_far(connection, form)}
    last = hub.local(form.row.late_from - timedelta(seconds=1)).date()
    return ReturnAsked(
        us(hub),
        *_names(hub, form),
        level=letter["level"],
        leader=bool(letter.get("leader")),
        late=bool(letter["late"]),
        due=form.row.due_on,
        limit=last,
        first=form.period.first,
        last=form.period.last,
        filled=tuple(line(f, answers[f.code]) for f in form.kind.fields if f.code in answers),
        open=tuple(line(f, None) for f in form.kind.fields if f.code not in answers and f.required),
        mark_of=reference_words(form.row.kind, form.row.period, form.row.unit),
        instead_of=person_name(hub, str(letter.get("instead_of", ""))),
    )


def _said_so_far(connection: Connection, form: Form) -> Mapping[str, Any]:
    row = returns.draft(connection, form.row.id)
    return row.answers if row is not None else {}


def _received(hub: Hub, connection: Connection, row: AnyRow) -> ReturnReceived:
    form = _form(hub, connection, row)
    version = next(
        item for item in returns.versions(connection, form.row.id) if item.version == row.letter["version"]
    )
    first = returns.versions(connection, form.row.id)[0]
    request = support.of_form(connection, form.row.id)
    lines = tuple(
        line(field, version.answers.get(field.code))
        for field in form.kind.fields
        if version.answers.get(field.code) is not None
    )
    return ReturnReceived(
        us(hub),
        *_names(hub, form),
        version=version.version,
        at=hub.local(version.at),
        in_time=first.at < form.row.late_from,
        by=person_name(hub, version.by),
        lines=lines,
        request=request.id if request is not None else None,
        closes=hub.local(form.row.closes_at - timedelta(seconds=1)).date(),
    )


def _refused(hub: Hub, connection: Connection, row: AnyRow) -> ReturnRefused:
    form, letter = _form(hub, connection, row), row.letter
    faults = [SayFault(**fault) for fault in letter["faults"]]
    whole = [fault for fault in faults if not fault.about and fault.code not in ("line", "no-field")]
    others = [fault for fault in faults if fault not in whole]
    return ReturnRefused(
        us(hub),
        *_names(hub, form),
        at=hub.local(datetime.fromisoformat(letter["at"])),
        due=form.row.due_on,
        why=". ".join(_sentence(item.what) for item in mends(form.kind, whole)),
        mends=mends(form.kind, others),
        kept=letter["kept"],
        said=tuple(letter["said"].splitlines()[:MOST_SAID]),
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _opened(hub: Hub, connection: Connection, row: AnyRow) -> RequestOpened:
    request = _request(connection, row)
    return RequestOpened(
        us(hub), request.id, request.subject, _lines(request.text), hub.local(request.opened_at)
    )


def _closed(hub: Hub, connection: Connection, row: AnyRow) -> RequestClosed:
    request = _request(connection, row)
    by = person_name(hub, row.letter["by"])
    return RequestClosed(
        us(hub), request.id, request.subject, request.answer, by, hub.local(request.closed_at)
    )


def _for_centre(hub: Hub, connection: Connection, row: AnyRow) -> RequestForCentre:
    request = _request(connection, row)
    unit = hub.directory.party_name(request.unit) if request.unit else ""
    said = (request.subject, _lines(request.text), hub.local(request.opened_at))
    return RequestForCentre(us(hub), request.id, unit, person_name(hub, request.asked_by), *said)


def _came_back(hub: Hub, connection: Connection, row: AnyRow) -> FormCameBack:
    form = _form(hub, connection, row)
    return FormCameBack(
        us(hub), *_names(hub, form), address=row.letter["address"], why=outcome(row.letter["why"])
    )


def _collected(hub: Hub, connection: Connection, row: AnyRow) -> FiguresCollected:
    kind, period = _subject(hub, row)
    rows = returns.of_period(connection, kind.code, period.name)
    names = hub.directory.party_name
    late = [item for item in rows if item.first_at is not None and item.first_at >= item.late_from]
    missing = [item for item in rows if item.first_at is None]
    return FiguresCollected(
        us(hub),
        kind.called(current()),
        period_words(period),
        row.letter["supplement"],
        row.letter["late"],
        asked=len(rows),
        in_time=len(rows) - len(late) - len(missing),
        late_units=tuple(names(item.unit) for item in late),
        missing=tuple(names(item.unit) for item in missing),
        due=deadline(kind, period, hub.calendar).day,
    )


def _subject(hub: Hub, row: AnyRow) -> tuple[Kind, Period]:
    kind = kind_of(hub, row.letter["kind"])
    period = named(row.letter["period"], kind.cut_off) if kind is not None else None
    if kind is None or period is None:
        raise LookupError(f"notice {row.id} is about no report")
    return kind, period


def _unit_page(hub: Hub, _connection: Connection, row: AnyRow) -> UnitPage:
    said, period = row.letter, named(row.letter["period"])
    return UnitPage(
        us(hub),
        hub.directory.party_name(said["unit"]),
        period_words(period) if period is not None else said["period"],
        said["symbol"],
        said["met"],
        said["applicable"],
        said["missing"],
    )


def _request(connection: Connection, row: AnyRow) -> AnyRow:
    found = support.get(connection, row.letter["request"])
    if found is None:
        raise LookupError(f"notice {row.id} is about no request")
    return found


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.splitlines()[:MOST_SAID])


def line(field: Field, value: Any) -> FormLine:
    """One question with its answer as people write it."""
    name = field.name_en if current() == "en" and field.name_en else field.name
    return FormLine(field.code, name, value_words(value), field.unit if value is not None else hint(field))


def hint(field: Field) -> str:
    """What may be answered, where that is not plain."""
    if field.kind is Asked.YES:
        return _("yes or no")
    return " / ".join(field.choices)


def value_words(value: Any) -> str:
    """A value as people write it."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return str(shown(value))


def files(hub: Hub, connection: Connection, row: AnyRow) -> list[MailFile]:
    """The form as a workbook, where the mail asks for it; or the files that its letter names."""
    if row.letter["notice"] == TABLE:
        kind, period = _subject(hub, row)
        return [MailFile(f"{kind.code}-{period.name}.xlsx", SHEET, table(hub, connection, kind, period))]
    if "files" in row.letter:
        return [
            MailFile(file["name"], file["media_type"], hub.blobs.read(file["sha256"]))
            for file in row.letter["files"]
        ]
    if row.letter["notice"] not in WITH_FORM:
        return []
    form = _form(hub, connection, row)
    last = returns.latest(connection, form.row.id)
    answers = last.answers if last is not None else _said_so_far(connection, form)
    content = workbook(hub, form.kind, form.period, form.row, answers)
    return [MailFile(file_name(form.row), SHEET, content)]


def thread(hub: Hub, connection: Connection, row: AnyRow) -> Thread | None:
    """All mails about one form stand together; so do those about one request."""
    if "files" in row.letter:
        return None
    if "form" in row.letter:
        form = _form(hub, connection, row)
        topic = " - ".join(_names(hub, form))
        return Thread(f"form.{form.row.id}", topic, form.row.asked_at)
    if row.letter["notice"] == TABLE:
        return None
    request = _request(connection, row)
    return Thread(f"request.{request.id}", request.subject or f"#{request.id}", request.opened_at)


KINDS: Mapping[str, Callable[[Hub, Connection, AnyRow], ReturnNotice]] = {
    "return_asked": _asked,
    "return_received": _received,
    "return_refused": _refused,
    "request_opened": _opened,
    "request_closed": _closed,
    "request_for_centre": _for_centre,
    "form_came_back": _came_back,
    TABLE: _collected,
    "unit_page": _unit_page,
}
