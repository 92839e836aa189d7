"""What steps of the core bring with them here: an outturn takes no more work, and a credit goes with its claim."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from commonweal.base.scope import open_scope
from commonweal.base.templatetags.figures import money
from commonweal.delivery.changes import actions, policies, queries

if TYPE_CHECKING:
    from commonweal.base.models import Person
    from commonweal.delivery.models import Agreement, Entry


def check_takes_work(agreement: Agreement) -> None:
    """This will refuse work on an agreement whose outturn is on record; raises NotPossible."""
    policies.check_no_outturn(agreement, queries.outturn_of(agreement))


def told_before_reversal(entry: Entry) -> Iterator[str]:
    """This will say which credit goes, and which debt stays, when an entry is taken back."""
    commitment = entry.commitment
    found = queries.unbacked_of(commitment, queries.accepted_of(entry))
    taken, owed = sum(each.amount for each in found), sum(each.owed for each in found)
    if taken:
        yield f"A credit rests on it: {money(taken)} that is not spent yet is taken back."
    if owed:
        yield f"A credit that rests on it was spent: {money(owed)} stays as a debt on the agreement until made good."


def after_reversal(entry: Entry, by: Person | None) -> None:
    """This will take back the credit of a claim that was taken back, in the body's scope: it alone sees all accepted."""
    with open_scope(body=entry.body_id):
        actions.recall_credits(agreement=entry.commitment.agreement, by=by)
