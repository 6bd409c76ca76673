"""Cells of one row into values; a cell that is wrong becomes an error and a harmless default."""

import re
from datetime import date
from enum import StrEnum
from typing import TypeVar

from rules.sheets.errors import SheetError
from rules.sheets.table import Row, nearest
from rules.text.fold import fold
from rules.vocabulary import Accept, BookMode, NameKind, Role, UnitKind

Word = TypeVar("Word", bound=StrEnum)

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
EMAIL = re.compile(r"[a-z0-9][a-z0-9._+-]{0,63}@[a-z0-9.-]{3,253}")
DOMAIN = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,62}\.){1,10}[a-z][a-z0-9-]{1,62}")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_VIETNAMESE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_YES = {"yes", "co", "1", "true", "x", "dung"}
_NO = {"no", "khong", "0", "false", "sai"}

# Mail providers that give a mailbox to anybody: such a domain proves no office.
PUBLIC_DOMAINS = frozenset(
    ("gmail.com", "googlemail.com", "yahoo.com", "yahoo.com.vn", "outlook.com", "hotmail.com", "live.com",
     "icloud.com", "aol.com", "proton.me", "protonmail.com", "mail.ru", "yandex.com", "zoho.com", "gmx.com",
     "zalo.me", "fpt.vn", "vnn.vn", "com", "vn", "com.vn", "gov.vn", "edu.vn", "org.vn", "net.vn")
)  # fmt: skip

# The users' words beside the stored ones, folded.
VIETNAMESE: dict[type[StrEnum], dict[str, StrEnum]] = {
    UnitKind: {
        "uy ban": UnitKind.COMMITTEE, "van phong": UnitKind.OFFICE, "so": UnitKind.DEPARTMENT,
        "ban": UnitKind.BOARD, "nganh": UnitKind.BRANCH, "trung tam": UnitKind.CENTRE,
        "huyen": UnitKind.DISTRICT, "xa": UnitKind.COMMUNE, "phuong": UnitKind.COMMUNE,
        "dang": UnitKind.PARTY_BODY, "hoi dong": UnitKind.COUNCIL, "phong": UnitKind.ROOM,
        "cong ty": UnitKind.COMPANY, "khac": UnitKind.OTHER,
    },
    Role: {
        "van thu": Role.CLERK, "lanh dao": Role.LEADER, "chuyen vien": Role.SPECIALIST,
        "dieu phoi": Role.COORDINATOR, "quan tri": Role.ADMINISTRATOR, "kiem tra": Role.AUDITOR,
    },
    Accept: {"tu dong": Accept.AUTO, "van thu": Accept.CLERK},
    NameKind: {
        "ten khac": NameKind.OTHER, "ten chinh thuc": NameKind.OFFICIAL, "ky hieu": NameKind.SYMBOL,
    },
    BookMode: {"co san": BookMode.BORNE, "cap so": BookMode.HUB},
}  # fmt: skip


def read_day(text: str) -> date | None:
    """A date as 2025-06-30 or 30/06/2025; None when it is none."""
    iso, local = _ISO.fullmatch(text), _VIETNAMESE.fullmatch(text)
    parts = iso.groups() if iso else tuple(reversed(local.groups())) if local else ()
    try:
        return date(*(int(part) for part in parts))
    except (TypeError, ValueError):  # no parts, or no such day
        return None


