"""A document that came in an edXML package: what its header says stands above what the page shows."""

from dataclasses import replace

from rules.identify.symbol import normative, parse
from rules.text.fold import squash
from rules.values.edxml import Package
from rules.values.reading import Fields, Found, RecipientEntry

SURE = 0.95  # a clerk's system wrote it, so it is as good as a clear page
CLEAR = 0.8  # of a page: from here on it is believed against the header
DOUBT = 0.5  # below the threshold: page and header name two different documents
WHERE = "edXML"


def told(fields: Fields, package: Package) -> Fields:
    """The fields of the package's document. Where page and header are both sure of the number and differ,
    nobody is.
    """
    act = package.act
    return replace(
        fields,
        symbol=_symbol(fields.symbol, act.symbol),
        date=Found(act.date, SURE, WHERE) if act.date is not None else fields.date,
        place=_or(package.place, fields.place),
        issuer=_or(package.sender.name, fields.issuer),
        type=_or(package.type, fields.type),
        subject=_or(package.subject, fields.subject),
        signer=_or(package.signer, fields.signer),
        signer_title=_or(package.signer_title, fields.signer_title),
        urgency=Found(package.urgency, SURE, WHERE),
        recipients=fields.recipients or tuple(RecipientEntry(place) for place in package.places),
        normative=normative(parse(act.symbol), package.type, act.date),
        draft=False,
        blank_number=False,
    )


def _or(said: str, page: Found[str] | None) -> Found[str] | None:
    return Found(said, SURE, WHERE) if said else page


def _symbol(page: Found[str] | None, header: str) -> Found[str]:
    differs = page is not None and page.confidence >= CLEAR and squash(page.value) != squash(header)
    return Found(header, DOUBT if differs else SURE, WHERE)
