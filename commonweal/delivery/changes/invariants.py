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
        "changes.no-credit-beyond-what-was-accepted",
        "What is left to use of a promise’s credits was accepted beyond it: a reversed claim takes its credit back.",
        "SELECT promise.public_id FROM delivery_commitment promise JOIN (SELECT lot.commitment_id, "
        "sum(lot.quantity * (lot.amount - COALESCE(gone.amount, 0)) / lot.amount) AS quantity FROM changes_creditmove lot "
        "LEFT JOIN (SELECT lot_id, sum(amount) AS amount FROM changes_creditmove WHERE kind <> 'credit' GROUP BY lot_id) "
        "gone ON gone.lot_id = lot.id WHERE lot.kind = 'credit' GROUP BY lot.commitment_id) held "
        "ON held.commitment_id = promise.id WHERE held.quantity > 0.001 + GREATEST(COALESCE((SELECT sum(fact.quantity) "
        "FROM delivery_assurancefact fact JOIN delivery_entry entry ON entry.id = fact.entry_id "
        "WHERE fact.kind = 'evidenced' AND entry.commitment_id = promise.id AND NOT EXISTS (SELECT 1 FROM delivery_entry "
        "back WHERE back.reverses_id = entry.id)), 0) "
        "- CASE promise.basis WHEN 'fixed' THEN COALESCE(promise.quantity, 0) ELSE 0 END, 0)",
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
