"""How much one parcel may cost (PROMISES S3, S12; rule 6)."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Limits for reading one parcel; what lies beyond is kept and named, not read.

    ``seconds`` is wall-clock time for one parcel, after which the child is
    killed; ``cpu_seconds`` is the same in processor time. ``memory_bytes``
    bounds the child's address space (RLIMIT_AS), ``unpacked_bytes`` what may
    come out of one compressed file, and each file that the child writes.
    """

    seconds: float = 30.0
    cpu_seconds: int = 25
    memory_bytes: int = 640 * MIB
    pages: int = 300
    parts: int = 200
    nesting: int = 30
    header_bytes: int = 16 * 1024
    headers_bytes: int = 64 * 1024
    header_lines: int = 1000
    unpacked_bytes: int = 64 * MIB
    text_chars: int = 2_000_000
    file_bytes: int = 256 * MIB
    answer_bytes: int = 48 * MIB
    open_files: int = 64
    documents_per_child: int = 250


DEFAULT = ReadLimits()
