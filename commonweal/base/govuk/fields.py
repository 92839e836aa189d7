"""What people type into forms, read strictly: a date in three boxes, a quantity, pounds and pence, a period, words.

`commonweal.base.govuk.forms` draws them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import BaseValidator
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from commonweal.base.govuk.components import render

#: Months as people write them; the first three letters are enough in English.
MONTH_NAMES = (
    ("january", "jan", "ionawr"),
    ("february", "feb", "chwefror"),
    ("march", "mar", "mawrth"),
    ("april", "apr", "ebrill"),
    ("may", "mai"),
    ("june", "jun", "mehefin"),
    ("july", "jul", "gorffennaf"),
    ("august", "aug", "awst"),
    ("september", "sep", "sept", "medi"),
    ("october", "oct", "hydref"),
    ("november", "nov", "tachwedd"),
    ("december", "dec", "rhagfyr"),
)
MONTHS = {name: number for number, names in enumerate(MONTH_NAMES, 1) for name in names}


# --- dates, in three boxes -------------------------------------------------------------------------------------------


class DateParts(forms.Widget):
    """Day, month and year in three text boxes. The submitted value is a tuple of three texts, or "" when all are
    blank; one ISO date under the field's own name is taken too, so that a plain link or a test may send it."""

    parts = ("day", "month", "year")

    def value_from_datadict(
        self,
        data: Mapping[str, Any],
        files: object,
        name: str,
    ) -> tuple[str, ...] | str:
        typed = tuple((data.get(f"{name}-{part}") or "").strip() for part in self.parts)
        return typed if any(typed) else (data.get(name) or "").strip()

    def value_omitted_from_data(self, data: Mapping[str, Any], files: object, name: str) -> bool:
        return name not in data and all(f"{name}-{part}" not in data for part in self.parts)

    def format_value(self, value: object) -> tuple[str, ...]:
        """This will give the three texts to show for a date, a typed tuple or an ISO text."""
        if isinstance(value, str) and (match := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value)):
            return match[3], match[2], match[1]
        if isinstance(value, datetime.date):
            return str(value.day), str(value.month), str(value.year)
        return value if isinstance(value, tuple) else ("", "", "")

    def render(
        self,
        name: str,
        value: object,
        attrs: object = None,
        renderer: object = None,
    ) -> SafeString:
        """This will draw the bare boxes, for a form drawn by hand; the renderer draws them with legend and error."""
        values = dict(zip(self.parts, self.format_value(value), strict=True))
        return render("date-input", date_boxes(name, f"id_{name}", values, set(), None))


def date_boxes(
    name: str, ident: str, values: Mapping[str, str], wrong: set[str], autocomplete: str | None
) -> dict[str, Any]:
    """This will give the options of a date input whose three boxes carry our words; `autocomplete="bday"` reaches
    each box by its own token."""
    labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
    return {
        "id": ident,
        "namePrefix": name,
        "items": [
            {
                "name": part,
                "label": labels[part],
                "value": values[part],
                "error": part in wrong,
                # Months may be typed as words, which a numeric keyboard would forbid.
                "inputmode": "text" if part == "month" else "numeric",
                "autocomplete": f"bday-{part}" if autocomplete == "bday" else None,
                "attributes": {"aria-invalid": "true"} if part in wrong else {},
            }
            for part in DateParts.parts
        ],
    }


