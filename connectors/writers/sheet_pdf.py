"""A page of ours becomes a PDF. Nothing is fetched: no file, no network; fonts are embedded."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from weasyprint import HTML
from weasyprint.urls import URLFetcher


class Nothing(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Refuses every address but data: URLs, because WeasyPrint would embed files of this machine."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Only what stands in the page itself."""
        if not url.startswith("data:image/svg+xml") and not url.startswith("data:image/png"):
            raise ValueError(f"a sheet fetches nothing: {url[:80]}")
        return super().fetch(url, headers)


def pdf_of(page: str) -> bytes:
    """The PDF of a page."""
    made: bytes = HTML(string=page, url_fetcher=Nothing()).write_pdf()
    return made


def pdfs_of(page: str) -> dict[str, bytes]:
    """A PDF for each element of the page that has an id and begins a sheet, by that id.

    Laid out and given its fonts once, then taken apart, because fonts cost more than a page.
    """
    laid_out = HTML(string=page, url_fetcher=Nothing()).render()
    owners: list[str] = []
    for sheet in laid_out.pages:
        begun = list(sheet.anchors)
        owners.append(begun[0] if begun else owners[-1])
    with pikepdf.open(io.BytesIO(laid_out.write_pdf())) as whole:
        return {owner: _taken(whole, owners, owner) for owner in dict.fromkeys(owners)}


def _taken(whole: pikepdf.Pdf, owners: list[str], owner: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as part:
        part.pages.extend(sheet for sheet, whose in zip(whole.pages, owners, strict=True) if whose == owner)
        part.save(out)
    return out.getvalue()
