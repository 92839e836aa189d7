"""Who may call the community addresses: officers run the list, groups act for themselves by sign-in or by link."""

from commonweal.base.access import ANY_STAFF, PROVIDER, PUBLIC, STAFF, Rule

READ = "Anyone with a role in the body may read its needs."
RUN = "The social value lead, contract managers, buyers and department officers run the wish list."
DECIDE = "Those the body’s rules name look at needs before they are published."
SET = "The social value lead and administrators of the body set how the wish list runs."
GROUP = "Members of a community group post its needs and say what it received."
LINK = "Whoever holds a group’s link acts for the group; opening it changes nothing, sending a form does."

WRITERS = ("lead", "contract-manager", "buyer", "department-officer")
_BOTH = ("GET", "POST")
_GROUP_PAGES = ("need_add", "need_change", "need_withdraw", "answer", "receive", "thank")

RULES = (
    Rule("community:needs", STAFF, READ, ANY_STAFF),
    Rule("community:needs_export", STAFF, READ, ANY_STAFF),
    Rule("community:figures", STAFF, READ, ANY_STAFF),
    Rule("community:need", STAFF, READ, ANY_STAFF),
    Rule("community:need_add", STAFF, RUN, WRITERS, _BOTH, when="the group may have another open need"),
    Rule("community:link", STAFF, RUN, WRITERS, _BOTH),
    Rule("community:need_publish", STAFF, DECIDE, WRITERS, _BOTH, when="the words wait, and the body’s rules name the role"),
    Rule("community:need_send_back", STAFF, DECIDE, WRITERS, _BOTH,
         when="the words wait, and the body’s rules name the role"),
    Rule("community:need_undo", STAFF, DECIDE, WRITERS, _BOTH, when="a decision stands, and the body’s rules name the role"),
    Rule("community:need_change", STAFF, RUN, WRITERS, _BOTH, when="the need is open, and nobody saved a change meanwhile"),
    Rule("community:need_withdraw", STAFF, RUN, WRITERS, _BOTH, when="the need is open"),
    Rule("community:match_add", STAFF, RUN, WRITERS, _BOTH, when="the need is public and open"),
    Rule("community:match_withdraw", STAFF, RUN, WRITERS, _BOTH, when="the match stands"),
    Rule("community:match_step", STAFF, RUN, WRITERS, ("POST",), when="the step follows the one before"),
    Rule("community:help_answer", STAFF, RUN, WRITERS, _BOTH),
    Rule("community:rules", STAFF, SET, ("lead", "body-admin"), _BOTH),
    Rule("community_group:home", PROVIDER, GROUP, ("community-member",)),
    *(Rule(f"community_group:{name}", PROVIDER, GROUP, ("community-member",), _BOTH) for name in _GROUP_PAGES),
    Rule("community_link:home", PUBLIC, LINK),
    *(Rule(f"community_link:{name}", PUBLIC, LINK, methods=_BOTH) for name in (*_GROUP_PAGES, "receipt", "still")),
)  # fmt: skip
