"""OpenDocument texts (.odt): all text in document order."""

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from connectors.readers.container import BROKEN, Container, Refused, opened, parse_xml
from connectors.readers.kind import ODT
from connectors.readers.limits import DEFAULT, ReadLimits
from connectors.readers.outcome import by_fonts, text_reading, unreadable
from connectors.readers.word_styles import local, value
from rules.values.reading import Reading

_SKIPPED = frozenset(
    {"annotation", "tracked-changes", "automatic-styles", "font-face-decls", "scripts", "forms",
     "sequence-decls", "variable-decls", "object", "plugin"}
)  # fmt: skip
_LEGACY = (b"VNI-", b".Vn", b".VN")
_MOST_BLANKS = 1000

Run = tuple[str, str]


def read(path: Path, name: str, limits: ReadLimits = DEFAULT) -> Reading:
    """The text of an .odt; ``unreadable`` with a code where it is broken or dangerous."""
    try:
        with opened(path, limits) as container:
            return _read(container, limits)
    except Refused as refusal:
        state = "encrypted" if refusal.args[0] == "encrypted" else "unreadable"
        return Reading(ODT, state, warnings=(str(refusal.args[0]),))
    except KeyError:
        return unreadable(ODT, "no-document-part")
    except BROKEN:
        return unreadable(ODT, "broken-zip")


def _read(container: Container, limits: ReadLimits) -> Reading:
    manifest = "META-INF/manifest.xml"
    if manifest in container.names and b"encryption-data" in container.bytes_of(manifest):
        raise Refused("encrypted")
    content = container.bytes_of("content.xml")
    root = parse_xml(content)
    fonts = _fonts(root) if any(mark in content for mark in _LEGACY) else {}
    runs = [run for run in _walk(root, fonts) if run[0]]
    if not fonts:
        return text_reading(ODT, "".join(text for text, _ in runs), limits)
    converted = by_fonts(runs)
    return text_reading(ODT, converted.text, limits, converted.kinds)


def _fonts(root: etree._Element) -> dict[str, str]:
    """Font of each automatic style."""
    found: dict[str, str] = {}
    for style in root.iter():
        if local(style) != "style":
            continue
        for properties in style:
            font = value(properties, "font-name") or value(properties, "font-family")
            if local(properties) == "text-properties" and font:
                found[value(style, "name")] = font.strip("'\"")
    return found


def _walk(root: etree._Element, fonts: dict[str, str]) -> Iterator[Run]:
    """Elements carry text before and after their children (tail), each in its own style."""
    styles = [""]
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        name = local(element)
        if event == "start":
            if name in _SKIPPED:
                walker.skip_subtree()
            styles.append(fonts.get(value(element, "style-name"), styles[-1]))
            yield _opening(name, element), styles[-1]
            continue
        styles.pop()
        yield ("\n" if name in ("p", "h") else ""), styles[-1]
        if element.tail and element.tail.strip("\n"):
            yield element.tail, styles[-1]


def _opening(name: str, element: etree._Element) -> str:
    if name in ("p", "h", "span", "a"):
        return element.text or ""
    if name == "s":
        count = value(element, "c")
        return " " * min(int(count) if count.isdecimal() and len(count) < 6 else 1, _MOST_BLANKS)
    return {"tab": "\t", "line-break": "\n"}.get(name, "")
