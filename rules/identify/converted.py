"""`doubted`: what an old font leaves open is not called sure."""

from collections.abc import Collection
from dataclasses import replace

from rules.identify.words import caps
from rules.values.reading import Fields

_TYPED_OTHERWISE = 0.8  # TCVN3 fonts ending in H show small letters as capitals: how it was typed is not seen


def doubted(fields: Fields, converted_from: Collection[str]) -> Fields:
    """The fields of a converted text; a subject all in capitals may have been typed in small letters."""
    subject = fields.subject
    if not converted_from or subject is None or not caps(subject.value):
        return fields
    return replace(fields, subject=replace(subject, confidence=min(subject.confidence, _TYPED_OTHERWISE)))
