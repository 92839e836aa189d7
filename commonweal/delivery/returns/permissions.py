"""Who may call the addresses of returns."""

from commonweal.base.access import ANY_PROVIDER, ANY_STAFF, PROVIDER, PUBLIC, STAFF, Rule

READ = "Anyone with a role in the body may read its returns."
MANAGE = "Contract managers, buyers and the social value lead ask for returns and sign them off."
REPORT = "People of this organisation report on its own promises."
PART = "People of a sub-contractor report on the parts that were passed on to it."
HOLD = "Whoever holds a link that we signed reports by it, until the return is signed off or the link is taken back."

_MANAGERS = ("contract-manager", "buyer", "lead")
_BOTH = ("GET", "POST")

#: The pages of one return, the same for people who sign in and for those who hold a link.
_PAGES = (
    ("report", ("GET",), ""),
    ("line", _BOTH, "the return is open"),
    ("nothing", ("POST",), "the return is open"),
    ("send", _BOTH, "every line is answered"),
    ("finish", ("POST",), "every line of the part is answered"),
    ("receipt", ("GET",), ""),
    ("pass_on", _BOTH, "the return is open"),
    ("take_back", ("POST",), "the return is open"),
    ("calendar", ("GET",), "the return is open"),
    ("workbook", ("GET",), "the return is open"),
    ("upload", _BOTH, "the return is open"),
    ("keep", ("POST",), "the return is open"),
)

RULES = (
    Rule("returns:returns", STAFF, READ, ANY_STAFF),
    Rule("returns:returns_export", STAFF, READ, ANY_STAFF),
    Rule("returns:agreement", STAFF, READ, ANY_STAFF),
    Rule("returns:return_page", STAFF, READ, ANY_STAFF),
    Rule("returns:schedule", STAFF, MANAGE, _MANAGERS, _BOTH, when="the agreement stands and is no published fact"),
    Rule("returns:schedule_stop", STAFF, MANAGE, _MANAGERS, ("POST",)),
    Rule("returns:reporter_add", STAFF, MANAGE, _MANAGERS, _BOTH),
    Rule("returns:reporter_end", STAFF, MANAGE, _MANAGERS, ("POST",)),
    Rule("returns:ask", STAFF, MANAGE, _MANAGERS, ("POST",)),
    Rule("returns:remind", STAFF, MANAGE, _MANAGERS, ("POST",), when="the return was not sent"),
    Rule("returns:sign_off", STAFF, MANAGE, _MANAGERS, ("POST",), when="the return was sent, by someone else"),
    Rule("returns:changes", STAFF, MANAGE, _MANAGERS, _BOTH, when="the return was sent"),
    Rule("returns:link_end", STAFF, MANAGE, _MANAGERS, ("POST",)),
    Rule("returns_provider:due", PROVIDER, REPORT, ANY_PROVIDER),
    Rule("returns_provider:workbook_of_all", PROVIDER, REPORT, ANY_PROVIDER),
    Rule("returns_provider:upload_of_all", PROVIDER, REPORT, ANY_PROVIDER, _BOTH),
    Rule("returns_provider:keep_of_all", PROVIDER, REPORT, ANY_PROVIDER, ("POST",)),
    *(Rule(f"returns_provider:{page}", PROVIDER, REPORT, ANY_PROVIDER, methods, when=when)
      for page, methods, when in _PAGES),
    *(Rule(f"returns_part:{page}", PROVIDER, PART, ANY_PROVIDER, methods, when=when) for page, methods, when in _PAGES),
    *(Rule(f"returns_link:{page}", PUBLIC, HOLD, (), methods, when=when) for page, methods, when in _PAGES),
)  # fmt: skip
