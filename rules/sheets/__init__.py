"""The organisation as CSV sheets: read with every fault named, and written back."""

from rules.sheets.changes import Change, compare
from rules.sheets.errors import SheetError
from rules.sheets.parse import Parsed, parse_sheets
from rules.sheets.rows import shape_of
from rules.sheets.write import to_sheets

__all__ = ["Change", "Parsed", "SheetError", "compare", "parse_sheets", "shape_of", "to_sheets"]
