"""HTML as text: for mail bodies and for files. Nothing is fetched, run or shown."""

import re
from pathlib import Path

from lxml import etree
from lxml import html as parser

from connectors.readers.charset import decode
from connectors.readers.kind import HTML
from connectors.readers.limits import DEFAULT, ReadLimits
from connectors.readers.outcome import text_reading
from rules.values.reading import Reading

_META = re.compile(rb"charset=[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_HIDDEN = frozenset({"script", "style", "head", "template", "noscript", "object", "svg", "math", "title"})
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
        "br",
    }
)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_MANY_LINES = re.compile(r"\n{3,}")


def read(path: Path, name: str, limits: ReadLimits = DEFAULT) -> Reading:
    """The text of an HTML file, its charset from the meta tag or guessed."""
    with path.open("rb") as file:
        data = file.read(limits.text_chars * 8)
    declared = _META.search(data[:4096])
    markup = decode(data, declared.group(1).decode("ascii") if declared else "")
    return text_reading(HTML, text_of(markup), limits)


def text_of(markup: str) -> str:
    """What a person would read, blocks on lines of their own, cells apart by tabs; never raises."""
    try:
        data = markup.replace("\0", "").encode("utf-8", "replace")
        root = parser.document_fromstring(data, parser=_parser())
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    lines = "".join(_walk(root)).split("\n")
    return _MANY_LINES.sub("\n\n", "\n".join(line.strip(" ") for line in lines)).strip()


def _parser() -> parser.HTMLParser:
    return parser.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )


def _walk(root: etree._Element) -> list[str]:
    out: list[str] = []
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            out.append("\n" if tag in _BLOCKS else "")
            if tag in _HIDDEN:
                walker.skip_subtree()
            else:
                out.append(_BLANKS.sub(" ", element.text or ""))
            continue
        ends_line = tag in _BLOCKS and tag != "br"
        out.append("\n" if ends_line else "\t" if tag in ("td", "th") else "")
        out.append(_BLANKS.sub(" ", element.tail or ""))
    return out
