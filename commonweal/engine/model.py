"""The frozen values the engine runs on: a framework edition and everything in it.

Reading YAML is forgiving and lives in `engine.catalogue`; what is built here is strict. Every class checks itself
when it is made and raises `InvalidRule`, so an edition in hand is one that can be valued.
"""

import dataclasses
import hashlib
import json
import re
import types
import typing
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Self, TypeVar

PriceYearType = Literal["calendar", "financial", "rate-year"]
Kind = Literal["welfare", "economic", "fiscal", "spend", "mixed"]
Uprate = Literal["gdp_deflator", "wellby", "none"]
Schedule = Literal["standard_stpr", "health_life"]
Direction = Literal["benefit", "harm"]
Figure = Literal["valued", "count", "story"]
Wording = Literal["official", "paraphrased", "own"]
Distribution = Literal["triangular", "pert", "lognormal"]
Confidence = Literal["seen", "seen-secondary", "known", "judgement"]

SHARE_RATES = ("deadweight", "attribution", "displacement", "leakage", "substitution")
RATE_NAMES = (*SHARE_RATES, "multiplier")
#: The licence of what one body may use and nobody may publish, and how it is said after a name.
PRIVATE, LICENSED = "private", "licensed to you: not for publication"

_PRICE_YEAR = {
    "calendar": re.compile(r"\d{4}"),
    "financial": re.compile(r"\d{4}-\d{2}"),
    "rate-year": re.compile(r"\d{4}(-\d{2})?"),
}
#: Older prices can be brought to no year we publish an index for; a later year is a slip of the keyboard.
_FIRST_PRICE_YEAR, _LAST_PRICE_YEAR = 1990, 2050
_LATER = ("distribution",)
_MEASURE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*")

K = TypeVar("K")
V = TypeVar("V")


class InvalidRule(ValueError):
    """This will say which rule of the catalogue cannot be built and why; `fix` says what to do, where that is known."""

    def __init__(self, reason: str, fix: str = "") -> None:
        super().__init__(reason)
        self.fix = fix


