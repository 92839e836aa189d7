"""The four signature parts: the thread, the figure, the assurance bar, and promised / expected by now / delivered.

Each is a frozen value that cannot be built wrong. `content(lang)` gives everything that is to be seen, as plain text
and positions in percent, so that the page (templates/parts/), print and the PDF (typst/parts.typ) say and draw the
same thing. Nowhere else are these four drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from commonweal.base.templatetags.figures import (
    amount_in_unit,
    long_date,
    money,
    public_money,
    public_quantity,
    short_in_unit,
)
from commonweal.base.units import has_words, is_money, unit_after, unit_alone
from commonweal.base.welsh import say
from commonweal.money import round_half_up

THREAD = (
    ("plan", "Plan"),
    ("ask", "Ask"),
    ("offer", "Offer"),
    ("promise", "Promise"),
    ("delivered", "Delivered"),
    ("worth", "Worth"),
    ("account", "Account"),
)

Level = Literal["gross", "net", "count"]
Kind = Literal["welfare", "economic", "fiscal", "spend", "mixed"]
_LEVEL_WORDS = {"gross": "Gross", "net": "Net"}
_KIND_WORDS = {
    "welfare": "welfare value",
    "economic": "economic value",
    "fiscal": "fiscal value",
    "spend": "spend",
    "mixed": "mixed published value",
}
_FLAG_WORDS = {
    "ambition": ("Ambition", "Delivered more than three times the promise"),
    "outlier": ("Outlier", "Far beyond the promise: check the record"),
}
#: What residents read of a flag: what was found, and no instruction to those who keep the record.
_PUBLIC_FLAG_WORDS = _FLAG_WORDS | {
    "outlier": (
        "Far beyond the promise",
        "More than ten times the promise, or five times what is usual in its agreement",
    ),
}
#: A scale ends at this many times what was intended; beyond that the mark stops short and its value is written.
FURTHEST = Decimal(4)


class PartNotHonest(ValueError):
    """This will say which qualifier a part was built without, or which of its numbers contradict each other."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the thread: its key in THREAD, label, address (None when there is nothing yet) and short state."""

    key: str
    label: str
    href: str | None
    state: str
    current: bool = False


