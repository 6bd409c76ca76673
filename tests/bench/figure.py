"""One measured figure, as every bench module hands it back."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``value`` against ``anchor``, the same thing measured on somebody else's program in the
    same run. ``ratio`` is value / anchor, or the median over rounds in which both were
    measured next to each other, where ``paired`` gives it: a machine that gets busier
    does not change that one. ``at_least`` and ``at_most`` bound the ratio, or the
    value where there is no anchor.
    """

    name: str
    value: float
    unit: str
    anchor: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    paired: float | None = None

    @property
    def ratio(self) -> float | None:
        if self.paired is not None:
            return self.paired
        return self.value / self.anchor if self.anchor else None

    @property
    def reached(self) -> bool | None:
        """Does it keep its bound; None when it has none."""
        measured = self.value if self.ratio is None else self.ratio
        if self.at_least is not None:
            return measured >= self.at_least
        return measured <= self.at_most if self.at_most is not None else None

    def row(self) -> str:
        anchor = "" if self.anchor is None else f"{self.anchor:.1f}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        bound = f">= {self.at_least}" if self.at_least is not None else ""
        bound = f"<= {self.at_most}" if self.at_most is not None else bound
        verdict = {True: "ok", False: "MISSED", None: ""}[self.reached]
        return f"{self.name:<44}{self.value:>10.1f} {self.unit:<8}{anchor:>10}{ratio:>8}  {bound:<9}{verdict}"

    def line(self) -> str:
        fields = {"name": self.name, "value": round(self.value, 3), "unit": self.unit}
        anchor, ratio = (None if v is None else round(v, 3) for v in (self.anchor, self.ratio))
        return json.dumps(fields | {"anchor": anchor, "ratio": ratio})
