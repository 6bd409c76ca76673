"""Twelve months as a line of a few millimetres, and as characters where nothing can be drawn."""

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
UNKNOWN = "·"


def path(shares: Sequence[float | None], width: float = 60, height: float = 14) -> str:
    """An SVG path from 0 at the bottom to 1 at the top; it is broken where nothing is known."""
    step = width / max(1, len(shares) - 1)
    drawn, pen_up = [], True
    for at, share in enumerate(shares):
        if share is None:
            pen_up = True
            continue
        drawn.append(f"{'M' if pen_up else 'L'}{at * step:.1f} {_height(share, height):.1f}")
        pen_up = False
    return " ".join(drawn)


def end(shares: Sequence[float | None], width: float = 60, height: float = 14) -> tuple[float, float] | None:
    """Where the line ends: the newest figure, if it is known."""
    share = shares[-1] if shares else None
    return None if share is None else (width, round(_height(share, height), 1))


def characters(shares: Sequence[float | None]) -> str:
    """The same as a row of blocks."""
    top = len(BLOCKS) - 1
    return "".join(UNKNOWN if s is None else BLOCKS[round(min(1.0, max(0.0, s)) * top)] for s in shares)


def _height(share: float, height: float) -> float:
    return height * (1 - min(1.0, max(0.0, share)))
