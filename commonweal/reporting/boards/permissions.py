"""Who may call the addresses of boards."""

from commonweal.base.access import ANY_STAFF, STAFF, Rule

READ = "Anyone with a role in the body may look at its year: of the whole, of a department, of a ward."

RULES = (
    Rule("boards:board", STAFF, READ, ANY_STAFF),
    Rule("boards:board_export", STAFF, READ, ANY_STAFF),
    Rule("boards:choose", STAFF, READ, ANY_STAFF, ("POST",)),
)
