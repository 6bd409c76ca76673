"""A searchable copy of a scan: the upright pictures of its pages with their words, invisible, on them.

The original is never touched (TRAPS: saving a signed PDF again breaks its signature).
"""

import io
from collections.abc import Sequence
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from rules.values.reading import Page, Word
from rules.values.scan import ScannedPage

_CODES = 255  # letters that one font of this kind can hold
_INVISIBLE = "3 Tr"
_ADVANCE = 0.5  # width of every letter, in font sizes


def searchable(pages: Sequence[ScannedPage], folder: Path) -> bytes:
    """The copy as PDF. ``folder`` holds the pictures; blank pages are left out."""
    with pikepdf.new() as pdf:
        fonts = _Fonts(
            pdf, {letter for page in pages for word in page.page.words for letter in f"{word.text} "}
        )
        for page in pages:
            if page.picture:
                _add_page(pdf, fonts, page, (folder / page.picture).read_bytes())
        if not pdf.pages:
            return b""
        packed = io.BytesIO()
        pdf.save(packed, compress_streams=True, deterministic_id=True)
        return packed.getvalue()


class _Fonts:
    """Fonts without shapes, whose codes say which letter is meant (Type 3, ToUnicode; ISO 32000 9.6.5)."""

    def __init__(self, pdf: pikepdf.Pdf, letters: set[str]) -> None:
        ordered = sorted(letters)
        chunks = [ordered[at : at + _CODES] for at in range(0, len(ordered), _CODES)]
        self.places = {
            letter: (number, code)
            for number, chunk in enumerate(chunks)
            for code, letter in enumerate(chunk, 1)
        }
        self.resources = Dictionary({f"/F{number}": _font(pdf, chunk) for number, chunk in enumerate(chunks)})

    def shown(self, text: str) -> list[tuple[int, bytes]]:
        """The text as runs of (font, codes)."""
        runs: list[tuple[int, bytearray]] = []
        for letter in text:
            font, code = self.places[letter]
            if not runs or runs[-1][0] != font:
                runs.append((font, bytearray()))
            runs[-1][1].append(code)
        return [(font, bytes(codes)) for font, codes in runs]


def _font(pdf: pikepdf.Pdf, letters: Sequence[str]) -> pikepdf.Object:
    names = [f"/g{code}" for code in range(1, len(letters) + 1)]
    shape = pdf.make_indirect(Stream(pdf, f"{int(_ADVANCE * 1000)} 0 d0".encode()))
    mapped = "\n".join(
        f"<{code:02x}> <{letter.encode('utf-16-be').hex()}>" for code, letter in enumerate(letters, 1)
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type3,
            FontBBox=Array([0, 0, 1000, 1000]),
            FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]),
            CharProcs=Dictionary(dict.fromkeys(names, shape)),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([1, *map(Name, names)])),
            FirstChar=1,
            LastChar=len(letters),
            Widths=Array([_ADVANCE * 1000] * len(letters)),
            Resources=Dictionary(),
            ToUnicode=Stream(pdf, _CMAP.format(count=len(letters), mapped=mapped).encode("ascii")),
        )
    )


_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CMapName /Words def
/CMapType 2 def
1 begincodespacerange
<00> <ff>
endcodespacerange
{count} beginbfchar
{mapped}
endbfchar
endcmap
end
end"""


def _add_page(pdf: pikepdf.Pdf, fonts: _Fonts, page: ScannedPage, jpeg: bytes) -> None:
    width, height = page.page.width, page.page.height
    image = Stream(
        pdf,
        jpeg,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=page.pixels[0],
        Height=page.pixels[1],
        ColorSpace=Name.DeviceGray if page.grey else Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    drawn = f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Page Do Q\nBT {_INVISIBLE}\n"
    content = drawn.encode() + b"".join(_lines(fonts, page.page)) + b"ET"
    added = pdf.add_blank_page(page_size=(width, height))
    added.Resources = Dictionary(XObject=Dictionary(Page=pdf.make_indirect(image)), Font=fonts.resources)
    added.Contents = pdf.make_indirect(Stream(pdf, content))


def _lines(fonts: _Fonts, page: Page) -> list[bytes]:
    return [_word(fonts, word, page.height) for word in page.words]


def _word(fonts: _Fonts, word: Word, height: float) -> bytes:
    """One word, stretched to its box, and a blank, because not every reader infers one from the gap."""
    size = max(1.0, word.y1 - word.y0)
    stretch = 100 * max(0.5, word.x1 - word.x0) / (len(word.text) * _ADVANCE * size)
    shown = b""
    for font, codes in fonts.shown(f"{word.text} "):
        shown += f"/F{font} {size:.1f} Tf <{codes.hex()}> Tj ".encode()
    return f"{stretch:.1f} Tz 1 0 0 1 {word.x0:.1f} {height - word.y1:.1f} Tm ".encode() + shown + b"\n"