class Cells:
    """Takes values out of one row and notes what is wrong."""

    def __init__(self, row: Row, errors: list[SheetError]) -> None:
        self.row = row
        self._errors = errors

    def fault(self, column: str, code: str, **values: object) -> None:
        """Note a fault in this row."""
        self._errors.append(self.row.fault(column, code, **values))

    def text(self, column: str, required: bool = False) -> str:
        """The cell, inner blanks made single."""
        cell = " ".join(self.row.cells.get(column, "").split())
        if required and not cell:
            self.fault(column, "required")
        return cell

    def code(self, column: str, required: bool = True) -> str:
        """A code in lower case; empty when wrong."""
        cell = self.text(column, required).lower()
        if cell and (not CODE.fullmatch(cell) or cell == "gazette"):
            self.fault(column, "bad_code", value=cell)
            return ""
        return cell

    def reference(self, column: str) -> str | None:
        """A code that another row declares; None when empty or wrong."""
        return self.code(column, required=False) or None

    def email(self, column: str, required: bool = False) -> str:
        """An address in lower case; empty when wrong."""
        return self._address(column, self.text(column, required).lower())

    def emails(self, column: str) -> tuple[str, ...]:
        """Several addresses, separated by blanks."""
        return tuple(filter(None, (self._address(column, part) for part in self.words(column, lower=True))))

    def domains(self, column: str, own: tuple[str, ...]) -> tuple[str, ...]:
        """Mail domains that stand for this body, separated by blanks."""
        return tuple(
            domain for domain in self.words(column, lower=True) if self._is_domain(column, domain, own)
        )

    def words(self, column: str, lower: bool = False) -> tuple[str, ...]:
        """Words separated by blanks or ``|``, each once."""
        cell = self.text(column).replace("|", " ")
        return tuple(dict.fromkeys((cell.lower() if lower else cell).split()))

    def day(self, column: str) -> date | None:
        """A date as 2025-06-30 or 30/06/2025; None when empty or wrong."""
        cell = self.text(column)
        if not cell:
            return None
        found = read_day(cell)
        if found is None:
            self.fault(column, "bad_date", value=cell)
        return found

    def span(self) -> tuple[date | None, date | None]:
        """``valid_from`` and ``valid_to``, in this order in time."""
        start, end = self.day("valid_from"), self.day("valid_to")
        if start and end and end < start:
            self.fault("valid_to", "dates_reversed", value=end)
        return start, end

    def yes(self, column: str, default: bool) -> bool:
        """Yes or no, in either language."""
        cell = fold(self.text(column))
        if not cell or cell in _YES | _NO:
            return cell in _YES if cell else default
        self.fault(column, "bad_yes", value=cell)
        return default

    def word(self, column: str, kind: type[Word], default: Word, required: bool = False) -> Word:
        """One word of a vocabulary, in either language."""
        cell = self.text(column, required)
        return self._word(column, kind, cell) or default if cell else default

    def kinds(self, column: str) -> tuple[UnitKind, ...]:
        """Kinds of units, separated by ``|``, or by blanks where each is one word."""
        cell = self.text(column)
        words = [word.strip() for word in cell.split("|")] if "|" in cell else cell.split()
        found = (self._word(column, UnitKind, word) for word in words if word)
        return tuple(dict.fromkeys(filter(None, found)))

    def _word(self, column: str, kind: type[Word], cell: str) -> Word | None:
        plain = fold(cell)
        words = {word.value: word for word in kind}
        local = {name: word for name, word in VIETNAMESE.get(kind, {}).items() if isinstance(word, kind)}
        found = words.get(plain) or local.get(plain)
        if found is None:
            near = nearest(plain, [*words, *local])
            self.fault(column, "bad_word", value=cell, nearest=near, words=", ".join(words))
        return found

    def _address(self, column: str, address: str) -> str:
        if address and not (EMAIL.fullmatch(address) and DOMAIN.fullmatch(address.partition("@")[2])):
            self.fault(column, "bad_email", value=address)
            return ""
        return address

    def _is_domain(self, column: str, domain: str, own: tuple[str, ...]) -> bool:
        if not DOMAIN.fullmatch(domain) and domain not in PUBLIC_DOMAINS:
            self.fault(column, "bad_domain", value=domain)
        elif domain in PUBLIC_DOMAINS:
            self.fault(column, "public_domain", value=domain)
        elif domain in own:
            self.fault(column, "own_domain", value=domain)
        else:
            return True
        return False
