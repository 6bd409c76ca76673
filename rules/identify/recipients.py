"""Recipients as written -> parties of the directory (DOMAIN 4.4, 4.5; SEMANTICS, Routing).

A whole entry is tried before its parts, never the parts first; what nobody can
tell is held for a person, just that part of it, and never dropped.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from rules.directory_names import name_key
from rules.identify import block, naming
from rules.text.fold import fold
from rules.values.directory import Post
from rules.values.reading import RecipientEntry
from rules.values.routing import Held, ResolvedEntry
from rules.vocabulary import Role

# Reasons of what is held; the words a person reads are the hub's.
UNKNOWN = "unknown"  # no such name in the directory
NOT_THEN = "not-then"  # the directory has the name, but not on the document's day
AMBIGUOUS = "ambiguous"  # several parties answer to it
NO_ADDRESSEES = "no-addressees"  # "Như trên", and nothing above
ARTICLE = "article"  # "Như Điều 3", and the article is not in the text
INVITED = "invited"  # "Như thành phần mời": the list is in the text
NO_POST = "no-post"  # a person without a post on that day
EMPTY_GROUP = "empty-group"  # a group without members on that day

_MOST_PARTS = 60
_DEEPEST = 3
_ARTICLES = re.compile(r"điều\s+([\d\s,và]+)", re.IGNORECASE)
_ORDERED = re.compile(
    r"\s*,?\s*(?:(?:có|chịu|và)\s+)?(?:trách nhiệm|căn cứ|thi hành|tổ chức thực hiện|thực hiện)\b",
    re.IGNORECASE,
)
# "Các Sở: XD, GTVT các tỉnh, TP trực thuộc TW" are not our departments: such a list is never taken apart
_ELSEWHERE = re.compile(r"\bcac tinh\b|\btruc thuoc (?:tw|trung uong)\b|\bcac dia phuong khac\b|\btinh ban\b")
# "Cục KSTTHC - VPCP": a part of a body that is named behind it
_PART_OF = re.compile(
    r"^((?:Tổng cục|Chi cục|Cục|Vụ|Viện|Phòng|Ban|Bộ phận|Trung tâm|Thanh tra|Văn phòng)\b.*?)"
    r"\s*[-–]\s+([^-–]+)$"
)
_LIST_TAIL = re.compile(r"\b(các (?:tỉnh|huyện|xã|phường|quận)\b.*|tỉnh|thành phố)$", re.IGNORECASE)


class Names(Protocol):
    """What of the directory is needed to resolve names."""

    def by_name(self, text: str, day: date) -> tuple[str, ...]: ...
    def suggest(self, text: str, limit: int = 3) -> tuple[str, ...]: ...
    def expand(self, group_code: str, day: date) -> tuple[str, ...]: ...
    def posts_of(self, email: str, day: date) -> tuple[Post, ...]: ...
    def party_name(self, code: str) -> str: ...
    def bearers(self, text: str) -> tuple[tuple[str, date | None, date | None], ...]: ...
    def successor(self, code: str, day: date) -> str | None: ...


@dataclass(slots=True)
class _Found:
    """Parties of one entry, in the order met."""

    parties: dict[str, None] = field(default_factory=dict)
    persons: dict[tuple[str, str], None] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    group: str = ""

    def add(self, other: "_Found") -> None:
        self.parties.update(other.parties)
        self.persons.update(other.persons)
        self.held.extend(other.held)
        self.group = self.group or other.group

    def entry(self, written: RecipientEntry, kind: str) -> ResolvedEntry:
        return ResolvedEntry(
            written.text,
            tuple(self.parties),
            self.group,
            tuple(self.held[:_MOST_PARTS]),
            tuple(self.persons),
            written.purpose,
            kind,
        )


def resolve(
    entries: Sequence[RecipientEntry],
    addressees: Sequence[RecipientEntry],
    directory: Names,
    day: date,
    *,
    text: str = "",
) -> tuple[ResolvedEntry, ...]:
    """Every addressee (kind "addressee"), then every entry of the block (kind "block"), in order.

    ``day`` is the document's date: names are understood as of then. ``text`` is
    the document's, in which "Như Điều N" finds its article.
    """
    resolver = _Resolver(directory, day)
    above = [resolver.named(written.text) for written in addressees]
    resolved = [found.entry(w, "addressee") for found, w in zip(above, addressees, strict=True)]
    for written in entries:
        found = _one(resolver, written, above, text)
        resolved.append(found.entry(written, "block"))
    return tuple(resolved)


def _one(resolver: "_Resolver", written: RecipientEntry, above: Sequence[_Found], text: str) -> _Found:
    if written.kind == "archive":
        return _Found()
    if written.kind != "reference":
        return resolver.named(written.text)
    found = _Found()
    for part in written.text.split(";"):
        found.add(_reference(resolver, part.strip(), above, text))
    return found


def _reference(resolver: "_Resolver", part: str, above: Sequence[_Found], text: str) -> _Found:
    """ "Như trên": of those under Kính gửi nothing is held here, because it is held there."""
    folded = fold(part)
    if not folded.startswith("nhu "):
        return resolver.named(part)
    if folded.startswith(("nhu tren", "nhu kinh gui", "nhu noi nhan")):
        found = _Found()
        for other in above:
            found.add(replace(other, held=[]))
        if not above:
            found.held.append(Held(part, NO_ADDRESSEES))
        return found
    if match := _ARTICLES.search(part):
        return _articles(resolver, part, [int(n) for n in re.findall(r"\d+", match.group(1))[:5]], text)
    return _Found(held=[Held(part, INVITED)])


def _articles(resolver: "_Resolver", part: str, numbers: Sequence[int], text: str) -> _Found:
    found = _Found()
    for number in numbers:
        names = article_bodies(text, number)
        if not names:
            found.held.append(Held(part, ARTICLE))
        for name in names:
            found.add(resolver.named(name))
    return found


def article_bodies(text: str, number: int) -> tuple[str, ...]:
    """Who is ordered to carry out: the bodies that article N names before "chịu trách nhiệm thi hành".

    Joined as written ("Giám đốc các Sở, ban, ngành" stays whole); () when there is no such article.
    """
    match = re.search(rf"^[ \t]*Điều[ \t]+{number}[ \t]*[.:]", text, re.MULTILINE)
    if match is None:
        return ()
    article = text[match.end() : match.end() + 2_000]
    end = re.search(r"^[ \t]*(?:Điều[ \t]+\d+[ \t]*[.:]|Nơi nhận)", article, re.MULTILINE)
    article = " ".join((article[: end.start()] if end else article).split())
    stop = _ORDERED.search(article)
    if stop is None:
        return ()
    sentence = re.split(r"(?<=[a-zà-ỹ])\.\s+(?=[A-ZĐÀ-Ỹ])", article[: stop.start()])[-1]
    return tuple(_office_parts(sentence.removeprefix("Các ông (bà):").strip(" :")))


_OFFICE = re.compile(
    r"(?:[;,]\s*(?:và\s+)?|\s+và\s+)(?=(?:Chánh|Giám đốc|Thủ trưởng|Chủ tịch|Trưởng|Tổng|"
    r"Cục trưởng|Bộ trưởng|Kho bạc|các đơn vị|các cơ quan|các tổ chức|Hiệu trưởng|Ông|Bà)\b)"
)


def _office_parts(sentence: str) -> list[str]:
    """Parts at commas that stand before the next office's head."""
    return [part.strip(" ,;") for part in _OFFICE.split(sentence)[:_MOST_PARTS] if part.strip(" ,;")]


