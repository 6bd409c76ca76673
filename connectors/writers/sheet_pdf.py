"""A page of ours becomes a PDF. Nothing is fetched: no file, no network; fonts are embedded."""

from __future__ import annotations

from typing import Any

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
