"""Units are closed, merged, split and renamed from a day on, and what was before stays readable.

A reform takes the organisation and gives the one that follows. Nothing goes: a closed unit keeps its row,
its books and its names, each with a last day, so that an old document still names it (DOMAIN, Ten facts, 10).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches

from rules.directory import Directory
from rules.directory_names import covers, official, parent_on, undated
from rules.values.directory import Group, Member, Name, Parent, Post, Unit
from rules.vocabulary import NameKind, UnitKind

DAY = timedelta(days=1)


class ReformFault(Exception):
    """Why it cannot be done: a code, and the values for its words (hub.desk.reform)."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True, slots=True)
class Taker:
    """A unit that takes over: one that is there, or one that is made and needs a name.

    A name given to one that is there is what it is called from then on.
    """

    code: str
    name: str = ""
    kind: UnitKind | None = None
    symbols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """``since`` is the first day of the new order. ``people``: those of a closed unit go with its
    business; ``below``: the units below it are closed with it."""

    since: date
    today: date
    people: bool = True
    below: bool = False


def close(directory: Directory, code: str, successor: str, terms: Terms) -> Directory:
    """The unit ends; what still comes for it goes to ``successor``, if there is one."""
    draft = _Draft(directory, terms)
    if successor:
        draft.taker(Taker(successor), ())
    draft.end([code], successor)
    return draft.done()


def merge(directory: Directory, codes: Sequence[str], into: Taker, terms: Terms) -> Directory:
    """Units become one, which is new, or one of them, or one that was there."""
    gone = [code for code in dict.fromkeys(codes) if code != into.code]
    if not gone:
        raise ReformFault("nothing_to_merge")
    draft = _Draft(directory, terms)
    draft.closable(gone)
    draft.taker(into, gone)
    draft.end(gone, into.code)
    return draft.done()


def split(directory: Directory, code: str, into: Sequence[Taker], mail: str, terms: Terms) -> Directory:
    """A unit becomes several; itself may be one of them. ``mail`` gets what still comes for it."""
    codes = [taker.code for taker in into]
    if len(set(codes)) < 2:
        raise ReformFault("too_few_parts")
    successor = mail or codes[0]
    if successor not in codes:
        raise ReformFault("not_a_part", unit=successor)
    draft = _Draft(directory, terms)
    draft.closable([code])
    for taker in into:
        if taker.code != code:
            draft.taker(taker, [code])
    if code not in codes:
        draft.end([code], successor)
    return draft.done()


def rename(directory: Directory, code: str, name: str, symbols: tuple[str, ...], terms: Terms) -> Directory:
    """The unit has another name from that day on, and other symbols where some are given."""
    draft = _Draft(directory, terms)
    draft.rename(code, name, symbols)
    return draft.done()