@dataclass(frozen=True)
class Thread:
    """The line from plan to account: its seven steps in order, exactly one of them the present one."""

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if tuple(step.key for step in self.steps) != tuple(key for key, _ in THREAD):
            raise PartNotHonest("A thread has the seven steps from plan to account, in that order.")
        if sum(step.current for step in self.steps) != 1:
            raise PartNotHonest("Exactly one step of a thread is the present one.")

    @classmethod
    def at(cls, current: str, lang: str = "en", **steps: tuple[str | None, str]) -> Thread:
        """This will build a thread from `key=(href, state)`; steps left out say that nothing is recorded yet."""
        nothing = (None, say("Nothing recorded here yet", lang))
        return cls(
            tuple(
                Step(
                    key=key,
                    label=say(label, lang),
                    href=steps.get(key, nothing)[0],
                    state=steps.get(key, nothing)[1],
                    current=key == current,
                )
                for key, label in THREAD
            )
        )

    def content(self, lang: str = "en") -> dict[str, object]:
        """This will give `name`, `fold` ("Step 5 of 7: Delivered"), `here` and the `steps`."""
        place, present = next((n, step) for n, step in enumerate(self.steps, start=1) if step.current)
        return {
            "name": say("From plan to account", lang),
            "here": say("You are here", lang),
            "fold": say("Step {n} of {total}: {label}", lang, n=place, total=len(self.steps), label=present.label),
            "state": present.state,
            "steps": [
                {"label": step.label, "href": step.href, "state": step.state, "current": step.current}
                for step in self.steps
            ],
        }


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number with everything needed to read it rightly.

    `unit` is "£" or the unit in words. Pounds need `level` gross or net, `kind`, `price_year`, `edition` and
    `coverage`; every known figure needs `as_of` and `how_we_know_url`. `value` None with a range stays a range; None
    without one is shown as "Nothing recorded here yet", never as 0. Raises PartNotHonest.
    """

    label: str
    unit: str
    value: Decimal | None
    audience: Literal["public", "staff"]
    level: Level | None = None
    kind: Kind | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    price_year: str | None = None
    edition: str | None = None
    coverage: str | None = None
    as_of: date | None = None
    how_we_know_url: str | None = None

    def __post_init__(self) -> None:
        _check_numbers(self.label, value=self.value, low=self.low, high=self.high)
        if not self.label or not self.unit:
            raise PartNotHonest("A figure has a label and a unit.")
        if self.audience not in ("public", "staff"):
            raise PartNotHonest(f"“{self.label}”: the audience is public or staff.")
        if (self.low is None) != (self.high is None):
            raise PartNotHonest(f"“{self.label}”: a range has both a low and a high.")
        if self.low is not None and self.high is not None:
            middle = self.low if self.value is None else self.value
            if not self.low <= middle <= self.high:
                raise PartNotHonest(f"“{self.label}”: the value lies outside its range.")
        if not self.known:
            return
        needed: dict[str, object] = {"as_of": self.as_of, "how_we_know_url": self.how_we_know_url}
        if self.unit == "£":
            if self.level not in _LEVEL_WORDS:
                raise PartNotHonest(f"“{self.label}”: a figure in pounds is gross or net.")
            needed |= {
                "kind": self.kind,
                "price_year": self.price_year,
                "edition": self.edition,
                "coverage": self.coverage,
            }
        missing = [name for name, given in needed.items() if not given]
        if missing:
            raise PartNotHonest(f"“{self.label}” may not be shown without: {', '.join(missing)}.")

    @property
    def known(self) -> bool:
        return self.value is not None or self.low is not None

    def content(self, lang: str = "en") -> dict[str, object]:
        """This will give what is seen: `shown`, `exact` (None when already exact), `qualifiers`, and the link."""
        if not self.known:
            shown = say("Nothing recorded here yet", lang)
            return {"label": self.label, "known": False, "shown": shown, "exact": None, "qualifiers": []}
        shown, exact = self._main(lang, short=True), self._main(lang, short=False)
        return {
            "label": self.label,
            "known": True,
            "shown": shown if self.audience == "public" else exact,
            "exact": exact if self.audience == "public" and shown.removesuffix(".00") != exact.removesuffix(".00")
            else None,
            "exact_label": say("Exact figure", lang),
            "qualifiers": self._qualifiers(lang),
            "how_we_know_url": self.how_we_know_url,
            "how_we_know": say("How we know", lang),
        }  # fmt: skip

    def _main(self, lang: str, *, short: bool) -> str:
        if self.value is not None:
            return self._written(self.value, lang, short=short)
        return self._range("{low} to {high}", lang, short=short)

    def _range(self, phrase: str, lang: str, *, short: bool) -> str:
        assert self.low is not None
        assert self.high is not None
        low, high = (self._written(end, lang, short=short) for end in (self.low, self.high))
        return say(phrase, lang, low=low, high=high)

    def _written(self, number: Decimal, lang: str, *, short: bool) -> str:
        if self.unit == "£":
            return public_money(number, lang) if short else money(number)
        if not short:
            return amount_in_unit(number, self.unit, lang)
        return f"{public_quantity(number, lang)} {unit_after(number, self.unit, lang)}"

    def _qualifiers(self, lang: str) -> list[str]:
        words = []
        if self.level in _LEVEL_WORDS:
            level = say(_LEVEL_WORDS[self.level], lang)
            words.append(f"{level}, {say(_KIND_WORDS[self.kind], lang)}" if self.kind else level)
        if self.value is not None and self.low is not None:
            words.append(self._range("Range {low} to {high}", lang, short=self.audience == "public"))
        if self.price_year:
            words.append(say("{year} prices", lang, year=self.price_year))
        words += [text for text in (self.edition, self.coverage) if text]
        if self.as_of:
            words.append(say("As of {date}", lang, date=long_date(self.as_of, lang)))
        return words


@dataclass(frozen=True, kw_only=True)
class AssuranceBar:
    """How sure we are of one quantity: claimed, and of that evidenced, confirmed and assured, as nested lengths.

    The four come in no order of time. `confirmable` is how much of the claim could be confirmed by those who received
    it; None when nothing of this measure can be. `claimed` None means that nothing is recorded. Raises PartNotHonest.
    """

    label: str
    unit: str
    claimed: Decimal | None
    evidenced: Decimal = Decimal(0)
    confirmed: Decimal = Decimal(0)
    assured: Decimal = Decimal(0)
    confirmable: Decimal | None = None
    label_lang: str = ""  # the language of the label, where it is not the page's

    def __post_init__(self) -> None:
        numbers = {
            "claimed": self.claimed,
            "evidenced": self.evidenced,
            "confirmed": self.confirmed,
            "assured": self.assured,
            "confirmable": self.confirmable,
        }
        _check_numbers(self.label, **numbers)
        limit = self.claimed or Decimal(0)
        for name, number in numbers.items():
            if number is not None and not 0 <= number <= limit:
                raise PartNotHonest(f"“{self.label}”: {name} lies between nothing and what is claimed.")
        if self.confirmed > (self.confirmable or 0):
            raise PartNotHonest(f"“{self.label}”: more is confirmed than can be confirmed.")

    def content(self, lang: str = "en") -> dict[str, object]:
        """This will give `lanes` (always claimed, evidenced, confirmed, assured; width in percent) and their words."""
        # A sentence is in one language: a label in another is left to the heading of the page.
        title = (
            say("How sure we are", lang) if self.label_lang else say("How sure we are: {label}", lang, label=self.label)
        )
        if self.claimed is None:
            return {"title": title, "known": False, "shown": say("Nothing recorded here yet", lang), "lanes": []}
        confirmable = self.confirmable or Decimal(0)
        rest = self.claimed - confirmable
        number = short_in_unit(self.confirmed, self.unit)
        if self.confirmable is None:
            confirmed_words = say("cannot be confirmed", lang)
        elif not self.confirmed:
            confirmed_words = say("nothing stated yet", lang)
        elif rest:
            whole = short_in_unit(confirmable, self.unit)
            confirmed_words = say("{number} of {whole} that can be", lang, number=number, whole=whole)
        else:
            confirmed_words = _in_words(self.confirmed, self.unit, lang)
        lanes = [
            self._lane("claimed", "Claimed", "The provider says so", self.claimed, lang),
            self._lane("evidenced", "Evidenced", "The body accepted the evidence", self.evidenced, lang),
            self._lane("confirmed", "Confirmed", "Those who received it said so", self.confirmed, lang),
            self._lane("assured", "Assured", "An auditor checked it", self.assured, lang),
        ]
        lanes[2]["number"] = confirmed_words
        return {
            "title": title,
            "known": True,
            "desc": ". ".join(f"{lane['label']}: {lane['number']}" for lane in lanes) + ".",
            "lanes": lanes,
            "closed_from": _percent(confirmable, self.claimed) if rest else None,
            "closed_width": _percent(rest, self.claimed) if rest else None,
            "closed_words": say(
                "{number} cannot be confirmed", lang, number=short_in_unit(rest, self.unit)
            ) if rest and self.confirmable is not None else None,
        }  # fmt: skip

    def _lane(self, key: str, label: str, meaning: str, number: Decimal, lang: str) -> dict[str, str]:
        return {
            "key": key,
            "label": say(label, lang),
            "meaning": say(meaning, lang),
            "number": _in_words(number, self.unit, lang) if number else say("nothing stated yet", lang),
            "width": _percent(number, self.claimed or Decimal(0)),
        }


@dataclass(frozen=True, kw_only=True)
class PromiseMarks:
    """One promise: what was promised, what is expected by now and what was delivered, in one unit.

    Quantities are never below 0; `direction` harm is drawn to the left. None is "not recorded". Raises PartNotHonest.
    """

    label: str
    unit: str
    promised: Decimal | None
    expected: Decimal | None
    delivered: Decimal | None
    direction: Literal["benefit", "harm"] = "benefit"
    flag: Literal["ambition", "outlier"] | None = None
    label_lang: str = ""  # the language of the label, where it is not the page's
    unpromised: str = ""  # said in place of a promised quantity: a rate, an option not taken up

    def __post_init__(self) -> None:
        numbers = {"promised": self.promised, "expected": self.expected, "delivered": self.delivered}
        _check_numbers(self.label, **numbers)
        if any(number is not None and number < 0 for number in numbers.values()):
            raise PartNotHonest(f"“{self.label}”: quantities are never below 0; a harm says so in its direction.")
        if self.direction not in ("benefit", "harm") or self.flag not in (None, *_FLAG_WORDS):
            raise PartNotHonest(f"“{self.label}”: unknown direction or flag.")

    @property
    def greatest(self) -> Decimal:
        return max((n for n in (self.promised, self.expected, self.delivered) if n is not None), default=Decimal(0))

    @property
    def greatest_intended(self) -> Decimal:
        return max((n for n in (self.promised, self.expected) if n is not None), default=Decimal(0))

    def in_words(self, lang: str = "en") -> str:
        """This will say the row as a sentence, for those who do not see the picture."""
        said = [
            say(phrase, lang, number=short_in_unit(number, self.unit))
            for phrase, number in (
                ("promised {number}", self.promised),
                ("expected by now {number}", self.expected),
                ("delivered {number}", self.delivered),
            )
            if number is not None
        ]
        words = ", ".join(said) or say("Nothing recorded here yet", lang)
        # A sentence is in one language: a label in another stands beside it, not in it.
        return f"{words[:1].upper()}{words[1:]}." if self.label_lang else f"{self.label}: {words}."


@dataclass(frozen=True)
class PromiseTable:
    """Rows of promises beneath one another, drawn on one of three scales.

    `promise`: each against its own promise, so that the promises line up whatever the units; `shared`: one scale,
    which needs one unit; `own`: each row fills its own width. Raises PartNotHonest when units differ on one scale.
    """

    rows: tuple[PromiseMarks, ...]
    scale: Literal["promise", "shared", "own"] = "promise"
    audience: Literal["public", "staff"] = "staff"

    def __post_init__(self) -> None:
        if self.scale not in ("promise", "shared", "own"):
            raise PartNotHonest("The scale is promise, shared or own.")
        if self.scale == "shared" and len({row.unit for row in self.rows}) > 1:
            raise PartNotHonest("Only rows in one unit can be drawn on one scale.")

    def content(self, lang: str = "en") -> dict[str, object]:
        """This will give `headings`, `note` and `rows`, each with its words and the positions of its marks."""
        ends = self._ends()
        has_harm = any(row.direction == "harm" for row in self.rows)
        note = {
            "promise": "Each line is drawn against its own promise.",
            "shared": "All lines are drawn on one scale.",
        }.get(self.scale)
        return {
            "headings": {
                "what": say("What", lang),
                "promised": say("Promised", lang),
                "expected": say("Expected by now", lang),
                "delivered": say("Delivered", lang),
                "picture": say("Picture", lang),
            },
            "expects": any(row.expected is not None for row in self.rows),
            "note": say(note, lang) if note else None,
            "rows": [
                _row(row, end, lang, has_harm, _flag_words(row.flag, self.audience))
                for row, end in zip(self.rows, ends, strict=True)
            ],
        }

    def _ends(self) -> list[Decimal]:
        """The value at the far end of each row's scale; 0 where there is nothing to draw against."""
        if self.scale == "own":
            return [row.greatest_intended * 2 if row.flag == "outlier" else row.greatest for row in self.rows]
        if self.scale == "shared":
            kept = [row.greatest_intended if row.flag == "outlier" else row.greatest for row in self.rows]
            intended = max((row.greatest_intended for row in self.rows), default=Decimal(0))
            end = max(kept, default=Decimal(0))
            return [min(end, intended * FURTHEST) if intended else end] * len(self.rows)
        multiples = [row.greatest / row.promised for row in self.rows if row.promised]
        furthest = min(FURTHEST, max(multiples, default=Decimal(1)))
        return [(row.promised or Decimal(0)) * max(furthest, Decimal("1.25")) for row in self.rows]


