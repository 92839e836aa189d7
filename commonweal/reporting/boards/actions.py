"""What may be done with boards: a person chooses what they see first."""

from __future__ import annotations

from commonweal.base.actions import record_event
from commonweal.base.errors import NotPossible
from commonweal.base.models import Body, Person
from commonweal.base.queries import database_now
from commonweal.reporting.boards import queries
from commonweal.reporting.boards.models import OwnBoard
from commonweal.reporting.boards.vocabulary import VIEWS


def choose_board(*, by: Person, body: Body, view: str, part: str = "") -> OwnBoard:
    """This will make a board what a person sees first in a body. Raises NotPossible."""
    if view not in VIEWS or len(part) > 20:
        raise NotPossible("Choose one of the boards of the list.")
    held = queries.own_board(body, by) or OwnBoard(body=body, person=by)
    held.view, held.part, held.chosen_at = view, part, database_now()
    held.save()
    record_event(by=by, body=body, action="boards.board.chosen", subject=f"boards.board:{held.public_id}", view=view)
    return held
