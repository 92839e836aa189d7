"""What must always be true of needs, matches and what the public reads of them."""

from commonweal.base.invariants import Invariant

_TWO_SIDED = (
    ("community_needwords", "need_id", "community_need"),
    ("community_moderation", "need_id", "community_need"),
    ("community_match", "need_id", "community_need"),
)

RULES = (
    Invariant(
        "community.public-was-published",
        "What the public reads of a need are words that an officer published.",
        "SELECT need.public_id FROM community_need need WHERE need.shown_id IS NOT NULL AND NOT EXISTS (SELECT FROM "
        "community_moderation m WHERE m.need_id = need.id AND m.words_id = need.shown_id AND m.outcome = 'published')",
    ),
    Invariant(
        "community.public-row-for-what-is-shown",
        "Exactly the needs with published words have a public row.",
        "SELECT coalesce(need.public_id, shown.key) FROM community_need need FULL JOIN community_publicneed shown "
        "ON shown.key = need.public_id WHERE (need.shown_id IS NULL) <> (shown.key IS NULL) OR need.id IS NULL",
    ),
    Invariant(
        "community.withdrawn-words-are-gone",
        "Of a need that was withdrawn the public reads no words.",
        "SELECT key FROM community_publicneed WHERE state = 'withdrawn' "
        "AND (title <> '' OR \"group\" <> '' OR content ?| array['details', 'thanks'])",
    ),
    Invariant(
        "community.thanks-with-leave",
        "Published thanks were written by a group after it said what it received.",
        "SELECT public_id FROM community_match WHERE thanks_state = 'published' AND (thanks = '' OR received_at IS NULL)",
    ),
    *(
        Invariant(
            f"community.same-sides-{table}",
            "What hangs on a need belongs to the same body and group.",
            f"SELECT held.public_id FROM {table} held JOIN {target} need ON need.id = held.{column} "  # noqa: S608 - our own names
            "WHERE held.body_id <> need.body_id OR held.party_id <> need.party_id",
        )
        for table, column, target in _TWO_SIDED
    ),
)
