"""What must always be true of returns."""

from commonweal.base.invariants import Invariant

RULES = (
    Invariant(
        "returns.sent-is-recorded",
        "What was sent of a line is what its entry says, without those transferred from another employer.",
        "SELECT sent.public_id FROM returns_sentline sent JOIN delivery_entry entry ON entry.id = sent.entry_id "
        "WHERE entry.quantity <> sent.quantity - COALESCE(sent.transferred, 0)",
    ),
    Invariant(
        "returns.sent-is-not-lost",
        "A line that told of something has an entry.",
        "SELECT public_id FROM returns_sentline WHERE answer = 'told' AND entry_id IS NULL "
        "AND quantity > COALESCE(transferred, 0)",
    ),
    Invariant(
        "returns.confidence-is-the-bodys",
        "What was told in confidence belongs to the body alone: figure, what was sent of it, and entry.",
        "SELECT line.public_id FROM returns_returnline line JOIN returns_linefigure figure ON figure.line_id = line.id "
        "WHERE line.in_confidence AND figure.party_id IS NOT NULL",
    ),
    Invariant(
        "returns.entry-of-its-promise",
        "An entry of a return is of the promise its line is about.",
        "SELECT sent.public_id FROM returns_sentline sent JOIN returns_returnline line ON line.id = sent.line_id "
        "JOIN delivery_entry entry ON entry.id = sent.entry_id WHERE entry.commitment_id <> line.commitment_id",
    ),
)
