"""The signer's title and name out of several looks at a scan's right column.

Seal and signature lie over both, so every look reads other parts of them. What the looks say is
compared: a name must be spelled as Vietnamese names are, a title must be an office that we know.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from importlib.resources import files

from rules.identify import foot, words
from rules.identify.foot import Run
from rules.identify.header_words import header_word
from rules.text.fold import fold, squash
from rules.text.syllables import legal
from rules.values.reading import Word

_LISTS: dict[str, list[str]] = json.loads(files("rules.tables").joinpath("words.json").read_text("utf-8"))
_OFFICES = {squash(office): office for office in sorted(_LISTS["offices"], key=len, reverse=True)}
_BODIES = {squash(body): body for body in sorted(_LISTS["bodies"], key=len, reverse=True)}
_MARK = re.compile(r"^\W{0,2}(KT|TM|TL|TUQ|Q)(?:\s?[./,]\s?|\s)(?=\w)")
_DEPUTY = re.compile(r"^\W*(?:\w?H[ÓOÒỎÕỌÔỐ0]\w?|PH[O0Ó]?)\s", re.IGNORECASE)
_ALIKE = 0.84  # of 1: how like an office a row must look
_FAMILIES = {fold(name): name for name in _LISTS["family_names"]}  # of which only one spelling is a name
_MIDDLE = {"Thi": "Thị", "Vấn": "Văn", "Vẫn": "Văn"}  # the commonest middle names
_MIDDLE_NAME = re.compile(r"(?<=\s)(?:Thi|Vấn|Vẫn)(?=\s)")
# half under a seal, folded; two of five are called so
_NGUYEN = re.compile(r"^\S{0,4}?(?:guy|ng\S{0,2}y|ng\S{1,3}en)\S{0,3}(?: \S{1,2})? (?=\w{2})")
_SHORTEST, _LONGEST = 5, 90  # capitals at least and characters at most of a title's row
_DEBRIS = 0.3  # surety of words that are left out at a name's ends
_ALONE = 0.6  # surety at most of what one look alone has read
_LETTERS = 3  # of a word that is left of a name
_MOST_TITLES = 4
_SYLLABLES = 3  # of most names
_SPECKS = ".,:;'\"“”‘’_|"
_STAND_IN = {("BỘ TRƯỞNG", "THỨ TRƯỞNG")}


@dataclass(frozen=True, slots=True)
class Look:
    """One reading of the column: words, how sure OCR was of each, and which stand beside each other."""

    words: Sequence[Word]
    sure: Sequence[float]
    runs: Sequence[Run]


def look_at(words: Sequence[Word], sure: Sequence[float]) -> Look:
    """A look whose rows the places of its words tell."""
    return Look(words, sure, list(foot.runs(words)))


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the signature: its text put right, where it stands, how sure it is."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    sure: float

    def parts(self) -> list[tuple[str, float, float]]:
        """Its words with their left and right sides, the row's width shared out by letters."""
        letter = (self.x1 - self.x0) / max(1, len(self.text))
        starts = [match.start() for match in re.finditer(r"\S+", self.text)]
        return [
            (part, self.x0 + letter * at, self.x0 + letter * (at + len(part)))
            for at, part in zip(starts, self.text.split(), strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Signed:
    """What the looks agree on; nothing where none of them reads it."""

    titles: tuple[Row, ...] = ()
    name: Row | None = None


@dataclass(frozen=True, slots=True)
class _Office:
    mark: str  # KT., TM. ...
    deputy: bool
    name: str
    rest: str  # of whom, in the same row
    row: Row

    def written(self, mark: str, deputy: bool) -> Row:
        """The row put right, with what the row beside it tells."""
        parts = (self.mark or mark, "PHÓ" if self.deputy or deputy else "", self.name, self.rest)
        return replace(self.row, text=" ".join(filter(None, parts)))


def settled(looks: Sequence[Look]) -> Signed:
    """Title and name as most looks read them; most rows of a title, because a seal swallows rows."""
    read = [_read(look) for look in looks]
    name = _agreed([one.name for one in read if one.name is not None])
    titles = defaultdict(list)
    for one in read:
        if one.titles:
            titles[" ".join(row.text for row in one.titles)].append(one.titles)
    if not titles:
        return Signed((), name)
    best = max(titles.values(), key=lambda found: (len(found[0]), sum(map(_surety, found))))
    return Signed(max(best, key=_surety), name)


def _surety(rows: Sequence[Row]) -> float:
    return sum(row.sure for row in rows) / len(rows)


def _agreed(names: Sequence[Row]) -> Row | None:
    """The name that has most surety together; unsure where one look alone has it, and others another.

    Who read the end of a name has seen the same name.
    """
    found: dict[str, list[Row]] = defaultdict(list)
    for name in names:
        longest = max((o.text for o in names if o.text.endswith(f" {name.text}")), key=len, default=name.text)
        found[longest].append(name)
    if not found:
        return None
    text, rows = max(found.items(), key=lambda item: sum(row.sure for row in item[1]))
    best = max((row for row in rows if row.text == text), key=lambda row: row.sure)
    agreed = len(rows) > 1 or len(found) == 1
    return best if agreed else replace(best, sure=min(best.sure, _ALONE))


def _read(look: Look) -> Signed:
    """One look's rows: titles from the top, then the first name below them."""
    titles: list[_Office] = []
    for run in look.runs:
        row = _row(look, run)
        if titles and (name := _name(look, run)) is not None:
            return Signed(_titles(titles), name)
        office = _office(row)
        if office is not None and len(titles) < _MOST_TITLES:
            titles.append(office)
    return Signed(_titles(titles), None if titles else _lowest_name(look))


def _lowest_name(look: Look) -> Row | None:
    """The name where the titles are under the seal."""
    found = [name for run in look.runs if (name := _name(look, run)) is not None]
    return found[-1] if found else None


def _row(look: Look, run: Run) -> Row:
    sure = [look.sure[at] for at in run.at]
    return Row(run.text, run.x0, run.y0, run.x1, run.y1, sum(sure) / len(sure))


def _name(look: Look, run: Run) -> Row | None:
    """The run as a person's name, or None; specks at its ends are left out."""
    at = list(run.at)
    while at and not _solid(look, at[0]) and not _family_like(look.words[at[0]].text):
        del at[0]
    while at and not _solid(look, at[-1]):
        del at[-1]
    if not at:
        return None
    text = " ".join(look.words[place].text.strip(_SPECKS) for place in at)
    name = _with_family(text)
    short = len(name.split()) < _SYLLABLES
    if not name or (short and at[0] != run.at[0]):
        return None  # because what stands before the end of a name is its beginning
    boxes = [look.words[place] for place in at]
    sure = min(look.sure[place] for place in (at if name == text else at[1:]))
    if name != text or short:
        sure = min(sure, _ALONE)  # because a seal leaves the end of a name, and that is one, too
    return Row(name, boxes[0].x0, min(b.y0 for b in boxes), boxes[-1].x1, max(b.y1 for b in boxes), sure)


def _with_family(text: str) -> str:
    """The name with its family name spelled right, or ""."""
    covered = None if words.sure_name(text) else _NGUYEN.match(fold(text))
    if covered is not None and len(fold(text)) == len(text):
        text = f"Nguyễn {text[covered.end() :]}"
    first, _blank, rest = text.partition(" ")
    family = _FAMILIES.get(fold(first), first) if first[:1].isupper() else first
    name = words.person_name(_MIDDLE_NAME.sub(lambda found: _MIDDLE[found[0]], f"{family} {rest}"))
    return name if name and is_name(name) else ""


def _family_like(text: str) -> bool:
    """Also where OCR does not believe it itself."""
    key = fold(text)
    return key in _FAMILIES or _NGUYEN.match(f"{key} xx") is not None


def _solid(look: Look, at: int) -> bool:
    return sum(map(str.isalpha, look.words[at].text)) > 1 and look.sure[at] > _DEBRIS


def end_of_name(looks: Sequence[Look]) -> Row | None:
    """The row in which the end of a name stands, its beginning covered: what most is left of one."""
    found = [row for look in looks for run in look.runs if (row := _end(look, run)) is not None]
    return max(found, key=lambda row: (len(row.text.split()), row.sure), default=None)


def _end(look: Look, run: Run) -> Row | None:
    """From the right, as far as its words can be a name's."""
    kept: list[int] = []
    for at in reversed(run.at):
        text = look.words[at].text.strip(_SPECKS)
        if len(text) < _LETTERS or not text.istitle() or not legal(text) or look.sure[at] < _ALONE:
            break
        kept.insert(0, at)
    if not kept:
        return None
    boxes = [look.words[at] for at in kept]
    sure = min(look.sure[at] for at in kept)
    text = " ".join(box.text for box in boxes)
    return Row(text, boxes[0].x0, min(b.y0 for b in boxes), boxes[-1].x1, max(b.y1 for b in boxes), sure)


def is_name(text: str) -> bool:
    """A Vietnamese person's name: a family name first, syllables that can be, none in capitals."""
    parts = text.split()
    if len(parts) < _SYLLABLES and parts[0] in ("Văn", "Thị"):
        return False  # the middle of a name whose beginning is covered
    return words.sure_name(text) and all(legal(part) and not part.isupper() for part in parts)


# --- titles --------------------------------------------------------------------------------


def _office(row: Row) -> _Office | None:
    """The office that a row in capitals names, letters wrong or not."""
    if sum(map(str.isupper, row.text)) < _SHORTEST or len(row.text) > _LONGEST:
        return None
    match = _MARK.match(row.text)
    mark, bare = (f"{match[1]}.", row.text[match.end() :]) if match else ("", row.text)
    deputy = _DEPUTY.match(bare)
    if deputy is not None:
        bare = bare[deputy.end() :]
    if found := _known(bare, _OFFICES) or (_known(bare, _BODIES) if mark else None):
        return _Office(mark, deputy is not None, *found, row)
    return None


def _known(text: str, names: Mapping[str, str]) -> tuple[str, str] | None:
    """The name that the text ends with, begins with, or looks like; and what follows it."""
    letters = squash(text)
    for key, name in names.items():
        if letters.endswith(key):
            return name, ""
    for name in names.values():
        if fold(text).startswith(f"{fold(name)} "):
            rest = " ".join(map(header_word, text[len(name) :].strip(" .,;").split()))
            return name, rest if words.starts_org(rest) else ""
    for key, name in names.items():
        if key in letters:
            return name, ""
    best, second = sorted(((_likeness(letters, key), name) for key, name in names.items()), reverse=True)[:2]
    return (best[1], "") if best[0] >= _ALIKE and best[0] > second[0] else None


def _likeness(letters: str, key: str) -> float:
    """0..1; 0 where more than one letter is lacking, because TRƯỞNG ends many offices."""
    short = len(letters) + 1 < len(key)
    return 0.0 if short else SequenceMatcher(None, letters[-len(key) :], key).ratio()


def _titles(offices: Sequence[_Office]) -> tuple[Row, ...]:
    """Who has a deputy's title below the same office signs for its holder (KT., ND30 App. I II.7)."""
    rows: list[Row] = []
    for at, office in enumerate(offices):
        below = offices[at + 1] if at + 1 < len(offices) else None
        held = below is not None and (office.name == below.name or (office.name, below.name) in _STAND_IN)
        deputy = at > 0 and offices[at - 1].name == office.name
        rows.append(office.written("KT." if held else "", deputy))
    return tuple(rows)
