"""What must always be true of accounts."""

from commonweal.base.invariants import Invariant

RULES = (
    Invariant(
        "accounts.numbered-without-a-gap",
        "A body’s published accounts are numbered 1, 2, 3 and so on, each with its file and as many lines as it says.",
        "SELECT account.public_id FROM accounts_publishedaccount account WHERE "
        "(account.number > 1 AND NOT EXISTS (SELECT 1 FROM accounts_publishedaccount before "
        "WHERE before.body_id = account.body_id AND before.number = account.number - 1 "
        "AND before.sha256 = account.previous_sha256)) "
        "OR NOT EXISTS (SELECT 1 FROM accounts_accountbundle bundle WHERE bundle.account_id = account.id "
        "AND bundle.body_id = account.body_id AND encode(sha256(bundle.content), 'hex') = account.sha256) "
        "OR account.lines <> (SELECT count(*) FROM accounts_accountline line WHERE line.account_id = account.id "
        "AND line.body_id = account.body_id)",
    ),
    Invariant(
        "accounts.restates-one-of-its-year-once",
        "A restatement is of an earlier account of the same body and year, which nothing else restates.",
        "SELECT later.public_id FROM accounts_publishedaccount later WHERE later.restates IS NOT NULL AND ("
        "NOT EXISTS (SELECT 1 FROM accounts_publishedaccount old WHERE old.body_id = later.body_id "
        "AND old.number = later.restates AND old.year = later.year AND old.number < later.number) "
        "OR EXISTS (SELECT 1 FROM accounts_publishedaccount other WHERE other.body_id = later.body_id "
        "AND other.restates = later.restates AND other.id <> later.id))",
    ),
    Invariant(
        "accounts.published-by-another-person",
        "An account is published by somebody else than whoever prepared it.",
        "SELECT public_id FROM accounts_preparation WHERE state = 'published' "
        "AND (decided_by_id IS NULL OR decided_by_id = prepared_by_id)",
    ),
)
