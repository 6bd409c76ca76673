"""Two versions of a rule set side by side, rule by rule."""

from collections.abc import Iterable

from rules.routing.language import Rule, RuleErrors, parse


def differences(old: str, new: str) -> dict[str, list[str]]:
    """``compared`` of two texts; one that is no rule set has no rules."""
    return compared(_rules(old), _rules(new))


def compared(old: Iterable[Rule], new: Iterable[Rule]) -> dict[str, list[str]]:
    """Names of the rules that came, went, changed, and moved past others that stayed."""
    before, after = ({rule.name: rule for rule in rules} for rules in (old, new))
    stayed = [name for name in before if name in after]
    order = [name for name in after if name in before]
    return {
        "added": [name for name in after if name not in before],
        "removed": [name for name in before if name not in after],
        "changed": [name for name in stayed if before[name] != after[name]],
        "moved": [name for name, other in zip(order, stayed, strict=True) if name != other],
    }


def _rules(text: str) -> tuple[Rule, ...]:
    try:
        return parse(text, file="").rules
    except RuleErrors:
        return ()
