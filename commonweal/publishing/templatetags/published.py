"""The public site's own tags: texts of the body in the language of the page, quantities, reasons, dates as published.

{% load published %} {% words title title_cy %} {% amount quantity unit %} {{ iso|as_day|long_date }}
"""

from __future__ import annotations

from typing import Any

from django import template

from commonweal.publishing import presentation, vocabulary

register = template.Library()
register.simple_tag(presentation.in_words, name="words")
register.simple_tag(presentation.amount_words, name="amount")
register.simple_tag(presentation.reason_words, name="reason")
register.simple_tag(presentation.unvalued_sentence)
register.simple_tag(presentation.unit_of_value, name="unit_of_value")
register.filter("as_day", presentation.day)
register.filter("local_day", presentation.local_day)
register.filter("value_words", presentation.value_words)
register.filter("written", presentation.written)
register.filter("kind_words", presentation.kind_words)
register.filter("edition_words", presentation.edition_words)
register.filter("theme_words", presentation.theme_words)
register.filter("place_words", presentation.place_words)
register.filter("number", presentation.number)

_VOCABULARIES: dict[str, Any] = {
    "channel": vocabulary.CHANNELS,
    "kind": vocabulary.KINDS,
    "level": vocabulary.LEVELS,
    "state": vocabulary.STATES,
    "evidence": vocabulary.EVIDENCE,
    "fact": vocabulary.FACTS,
    "status": vocabulary.STATUSES,
    "place_role": vocabulary.PLACE_ROLES,
    "basis": vocabulary.BASES,
    "gross_or_net": vocabulary.LEVEL_WORDS,
    "stage": vocabulary.STAGE_HEADINGS,
    "rating": vocabulary.RATINGS,
    "sense": vocabulary.SENSES,
}


@register.filter
def told_as(word: str, kind: str) -> str:
    """This will tell an id of the record in plain words: {{ "grant"|told_as:"channel" }}."""
    return str(_VOCABULARIES[kind].get(word, word))
