"""Which party issued it: by the name printed, the body in the symbol, and who keeps whose books."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from rules.identify import naming, symbol
from rules.text.fold import fold
from rules.values.directory import Unit, is_outside
from rules.values.reading import Fields


class Parties(Protocol):
    """What of the directory is needed to tell the issuer."""

    def by_name(self, text: str, day: date) -> tuple[str, ...]: ...
    def by_symbol(self, body: str, day: date) -> tuple[str, ...]: ...
    def above(self, code: str, day: date | None = None) -> tuple[str, ...]: ...
    def kept_by(self, code: str) -> tuple[str, ...]: ...
    def unit(self, code: str) -> Unit | None: ...


_SURE = 0.9  # a printed name read with less may be wrong, so the symbol may overrule it


def issuer_party(
    fields: Fields, directory: Parties, day: date, sender_units: Iterable[str]
) -> tuple[str, float, str] | None:
    """(party code, confidence, why) or None.

    ``why`` is "name", "name+symbol" or "symbol". A printed name that is not in
    the directory is somebody else's: then the symbol alone convinces nobody.
    """
    kept = {code for unit in sender_units for code in (unit, *directory.kept_by(unit))}
    told = _by_symbol(fields, directory, day)
    named = _by_name(fields, directory, day)
    if len(named) > 1:
        named = [c for c in named if c in told and c in kept] or [c for c in named if c in told] or named
    if len(named) == 1:
        return _with_symbol(named[0], fields, told)
    own = [code for code in told if code in kept]
    if len(own) != 1:
        return None
    printed = fields.issuer
    if printed is None:
        return own[0], 0.8, "symbol"
    return own[0], 0.5 if printed.confidence >= _SURE else 0.65, "symbol"


def _with_symbol(code: str, fields: Fields, told: tuple[str, ...]) -> tuple[str, float, str]:
    printed = fields.issuer.confidence if fields.issuer else 0.0
    if code in told:
        return code, max(0.9, printed), "name+symbol"
    return code, min(0.85, printed), "name"


def _by_symbol(fields: Fields, directory: Parties, day: date) -> tuple[str, ...]:
    parsed = symbol.parse(fields.symbol.value) if fields.symbol else None
    if parsed is None and fields.symbol_rest:
        parsed = symbol.parse("1" + fields.symbol_rest)
    if parsed is None or parsed.type_abbr in ("SY", "SL", "TrS"):
        return ()
    found = directory.by_symbol(parsed.org, day) if parsed.org else ()
    return found or (directory.by_symbol(parsed.body, day) if parsed.body else ())


def _by_name(fields: Fields, directory: Parties, day: date) -> list[str]:
    """Parties that the printed issuer, seen below its printed parent, can be."""
    if fields.issuer is None:
        return []
    name = fields.issuer.value
    parent = fields.parent_issuer.value if fields.parent_issuer else ""
    for text in _written(name, parent):
        for variant in naming.variants(text):
            found = [
                code for code in directory.by_name(variant, day) if not code.startswith(("group:", "person:"))
            ]
            found = [code for code in found if _below(code, text, name, parent, directory, day)]
            if found:
                return found
    return []


def _written(name: str, parent: str) -> Iterable[str]:
    """ "VĂN PHÒNG" below "BỘ TƯ PHÁP" is "VĂN PHÒNG BỘ TƯ PHÁP" before it is any office."""
    if parent:
        yield f"{name} {parent}"
        if fold(name).startswith(("uy ban", "hoi dong")):
            yield f"{name} {parent.split(' ', 1)[-1]}"
    yield name


def _below(code: str, text: str, name: str, parent: str, directory: Parties, day: date) -> bool:
    """A unit printed below a parent must stand below it: another province's Sở Y tế is not ours."""
    if not parent or text != name or is_outside(code):
        return True
    above = {party for variant in naming.variants(parent) for party in directory.by_name(variant, day)}
    above |= {heir for party in above for heir in _heirs(party, directory)}
    return not above.isdisjoint(directory.above(code, day))


def _heirs(code: str, directory: Parties) -> Iterable[str]:
    """The units that followed it, because without dates a unit stands below what its parent became."""
    seen = {code}
    unit = directory.unit(code)
    while unit is not None and unit.successor and unit.successor not in seen:
        seen.add(unit.successor)
        yield unit.successor
        unit = directory.unit(unit.successor)
