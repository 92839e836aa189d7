"""What must always be true of changes and of the credit ledger."""

from commonweal.base.invariants import Invariant

RULES = (
    Invariant(
        "changes.legs-sum-to-nothing",
        "The two legs of a move of credit sum to nothing.",
        "SELECT move.public_id FROM changes_creditmove move LEFT JOIN changes_creditleg leg ON leg.move_id = move.id "
        "GROUP BY move.public_id HAVING COALESCE(sum(leg.amount), 1) <> 0 OR count(leg.id) <> 2",
    ),
    Invariant(
        "changes.lot-never-below-zero",
        "No more is used of a credit, and runs out of it, than was earned.",
        "SELECT lot.public_id FROM changes_creditmove lot JOIN changes_creditmove part ON part.lot_id = lot.id "
        "GROUP BY lot.public_id, lot.amount HAVING sum(part.amount) > lot.amount",
    ),
    Invariant(
        "changes.no-transfer",
        "A credit is used only in the agreement, by the provider and in the unit in which it was earned.",
        "SELECT part.public_id FROM changes_creditmove part JOIN changes_creditmove lot ON lot.id = part.lot_id "
        "WHERE part.agreement_id <> lot.agreement_id OR part.party_id IS DISTINCT FROM lot.party_id "
        "OR part.unit <> lot.unit OR lot.kind <> 'credit'",
    ),
    Invariant(
        "changes.used-while-it-stood",
        "A credit is used on its last day at the latest.",
        "SELECT part.public_id FROM changes_creditmove part JOIN changes_creditmove lot ON lot.id = part.lot_id "
        "WHERE part.kind = 'debit' AND part.dated_on > lot.runs_out_on",
    ),
    Invariant(
        "changes.decided-by-a-second-person",
        "Whoever proposed a change did not decide on it.",
        "SELECT public_id FROM changes_change WHERE state IN ('approved', 'made') AND decided_by_id = proposed_by_id",
    ),
    Invariant(
        "changes.revised-by-a-made-change",
        "A promise is revised only by a change of its agreement that was made.",
        "SELECT revision.public_id FROM delivery_revision revision "
        "JOIN delivery_commitment promise ON promise.id = revision.commitment_id "
        "LEFT JOIN changes_change change ON change.public_id = revision.change "
        "WHERE change.id IS NULL OR change.state <> 'made' OR change.agreement_id <> promise.agreement_id",
    ),
)
