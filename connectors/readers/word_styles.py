"""Fonts and list numbers of a Word document, as far as its text depends on them."""

from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from connectors.readers.container import Container

_MOST_STYLES = 5000


def local(element: etree._Element) -> str:
    """The tag without its namespace: transitional and strict files differ only there."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    if element is None:
        return None
    return next((node for node in element if local(node) == name), None)


def value(element: etree._Element | None, name: str = "val") -> str:
    """An attribute by its local name, "" where absent."""
    if element is None:
        return ""
    return next((str(text) for key, text in element.items() if str(key).rpartition("}")[2] == name), "")


def font_of(properties: etree._Element | None) -> str:
    fonts = child(properties, "rFonts")
    return value(fonts, "hAnsi") or value(fonts, "ascii")  # legacy letters are not ASCII


def weight_of(properties: etree._Element | None) -> str:
    """ "bold" or "plain" where the properties say so, else ""."""
    bold = child(properties, "b")
    if bold is None:
        return ""
    return "bold" if is_on(bold) else "plain"


def is_on(element: etree._Element | None) -> bool:
    return element is not None and value(element) not in ("0", "false", "off")


@dataclass
class Styles:
    """Font (where fonts are ``wanted``) and weight of each style, inherited ones resolved."""

    wanted: bool = False
    default: str = ""
    fonts: dict[str, str] = field(default_factory=dict)
    bold: frozenset[str] = frozenset()

    @classmethod
    def of(cls, container: Container, wanted: bool) -> "Styles":
        if "word/styles.xml" not in container.names:
            return cls(wanted)
        root = container.xml("word/styles.xml")
        styles = {value(node, "styleId"): node for node in root if local(node) == "style"}
        looks = {name: child(styles[name], "rPr") for name in islice(styles, _MOST_STYLES)}
        based = {name: value(child(styles[name], "basedOn")) for name in looks}
        weights = {name: weight_of(look) for name, look in looks.items()}
        bold = frozenset(name for name in looks if _inherited(name, weights, based) == "bold")
        if not wanted:
            return cls(bold=bold)
        fonts = {name: font_of(look) for name, look in looks.items()}
        normal = next((name for name, style in styles.items() if value(style, "default") == "1"), "")
        defaults = child(child(child(root, "docDefaults"), "rPrDefault"), "rPr")
        default = fonts.get(normal) or font_of(defaults)
        return cls(True, default, {name: _inherited(name, fonts, based) for name in fonts}, bold)

    def font(self, run: str, paragraph: str) -> str:
        """The font by run style, then paragraph style, then the document's default."""
        return self.fonts.get(run) or self.fonts.get(paragraph) or self.default

    def is_bold(self, run: str, paragraph: str) -> bool:
        """Bold of two styles cancels out (ECMA-376 part 1, 17.7.3, toggle properties)."""
        return (run in self.bold) != (paragraph in self.bold)


def _inherited(name: str, own: dict[str, str], based: dict[str, str]) -> str:
    for _ in range(20):  # a chain of styles may be a ring
        if own.get(name):
            return own[name]
        name = based.get(name, "")
    return ""


@dataclass
class Numbering:
    """Automatic list marks, because the dashes of a Nơi nhận block are often automatic."""

    abstract: dict[str, str] = field(default_factory=dict)  # numId -> abstractNumId
    levels: dict[tuple[str, str], tuple[str, str, int]] = field(default_factory=dict)  # format, text, start
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    @classmethod
    def of(cls, container: Container) -> "Numbering":
        numbering = cls()
        if "word/numbering.xml" not in container.names:
            return numbering
        for node in container.xml("word/numbering.xml"):
            if local(node) == "abstractNum":
                numbering._add_levels(value(node, "abstractNumId"), node)
            elif local(node) == "num":
                numbering.abstract[value(node, "numId")] = value(child(node, "abstractNumId"))
        return numbering

    def _add_levels(self, name: str, node: etree._Element) -> None:
        for level in node:
            if local(level) == "lvl":
                start = value(child(level, "start"))
                self.levels[name, value(level, "ilvl")] = (
                    value(child(level, "numFmt")),
                    value(child(level, "lvlText"))[:40],
                    int(start) if start.isdecimal() and len(start) < 6 else 1,
                )

    def mark(self, properties: etree._Element | None) -> str:
        """The mark in front of a paragraph, with a blank after it, or ""."""
        numbers = child(properties, "numPr")
        name = self.abstract.get(value(child(numbers, "numId")), "")
        level = value(child(numbers, "ilvl")) or "0"
        if (name, level) not in self.levels or not level.isdecimal():
            return ""
        style, text, start = self.levels[name, level]
        if style == "bullet":
            return "- "
        return self._counted(name, int(level), start, text)

    def _counted(self, name: str, level: int, start: int, text: str) -> str:
        self.counts[name, level] = self.counts.get((name, level), start - 1) + 1
        for deeper in range(level + 1, 9):
            self.counts.pop((name, deeper), None)
        for number in range(level + 1):
            style = self.levels.get((name, str(number)), ("decimal", "", 1))[0]
            text = text.replace(f"%{number + 1}", _written(self.counts.get((name, number), 1), style))
        return f"{text} " if text else ""


def _written(number: int, style: str) -> str:
    if style in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26)
        return letter.upper() if style == "upperLetter" else letter
    if style in ("lowerRoman", "upperRoman"):
        roman = _roman(number)
        return roman if style == "upperRoman" else roman.lower()
    return "" if style == "none" else str(number)


def _roman(number: int) -> str:
    text = ""
    for amount, sign in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while number >= amount and len(text) < 20:
            text, number = text + sign, number - amount
    return text
