"""Which party a person means who writes its code or its name."""

from datetime import date

from rules.directory import Directory


def named_party(directory: Directory, text: str, day: date) -> str | None:
    """The party with this code, or the only one that ``text`` names on ``day``; None for none or several."""
    if text in directory.units or directory.body(text) is not None:
        return text
    named = [code for code in directory.by_name(text, day) if not code.startswith(("group:", "person:"))]
    return named[0] if len(named) == 1 else None