class DateField(forms.DateField):
    """A date typed in three boxes. Errors name the part that is missing or wrong, and link to its box."""

    widget = DateParts
    first_year, last_year = 1900, 2200
    default_error_messages = {
        "required": gettext_lazy("Enter a date"),
        "invalid": gettext_lazy("The date must be a real date, such as 21 11 2026"),
        "missing": gettext_lazy("The date must include a %(parts)s"),
        "year": gettext_lazy("The year must include 4 numbers"),
        "far": gettext_lazy("The year must be between %(first)s and %(last)s"),
    }

    def to_python(self, value: Any) -> datetime.date | None:
        """This will read the three texts as a date; raises ValidationError whose params name the wrong parts."""
        if not isinstance(value, tuple):
            if isinstance(value, str) and value:
                try:
                    return self.near(datetime.date.fromisoformat(value))
                except ValueError:
                    raise self.wrong("invalid", DateParts.parts) from None
            return super().to_python(value or None)
        missing = [part for part, typed in zip(DateParts.parts, value, strict=True) if not typed]
        if missing:
            names = {"day": _("day"), "month": _("month"), "year": _("year")}
            raise self.wrong("missing", missing, _(" and ").join(names[part] for part in missing))
        day, month, year = value
        if not re.fullmatch(r"[0-9]{4}", year):
            raise self.wrong("year", ["year"])
        number = MONTHS.get(month.lower()) or (int(month) if re.fullmatch(r"[0-9]{1,2}", month) else 0)
        try:
            return self.near(datetime.date(int(year), number, int(day)))
        except ValueError:
            raise self.wrong("invalid", DateParts.parts if 1 <= number <= 12 else ["month"]) from None

    def near(self, found: datetime.date) -> datetime.date:
        """This will refuse a year that can only be a slip of the keyboard."""
        if self.first_year <= found.year <= self.last_year:
            return found
        raise ValidationError(
            self.error_messages["far"], code="far",
            params={"first": self.first_year, "last": self.last_year, "wrong": ["year"]},
        )  # fmt: skip

    def wrong(self, code: str, parts: Iterable[str], named: str = "") -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"parts": named, "wrong": list(parts)})

    def has_changed(self, initial: object, data: object) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


# --- words, counted --------------------------------------------------------------------------------------------------


class MaxWordsValidator(BaseValidator):
    """Refuses more than a number of words; a text area with it counts down in words."""

    message = ngettext_lazy(
        "Write at most %(limit_value)d word (you have written %(show_value)d)",
        "Write at most %(limit_value)d words (you have written %(show_value)d)",
        "limit_value",
    )
    code = "max_words"

    def compare(self, a: int, b: int) -> bool:
        return a > b

    def clean(self, x: str) -> int:
        return len(x.split())


# --- quantities, money and periods -----------------------------------------------------------------------------------


class PlainNumberField(forms.DecimalField):
    """A number in plain digits, as the command line reads it. Exponents (1e9), underscores and the digits of other
    scripts are refused with what to write: Python would take them, and the eye does not see how much they are."""

    _PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")

    def to_python(self, value: Any) -> Any:
        """This will read plain digits exactly; raises ValidationError for what Python alone would take for a number."""
        found = super().to_python(value)
        if found is not None and isinstance(value, str) and not self._PLAIN.fullmatch(value.strip()):
            raise ValidationError(self.error_messages["plain"], code="plain")
        return found


class QuantityField(PlainNumberField):
    """A quantity: not negative, at most six decimal places, never rounded."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_digits=19, decimal_places=6, **options)
        self.error_messages |= {
            "invalid": gettext_lazy("Enter a number, such as 12 or 0.5"),
            "plain": gettext_lazy("Write the number out in the digits 0 to 9, such as 1500 or 0.5"),
            "min_value": gettext_lazy("A quantity cannot be less than zero"),
            "max_decimal_places": gettext_lazy("A quantity has at most six decimal places"),
            "max_digits": gettext_lazy("The quantity is too large. Check the number and its unit."),
            "max_whole_digits": gettext_lazy("The quantity is too large. Check the number and its unit."),
        }


class MoneyField(PlainNumberField):
    """An amount in pounds and pence: exact, and not negative unless `min_value` says otherwise."""

    def __init__(self, *, min_value: Decimal | None = Decimal(0), **options: Any) -> None:
        super().__init__(min_value=min_value, max_digits=16, decimal_places=2, **options)
        self.error_messages |= {
            "invalid": gettext_lazy("Enter an amount in pounds, such as 1500 or 1500.50"),
            "plain": gettext_lazy("Write the amount out in the digits 0 to 9, such as 1500 or 1500.50"),
            "min_value": gettext_lazy("A value cannot be less than zero"),
            "max_decimal_places": gettext_lazy("Give pounds and whole pence"),
            "max_digits": gettext_lazy("The amount is too large. Check it."),
            "max_whole_digits": gettext_lazy("The amount is too large. Check it."),
        }


class PeriodForm(forms.Form):
    """A form with a period from `starts_on` to `ends_on`: the end is not before the start."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts, ends = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The end is before the start. Change one of the two dates."))
        return cleaned
