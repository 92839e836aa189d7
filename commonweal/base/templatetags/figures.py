"""How numbers and dates are written: one function for each way, used by pages, charts, exports and PDFs.

{% load figures %} {{ amount|money }} {{ amount|public_money }} {{ count|quantity }} {{ day|long_date }}
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django import template
from django.utils.translation import get_language

from commonweal.base.units import is_money, unit_after
from commonweal.base.welsh import MONTHS_CY, MONTHS_EN, say
from commonweal.money import PENNY, POUND, QUANTITY_PLACES, after_pounds, round_half_up, significant

if TYPE_CHECKING:
    from commonweal.base.models import Body

register = template.Library()

_MINUS = "\u2212"
_MILLION = Decimal(1_000_000)
_BILLION = Decimal(1_000_000_000)


def page_language() -> str:
    """This will give the language the page is being written in: "cy" or "en"."""
    return "cy" if (get_language() or "en").startswith("cy") else "en"


def money(amount: Decimal) -> str:
    """This will write pounds to the penny: £91,260.00. A minus stands before the pound sign."""
    return _pounds(round_half_up(amount, PENNY), ",.2f")


def pounds(amount: Decimal) -> str:
    """This will write pounds rounded half-up to the whole pound: £91,260."""
    return _pounds(round_half_up(amount, POUND), ",.0f")


def public_money(amount: Decimal, lang: str = "en") -> str:
    """This will write pounds as the public reads them: three significant figures, and words from a million up.

    £91,300, £1.2 million; below £100 the exact pence are kept, as they are shorter than any words about rounding.
    """
    if abs(amount) < 100:
        rounded = round_half_up(amount, PENNY)
        if rounded == 0 and amount != 0:
            return say("less than 1p", lang)
        return _pounds(rounded, ",.0f" if rounded == rounded.to_integral_value() else ",.2f")
    return _sign(amount) + "£" + _in_words(abs(amount), lang)


def quantity(number: Decimal | int) -> str:
    """This will write a quantity in full, with thousands commas and no idle zeros: 1,560 or 0.25."""
    number = Decimal(number)
    text = f"{abs(round_half_up(number, QUANTITY_PLACES)):,f}"
    return _sign(number) + (text.rstrip("0").rstrip(".") if "." in text else text)


def public_quantity(number: Decimal | int, lang: str = "en") -> str:
    """This will write a quantity to three significant figures, with words from a million up: 1,990 or 2.4 million."""
    number = Decimal(number)
    return _sign(number) + _in_words(abs(number), lang)


def percentage(share: Decimal, lang: str = "en") -> str:
    """This will write a share (0.68) as a whole percentage (68%), never rounding to nothing or to all of it."""
    if 0 < share < Decimal("0.005"):
        return say("less than 1%", lang)
    if Decimal("0.995") <= share < 1:
        return say("more than 99%", lang)
    whole = round_half_up(share * 100, Decimal(1))
    return f"{_sign(whole)}{abs(whole):,f}%"


def long_date(day: date, lang: str = "en") -> str:
    """This will write a date as 21 November 2026, or 21 Tachwedd 2026."""
    months = MONTHS_CY if lang.startswith("cy") else MONTHS_EN
    return f"{day.day} {months[day.month - 1]} {day.year}"


def amount_in_unit(number: Decimal | None, unit: str, lang: str = "en") -> str:
    """This will write an exact number in its unit: "£91,260", "1 person", "71% of spend", or that nothing is recorded.

    A quantity of money is an amount of money, with pence only where there are any; a bare count has no word after it.
    """
    if number is None:
        return say("Nothing recorded here yet", lang)
    written, rest = _number_first(number, unit, lang)
    return f"{written}{rest}" if rest is not None else f"{quantity(number)} {unit_after(number, unit, lang)}".rstrip()


def short_in_unit(number: Decimal, unit: str) -> str:
    """This will write a number as a chart's own label: its "£" or "%", but no other unit."""
    written, rest = _number_first(number, unit)
    return written if rest is not None else quantity(number)


def _number_first(number: Decimal, unit: str, lang: str = "en") -> tuple[str, str | None]:
    """A number with the sign that belongs to it, and the words after that; None where the unit is words alone."""
    if is_money(unit):
        return _exact_pounds(number), ""
    if unit.startswith(("GBP per ", "£ per ")):
        return _exact_pounds(number), f" {after_pounds(unit, lang)}"
    if unit.startswith("%"):
        return f"{quantity(number)}%", unit.removeprefix("%")
    return "", None


def _exact_pounds(amount: Decimal) -> str:
    return pounds(amount) if amount == amount.to_integral_value() else money(amount)


def _pounds(rounded: Decimal, form: str) -> str:
    return f"{_sign(rounded)}£{abs(rounded):{form}}"


def _sign(number: Decimal) -> str:
    return _MINUS if number < 0 else ""


def _in_words(number: Decimal, lang: str) -> str:
    rounded = significant(number)
    for size, word in ((_BILLION, "billion"), (_MILLION, "million")):
        if rounded >= size:
            return f"{quantity(rounded / size)} {say(word, lang)}"
    return quantity(rounded)


@register.filter("in_full")
def in_full(number: str, unit: str) -> str:
    """This will write every digit of an exact number given as text, in its unit: "£1,234.5678", "£1 for each £1"."""
    digits = f"{Decimal(number):,f}"
    if not unit.startswith("GBP"):
        return f"{digits} {unit_after(Decimal(number), unit)}".rstrip()
    return f"£{digits} {after_pounds(unit)}".replace("£-", f"{_MINUS}£").rstrip()


register.filter("money", money)
register.filter("pounds", pounds)
register.filter("quantity", quantity)
register.filter("short_in_unit", short_in_unit)


@register.filter("public_money")
def public_money_on_page(amount: Decimal) -> str:
    """This will write public money in the page's language."""
    return public_money(amount, page_language())


@register.filter("public_quantity")
def public_quantity_on_page(number: Decimal) -> str:
    """This will write a public quantity in the page's language."""
    return public_quantity(number, page_language())


@register.filter("percentage")
def percentage_on_page(share: Decimal) -> str:
    """This will write a percentage in the page's language."""
    return percentage(share, page_language())


@register.filter("long_date")
def long_date_on_page(day: date) -> str:
    """This will write a date in the page's language."""
    return long_date(day, page_language())


@register.filter("after_pounds")
def after_pounds_on_page(unit: str) -> str:
    """This will write what follows an amount in the unit of a value, in the page's language: "per hour"."""
    return after_pounds(unit, page_language())


@register.filter
def own_name(body: Body) -> str:
    """This will give a body's name in the page's language, where it has one in it."""
    return body.name_cy if page_language() == "cy" and body.name_cy else body.name


@register.filter("in_unit")
def in_unit_on_page(number: Decimal | None, unit: str) -> str:
    """This will write an exact number in its unit, in the page's language."""
    return amount_in_unit(number, unit, page_language())