class _Draft:
    """The organisation while it is changed."""

    def __init__(self, directory: Directory, terms: Terms) -> None:
        self.before, self.terms = directory, terms
        self.units, self.groups = dict(directory.units), dict(directory.groups)
        self.posts = list(directory.posts)
        self._named: list[str] = []

    def done(self) -> Directory:
        """The new organisation; refused when a new name already means somebody else."""
        after = replace(self.before, units=self.units, groups=self.groups, posts=tuple(self.posts))
        for code in self._named:
            name = official(self.units[code].name, self.units[code].other_names, self.terms.since)
            others = [party for party in after.by_name(name, self.terms.since) if party != code]
            if others:
                raise ReformFault("name_taken", name=name, owner=others[0])
        return after.settled(self.terms.today)

    # -- who takes over -----------------------------------------------------------

    def taker(self, taker: Taker, gone: Sequence[str]) -> None:
        """It is there on the first day, or it is made after the model of the first that goes."""
        unit = self.units.get(taker.code)
        if unit is not None:
            if not covers(unit.valid_from, unit.valid_to, self.terms.since):
                raise ReformFault("not_there_then", unit=taker.code, day=_shown(self.terms.since))
            if taker.name:
                self.rename(taker.code, taker.name, taker.symbols)
        elif not taker.name:
            raise self._unknown(taker.code)
        else:
            self.units[taker.code] = self._made(taker, [self.units[code] for code in gone])
            self._named.append(taker.code)

    def _made(self, taker: Taker, models: Sequence[Unit]) -> Unit:
        first, gone = models[0], {model.code for model in models}
        keeps = any(model.keeps_books for model in models)
        return Unit(
            taker.code,
            taker.name,
            taker.kind or first.kind,
            parent=self._above(first.code, gone),
            symbols=taker.symbols,
            valid_from=self.terms.since,
            deployed_since=min((m.deployed_since for m in models if m.deployed_since), default=None),
            keeps_books=keeps,
            keeper=None if keeps else first.keeper,
            accept=first.accept,
            book_mode=first.book_mode,
            channels=tuple(dict.fromkeys(channel for model in models for channel in model.channels)),
        )

    def _above(self, code: str, gone: set[str]) -> str | None:
        return next((above for above in self.before.above(code) if above not in gone), None)

    def rename(self, code: str, name: str, symbols: tuple[str, ...]) -> None:
        """Both names get their days, so that each document shows the name of its time."""
        unit, since = self._there(code), self.terms.since
        if not covers(unit.valid_from, unit.valid_to, since):
            raise ReformFault("not_there_then", unit=code, day=_shown(since))
        if unit.valid_from == since:  # because it never had another name
            self.units[code] = replace(unit, name=name, symbols=symbols or unit.symbols)
            self._named.append(code)
            return
        later = [o for o in unit.other_names if o.kind is NameKind.OFFICIAL and o.valid_from]
        later = [o for o in later if o.valid_from and o.valid_from >= since]
        if later:
            raise ReformFault("named_later", unit=code, name=later[0].text, day=_shown(later[0].valid_from))
        names = _renamed(unit, name, since)
        if symbols:
            names = _resymbolled(names, unit.symbols, symbols, since)
        kept = tuple(dict.fromkeys((*unit.symbols, *symbols)))
        self.units[code] = replace(unit, other_names=names, symbols=kept)
        self._named.append(code)

    # -- who goes -----------------------------------------------------------------

    def closable(self, codes: Iterable[str]) -> None:
        """Raises ReformFault for a unit that is not there on the last day of the old order."""
        last = self.terms.since - DAY
        for code in codes:
            unit = self._there(code)
            if unit.valid_to is not None and unit.valid_to < last:
                raise ReformFault("closed_already", unit=code, day=_shown(unit.valid_to))
            if unit.valid_from is not None and unit.valid_from > last:
                raise ReformFault("begins_later", unit=code, day=_shown(unit.valid_from))

    def end(self, codes: Sequence[str], successor: str) -> None:
        """Close these; those below, the groups and the people follow."""
        gone = list(codes)
        self.closable(gone)
        if self.terms.below:
            gone += self._everything_below(gone, successor)
        if successor in gone:
            raise ReformFault("own_successor", unit=successor)
        self._hand_on_centre(gone, successor)
        self._rebind(gone, successor)
        for code in gone:
            last = self.terms.since - DAY
            self.units[code] = replace(self.units[code], valid_to=last, successor=successor or None)
        for code, group in self.groups.items():
            self.groups[code] = self._regrouped(group, set(gone), successor)
        if self.terms.people and successor:
            self.posts = _moved(self.posts, set(gone), successor, self.terms.since)

    def _everything_below(self, codes: Sequence[str], successor: str) -> list[str]:
        """Units of that day below these, the successor and what is below it apart."""
        spared = {successor, *self.before.above(successor)} if successor else set()
        found: dict[str, None] = {}
        waiting = [child for code in codes for child in self._children(code)]
        while waiting:
            code = waiting.pop(0)
            if code not in spared and code not in found and code not in codes:
                found[code] = None
                waiting.extend(self._children(code))
        return list(found)

    def _children(self, code: str) -> list[str]:
        day = self.terms.since
        placed = ((c, unit) for c, unit in self.units.items() if parent_on(unit, day) == code)
        below = [(c, unit) for c, unit in placed if self._goes_on(unit)]
        return [c for c, unit in below if unit.valid_from is None or unit.valid_from < self.terms.since]

    def _goes_on(self, unit: Unit) -> bool:
        return unit.valid_to is None or unit.valid_to >= self.terms.since

    def _hand_on_centre(self, gone: Sequence[str], successor: str) -> None:
        for code in gone:
            if self.units[code].central:
                if not successor or self.terms.since > self.terms.today:
                    raise ReformFault("central", unit=code)
                self.units[code] = replace(self.units[code], central=False)
                self.units[successor] = replace(self.units[successor], central=True)

    def _rebind(self, gone: Sequence[str], successor: str) -> None:
        """Units that stand below a closed one, or whose books it kept, go to the successor.

        Places have their days, keepers have none, so that a keeper's end cannot be written ahead.
        """
        closed, since = set(gone), self.terms.since
        bound = [
            code
            for code, unit in self.units.items()
            if code not in closed and self._goes_on(unit) and {parent_on(unit, since), unit.keeper} & closed
        ]
        if successor in bound:
            bound.remove(successor)
            unit = self.units[successor]
            keeper = None if unit.keeper in closed else unit.keeper
            above = self._above(successor, closed)
            self.units[successor] = replace(_replaced(unit, closed, above, since), keeper=keeper)
        ahead = since > self.terms.today and any(self.units[code].keeper in closed for code in bound)
        if bound and (not successor or ahead):
            raise ReformFault("depended_on", names=", ".join(bound), day=_shown(since))
        for code in bound:
            unit = self.units[code]
            keeper = successor if unit.keeper in closed else unit.keeper
            self.units[code] = replace(_replaced(unit, closed, successor, since), keeper=keeper)

    def _regrouped(self, group: Group, gone: set[str], successor: str) -> Group:
        """The successor stands in the groups in which a closed unit stood."""
        since = self.terms.since
        ending = [m for m in group.members if m.party in gone and covers(m.valid_from, m.valid_to, since)]
        if not ending:
            return group
        members = [replace(m, valid_to=since - DAY) if m in ending else m for m in group.members]
        there = any(m.party == successor and covers(m.valid_from, m.valid_to, since) for m in members)
        by_kind = bool(successor) and self.units[successor].kind in group.kinds
        if successor and not there and not by_kind:
            members.append(Member(successor, since, None))
        return replace(group, members=tuple(m for m in members if _lasts(m.valid_from, m.valid_to)))

    def _there(self, code: str) -> Unit:
        unit = self.units.get(code)
        if unit is None:
            raise self._unknown(code)
        return unit

    def _unknown(self, code: str) -> ReformFault:
        near = get_close_matches(code[:100], list(self.units), 3, 0.5)
        return ReformFault("unknown_unit", unit=code, nearest=", ".join(near) or "-")


