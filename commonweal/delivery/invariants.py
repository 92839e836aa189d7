"""What must always be true of agreements, promises and deliveries."""

from commonweal.base.invariants import Invariant

_TWO_SIDED = (
    ("delivery_agreementclause", "agreement_id", "delivery_agreement"),
    ("delivery_commitment", "agreement_id", "delivery_agreement"),
    ("delivery_countingshare", "commitment_id", "delivery_commitment"),
    ("delivery_profile", "commitment_id", "delivery_commitment"),
    ("delivery_profilepart", "profile_id", "delivery_profile"),
    ("delivery_entry", "commitment_id", "delivery_commitment"),
    ("delivery_revision", "commitment_id", "delivery_commitment"),
    ("delivery_order", "agreement_id", "delivery_agreement"),
    ("delivery_evidence", "entry_id", "delivery_entry"),
    ("delivery_assurancefact", "entry_id", "delivery_entry"),
    ("delivery_paidjobs", "spend_id", "delivery_entry"),
)
#: A sub-contractor may tell the body alone: such an entry has no party.
_IN_CONFIDENCE = ("delivery_entry", "delivery_paidjobs")

RULES = (
    Invariant(
        "delivery.fact-at-most-claimed",
        "A fact is about at most the quantity that was claimed.",
        "SELECT fact.public_id FROM delivery_assurancefact fact JOIN delivery_entry entry ON entry.id = fact.entry_id "
        "WHERE fact.quantity > entry.quantity",
    ),
    Invariant(
        "delivery.shares-at-most-one",
        "The shares of a promise sum to one at most.",
        "SELECT commitment.public_id FROM delivery_countingshare share "
        "JOIN delivery_commitment commitment ON commitment.id = share.commitment_id "
        "GROUP BY commitment.public_id HAVING sum(share.share) > 1",
    ),
    Invariant(
        "delivery.evidence-shares-at-most-one",
        "The shares of one item of evidence over standing entries sum to one at most.",
        "SELECT item.public_id FROM delivery_evidence item JOIN delivery_evidence part "
        "ON part.id = item.id OR part.shared_from_id = item.id WHERE item.shared_from_id IS NULL "
        "AND NOT EXISTS (SELECT FROM delivery_entry taken WHERE taken.reverses_id = part.entry_id) "
        "GROUP BY item.public_id HAVING sum(part.share) > 1",
    ),
    Invariant(
        "delivery.reversal-mirrors",
        "A reversal is of the same promise and quantity as the entry it takes back, and not of a reversal.",
        "SELECT taken.public_id FROM delivery_entry taken JOIN delivery_entry entry ON entry.id = taken.reverses_id "
        "WHERE taken.commitment_id <> entry.commitment_id OR taken.quantity <> entry.quantity "
        "OR entry.reverses_id IS NOT NULL",
    ),
    Invariant(
        "delivery.no-self-acceptance",
        "Whoever recorded an entry did not accept its evidence or check it as an assurer.",
        "SELECT fact.public_id FROM delivery_assurancefact fact JOIN delivery_entry entry ON entry.id = fact.entry_id "
        "WHERE fact.kind IN ('evidenced', 'assured') AND fact.stated_by_id = entry.recorded_by_id",
    ),
    Invariant(
        "delivery.profile-never-reduces",
        "The quarters of a profile sum to at least its promise, or to at most it for a harm.",
        "SELECT profile.public_id FROM delivery_profile profile "
        "JOIN delivery_commitment commitment ON commitment.id = profile.commitment_id "
        "LEFT JOIN delivery_profilepart part ON part.profile_id = profile.id "
        "GROUP BY profile.public_id, commitment.quantity, commitment.direction HAVING "
        "(CASE WHEN commitment.direction = 'harm' THEN commitment.quantity - coalesce(sum(part.quantity), 0) "
        "ELSE coalesce(sum(part.quantity), 0) - commitment.quantity END) < 0",
    ),
    Invariant(
        "delivery.provider-is-party",
        "The party of an agreement is its provider's.",
        "SELECT agreement.public_id FROM delivery_agreement agreement "
        "JOIN directory_organisation provider ON provider.id = agreement.provider_id "
        "WHERE agreement.party_id IS DISTINCT FROM provider.party_id",
    ),
    Invariant(
        "delivery.agreements-are-a-tree",
        "No agreement is part of itself, however far up.",
        "WITH RECURSIVE above AS (SELECT id, parent_id, public_id, 1 AS depth FROM delivery_agreement "
        "WHERE parent_id IS NOT NULL UNION ALL SELECT above.id, up.parent_id, above.public_id, above.depth + 1 "
        "FROM above JOIN delivery_agreement up ON up.id = above.parent_id WHERE above.depth < 20) "
        "SELECT DISTINCT public_id FROM above WHERE parent_id = id OR depth >= 20",
    ),
    Invariant(
        "delivery.import-rows-add-up",
        "Every row of a file that was read is accepted, unchanged or rejected.",
        "SELECT batch.public_id FROM delivery_importbatch batch "
        "WHERE batch.rows_in <> batch.accepted + batch.unchanged + batch.rejected",
    ),
    *(
        Invariant(
            f"{table.replace('_', '.')}-same-sides",
            "A row belongs to the same body and party as what it hangs on"
            + (", or to the body alone where it was told in confidence." if table in _IN_CONFIDENCE else "."),
            f"SELECT child.public_id FROM {table} child JOIN {parent} parent ON parent.id = child.{column} "  # noqa: S608
            "WHERE child.body_id <> parent.body_id OR child.party_id IS DISTINCT FROM parent.party_id"
            + (" AND child.party_id IS NOT NULL" if table in _IN_CONFIDENCE else ""),
        )
        for table, column, parent in _TWO_SIDED
    ),
)
