"""The words of changes, credits and outturns: ids in the database, labels for people."""

STATES = [
    ("draft", "Being written"),
    ("proposed", "With the provider"),
    ("agreed", "Agreed by the provider"),
    ("refused", "Refused by the provider"),
    ("approved", "Approved"),
    ("declined", "Declined"),
    ("made", "Made"),
    ("dropped", "Dropped"),
]
KINDS = [("change", "Change"), ("substitution", "Substitution"), ("extension", "Extension taken up")]
LINE_KINDS = [
    ("reduce", "Reduce it"),
    ("increase", "Increase it"),
    ("end", "End it"),
    ("take-up", "Take up the option"),
    ("add", "Add a promise"),
    ("substitute", "Put this promise in place of it"),
]
RANKING = [("no", "No"), ("yes", "Yes"), ("unknown", "Not known")]
MOVES = [("credit", "Earned"), ("debit", "Used"), ("expiry", "Run out")]
ACCOUNTS = [("held", "Held"), ("earned", "Earned"), ("used", "Used"), ("run-out", "Run out")]
CLOSINGS = [
    ("ended", "It ran its term"),
    ("terminated", "It was terminated early"),
    ("insolvency", "The provider became insolvent"),
]
