"""The words money, registers and their matching are described with: ids in the database, labels for people."""

from __future__ import annotations

from typing import Final

FILE_KINDS: Final = [
    ("budget", "Budget and outturn"),
    ("register", "Contracts register"),
    ("payments", "Payments"),
]
STATES: Final = [
    ("previewed", "Read, not brought in"),
    ("imported", "Brought in"),
    ("undone", "Undone"),
    ("refused", "Refused"),
]
OUTCOMES: Final = [("accepted", "Accepted"), ("unchanged", "Here already"), ("rejected", "Rejected")]
#: The amounts of each kind of file, as pages name them.
AMOUNT_WORDS: Final = {
    "budget": "Budget",
    "actual": "Actual or outturn",
    "value": "Contract value",
    "amount": "Payments",
}
#: What one side of the reconciliation is called.
SIDES: Final = {"register": "Contracts register", "agreement": "Agreement", "payments": "Payments"}
VERDICTS: Final = [("same", "They belong together"), ("apart", "They do not belong together")]
#: Where a contract stands: which of the three sides know of it.
STANDINGS: Final = [
    ("all-three", "In the register, on record as an agreement, and paid"),
    ("unpaid", "In the register and on record, nothing paid"),
    ("no-agreement", "In the register, and no agreement"),
    ("no-register", "An agreement, and not in the register"),
    ("payments-alone", "Payments with neither an entry nor an agreement"),
    ("no-contract-needed", "Payments that need no contract"),
]
#: What can be wrong with a contract besides.
FINDINGS: Final = [
    ("ended-and-paid", "Ended and still paid"),
    ("above-contracted", "Paid above contracted"),
    ("values-differ", "Register and agreement give another value"),
    ("suppliers-differ", "Register and agreement name another supplier"),
    ("ends-differ", "Register and agreement give another last day"),
]
REPORT_KINDS: Final = [
    ("sroi", "Independent social return on investment"),
    ("evaluation", "Evaluation"),
    ("audit", "Audit or assurance"),
    ("other", "Other"),
]
#: Who can gain from a value, where it is somebody the body knows.
GAINERS: Final = [
    ("department", "A department of this body"),
    ("body", "Another public body"),
    ("people", "People, or society at large"),
]
