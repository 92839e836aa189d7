"""What pages, reports and the higher rooms read of opportunities and ask lines."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from commonweal.asks.models import AskLine, Opportunity
from commonweal.base.models import Body
from commonweal.base.templatetags.figures import quantity


def live_opportunities(body: Body) -> QuerySet[Opportunity]:
    """This will start a query over a body's opportunities that were not withdrawn; needs its scope."""
    return Opportunity.objects.filter(body=body).exclude(state="withdrawn")


def get_opportunity(body: Body, public_id: str) -> Opportunity:
    """This will find an opportunity of a body with its department and contact; raises Opportunity.DoesNotExist."""
    return Opportunity.objects.select_related("body", "department", "contact__key_held").get(
        body=body, public_id=public_id
    )


def find_opportunity(body: Body, public_id: str) -> Opportunity:
    """This will find an opportunity of a body for another room's record; raises Opportunity.DoesNotExist."""
    return get_opportunity(body, public_id)


def opportunity_choices(body: Body) -> list[tuple[str, str]]:
    """This will list the opportunities that were not withdrawn as (outward id, title), by title."""
    return list(live_opportunities(body).order_by("title", "id").values_list("public_id", "title"))


def lines_of(opportunity: Opportunity) -> list[AskLine]:
    """This will list what an opportunity asks for, in the order of the framework, with measure and objective."""
    lines = AskLine.objects.filter(opportunity=opportunity, removed_at__isnull=True)
    return list(
        lines.select_related("measure__edition", "objective")
        .defer("measure__edition__content")
        .order_by("measure__edition_id", "measure__position", "id")
    )


def find_ask_line(body: Body, public_id: str) -> AskLine:
    """This will find a standing line of a body's asks; raises AskLine.DoesNotExist."""
    lines = AskLine.objects.select_related("body", "opportunity", "measure__edition", "objective")
    return lines.defer("measure__edition__content").get(body=body, public_id=public_id, removed_at__isnull=True)


def ask_words(line: AskLine) -> str:
    """This will write a line in words: "Jobs for local people: 12 FTE years", or that the offer is open."""
    asked = f"{quantity(line.quantity)} {line.measure.unit}" if line.quantity is not None else "an open offer"
    return f"{line.measure.title}: {asked}"


def ask_line_choices(opportunity: Opportunity) -> list[tuple[str, str]]:
    """This will list an opportunity's standing lines as (outward id, words)."""
    return [(line.public_id, ask_words(line)) for line in lines_of(opportunity)]


def with_lines(opportunities: Sequence[Opportunity]) -> dict[int, list[AskLine]]:
    """This will give the standing lines of many opportunities by inner key, in one query."""
    found: dict[int, list[AskLine]] = {each.pk: [] for each in opportunities}
    lines = AskLine.objects.filter(opportunity_id__in=list(found), removed_at__isnull=True)
    for line in lines.select_related("measure", "objective").order_by("measure__position", "id"):
        found[line.opportunity_id].append(line)
    return found
