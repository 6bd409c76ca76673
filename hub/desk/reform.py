"""Units are closed, merged, split and renamed: shown first, then written with what it means for the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from hub.context import Hub
from hub.desk.organisation import change_rows, sheet_error, store
from hub.desk.refused import Refused
from hub.texts import N_, _
from rules import reform
from rules.directory import Directory
from rules.reform import ReformFault, Taker, Terms
from rules.routing.soundness import ending
from rules.sheets import compare, parse_sheets, to_sheets
from rules.sheets.cells import CODE, read_day
from rules.text.gate import clean
from rules.vocabulary import UnitKind
from storage.journal import Event

LONGEST_NAME = 300
FAULTS = {
    "unknown_unit": N_("there is no unit {unit} (nearest: {nearest}); to make one, give its name: CODE=NAME"),
    "nothing_to_merge": N_("name the units that are merged, and after --into the one that they become"),
    "too_few_parts": N_("a unit is split into two or more; name each after --into"),
    "not_a_part": N_("{unit} is none of the units after --into; the mail can go to one of them only"),
    "not_there_then": N_("the unit {unit} is not there on {day}"),
    "closed_already": N_("the unit {unit} is closed since {day}"),
    "begins_later": N_("the unit {unit} begins on {day}; it cannot end before"),
    "own_successor": N_("{unit} would follow itself; name another successor"),
    "named_later": N_("the unit {unit} is called {name} from {day} already; correct that row in names.csv"),
    "name_taken": N_("{name} is the name of {owner} then; choose another"),
    "central": N_(
        "{unit} stands for the general address; mark another unit as central in units.csv, or give the "
        "command with a successor when the day has come"
    ),
    "depended_on": N_(
        "these stand below a closed unit or have their books kept by it: {names}; put them elsewhere in "
        "units.csv, close them too with --close-below, or give the command with a successor on {day}"
    ),
}
Change = Callable[[Directory, Terms], Directory]


def close(
    hub: Hub,
    actor: str,
    *,
    unit: str,
    since: str,
    successor: str = "",
    people: bool = True,
    below: bool = False,
    dry_run: bool = False,
) -> dict[str, Any]:
    """The unit ends on the day before ``since``; its mail goes to ``successor``."""
    terms = _terms(hub, since, people, below)
    event = Event("unit-closed", f"party:{unit}", {"successor": successor, "since": terms.since.isoformat()})
    return _do(hub, actor, lambda d, t: reform.close(d, unit, successor, t), terms, event, dry_run)


def merge(
    hub: Hub,
    actor: str,
    *,
    units: Sequence[str],
    into: str,
    since: str,
    kind: str = "",
    symbols: Sequence[str] = (),
    people: bool = True,
    below: bool = False,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Units become one. ``into`` is a code, or CODE=NAME for one that is made or called so from then on."""
    taker, terms = _taker(into, kind, symbols), _terms(hub, since, people, below)
    facts = {"units": list(units), "since": terms.since.isoformat()}
    event = Event("units-merged", f"party:{taker.code}", facts)
    return _do(hub, actor, lambda d, t: reform.merge(d, units, taker, t), terms, event, dry_run)


def split(
    hub: Hub,
    actor: str,
    *,
    unit: str,
    into: Sequence[str],
    since: str,
    mail: str = "",
    kind: str = "",
    people: bool = True,
    below: bool = False,
    dry_run: bool = False,
) -> dict[str, Any]:
    """A unit becomes several; ``mail`` (else the first) gets what still comes for it, and its people."""
    takers, terms = [_taker(text, kind, ()) for text in into], _terms(hub, since, people, below)
    facts = {"into": [taker.code for taker in takers], "since": terms.since.isoformat()}
    event = Event("unit-split", f"party:{unit}", facts)
    return _do(hub, actor, lambda d, t: reform.split(d, unit, takers, mail, t), terms, event, dry_run)


def rename(
    hub: Hub,
    actor: str,
    *,
    unit: str,
    name: str,
    since: str,
    symbols: Sequence[str] = (),
    dry_run: bool = False,
) -> dict[str, Any]:
    """The unit has another name from that day on; documents of before keep the old one."""
    called, terms = clean(name, LONGEST_NAME), _terms(hub, since)
    if not called:
        raise Refused(_("a unit needs a name"))
    event = Event("unit-renamed", f"party:{unit}", {"since": terms.since.isoformat()})
    return _do(
        hub, actor, lambda d, t: reform.rename(d, unit, called, tuple(symbols), t), terms, event, dry_run
    )


def _do(hub: Hub, actor: str, change: Change, terms: Terms, event: Event, dry_run: bool) -> dict[str, Any]:
    """The change and what it means for the rules; written unless it is only shown."""
    hub.refresh()
    before = hub.directory
    try:
        after = change(before, terms)
    except ReformFault as fault:
        raise Refused(_(FAULTS[fault.code]).format(**fault.values)) from fault
    sheets = {name: text.encode() for name, text in to_sheets(after).items()}
    errors = parse_sheets(sheets, domains=after.domains).errors
    if errors:  # because what is written here must also come through an export and an import
        raise Refused("\n".join(sheet_error(error) for error in errors))
    answer = {
        "since": terms.since.isoformat(),
        "changes": change_rows(compare(before, after)),
        "rules": _rules(hub, before, after, terms.since),
    }
    if answer["changes"] and not dry_run:
        store(hub, actor, after, [event])
    return answer


def _rules(hub: Hub, before: Directory, after: Directory, since: date) -> list[str]:
    """Rules in force that name what ends now, in a coordinator's words."""
    found: dict[str, None] = {}
    for published in hub.snapshot().rules:
        known = set(ending(published.rules, before, since))
        new = [error for error in ending(published.rules, after, since) if error not in known]
        found.update((error.words(_), None) for error in new)
    return list(found)


def _terms(hub: Hub, since: str, people: bool = True, below: bool = False) -> Terms:
    first = read_day(since)
    if first is None:
        raise Refused(_("{day} is no day; write it as 2025-07-01 or 01/07/2025").format(day=since))
    return Terms(first, hub.today(), people, below)


def _taker(text: str, kind: str, symbols: Sequence[str]) -> Taker:
    code, _equals, name = text.partition("=")
    code = code.strip()
    if not CODE.fullmatch(code):
        raise Refused(
            _("{code} is not a code; use a-z, 0-9 and -, at most 40, no blanks: sonoivu").format(code=code)
        )
    return Taker(code, clean(name, LONGEST_NAME), _kind(kind), tuple(symbols))


def _kind(text: str) -> UnitKind | None:
    if text and text not in set(UnitKind):
        raise Refused(
            _("there is no kind {kind}; kinds: {known}").format(kind=text, known=", ".join(UnitKind))
        )
    return UnitKind(text) if text else None
