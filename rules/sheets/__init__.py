"""The organisation as CSV sheets: read with every fault named, and written back."""

from rules.sheets.errors import SheetError
from rules.sheets.parse import Parsed, parse_sheets
from rules.sheets.write import to_sheets

__all__ = ["Parsed", "SheetError", "parse_sheets", "to_sheets"]
