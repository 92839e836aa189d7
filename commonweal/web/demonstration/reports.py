"""Reports of the last year in the invented region: one published, one for a committee, one that a law asks for begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commonweal.base.queries import find_body, staff_of
from commonweal.base.scope import open_scope
from commonweal.directory.queries import today
from commonweal.engine.year import FinancialYear
from commonweal.reporting.budget.queries import standing
from commonweal.reporting.reports import actions, drafting, queries
from commonweal.web.demonstration.region import BODIES

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person

ANNUAL = {
    "opening": {
        "en": "Last year your council asked everyone it buys from to do something for this place as well. This report says what "
        "came of it: what we hoped for, what we got, and what we did not.\n\nCllr Morwen Tully, member for finance and fairness",
        "cy": "Y llynedd gofynnodd eich cyngor i bawb y mae’n prynu ganddynt wneud rhywbeth dros y lle hwn hefyd. Mae’r adroddiad "
        "hwn yn dweud beth ddaeth o hynny: yr hyn yr oeddem yn ei obeithio, yr hyn a gawsom, a’r hyn na chawsom.\n\n"
        "Y Cyng. Morwen Tully, aelod dros gyllid a thegwch",
    },
    "departments": {
        "en": "The largest schemes began late. We would rather say so here than have you find it out.",
        "cy": "Dechreuodd y cynlluniau mwyaf yn hwyr. Gwell gennym ddweud hynny yma nag i chi ddod i wybod.",
    },
    "next": {
        "en": "We ask providers to report every quarter, not once a year. We put fewer promises into each contract, and look at "
        "each of them.",
        "cy": "Rydym yn gofyn i ddarparwyr adrodd bob chwarter, nid unwaith y flwyddyn. Rydym yn rhoi llai o addewidion ym mhob "
        "contract, ac yn edrych ar bob un ohonynt.",
    },
}
COMMITTEE = {
    "purpose": {"en": "To report what the social value budget brought, and why it differs from what was set."},
    "recommendations": {
        "en": "notes what was delivered and the reasons for each difference that matters\n"
        "asks for a further report when the two late schemes have been open for six months"
    },
    "financial": {"en": "None directly. The amounts here are no income of the council and are in no budget."},
}
LAW = {
    "exercises": {"en": "One exercise, for the library’s heating, ended without a contract: nobody bid."},
    "welsh-language": {
        "en": "Every contract that serves the public asked for a service in Welsh. Two contractors had nobody who could give it.",
        "cy": "Gofynnodd pob contract sy’n gwasanaethu’r cyhoedd am wasanaeth yn Gymraeg. Nid oedd gan ddau gontractwr neb a allai "
        "ei roi.",
    },
}  # fmt: skip


def load_reports() -> None:
    """This will write the reports of the last year as the people of the region would have."""
    year = FinancialYear.of(today()).previous
    for slug in BODIES[:2]:
        body = find_body(slug)
        if body is None:
            continue
        with open_scope(body=body.pk):
            lead = next((person for person, roles in staff_of(body) if "lead" in roles), None)
            if lead is None or queries.reports(body).exists():
                continue
            if body.nation == "wales":
                _write(body, lead, "statutory", year, LAW)
                continue
            _write(body, lead, "committee", year, COMMITTEE)
            if standing(body, year).state != "open":
                _publish(body, lead, year)


def _write(
    body: Body, lead: Person, kind: str, year: FinancialYear, words: dict[str, dict[str, str]]
) -> actions.Report:
    made = actions.begin_report(by=lead, body=body, kind=kind, year=year)
    for section, said in words.items():
        made = actions.write_words(by=lead, report=made, version=made.version, section=section, words=said)
    return made


def _publish(body: Body, lead: Person, year: FinancialYear) -> None:
    made = _write(body, lead, "annual", year, ANNUAL)
    told = [each.public_id for each in drafting.told_now(body, today())]
    made = actions.choose_stories(by=lead, report=made, version=made.version, stories=told[:3])
    actions.publish_report(by=lead, report=made, version=made.version)
