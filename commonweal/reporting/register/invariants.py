"""What must always be true of files of money and of what they brought in."""

from commonweal.base.invariants import Invariant

_FACTS = ("register_budgetline", "register_registerentry", "register_payment")

RULES = (
    Invariant(
        "register.rows-add-up",
        "Every row of a file of money ends accepted, unchanged or rejected.",
        "SELECT public_id FROM register_moneyfile WHERE state <> 'refused' AND rows_in <> accepted + unchanged + rejected",
    ),
    *(
        Invariant(
            f"{table.replace('_', '.')}-stands-on-its-file",
            "What stands was brought in by a file that was not undone.",
            f"SELECT fact.public_id FROM {table} fact JOIN register_moneyfile held ON held.id = fact.money_file_id "  # noqa: S608
            "WHERE fact.withdrawn_at IS NULL AND held.state <> 'imported'",
        )
        for table in _FACTS
    ),
    *(
        Invariant(
            f"{table.replace('_', '.')}-gave-way-to-what-stands",
            "A line gives way only to a file that was brought in and not undone.",
            f"SELECT fact.public_id FROM {table} fact JOIN register_moneyfile later ON later.id = fact.withdrawn_by_id "  # noqa: S608
            "WHERE later.state <> 'imported' OR fact.withdrawn_at IS NULL",
        )
        for table in _FACTS
    ),
)
