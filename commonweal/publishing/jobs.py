"""The jobs of publishing, which lower rooms defer by name when what they record changes what is public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from commonweal.base.jobs import Progress, job
from commonweal.publishing import actions

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person


@job(actions.REFRESH)
def refresh(*, body: Body, by: Person | None, progress: Progress) -> str:
    """This will make a body's public site anew; answers the page that says what is public now."""
    actions.refresh(body=body, by=by, progress=lambda done, total: progress(done, total))
    return reverse("publishing:pages", args=[body.slug])
