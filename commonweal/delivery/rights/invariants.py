"""What must always be true of the rights of providers' people."""

from commonweal.base.invariants import Invariant

RULES = (
    Invariant(
        "rights.administrator-is-not-limited",
        "Nobody who is an administrator of a provider is limited by it.",
        "SELECT held.public_id FROM delivery_stafflimit held JOIN base_membership role ON role.party_id = held.party_id "
        "AND role.person_id = held.person_id AND role.role = 'provider-admin' AND role.ended_at IS NULL "
        "WHERE held.ended_at IS NULL",
    ),
    Invariant(
        "rights.limited-works-there",
        "Whoever is limited by a provider works for it.",
        "SELECT public_id FROM delivery_stafflimit held WHERE ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM "
        "base_membership role WHERE role.party_id = held.party_id AND role.person_id = held.person_id "
        "AND role.ended_at IS NULL)",
    ),
    Invariant(
        "rights.right-under-standing-limit",
        "A right stands only while the limit it is named under does.",
        "SELECT given.public_id FROM delivery_staffright given JOIN delivery_stafflimit held "
        "ON held.id = given.held_under_id WHERE given.ended_at IS NULL AND held.ended_at IS NOT NULL",
    ),
)
