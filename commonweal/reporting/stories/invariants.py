"""What must always be true of stories."""

from commonweal.base.invariants import Invariant

RULES = (
    Invariant(
        "stories.verified-was-rated-by-two",
        "A verified story was rated by two people who did not write it, and its consent is on record.",
        "SELECT story.public_id FROM stories_story story WHERE story.state = 'verified' AND ("
        "(SELECT count(DISTINCT rated_by_id) FROM stories_storyrating rating WHERE rating.story_id = story.id "
        "AND rating.version = story.version AND rating.rated_by_id <> story.drafted_by_id) < 2 OR NOT EXISTS ("
        "SELECT FROM stories_consent consent WHERE consent.story_id = story.id AND consent.version = story.version))",
    ),
    Invariant(
        "stories.children-have-a-guardian",
        "A story about children or people at risk that is consented to has a guardian’s consent and an assessment.",
        "SELECT story.public_id FROM stories_story story WHERE story.about IN ('children', 'at-risk') "
        "AND story.state IN ('consented', 'rated', 'verified') AND NOT EXISTS ("
        "SELECT FROM stories_consent consent WHERE consent.story_id = story.id AND consent.version = story.version "
        "AND consent.capacity IN ('guardian', 'deputy') AND consent.assessment <> '')",
    ),
    Invariant(
        "stories.words-are-there",
        "Every story has the words of the version that stands.",
        "SELECT story.public_id FROM stories_story story WHERE NOT EXISTS ("
        "SELECT FROM stories_storytext said WHERE said.story_id = story.id AND said.version = story.version)",
    ),
    Invariant(
        "stories.text-same-sides",
        "The words of a story belong to the same body and party as the story.",
        "SELECT child.public_id FROM stories_storytext child JOIN stories_story story ON story.id = child.story_id "
        "WHERE child.body_id <> story.body_id OR child.party_id IS DISTINCT FROM story.party_id",
    ),
)
