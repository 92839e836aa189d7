"""Who may call the addresses of stories."""

from commonweal.base.access import ANY_PROVIDER, ANY_STAFF, PROVIDER, PUBLIC, STAFF, Rule

READ = "Anyone with a role in the body may read its stories."
WRITE = "The social value lead, contract managers, buyers and department officers write stories and record consent."
RATE = "Anyone who works with social value in the body may rate a story that they did not write."
VERIFY = "The social value lead and assurers settle ratings that differ, and verify stories."
OWN = "People of this organisation send in stories about its own agreements."
CONSENT = "Whoever holds the link reads the story they consented to, and may take the consent back."

_WRITERS = ("lead", "contract-manager", "buyer", "department-officer")
_RATERS = (*_WRITERS, "assurer", "learning-lead", "finance", "member")
_VERIFIERS = ("lead", "assurer")
_BOTH = ("GET", "POST")

RULES = (
    Rule("stories:stories", STAFF, READ, ANY_STAFF),
    Rule("stories:export", STAFF, READ, ANY_STAFF),
    Rule("stories:story", STAFF, READ, ANY_STAFF),
    Rule("stories:picture", STAFF, READ, ANY_STAFF),
    Rule("stories:add", STAFF, WRITE, _WRITERS, _BOTH),
    Rule("stories:change", STAFF, WRITE, _WRITERS, _BOTH, when="the story was not withdrawn"),
    Rule("stories:take_on", STAFF, WRITE, _WRITERS, ("POST",), when="the story was sent in"),
    Rule("stories:decline", STAFF, WRITE, _WRITERS, _BOTH, when="the story was sent in"),
    Rule("stories:withdraw", STAFF, WRITE, _WRITERS, _BOTH, when="the story is not withdrawn"),
    Rule("stories:consent_add", STAFF, WRITE, _WRITERS, _BOTH, when="the story is drafted and not withdrawn"),
    Rule("stories:consent_withdraw", STAFF, WRITE, _WRITERS, _BOTH, when="the consent stands"),
    Rule("stories:rate", STAFF, RATE, _RATERS, _BOTH,
         when="somebody consented; not whoever wrote it; two people, each once"),
    Rule("stories:settle", STAFF, VERIFY, _VERIFIERS, _BOTH, when="two ratings differ; not whoever wrote it"),
    Rule("stories:verify", STAFF, VERIFY, _VERIFIERS, ("POST",),
         when="two ratings agree or were settled, the marks suffice and consent stands; not whoever wrote it"),
    Rule("stories_provider:stories", PROVIDER, OWN, ANY_PROVIDER),
    Rule("stories_provider:add", PROVIDER, OWN, ANY_PROVIDER, _BOTH),
    Rule("story_consent", PUBLIC, CONSENT, methods=_BOTH, when="the consent stands"),
)  # fmt: skip
