"""What must always be true of reviews and ratings."""

from commonweal.base.invariants import Invariant

_TWO_SIDED = (
    ("reviews_review", "agreement_id", "delivery_agreement"),
    ("reviews_signoff", "review_id", "reviews_review"),
    ("reviews_reviewaction", "review_id", "reviews_review"),
    ("reviews_earlywarning", "agreement_id", "delivery_agreement"),
    ("reviews_kpi", "agreement_id", "delivery_agreement"),
    ("reviews_kpiexemption", "agreement_id", "delivery_agreement"),
    ("reviews_rating", "kpi_id", "reviews_kpi"),
)

RULES = (
    Invariant(
        "reviews.published-was-sent-and-decided",
        "A locked or published rating was sent to the provider and decided by a named officer.",
        "SELECT public_id FROM reviews_rating WHERE state IN ('locked', 'published') "
        "AND (sent_at IS NULL OR decided_by_id IS NULL OR locked_by_id IS NULL)",
    ),
    Invariant(
        "reviews.locked-inadequate-has-a-sound-plan",
        "A locked or published Inadequate rests on a plan told in words, or on a file that was checked and found sound.",
        "SELECT rating.public_id FROM reviews_rating rating LEFT JOIN base_storedfile file ON file.id = rating.plan_file_id "
        "WHERE rating.state IN ('locked', 'published') AND rating.rating = 'inadequate' AND rating.plan = '' "
        "AND file.state IS DISTINCT FROM 'checked'",
    ),
    Invariant(
        "reviews.contested-is-decided-by-another",
        "A rating the provider contested is not decided by whoever drafted it.",
        "SELECT rating.public_id FROM reviews_rating rating JOIN base_event event ON event.body_id = rating.body_id "
        "AND event.subject = 'reviews.rating:' || rating.public_id AND event.action = 'reviews.rating.contested' "
        "WHERE rating.decided_by_id = rating.drafted_by_id",
    ),
    Invariant(
        "reviews.periods-do-not-overlap",
        "No indicator is rated twice for one day.",
        "SELECT one.public_id FROM reviews_rating one JOIN reviews_rating other ON other.kpi_id = one.kpi_id "
        "AND other.id > one.id AND other.starts_on <= one.ends_on AND other.ends_on >= one.starts_on "
        "WHERE one.state <> 'withdrawn' AND other.state <> 'withdrawn'",
    ),
    Invariant(
        "reviews.action-is-of-its-agreement",
        "An action, and what it was carried on from, are of the agreement of their meeting.",
        "SELECT action.public_id FROM reviews_reviewaction action "
        "JOIN reviews_review review ON review.id = action.review_id "
        "LEFT JOIN reviews_reviewaction earlier ON earlier.id = action.carried_from_id "
        "WHERE action.agreement_id <> review.agreement_id OR earlier.agreement_id <> action.agreement_id",
    ),
    *(
        Invariant(
            f"{table.replace('_', '.')}-same-sides",
            "A row belongs to the same body and party as what it hangs on.",
            f"SELECT child.public_id FROM {table} child JOIN {parent} parent ON parent.id = child.{column} "  # noqa: S608
            "WHERE child.body_id <> parent.body_id OR child.party_id IS DISTINCT FROM parent.party_id",
        )
        for table, column, parent in _TWO_SIDED
    ),
)
