"""What must always be true of orders and files of them."""

from commonweal.base.invariants import Invariant

RULES = (
    Invariant(
        "orders.rows-add-up",
        "Every row of a file of orders is accepted, here already or rejected.",
        "SELECT public_id FROM orders_orderfile WHERE rows_in <> accepted + unchanged + rejected",
    ),
    Invariant(
        "orders.pence-add-up",
        "The pounds read from a file of orders are those accepted, here already and rejected, to the penny.",
        "SELECT public_id FROM orders_orderfile WHERE (pence->>'read')::numeric <> (pence->>'accepted')::numeric "
        "+ (pence->>'unchanged')::numeric + (pence->>'rejected')::numeric",
    ),
    Invariant(
        "orders.counts-add-up",
        "The counts read from a file are those accepted, here already and rejected; it holds counts or pounds, not both.",
        "SELECT public_id FROM orders_orderfile WHERE (counted->>'read')::numeric <> (counted->>'accepted')::numeric "
        "+ (counted->>'unchanged')::numeric + (counted->>'rejected')::numeric "
        "OR (commitment_id IS NULL AND counted <> '{}') OR (commitment_id IS NOT NULL AND pence <> '{}')",
    ),
    Invariant(
        "orders.count-is-of-its-promise",
        "How often a trigger happened is counted for a promise on a trigger of the same agreement.",
        "SELECT item.public_id FROM delivery_order item JOIN delivery_commitment promise "
        "ON promise.id = item.commitment_id WHERE promise.agreement_id <> item.agreement_id "
        "OR promise.basis <> 'trigger'",
    ),
    Invariant(
        "orders.undone-file-counts-nothing",
        "No order of a file that was undone stands.",
        "SELECT item.public_id FROM delivery_order item JOIN orders_orderfile file ON file.public_id = item.source "
        "WHERE file.state = 'undone' AND item.withdrawn_at IS NULL",
    ),
)
