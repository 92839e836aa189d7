"""Who may call the addresses of benchmarks."""

from commonweal.base.access import ANY_STAFF, STAFF, Rule

READ = "Anyone with a role in the body may read how it compares, and how it assesses itself."
LEAD = "The social value lead agrees to exchange rates, gives them out, and takes it back."
ANSWER = "The social value lead and assurers answer the self-assessment."

RULES = (
    Rule("benchmarks:benchmarks", STAFF, READ, ANY_STAFF),
    Rule("benchmarks:benchmarks_export", STAFF, READ, ANY_STAFF),
    Rule("benchmarks:agree", STAFF, LEAD, ("lead",), ("GET", "POST"), when="the body exchanges none yet"),
    Rule("benchmarks:take_back", STAFF, LEAD, ("lead",), ("POST",), when="the body exchanges its rates"),
    Rule("benchmarks:give_out", STAFF, LEAD, ("lead",), ("POST",), when="the body exchanges its rates"),
    Rule("benchmarks:self_assessment", STAFF, READ, ANY_STAFF),
    Rule("benchmarks:question", STAFF, ANSWER, ("lead", "assurer"), ("GET", "POST")),
    Rule("benchmarks:pack", STAFF, READ, ANY_STAFF),
)
