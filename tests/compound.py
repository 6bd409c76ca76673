"""Writes compound files ([MS-CFB]): what .msg files and Office files behind a password are kept in."""

import struct
from collections.abc import Mapping

Tree = Mapping[str, "bytes | Tree"]
SECTOR, MINI, CUTOFF = 512, 64, 4096
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(tree: Tree) -> bytes:
    """A file with these streams (bytes) and storages (mappings)."""
    return _Writer().written(tree)


class _Writer:
    def __init__(self) -> None:
        self.entries: list[list[object]] = []  # name, kind, right, child, start, size
        self.sectors: list[bytes] = []
        self.fat: list[int] = []
        self.mini = b""
        self.mini_fat: list[int] = []

    def written(self, tree: Tree) -> bytes:
        self.entries.append(["Root Entry", 5, FREE, FREE, END, 0])
        self.entries[0][3] = self._folder(tree)
        mini_size = len(self.mini)
        self.entries[0][4:] = [self._chain(self.mini) if self.mini else END, mini_size]
        mini_fat = self._chain(_numbers(self.mini_fat)) if self.mini_fat else END
        directory = self._chain(b"".join(self._entry(entry) for entry in self.entries))
        return self._whole(directory, mini_fat)

    def _folder(self, tree: Tree) -> int:
        """Its entries as one chain to the right; the number of the first."""
        first, last = FREE, FREE
        for name, value in tree.items():
            at = len(self.entries)
            stored = isinstance(value, bytes)
            self.entries.append([name, 2 if stored else 1, FREE, FREE, END, 0])
            if isinstance(value, bytes):
                self.entries[at][4:] = [self._stream(value), len(value)]
            else:
                self.entries[at][3] = self._folder(value)
            if last != FREE:
                self.entries[last][2] = at
            first, last = at if first == FREE else first, at
        return first

    def _stream(self, data: bytes) -> int:
        if len(data) >= CUTOFF:
            return self._chain(data)
        if not data:
            return END
        start, count = len(self.mini_fat), -(-len(data) // MINI)
        self.mini_fat += [*range(start + 1, start + count), END]
        self.mini += data.ljust(count * MINI, b"\0")
        return start

    def _chain(self, data: bytes) -> int:
        start, count = len(self.sectors), -(-len(data) // SECTOR)
        self.fat += [*range(start + 1, start + count), END]
        padded = data.ljust(count * SECTOR, b"\0")
        self.sectors += [padded[at : at + SECTOR] for at in range(0, len(padded), SECTOR)]
        return start

    @staticmethod
    def _entry(entry: list[object]) -> bytes:
        name, kind, right, child, start, size = entry
        wide = (str(name) + "\0").encode("utf-16-le")
        head = wide.ljust(64, b"\0") + struct.pack("<HBB", len(wide), kind, 1)
        return head + struct.pack("<III", FREE, right, child) + bytes(36) + struct.pack("<IQ", start, size)

    def _whole(self, directory: int, mini_fat: int) -> bytes:
        count = 1
        while count * (SECTOR // 4) < len(self.fat) + count:
            count += 1
        places = [*range(len(self.sectors), len(self.sectors) + count)]
        fat = _numbers([*self.fat, *[FAT] * count]).ljust(count * SECTOR, b"\xff")
        mini_sectors = -(-len(self.mini_fat) * 4 // SECTOR)
        head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
        head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        head += struct.pack("<9I", 0, count, directory, 0, CUTOFF, mini_fat, mini_sectors, END, 0)
        head += _numbers([*places, *[FREE] * (109 - count)])
        return head + b"".join(self.sectors) + fat


def _numbers(values: list[int]) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)
