"""The words people read for the codes of the catalogue."""

from typing import Final

#: Said of every edition and measure that a body uses under a licence.
NOT_FOR_PUBLICATION: Final = "Licensed to you: not for publication"

#: Who may confirm that something was received.
CONFIRMERS: Final[dict[str, str]] = {
    "person": "the person themselves",
    "school": "a school",
    "college": "a college",
    "training-provider": "a training provider",
    "employment-service": "an employment service",
    "community-organisation": "a community organisation",
    "supplier": "the supplier that was paid",
    "public-body": "a public body",
}

#: How sure the catalogue is of a source.
CONFIDENCE: Final[dict[str, str]] = {
    "seen": "Read at the source.",
    "seen-secondary": "Read in a copy, not at the source.",
    "known": "From general knowledge, to be confirmed.",
    "judgement": "A judgement of the editors.",
}

NATIONS: Final[dict[str, str]] = {
    "uk": "United Kingdom",
    "england": "England",
    "wales": "Wales",
    "scotland": "Scotland",
    "northern-ireland": "Northern Ireland",
}

#: What kind of year a price year is.
PRICE_YEARS: Final[dict[str, str]] = {
    "calendar": "a calendar year",
    "financial": "a financial year",
    "rate-year": "the year for which the rate was set",
}

#: The deductions that a published value may already have made, and the rates that may be set.
DEDUCTIONS: Final[dict[str, str]] = {
    "deadweight": "Deadweight: what would have happened anyway",
    "attribution": "Attribution: what others brought about",
    "displacement": "Displacement: what was only moved from elsewhere",
    "leakage": "Leakage: what went to people or places not meant",
    "substitution": "Substitution: one person or firm in the place of another",
    "multiplier": "Multiplier: what follows on from it",
}
RATES: Final[dict[str, str]] = DEDUCTIONS | {"dropoff": "Drop-off: what is lost from one year to the next"}

KINDS_OF_VALUE: Final[dict[str, str]] = {
    "welfare": "Welfare: people’s own well-being",
    "economic": "Economic: wages, output",
    "fiscal": "Fiscal: money the public purse saves or gains",
    "spend": "Spend: money that was spent",
    "mixed": "Mixed: a published composite, never split",
}
