"""What must always be true of the facts of a hand-over."""

from commonweal.base.invariants import Invariant

RULES = (
    Invariant(
        "mobilisation.fact-same-sides",
        "A fact of a hand-over belongs to the same body and party as its promise.",
        "SELECT fact.public_id FROM mobilisation_promisefact fact "
        "JOIN delivery_commitment promise ON promise.id = fact.commitment_id "
        "WHERE fact.body_id <> promise.body_id OR fact.party_id IS DISTINCT FROM promise.party_id",
    ),
    Invariant(
        "mobilisation.answer-to-its-query",
        "An answer is to a query about the same promise.",
        "SELECT answer.public_id FROM mobilisation_promisefact answer "
        "JOIN mobilisation_promisefact query ON query.id = answer.answers_id "
        "WHERE query.kind <> 'queried' OR query.commitment_id <> answer.commitment_id",
    ),
)
