"""Which rows somebody sees (SEMANTICS, Rights), as conditions of a query."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, or_, select, true

from rules.permission import View
from rules.vocabulary import DeliveryState
from storage.tables.deliveries import deliveries
from storage.tables.documents import documents
from storage.tables.following import assignments
from storage.tables.registers import books, register_entries

PUBLISHED = (DeliveryState.SENT, DeliveryState.DELIVERED)


def visible(view: View, document: ColumnElement[int]) -> ColumnElement[bool]:
    """Documents of the viewer's units (as issuer, keeper or receiver), assigned to the viewer, or public.

    Public is what went to the gazette (Công báo), because everybody may read it there.
    """
    if view.units is None:
        return true()
    own = select(documents.c.id).where(
        or_(documents.c.issuer.in_(view.units), documents.c.unit.in_(view.units))
    )
    kept = (
        select(register_entries.c.document)
        .join(books, books.c.id == register_entries.c.book)
        .where(or_(books.c.keeper.in_(view.units), books.c.issuer.in_(view.units)))
    )
    published = (deliveries.c.receiver == "gazette") & deliveries.c.state.in_(PUBLISHED)
    received = select(deliveries.c.document).where(
        or_(deliveries.c.receiver.in_(view.units), published), deliveries.c.document.is_not(None)
    )
    return or_(document.in_(own), document.in_(kept), document.in_(received), document.in_(_assigned(view)))


def of_units(view: View, unit: ColumnElement[str]) -> ColumnElement[bool]:
    """What belongs to one of the viewer's units."""
    return true() if view.units is None else unit.in_(view.units)


def _assigned(view: View) -> Select[tuple[int]]:
    return (
        select(deliveries.c.document)
        .join(assignments, assignments.c.delivery == deliveries.c.id)
        .where(assignments.c.person == view.person, deliveries.c.document.is_not(None))
    )