def _flag_words(flag: str | None, audience: Literal["public", "staff"]) -> tuple[str, str] | tuple[None, None]:
    if flag is None:
        return None, None
    return (_PUBLIC_FLAG_WORDS if audience == "public" else _FLAG_WORDS)[flag]


def _row(
    row: PromiseMarks, end: Decimal, lang: str, has_harm: bool, words: tuple[str, str] | tuple[None, None]
) -> dict[str, object]:
    flag, flag_words = words
    return {
        "label": row.label,
        "lang": row.label_lang,
        "unit": "" if is_money(row.unit) else unit_alone(row.unit, lang),
        "unit_lang": "" if has_words(row.unit, lang) else "en",
        "harm": say("harm", lang) if row.direction == "harm" else None,
        "promised": _cell(row.promised, row.unit, say(row.unpromised or "No promise recorded", lang)),
        "expected": _cell(row.expected, row.unit, ""),
        "delivered": _cell(row.delivered, row.unit, say("Nothing recorded here yet", lang)),
        "flag": say(flag, lang) if flag else None,
        "flag_words": say(flag_words, lang) if flag_words else None,
        "words": row.in_words(lang),
        "marks": _marks(row, end, has_harm) if end else None,
    }


def _marks(row: PromiseMarks, end: Decimal, has_harm: bool) -> dict[str, object]:
    """Positions in percent of the width. Harm grows leftwards from the middle; without harm the left edge is zero."""
    reach = Decimal(50) if has_harm else Decimal(100)
    zero = Decimal(50) if has_harm else Decimal(0)
    towards = -1 if row.direction == "harm" else 1

    def at(number: Decimal) -> Decimal:
        return zero + towards * reach * min(number, end) / end

    delivered = None if row.delivered is None else at(row.delivered)
    return {
        "zero": _place(zero),
        "harm": row.direction == "harm",
        "promised": None if row.promised is None else _place(at(row.promised)),
        "expected": None if row.expected is None else _place(at(row.expected)),
        "delivered": None if delivered is None else _place(delivered),
        "delivered_from": None if delivered is None else _place(min(zero, delivered)),
        "delivered_width": None if delivered is None else _place(abs(delivered - zero)),
        "capped": short_in_unit(row.delivered, row.unit) if row.delivered is not None and row.delivered > end else None,
    }


def _cell(number: Decimal | None, unit: str, nothing: str) -> str:
    return nothing if number is None else short_in_unit(number, unit)


def _in_words(number: Decimal, unit: str, lang: str) -> str:
    """A number in its unit as it may stand in a sentence; a unit that the language has no words for is left out."""
    return amount_in_unit(number, unit, lang) if has_words(unit, lang) else short_in_unit(number, unit)


def _percent(part: Decimal, whole: Decimal) -> str:
    return _place(part / whole * 100 if whole else Decimal(0))


def _place(percent: Decimal) -> str:
    return str(round_half_up(percent, Decimal("0.01")))


def _check_numbers(label: str, **numbers: object) -> None:
    for name, number in numbers.items():
        if number is not None and not (isinstance(number, Decimal) and number.is_finite()):
            raise PartNotHonest(f"“{label}”: {name} is not an exact decimal.")
