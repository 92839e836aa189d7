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
METHODS = [
    ("M1", "Relative to the best offer in pounds"),
    ("M2", "Relative to the best offer as a share of the price"),
    ("M3", "Target: all the points from a level of pounds"),
    ("M4", "Bands"),
    ("M5", "Minimum"),
    ("M6", "Points for each initiative"),
    ("M7", "Relative to the best offer, measure by measure"),
    ("M8", "Target, measure by measure"),
    ("rubric", "Marks for a description"),
]
TIE_RULES = [("shared", "They share the rank"), ("lower-price", "The lower price goes first")]
BASES = [
    ("amount", "Pounds"),
    ("estimated_value", "Per cent of the estimated value"),
    ("own_price", "Per cent of the tenderer’s own price"),
]
MOVES = [("credit", "Earned"), ("debit", "Used"), ("expiry", "Run out"), ("recall", "Taken back")]
ACCOUNTS = [
    ("held", "Held"),
    ("earned", "Earned"),
    ("used", "Used"),
    ("run-out", "Run out"),
    ("recalled", "Taken back"),
]
CLOSINGS = [
    ("ended", "It ran its term"),
    ("terminated", "It was terminated early"),
    ("insolvency", "The provider became insolvent"),
]