class FrozenMapping(Mapping[K, V]):
    """This will hold a mapping that cannot be changed, and that can be compared, hashed and pickled."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[K, V] | None = None) -> None:
        self._items: dict[K, V] = dict(items or {})

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return f"FrozenMapping({self._items!r})"


class _Checked:
    """This will refuse a field that is not of its declared type, then let the class check what only it knows."""

    __slots__ = ()

    def __post_init__(self) -> None:
        hints = _hints(type(self))
        for each in dataclasses.fields(self):  # type: ignore[arg-type]
            value = getattr(self, each.name)
            if isinstance(value, Mapping) and not isinstance(value, FrozenMapping):
                value = FrozenMapping(value)
                object.__setattr__(self, each.name, value)
            if not _fits(value, hints[each.name]):
                raise InvalidRule(f"{type(self).__name__}.{each.name} cannot be {value!r}")
        self._check()

    def _check(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Source(_Checked):
    """This will say where a figure or a rule was read, and how sure of it we are.

    `id` is a key of `catalogue/prices/sources.csv`; `locator` a table, section or address; `licence` a short name.
    """

    id: str
    title: str
    locator: str
    licence: str
    confidence: Confidence

    def _check(self) -> None:
        for name in ("id", "title", "licence"):
            if not getattr(self, name).strip():
                raise InvalidRule(f"a source needs its {name}")


@dataclass(frozen=True, slots=True)
class Rate(_Checked):
    """This will hold one additionality rate: a share between 0 and 1, or a multiplier, with the reason for it.

    `low` and `high` are given together, or neither is: only a rate with a range is drawn, as `distribution` says
    (`engine.draws` tells what each takes low and high to be; without one, triangular).
    """

    central: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    reason: str = ""
    source: Source | None = None
    distribution: Distribution | None = None

    def _check(self) -> None:
        _check_range(self.low, self.central, self.high)
        if not self.reason.strip() and self.source is None:
            raise InvalidRule("a rate needs a reason or a source")
        if self.distribution == "lognormal":
            raise InvalidRule("a rate has two ends, and a lognormal has one", "Write triangular or pert")
        if min(each for each in (self.low, self.central, self.high) if each is not None) < 0:
            raise InvalidRule("a rate cannot be below 0", "Write 0 or more: a share from 0 to 1, a multiplier around 1")

    @property
    def is_share(self) -> bool:
        """This will say whether the rate and its range lie between 0 and 1."""
        return all(each is None or 0 <= each <= 1 for each in (self.low, self.central, self.high))


@dataclass(frozen=True, slots=True)
class UnitValue(_Checked):
    """This will hold what one unit of something is worth, in the prices of a stated year.

    Exactly one of three shapes: `amount` (with a range or not), `low` and `high` with no `amount` (a published range
    that stays one), or `by_year` (year of effect to low, central, high; `amount` is then empty). Amounts are GBP per
    `unit`. `already_net` names the rates the published figure has already taken off.
    """

    id: str
    name: str
    amount: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: str
    price_year: str
    price_year_type: PriceYearType
    kind: Kind
    beneficiary: str
    uprate: Uprate
    discount_schedule: Schedule
    already_net: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    by_year: Mapping[int, tuple[Decimal, Decimal, Decimal]]
    source: Source
    notes: str = ""
    distribution: Distribution | None = None

    def _check(self) -> None:
        if self.distribution == "lognormal" and self.low is not None and self.low <= 0:
            raise InvalidRule("a lognormal value needs a low above 0", "Write triangular or pert")
        for name in ("id", "name", "unit", "beneficiary"):
            if not getattr(self, name).strip():
                raise InvalidRule(f"a value needs its {name}")
        _check_price_year(self.price_year, self.price_year_type)
        _check_range(self.low, self.amount, self.high)
        by_year = [each for span in self.by_year.values() for each in span]
        if any(each is not None and each < 0 for each in (self.low, self.amount, self.high, *by_year)):
            raise InvalidRule(
                "an amount is below 0",
                "Write what one unit is worth as 0 or more; what does harm is a measure with `direction: harm`",
            )
        if self.by_year and not (self.amount is self.low is self.high is None):
            raise InvalidRule("a value given by year has no amount of its own")
        if not self.by_year and self.amount is None and self.low is None:
            raise InvalidRule(
                "a value needs an amount, a low and a high, or amounts by year",
                "Give amount, or low and high, or by_year_series",
            )
        for year, (low, central, high) in self.by_year.items():
            if not low <= central <= high:
                raise InvalidRule(f"in {year} low, central and high are out of order")
        if unknown := set(self.already_net) - set(RATE_NAMES):
            raise InvalidRule(f"already_net names no known rate: {', '.join(sorted(unknown))}")
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise InvalidRule("valid_to must be after valid_from", "Correct one of the two dates")


@dataclass(frozen=True, slots=True)
class Criterion(_Checked):
    """This will hold one criterion of an outcome as its publisher codes it."""

    code: str
    title: str
    confidence: Confidence
    wording: Wording = "paraphrased"


@dataclass(frozen=True, slots=True)
class Measure(_Checked):
    """This will hold one thing that can be asked for, promised, delivered and counted.

    `unit` is the plain unit of its quantity. `rates` has any of `RATE_NAMES`; empty means none are approved, so a line
    of this measure has a gross figure only. `confirmable_by` empty means nobody who received it can confirm it, and
    `confirm_reason` says why. At most one measure of an `exclusive_group` may be valued for the same effect.
    `duration` is the number of benefit years, `dropoff` the share of the effect lost from one year to the next.
    """

    id: str
    code: str
    title: str
    title_cy: str
    unit: str
    direction: Direction
    figure: Figure
    definition: str
    evidence: tuple[str, ...]
    counting_rule: str
    question: str
    confirmable_by: tuple[str, ...]
    confirm_reason: str
    rates: Mapping[str, Rate]
    value: UnitValue | None
    exclusive_group: str | None
    reference: Source
    duration: int = 1
    dropoff: Decimal | Rate = Decimal(0)
    wording: Wording = "own"

    def _check(self) -> None:
        if not _MEASURE_ID.fullmatch(self.id):
            raise InvalidRule(f"measure id {self.id!r} must be small letters, digits, hyphens and dots")
        for name in ("code", "title", "unit"):
            if not getattr(self, name).strip():
                raise InvalidRule(f"measure {self.id} needs its {name}")
        if (self.value is not None) != (self.figure == "valued"):
            raise InvalidRule(
                f"measure {self.id}: a valued measure has a value, and a count or a story has none",
                "Give it a value, or call its figure a count",
            )
        for name, rate in self.rates.items():
            if name not in RATE_NAMES:
                raise InvalidRule(f"measure {self.id} has an unknown rate {name!r}")
            if name in SHARE_RATES and not rate.is_share:
                raise InvalidRule(f"measure {self.id}: {name} must lie between 0 and 1")
        dropoff = self.dropoff if isinstance(self.dropoff, Rate) else Rate(self.dropoff, reason="as given")
        if not dropoff.is_share:
            raise InvalidRule(f"measure {self.id}: dropoff must lie between 0 and 1")
        if self.duration < 1:
            raise InvalidRule(f"measure {self.id}: duration is a whole number of years, at least 1")
        if not self.confirmable_by and not self.confirm_reason.strip():
            raise InvalidRule(f"measure {self.id} must say who can confirm it, or why nobody can")

    @property
    def is_licensed(self) -> bool:
        """This will say whether its words or its value are licensed to one body and not for publication."""
        return PRIVATE in (self.reference.licence, self.value.source.licence if self.value else "")


@dataclass(frozen=True, slots=True)
class Outcome(_Checked):
    """This will hold one outcome of a theme, its criteria and its measures."""

    id: str
    title: str
    title_cy: str
    criteria: tuple[Criterion, ...]
    measures: tuple[Measure, ...]
    confidence: Confidence = "judgement"
    wording: Wording = "own"


@dataclass(frozen=True, slots=True)
class Theme(_Checked):
    """This will hold one theme of a framework and its outcomes."""

    id: str
    title: str
    title_cy: str
    outcomes: tuple[Outcome, ...]
    confidence: Confidence = "judgement"
    wording: Wording = "own"


@dataclass(frozen=True, slots=True)
class Edition(_Checked):
    """This will hold one dated edition of a framework, whole: once published it is never changed, only superseded.

    `applies_from` is in and `applies_to` is out. `gaps` says in sentences what the edition is known to lack.
    """

    framework_id: str
    version: str
    title: str
    title_cy: str
    publisher: str
    licence: str
    nation: str
    applies_from: date | None
    applies_to: date | None
    published_on: date | None
    price_year: str
    price_year_type: PriceYearType
    source: Source
    gaps: tuple[str, ...]
    themes: tuple[Theme, ...]
    notes: str = ""
    author: str = ""
    checked_by: str = ""
    review_on: date | None = None
    _measures: FrozenMapping[str, Measure] = field(init=False, repr=False, compare=False, default=FrozenMapping())

    def _check(self) -> None:
        _check_price_year(self.price_year, self.price_year_type)
        if self.applies_from and self.applies_to and self.applies_to <= self.applies_from:
            raise InvalidRule("applies_to must be after applies_from", "Correct one of the two dates")
        _check_unique("theme", [theme.id for theme in self.themes])
        _check_unique("outcome", [outcome.id for outcome in self.outcomes])
        measures = [measure for outcome in self.outcomes for measure in outcome.measures]
        _check_unique("measure", [measure.id for measure in measures])
        _check_unique("measure code", [measure.code for measure in measures])
        object.__setattr__(self, "_measures", FrozenMapping({measure.id: measure for measure in measures}))

    @property
    def measures(self) -> Mapping[str, Measure]:
        """This will give every measure by its id, in the order of the framework."""
        return self._measures

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """This will give every outcome in the order of the framework."""
        return tuple(outcome for theme in self.themes for outcome in theme.outcomes)

    def outcome_of(self, measure: str) -> Outcome:
        """This will give the outcome that a measure, by its id, stands in; raises KeyError where there is no such."""
        for outcome in self.outcomes:
            if any(each.id == measure for each in outcome.measures):
                return outcome
        raise KeyError(measure)

    @property
    def reference(self) -> str:
        """This will name the edition as people write it: `open-measures@1.0`."""
        return f"{self.framework_id}@{self.version}"

    @property
    def is_licensed(self) -> bool:
        """This will say whether anything of it is licensed to one body and not for publication."""
        return self.licence == PRIVATE or any(measure.is_licensed for measure in self.measures.values())

    @property
    def named(self) -> str:
        """This will name the edition for people: its title and version, and that it is licensed where it is."""
        return f"{self.title} {self.version}" + (f" ({LICENSED})" if self.is_licensed else "")

    @property
    def cited(self) -> str:
        """This will name the edition in a file: its reference, and that it is licensed where it is."""
        return self.reference + (f" ({LICENSED})" if self.is_licensed else "")

    @property
    def content_hash(self) -> str:
        """This will give the SHA-256 (64 hex digits) of the edition's canonical JSON: sorted keys, UTF-8, no spaces."""
        canonical = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """This will give the edition as JSON values: decimals as text, dates as YYYY-MM-DD, years as text keys."""
        encoded = _encode(self)
        assert isinstance(encoded, dict)
        return encoded

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """This will rebuild exactly the edition that `to_json` wrote; raises `InvalidRule` on anything else."""
        try:
            edition = _decode(cls, content)
        except (AttributeError, KeyError, TypeError, ValueError, InvalidOperation) as error:
            raise InvalidRule(f"this JSON is not an edition: {error}") from error
        assert isinstance(edition, cls)
        return edition


