"""Which files of a waiting document the mail to its clerk may carry."""

from collections.abc import Collection

from rules.vocabulary import SenderVerdict

FILE_PROGRAM = "file-program"  # a reason of a case: a program is among the files


def withheld(verdict: str, reasons: Collection[str]) -> str:
    """Why no file is passed on, because a mail of the hub would lend it its good name: "forged" (the

    sender is), "program" (one is among them); "" where nothing speaks against it.
    """
    if verdict == SenderVerdict.FORGED:
        return "forged"
    return "program" if FILE_PROGRAM in reasons else ""
