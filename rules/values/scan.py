"""What a page of a scan says before anybody asks what it means."""

from dataclasses import dataclass

from rules.values.reading import Page

PATCH_T = "patch-t"


@dataclass(frozen=True, slots=True)
class CodeMark:
    """A bar code on a page: ``kind`` is ``patch-t``, ``qr`` or ``code128``; patch-T bears no text."""

    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """One page after OCR. ``page`` has the words upright and straight, with how sure each is.

    ``turned`` and ``skew`` are degrees that were corrected; ``picture`` is the upright page as a
    JPEG in the job folder. A blank page has neither words nor picture. ``problem`` says why a
    page could not be read.
    """

    page: Page
    blank: bool = False
    turned: int = 0
    skew: float = 0.0
    marks: tuple[CodeMark, ...] = ()
    picture: str = ""
    pixels: tuple[int, int] = (0, 0)
    grey: bool = False
    problem: str = ""