def _check_range(low: Decimal | None, central: Decimal | None, high: Decimal | None) -> None:
    if (low is None) != (high is None):
        raise InvalidRule("low and high are given together or not at all", "Give both, or neither")
    ordered = [each for each in (low, central, high) if each is not None]
    if ordered != sorted(ordered):
        raise InvalidRule("low, central and high are out of order", "Put them in rising order")


def _check_price_year(price_year: str, price_year_type: PriceYearType) -> None:
    written = _PRICE_YEAR[price_year_type].fullmatch(price_year)
    second = price_year[5:]
    if not written or (second and int(second) != (int(price_year[:4]) + 1) % 100):
        raise InvalidRule(
            f"price year {price_year!r} is not a {price_year_type} year",
            "Write 2024 for a calendar year, 2024-25 for a financial one",
        )
    if not _FIRST_PRICE_YEAR <= int(price_year[:4]) <= _LAST_PRICE_YEAR:
        raise InvalidRule(
            f"price year {price_year} lies outside {_FIRST_PRICE_YEAR} to {_LAST_PRICE_YEAR}",
            "Give the year of the prices that the source states, or bring the amount to a later year first",
        )


def _check_unique(what: str, ids: list[str]) -> None:
    if repeated := sorted(id for id, times in Counter(ids).items() if times > 1):
        raise InvalidRule(f"{what} used twice: {', '.join(repeated)}")