def _replaced(unit: Unit, closed: set[str], parent: str | None, since: date) -> Unit:
    """The unit below another from that day on, where it stood below a closed one; both get their days."""
    if parent_on(unit, since) not in closed:
        return unit
    if not unit.parents and unit.valid_from is not None and unit.valid_from >= since:
        return replace(unit, parent=parent)  # because it never stood elsewhere
    last = since - DAY
    old = [p for p in unit.parents if p.valid_from is None or p.valid_from < since]
    later = [p for p in unit.parents if p not in old and p.unit not in closed]
    if not any(covers(p.valid_from, p.valid_to, last) for p in old):
        ends = [p.valid_to for p in old if p.valid_to is not None]
        old.append(Parent(unit.parent, max(ends) + DAY if ends else None, last))
    ended = [p if p.valid_to and p.valid_to < since else replace(p, valid_to=last) for p in old]
    starts = [p.valid_from for p in later if p.valid_from is not None]
    fresh = Parent(parent, since, min(starts) - DAY if starts else None)
    return replace(unit, parents=(*ended, fresh, *later))


def _renamed(unit: Unit, name: str, since: date) -> tuple[Name, ...]:
    """The names of the unit, the present one ended and the new one begun."""
    last, ended = since - DAY, []
    standing = [o for o in unit.other_names if o.kind is NameKind.OFFICIAL]
    running = [o for o in standing if covers(o.valid_from, o.valid_to, last)]
    if not running:
        ends = [o.valid_to for o in standing if o.valid_to is not None]
        ended.append(Name(unit.name, max(ends) + DAY if ends else None, last, NameKind.OFFICIAL))
    names = [replace(o, valid_to=last) if o in running else o for o in unit.other_names]
    return (*names, *ended, Name(name, since, None, NameKind.OFFICIAL))


def _resymbolled(
    names: tuple[Name, ...], standing: tuple[str, ...], wanted: tuple[str, ...], since: date
) -> tuple[Name, ...]:
    """The symbols of before ended, those of the new order begun; what stays stays undated."""
    last = since - DAY
    ended = [
        replace(o, valid_to=last)
        if o.kind is NameKind.SYMBOL and o.text not in wanted and covers(o.valid_from, o.valid_to, since)
        else o
        for o in names
    ]
    running = {o.text for o in ended if o.kind is NameKind.SYMBOL and covers(o.valid_from, o.valid_to, since)}
    loose = undated(standing, names)
    ended += [Name(text, None, last, NameKind.SYMBOL) for text in loose if text not in wanted]
    fresh = [text for text in wanted if text not in loose and text not in running]
    return (*ended, *(Name(text, since, None, NameKind.SYMBOL) for text in fresh))


def _moved(posts: Iterable[Post], gone: set[str], successor: str, since: date) -> list[Post]:
    """The posts of that day go on in the successor; nobody gets one twice."""
    posts = list(posts)
    held = {
        (post.person.casefold(), post.role)
        for post in posts
        if post.unit == successor and (post.valid_to is None or post.valid_to >= since)
    }
    found: list[Post] = []
    for post in posts:
        if post.unit not in gone or not (post.valid_to is None or post.valid_to >= since):
            found.append(post)
            continue
        ended = replace(post, valid_to=since - DAY)
        if _lasts(ended.valid_from, ended.valid_to):
            found.append(ended)
        key = (post.person.casefold(), post.role)
        if key not in held:
            held.add(key)
            begin = max(since, post.valid_from) if post.valid_from else since
            found.append(replace(post, unit=successor, valid_from=begin))
    return found


def _lasts(start: date | None, end: date | None) -> bool:
    return start is None or end is None or start <= end


def _shown(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else "-"
