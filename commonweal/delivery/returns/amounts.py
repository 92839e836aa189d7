"""Quantities as people type them, in a promise's unit: "1,200", "12.5 hours", "£3,000"; another unit is refused."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from commonweal.base.templatetags.figures import page_language
from commonweal.base.units import BARE, is_money, unit_after, unit_alone
from commonweal.sources.cells import CellProblem, Quantity, Unknown, read_amount, read_quantity

#: Why a number is refused, as `sources.cells.NUMBER_REFUSALS` words it, here so that it can be said in Welsh.
REASONS = {
    "not-pounds": gettext_lazy("“%(found)s” is not in pounds"),
    "negative": gettext_lazy("“%(found)s” is negative"),
    "negative-twice": gettext_lazy("“%(found)s” is negative twice over"),
    "lost-digits": gettext_lazy("“%(found)s” was shortened by a spreadsheet and has lost digits"),
    "point-or-thousands": gettext_lazy("“%(found)s” may have a point between thousands"),
    "comma-or-decimal": gettext_lazy("“%(found)s” has a comma that may be a decimal mark"),
    "not-one-number": gettext_lazy("“%(found)s” is not one number"),
    "too-many-digits": gettext_lazy("“%(found)s” has more digits than any real figure"),
}
#: What to write instead, marked here; the page looks each up by the words that `sources.cells` gives.
FIXES = (
    gettext_noop("Write the amount in pounds"),
    gettext_noop("Write what was promised or done as a number of zero or more"),
    gettext_noop("Write one amount in pounds, such as 1234.50, or TBC"),
    gettext_noop("Write one plain number, such as 1234.50"),
    gettext_noop("Write 1234 or 1,234 or 1.23"),
    gettext_noop("Write 1234.56 or 1,234.56"),
)


class NotAQuantity(ValueError):
    """What was typed is not a quantity in the promise's unit; the message says what to type."""


def _same_unit(typed: str, unit: str) -> bool:
    wanted = {unit, unit_alone(unit), unit_after(Decimal(1), unit), unit_after(Decimal(2), unit)}
    found = typed.strip().casefold().rstrip(".")
    if found in {"hr", "hrs"}:
        found = "hours"
    return found in {each.strip().casefold() for each in wanted}


def read_told(typed: str, unit: str, *, typed_number: bool = False) -> Decimal | None:
    """This will read a quantity in a unit; None where nothing was typed. Raises NotAQuantity."""
    if is_money(unit):
        amount = read_amount(typed, typed_number=typed_number)
        if isinstance(amount, CellProblem):
            raise NotAQuantity(_why(amount))
        if isinstance(amount, Unknown):
            raise NotAQuantity(_not_known())
        if amount is not None and amount.pounds < 0:
            raise NotAQuantity(_("An amount told cannot be less than zero."))
        return None if amount is None else amount.pounds
    found = read_quantity(typed, typed_number=typed_number)
    if found is None:
        return None
    if isinstance(found, CellProblem):
        raise NotAQuantity(_why(found))
    if not isinstance(found, Quantity):
        raise NotAQuantity(_not_known())
    if found.unit and not _same_unit(found.unit, unit):
        if unit.casefold() in BARE:
            raise NotAQuantity(_("Give the number alone, without “%(typed)s”.") % {"typed": found.unit})
        raise NotAQuantity(
            _("This promise is counted in %(unit)s, not in %(typed)s. Give the number in %(unit)s.")
            % {"unit": unit_alone(unit, page_language()), "typed": found.unit}
        )
    return found.number


def _not_known() -> str:
    return _("Give a number, or say that there is nothing this period.")


def _why(problem: CellProblem) -> str:
    reason = REASONS[problem.code] % {"found": problem.found} if problem.code else problem.reason
    return f"{reason}. {_(problem.fix)}."
