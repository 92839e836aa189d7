"""Quantities as people type them, in a promise's unit: "1,200", "12.5 hours", "£3,000"; another unit is refused."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from commonweal.base.templatetags.figures import page_language
from commonweal.base.units import BARE, is_money, unit_after, unit_alone
from commonweal.sources.cells import CellProblem, Quantity, Unknown, read_amount, read_quantity


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
            raise NotAQuantity(f"{amount.reason}. {amount.fix}.")
        if isinstance(amount, Unknown):
            raise NotAQuantity(_not_known())
        if amount is not None and amount.pounds < 0:
            raise NotAQuantity(_("An amount told cannot be less than zero."))
        return None if amount is None else amount.pounds
    found = read_quantity(typed, typed_number=typed_number)
    if found is None:
        return None
    if isinstance(found, CellProblem):
        raise NotAQuantity(f"{found.reason}. {found.fix}.")
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
