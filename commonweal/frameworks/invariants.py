"""What must always be true of editions and of what refers to them."""

from commonweal.base.invariants import Invariant

#: Tables of this room's bodies that name an edition, which must be of the catalogue or of that same body.
_NAMING = (
    ("frameworks_frameworkinforce", "edition_id"),
    ("frameworks_overlay", "base_id"),
    ("frameworks_overlay", "edition_id"),
    ("frameworks_licensedworkbook", "edition_id"),
    ("frameworks_owncrosswalk", "of_id"),
    ("frameworks_owncrosswalk", "to_id"),
)

RULES = (
    Invariant(
        "frameworks.measure-of-its-body",
        "A measure belongs to the body its edition belongs to, or to nobody as its edition does.",
        "SELECT measure.public_id FROM frameworks_measure measure "
        "JOIN frameworks_edition edition ON edition.id = measure.edition_id "
        "WHERE measure.body_id IS DISTINCT FROM edition.body_id",
    ),
    *(
        Invariant(
            f"frameworks.{table.removeprefix('frameworks_')}-{column.removesuffix('_id')}-within-reach",
            "What a body uses is of the catalogue or its own, never another body's.",
            f"SELECT held.public_id FROM {table} held "  # noqa: S608
            f"JOIN frameworks_edition edition ON edition.id = held.{column} "
            "WHERE edition.body_id IS NOT NULL AND edition.body_id <> held.body_id",
        )
        for table, column in _NAMING
    ),
)