_HINTS: dict[type, dict[str, Any]] = {}


def _hints(cls: type) -> dict[str, Any]:
    if cls not in _HINTS:
        _HINTS[cls] = typing.get_type_hints(cls)
    return _HINTS[cls]


def _fits(value: Any, hint: Any) -> bool:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return any(_fits(value, each) for each in arguments)
    if origin is Literal:
        return value in arguments
    if origin is tuple:
        if not isinstance(value, tuple):
            return False
        wanted = arguments[:1] * len(value) if arguments[-1] is Ellipsis else arguments
        return len(wanted) == len(value) and all(map(_fits, value, wanted))
    if origin is not None:
        return isinstance(value, Mapping) and all(
            _fits(key, arguments[0]) and _fits(each, arguments[1]) for key, each in value.items()
        )
    if hint is Decimal:
        return isinstance(value, Decimal) and value.is_finite()
    return isinstance(value, hint) and not (hint is int and isinstance(value, bool))


def _encode(value: Any) -> Any:
    if isinstance(value, _Checked):
        stored = {each.name: _encode(getattr(value, each.name)) for each in _stored_fields(type(value))}
        # A field that came after the first editions is left out where it says nothing, so that their hashes stand.
        return {name: each for name, each in stored.items() if each is not None or name not in _LATER}
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _encode(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_encode(each) for each in value]
    return value


def _decode(hint: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        # The only union of two stored shapes is Decimal | Rate, and a Rate is stored as an object.
        wanted = [each for each in arguments if each is not types.NoneType]
        return _decode(wanted[-1] if isinstance(value, Mapping) else wanted[0], value)
    if origin is tuple:
        wanted = list(arguments[:1]) * len(value) if arguments[-1] is Ellipsis else list(arguments)
        return tuple(_decode(each, item) for each, item in zip(wanted, value, strict=True))
    if origin is not None and origin is not Literal:
        return FrozenMapping({arguments[0](key): _decode(arguments[1], each) for key, each in value.items()})
    if hint is Decimal:
        if not isinstance(value, str):
            raise InvalidRule(f"{value!r} is not a number kept as text")
        return Decimal(value)
    if hint is date:
        return date.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, _Checked):
        names = {each.name for each in _stored_fields(hint)}
        if unknown := set(value) - names:
            raise InvalidRule(f"unknown field {', '.join(sorted(unknown))}")
        return hint(**{name: _decode(_hints(hint)[name], each) for name, each in value.items()})
    return value


def _stored_fields(cls: Any) -> tuple[dataclasses.Field[Any], ...]:
    return tuple(each for each in dataclasses.fields(cls) if each.init)
