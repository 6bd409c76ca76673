"""Two versions of a rule set side by side, rule by rule."""

from rules.routing.language import RuleErrors, parse


def differences(old: str, new: str) -> dict[str, list[str]]:
    """Names of the rules that came, went, changed, and moved past others that stayed."""
    before, after = _rules(old), _rules(new)
    stayed = [name for name in before if name in after]
    order = [name for name in after if name in before]
    return {
        "added": [name for name in after if name not in before],
        "removed": [name for name in before if name not in after],
        "changed": [name for name in stayed if before[name] != after[name]],
        "moved": [name for name, other in zip(order, stayed, strict=True) if name != other],
    }


def _rules(text: str) -> dict[str, object]:
    """Nothing for a text that is no rule set."""
    try:
        return {rule.name: rule for rule in parse(text, file="").rules}
    except RuleErrors:
        return {}
