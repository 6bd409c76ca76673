"""OpenDocument texts (.odt): all text in document order."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from connectors.readers.container import BROKEN, Container, Refused, opened, parse_xml
from connectors.readers.kind import ODT
from connectors.readers.limits import DEFAULT, ReadLimits
from connectors.readers.outcome import Run, runs_reading, unreadable
from connectors.readers.word_styles import local, value
from rules.values.reading import Reading

_SKIPPED = frozenset(
    {"annotation", "tracked-changes", "automatic-styles", "font-face-decls", "scripts", "forms",
     "sequence-decls", "variable-decls", "object", "plugin"}
)  # fmt: skip
_LEGACY = (b"VNI-", b".Vn", b".VN")
_MOST_BLANKS = 1000


class _Look(NamedTuple):
    """What a style says of letters; ``bold`` None where it says nothing."""

    font: str = ""
    bold: bool | None = None

    def changed(self, by: "_Look | None") -> "_Look":
        """This look inside an element of another style."""
        if by is None:
            return self
        return _Look(by.font or self.font, self.bold if by.bold is None else by.bold)


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
    looks = _looks(root, any(mark in content for mark in _LEGACY))
    return runs_reading(ODT, [run for run in _walk(root, looks) if run.text], limits)


def _looks(root: etree._Element, fonts: bool) -> dict[str, _Look]:
    """Weight, and font where ``fonts`` are wanted, of each automatic style."""
    found: dict[str, _Look] = {}
    for style in root.iter():
        if local(style) != "style":
            continue
        for properties in style:
            if local(properties) == "text-properties":
                found[value(style, "name")] = _look(properties, fonts)
    return found


def _look(properties: etree._Element, fonts: bool) -> _Look:
    font = (value(properties, "font-name") or value(properties, "font-family")) if fonts else ""
    weight = value(properties, "font-weight")
    bold = weight == "bold" or (weight.isdecimal() and weight >= "600") if weight else None
    return _Look(font.strip("'\""), bold)


def _walk(root: etree._Element, looks: dict[str, _Look]) -> Iterator[Run]:
    """Elements carry text before and after their children (tail), each in its own style."""
    inherited = [_Look()]
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        name = local(element)
        if event == "start":
            if name in _SKIPPED:
                walker.skip_subtree()
            inherited.append(inherited[-1].changed(looks.get(value(element, "style-name"))))
            yield _run(_opening(name, element), inherited[-1])
            continue
        inherited.pop()
        yield _run("\n" if name in ("p", "h") else "", inherited[-1])
        if element.tail and element.tail.strip("\n"):
            yield _run(element.tail, inherited[-1])


def _run(text: str, look: _Look) -> Run:
    return Run(text, look.font, bool(look.bold))


def _opening(name: str, element: etree._Element) -> str:
    if name in ("p", "h", "span", "a"):
        return element.text or ""
    if name == "s":
        count = value(element, "c")
        return " " * min(int(count) if count.isdecimal() and len(count) < 6 else 1, _MOST_BLANKS)
    return {"tab": "\t", "line-break": "\n"}.get(name, "")