class _Resolver:
    """Looks names up for one document."""

    def __init__(self, directory: Names, day: date) -> None:
        self._directory = directory
        self._day = day

    def named(self, written: str) -> _Found:
        """The whole text first, then its parts; a part that is unknown is held alone."""
        found = self._named(written[:600], 0)
        entries = _semicolons(written[:600])
        if found is None and len(entries) > 1:  # each is a recipient of its own, and a question of its own
            found = _Found()
            for entry in entries[:_MOST_PARTS]:
                found.add(self.named(entry))
        return found or _Found(held=[self._held(written)])

    def _named(self, written: str, depth: int) -> _Found | None:
        """None when nothing at all in the text is known."""
        whole = self._whole(written)
        if whole is not None or depth >= _DEEPEST:
            return whole
        if (body := self._part_of(written)) is not None:
            return body
        if ";" not in written and _ELSEWHERE.search(fold(written)):
            return None
        for split in (_semicolons, _colon_list, _commas, _joined):
            parts = split(written)
            if len(parts) < 2:
                continue
            if split is _colon_list:
                return self._listed(parts, depth)
            return self._parts(parts, depth)
        return None

    def _part_of(self, written: str) -> _Found | None:
        """The body of which the directory does not know this part."""
        match = _PART_OF.match(block.without_purpose(written))
        if match is None or self._whole(match[1]) is not None:
            return None
        return self._whole(match[2])

    def _parts(self, parts: Sequence[str], depth: int) -> _Found | None:
        """Each part for itself; when none is known, the whole is held rather than each part."""
        found = _Found()
        known = False
        for part in parts[:_MOST_PARTS]:
            one = self._named(part, depth + 1)
            known = known or one is not None
            found.add(one or _Found(held=[self._held(part)]))
        return found if known else None

    def _listed(self, parts: Sequence[str], depth: int) -> _Found | None:
        """ "Các Sở: KH&ĐT, TC" are those departments; "VPUB: CVP, TH" are persons and rooms of one body."""
        head, *rest = parts
        key = re.sub(r"\W+", " ", fold(head)).strip()
        prefix = naming.PLURAL_HEADS.get(key)
        if prefix is None:
            body = self._named(head, _DEEPEST)
            if body is not None and body.parties:
                return self._inside(body, rest)
            prefix = ""
        found = _Found()
        for part in rest[:_MOST_PARTS]:
            found.add(self._with_head(prefix, part, depth))
        return found if found.parties or len(found.held) < len(rest) else None

    def _with_head(self, prefix: str, part: str, depth: int) -> _Found:
        full = f"{prefix} {part}".strip()
        spelled = f"{prefix} {naming.sector(part)}".strip()
        found = self._whole(full) or self._whole(spelled) or self._whole(part)
        return found or self._named(part, depth + 1) or _Found(held=[self._held(full)])

    def _inside(self, body: _Found, rest: Iterable[str]) -> _Found:
        """The body gets it; persons and rooms of it that the directory knows are named besides."""
        for part in rest:
            known = self._whole(part)
            if known is not None and known.persons:
                body.add(known)
        return body

    def _whole(self, written: str) -> _Found | None:
        for text in naming.variants(written):
            parties = self._directory.by_name(text, self._day)
            if len(parties) == 1:
                return self._party(parties[0], written)
            if parties:
                names = tuple(self._directory.party_name(code) for code in parties[:5])
                return _Found(held=[Held(written, AMBIGUOUS, names)])
        return None

    def _party(self, code: str, written: str) -> _Found:
        """A group is opened, a person becomes a delivery to the unit of their post."""
        found = _Found()
        if code.startswith("group:"):
            found.group = code.removeprefix("group:")
            members = self._directory.expand(code, self._day)
            if not members:
                found.held.append(Held(written, EMPTY_GROUP))
        else:
            members = (code,)
        for member in members:
            self._member(member, found)
        return found

    def _member(self, code: str, found: _Found) -> None:
        if not code.startswith("person:"):
            found.parties[code] = None
            return
        address = code.removeprefix("person:")
        unit = self._unit_of(address)
        if unit is None:
            found.held.append(Held(self._directory.party_name(code), NO_POST))
            return
        found.parties[unit] = None
        found.persons[(unit, address)] = None

    def _unit_of(self, address: str) -> str | None:
        """A leader's post counts before any other."""
        posts = self._directory.posts_of(address, self._day)
        leading = [post.unit for post in posts if post.role is Role.LEADER]
        return next(iter(leading or [post.unit for post in posts]), None)

    def _ended(self, written: str) -> list[str]:
        """Units and groups that were called so until before the document's date."""
        for text in naming.variants(written):
            found = self._directory.bearers(text)
            ended = [code for code, _start, end in found if end is not None and end < self._day]
            if ended:
                return list(dict.fromkeys(ended))
        return []

    def _held(self, written: str) -> Held:
        text = written.strip(" .,;")
        name = block.without_purpose(text)
        near = self._directory.suggest(name, 4)
        others = tuple(other for other in near if name_key(other) != name_key(name))
        ended = self._ended(written)
        heirs = (self._directory.successor(code, self._day) for code in ended)
        names = [self._directory.party_name(heir) for heir in heirs if heir is not None]
        reason = UNKNOWN if others == near and not ended else NOT_THEN
        return Held(text, reason, tuple(dict.fromkeys((*names, *others)))[:3])


# --- splitting ------------------------------------------------------------------------


def _semicolons(written: str) -> list[str]:
    return _filled(written.split(";"))


def _colon_list(written: str) -> list[str]:
    head, colon, rest = block.without_purpose(written).partition(":")
    return [head.strip(), *_filled(_outside_brackets(rest))] if colon and rest.strip() else []


def _commas(written: str) -> list[str]:
    """Parts at commas; "HĐND, UBND các tỉnh" lends its tail to the parts before."""
    parts = _filled(_outside_brackets(block.without_purpose(written)))
    if len(parts) > 1 and (tail := _LIST_TAIL.search(parts[-1])) and tail.start() > 0:
        parts = [part if _LIST_TAIL.search(part) else f"{part} {tail.group(1)}" for part in parts]
    return parts


def _joined(written: str) -> list[str]:
    return _filled(re.split(r"\s+và\s+|\s+&\s+|\s+-\s+", block.without_purpose(written)))


def _outside_brackets(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        if char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif char == "," and not depth:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def _filled(parts: Iterable[str]) -> list[str]:
    return [part.strip(" .,;-–") for part in parts if part.strip(" .,;-–")]
