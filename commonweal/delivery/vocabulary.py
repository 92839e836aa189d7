"""The words agreements, promises and deliveries are described with: ids in the database, labels for people."""

from django.utils.translation import gettext_lazy as _

LEVELS = [
    ("agreement", "Agreement"),
    ("framework", "Framework"),
    ("lot", "Lot"),
    ("provider", "Provider on a framework"),
    ("call-off", "Call-off"),
    ("order", "Order"),
]
#: What a person of a provider may do on an agreement; each may do what stands before it too. Shown by providers' pages.
RIGHTS = [
    ("see", _("See it")),
    ("report", _("See it and report on it")),
    ("answer", _("See it, report on it and answer for us")),
]
STATES = [("current", "Current"), ("ended", "Ended"), ("terminated", "Terminated early")]
ORIGINS = [("made", "Made here"), ("imported", "Brought in from a file"), ("example", "Published example")]
BASES = [
    ("fixed", "A fixed quantity"),
    ("per-spend", "For each amount spent"),
    ("trigger", "When something happens"),
    ("option", "If an option is taken up"),
]
#: The bases whose quantity is known only once something is ordered or happens.
FORMULAS = ("per-spend", "trigger")
ROUNDINGS = [
    ("pro-rata", "Pro rata, parts of the amount count"),
    ("full", "Only each full amount counts"),
]
ORDER_KINDS = [
    ("call-off", "Call-off"),
    ("order", "Purchase order"),
    ("invoice", "Invoice"),
    ("credit", "Credit note"),
    ("trigger", "It happened"),
]
EVIDENCE_KINDS = [
    ("payroll", _("Payroll or employment record")),
    ("register", _("Attendance register")),
    ("certificate", _("Certificate")),
    ("invoice", _("Invoice or receipt")),
    ("photograph", _("Photograph")),
    ("letter", _("Letter or message")),
    ("report", _("Report")),
    ("other", _("Something else")),
]
#: Of spending and the jobs that it pays for, what is valued; the other is counted.
VALUED_OF_TWO = [
    ("jobs", "The jobs: the spending is counted, not valued"),
    ("spending", "The spending: the jobs are counted, not valued"),
    ("both", "Both: this spending does not pay for these jobs"),
]
FACTS = [("evidenced", "Evidenced"), ("confirmed", "Confirmed"), ("assured", "Assured")]
ENTRY_STATES = [
    ("waiting", "Waiting for acceptance"),
    ("evidenced", "Evidence accepted"),
    ("confirmed", "Confirmed"),
    ("assured", "Assured"),
    ("brought-forward", "Brought forward"),
    ("reversed", "Reversed"),
]
BATCH_STATES = [
    ("previewed", "To check"),
    ("refused", "Not read"),
    ("imported", "Brought in"),
    ("undone", "Undone"),
]
OUTCOMES = [("accepted", "Accepted"), ("unchanged", "Here already"), ("rejected", "Rejected")]
CLAUSE_SOURCES = [("ask", "From the ask"), ("by-hand", "Said by hand"), ("change", "By a change of the agreement")]
