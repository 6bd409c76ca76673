"""Names and codes of edXML (QCVN 102:2016/BTTTT): what a document is called there, what a status means."""

import datetime

from rules.vocabulary import Handling

LONGEST_ORGAN_ID = 35  # characters (Decision 20/2020/QĐ-TTg)
# One public client answers an agreed recall with 14 where all others say 15; never sent, always understood.
ALIASES = {"14": Handling.RECALL_AGREED}


def document_id(organ: str, day: datetime.date | None, symbol: str) -> str:
    """DocumentId: organ, date of the document, number and symbol. Holds commas and slashes: no file name."""
    return f"{organ},{day:%Y/%m/%d},{symbol}" if day is not None else f"{organ},,{symbol}"


def split_document_id(text: str) -> tuple[str, datetime.date | None, str]:
    """Organ, date and symbol of a DocumentId, as far as they are there."""
    organ, _comma, rest = text.strip().partition(",")
    day, comma, symbol = rest.partition(",")
    return (organ.strip(), read_day(day), symbol.strip()) if comma else (organ.strip(), None, "")


def split_symbol(symbol: str) -> tuple[str, str]:
    """CodeNumber and CodeNotation: "21/2005" and "CT-UBND", "1286" and "SNV-CCHC"."""
    number, _slash, rest = symbol.partition("/")
    year, slash, notation = rest.partition("/")
    if slash and len(year) == 4 and year.isdecimal():
        return f"{number}/{year}", notation
    return number, rest


def join_symbol(number: str, notation: str) -> str:
    """Number and symbol as printed, from the two parts of a Code."""
    parts = (number.strip().strip("/"), notation.strip().strip("/"))
    return "/".join(part for part in parts if part)


def handling_of(code: str) -> Handling | None:
    """The handling that a status code stands for; None for one that nobody has told us about."""
    digits = code.strip()
    two = digits.zfill(2) if digits.isdecimal() else digits
    if two in ALIASES:
        return ALIASES[two]
    return Handling(two) if two in {item.value for item in Handling} else None


def read_day(text: str) -> datetime.date | None:
    """yyyy/MM/dd, also with dashes or as dd/MM/yyyy, which some systems write."""
    return next((day.date() for form in _DAYS if (day := _parsed(text.strip()[:10], form)) is not None), None)


def read_moment(text: str, zone: datetime.tzinfo) -> datetime.datetime | None:
    """yyyy/MM/dd HH:mm:ss in ``zone``; a day alone is its midnight."""
    plain = text.strip().replace("T", " ")
    moment = next((found for form in _MOMENTS if (found := _parsed(plain, form)) is not None), None)
    return moment.replace(tzinfo=zone) if moment is not None else None


_DAYS = ("%Y/%m/%d", "%Y-%m-%d", "%d/%m/%Y")
_MOMENTS = tuple(f"{day} %H:%M:%S" for day in _DAYS) + tuple(f"{day} %H:%M" for day in _DAYS) + _DAYS


def _parsed(text: str, form: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.strptime(text, form)
    except ValueError:
        return None
