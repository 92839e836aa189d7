"""What must always be true of claims, confirmations, samples and keys."""

from commonweal.base.invariants import Invariant

RULES = (
    Invariant(
        "assurance.second-is-somebody-else",
        "A claim that waited for a second officer was accepted by somebody else than the first.",
        "SELECT fact.public_id FROM delivery_assurancefact fact JOIN assurance_claimstep step ON step.entry_id = fact.entry_id "
        "WHERE fact.kind = 'evidenced' AND step.kind = 'accepted-by-one' AND step.taken_by_id = fact.stated_by_id "
        "AND NOT EXISTS (SELECT FROM assurance_claimstep later WHERE later.entry_id = step.entry_id AND later.id > step.id "
        "AND later.kind IN ('answered', 'contested'))",
    ),
    Invariant(
        "assurance.individuals-with-assessment",
        "Individuals were asked only after an assessment was recorded for their agreement.",
        "SELECT asked.public_id FROM assurance_confirmation asked JOIN delivery_entry entry ON entry.id = asked.entry_id "
        "JOIN delivery_commitment promise ON promise.id = entry.commitment_id WHERE asked.is_individual AND NOT EXISTS "
        "(SELECT FROM assurance_dataassessment done WHERE done.agreement_id = promise.agreement_id "
        "AND done.recorded_at <= asked.asked_at)",
    ),
    Invariant(
        "assurance.found-at-most-claimed",
        "An auditor found at most what was claimed.",
        "SELECT item.public_id FROM assurance_sampled item JOIN delivery_entry entry ON entry.id = item.entry_id "
        "WHERE item.found > entry.quantity",
    ),
    Invariant(
        "assurance.sample-is-whole",
        "As many entries were drawn as the sample says.",
        "SELECT sample.public_id FROM assurance_sample sample WHERE sample.size <> "
        "(SELECT count(*) FROM assurance_sampled item WHERE item.sample_id = sample.id)",
    ),
)
