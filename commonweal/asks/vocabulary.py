"""The words an opportunity is described with: ids in the database, labels for people."""

CHANNELS = [
    ("procurement", "Procurement"),
    ("grant", "Grant"),
    ("asset-transfer", "Asset transfer"),
    ("finance", "Loan or other finance"),
    ("planning", "Planning obligation"),
    ("own-service", "Own service"),
    ("partnership", "Partnership or pledge"),
]
KINDS = [("goods", "Goods"), ("services", "Services"), ("works", "Works")]
PLACE_ROLES = [("delivered-at", "Delivered at"), ("person-lives-at", "Person lives at"), ("benefits", "Benefits")]
LEVELS = [("local", "Local"), ("regional", "Regional"), ("national", "National")]
STATES = [("planned", "Planned"), ("asked", "Asked"), ("agreed", "Agreed"), ("withdrawn", "Withdrawn")]
#: The regime an agreement falls under, chosen by its commencement date, nation, kind and value.
REGIMES = [
    ("procurement-act-2023", "Procurement Act 2023"),
    ("pcr-2015", "Public Contracts Regulations 2015"),
    ("light-touch", "Light touch"),
    ("provider-selection", "Health services (Provider Selection Regime)"),
    ("below-threshold", "Below threshold"),
    ("scotland", "Scotland"),
    ("wales", "Wales"),
    ("none", "None (grants, transfers, pledges)"),
]
