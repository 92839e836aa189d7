"""The demonstration: facts somebody really printed, and an invented region beside them, both loaded by the actions
that a person's clicks make.

What is loaded is written in `catalogue/examples`; nothing here knows a name or a figure.
"""

from __future__ import annotations

from collections.abc import Callable

from commonweal.base.queries import find_body
from commonweal.web.demonstration.accounts import load_accounts
from commonweal.web.demonstration.assurance import load_assurance
from commonweal.web.demonstration.benchmarks import load_benchmarks
from commonweal.web.demonstration.budget import load_budget
from commonweal.web.demonstration.changes import load_changes
from commonweal.web.demonstration.mobilisation import load_mobilisation
from commonweal.web.demonstration.orders import load_orders
from commonweal.web.demonstration.published import PUBLISHED, load_published
from commonweal.web.demonstration.region import BODIES, PASSWORD, load_region, sign_ins
from commonweal.web.demonstration.register import load_register
from commonweal.web.demonstration.reports import load_reports
from commonweal.web.demonstration.returns import has_returns, load_returns
from commonweal.web.demonstration.reviews import load_reviews
from commonweal.web.demonstration.rights import load_rights
from commonweal.web.demonstration.stories import load_previews, load_stories
from commonweal.web.demonstration.wish_list import load_wish_lists

__all__ = ["PASSWORD", "load_demonstration"]


def load_demonstration(told: Callable[[str], None] = print) -> list[tuple[str, str]]:
    """This will load what is missing of the demonstration, as the owner role; safe to run again.

    Each half is loaded whole or not at all, and what is here already is left alone. `told` hears what is going on.
    Answers the demo sign-ins: (e-mail address, what this person does). The open editions must be loaded.
    """
    if find_body(PUBLISHED) is None:
        told("Loading the published examples…")
        load_published()
    if find_body(BODIES[0]) is None:
        load_region(told)
        load_mobilisation()
        load_reviews()
        load_assurance()
    if not has_returns(BODIES[0]):
        told("Asking for the last quarter’s returns…")
        load_returns()
    load_wish_lists(told)
    load_previews()
    load_orders()
    load_changes()
    load_rights()
    load_stories()
    load_budget()
    load_register()
    load_benchmarks()
    load_reports()
    load_accounts()
    return sign_ins()
