"""Reports of a year: begun, written, published for a closed year, frozen; held or let through; for the right nation."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from made_stories import Tellers

from commonweal.base.errors import NotPossible
from commonweal.delivery import actions as delivery
from commonweal.directory.queries import today
from commonweal.engine.year import FinancialYear
from commonweal.publishing import actions as publishing
from commonweal.publishing.models import Publication
from commonweal.reporting.budget import actions as budget
from commonweal.reporting.reports import actions, document, drafting, policies, queries
from commonweal.reporting.reports.models import ReportEdition
from commonweal.reporting.stories import actions as stories
from commonweal.reporting.stories.models import Consent

LAST = FinancialYear(2025)
TITLE = "Now I can get to work on time"


def begun(tellers: Tellers, kind: str = "annual", **words: str) -> Any:
    made = actions.begin_report(by=tellers.lead, body=tellers.body, kind=kind, year=LAST)
    for section, said in words.items():
        made = actions.write_words(
            by=tellers.lead, report=made, version=made.version, section=section, words={"en": said}
        )
    return made


def close(tellers: Tellers) -> None:
    budget.close_provisionally(by=tellers.lead, body=tellers.body, year=LAST)


def published(tellers: Tellers, *told: Any) -> Any:
    close(tellers)
    made = begun(tellers, opening="This is what your council did.")
    if told:
        made = actions.choose_stories(
            by=tellers.lead, report=made, version=made.version, stories=[each.public_id for each in told]
        )
    actions.publish_report(by=tellers.lead, report=made, version=made.version)
    return queries.get_report(tellers.body, made.public_id)


def hold(tellers: Tellers) -> None:
    actions.enter_period(
        by=tellers.lead, body=tellers.body, title="Council election", starts_on=today(), source="Notice of election",
        ends_on=today() + timedelta(days=20),
    )  # fmt: skip


def site(tellers: Tellers) -> dict[tuple[str, str], Publication]:
    publishing.refresh(body=tellers.body, by=tellers.lead)
    return {(each.kind, each.key): each for each in Publication.objects.filter(body=tellers.body)}


def test_words_are_kept_by_section_and_stand_in_the_report(tellers):
    made = begun(tellers, opening="This is what your council did.", next="Ask earlier.")
    content = drafting.written(made, today())
    assert content["en"]["opening"] == "This is what your council did."
    assert next(each["note"] for each in content["en"]["sections"] if each["id"] == "next") == "Ask earlier."
    assert content["cy"]["opening_lang"] == "en"


def test_words_of_somebody_else_are_not_overwritten(tellers):
    made = begun(tellers, opening="First.")
    with pytest.raises(NotPossible, match="Someone else changed"):
        actions.write_words(by=tellers.lead, report=made, version=1, section="opening", words={"en": "Second."})
    assert queries.get_report(tellers.body, made.public_id).words["opening"] == {"en": "First."}


def test_report_of_an_open_year_is_not_published(tellers):
    made = begun(tellers, opening="This is what your council did.")
    with pytest.raises(NotPossible, match="is not closed"):
        actions.publish_report(by=tellers.lead, report=made, version=made.version)
    assert queries.report_edition_of(made) is None


def test_report_without_its_opening_is_not_published(tellers):
    close(tellers)
    made = begun(tellers)
    with pytest.raises(NotPossible, match="Write these first: Opening"):
        actions.publish_report(by=tellers.lead, report=made, version=made.version)


def test_published_report_is_frozen_hashed_and_on_the_public_site(tellers):
    made = published(tellers)
    edition = ReportEdition.objects.get(report=made)
    assert document.digest(edition.content) == edition.sha256
    day = LAST.starts_on + timedelta(days=40)
    delivery.record_entry(
        by=tellers.writer, commitment=tellers.promise, quantity=Decimal(3), starts_on=day, ends_on=day
    )
    assert drafting.written(made, today()) != edition.content
    page = site(tellers)["report", made.public_id]
    assert page.content["en"] == edition.content["en"]
    with pytest.raises(NotPossible, match="nothing changes it any more"):
        actions.write_words(by=tellers.lead, report=made, version=made.version, section="opening", words={"en": "No."})


def test_later_report_of_a_year_takes_the_place_of_the_first(tellers):
    first = published(tellers)
    second = begun(tellers, opening="Once more.")
    actions.publish_report(by=tellers.lead, report=second, version=second.version)
    pages = site(tellers)
    assert [pages["report", each.public_id].content["replaced"] for each in (first, second)] == [True, False]


def test_annual_report_waits_for_an_election_and_a_named_officer_may_let_it_through(tellers):
    close(tellers)
    made = begun(tellers, opening="This is what your council did.")
    hold(tellers)
    with pytest.raises(policies.HeldBeforeElection):
        actions.publish_report(by=tellers.lead, report=made, version=made.version)
    actions.let_through(
        by=tellers.lead, body=tellers.body, activity="annual-report", subject=f"reports.report:{made.public_id}",
        title="Annual report", reason="The grant asks for it by Friday",
    )  # fmt: skip
    assert actions.publish_report(by=tellers.lead, report=made, version=made.version).sha256


def test_report_that_a_law_asks_for_is_never_held(make_tellers, in_scope):
    tellers = make_tellers(nation="wales")
    with in_scope(tellers.body):
        close(tellers)
        made = begun(
            tellers, "statutory", review="Most steps were taken.", goals="All seven.",
            **{"further-steps": "We go on.", "welsh-language": "Asked of all."},
        )  # fmt: skip
        hold(tellers)
        edition = actions.publish_report(by=tellers.lead, report=made, version=made.version)
        assert edition.content["cy"]["title"] == "Adroddiad blynyddol ar gaffael cymdeithasol gyfrifol"
        assert [each["id"] for each in edition.content["en"]["sections"]] == [
            each.id for each in drafting.law_of(made).items
        ]


def test_report_of_a_law_without_what_only_people_can_say_is_not_published(make_tellers, in_scope):
    tellers = make_tellers(nation="scotland")
    with in_scope(tellers.body):
        close(tellers)
        made = begun(tellers, "statutory", compliance="All kept to it.", improvement="None was needed.")
        with pytest.raises(NotPossible, match="Write these first: Supported businesses"):
            actions.publish_report(by=tellers.lead, report=made, version=made.version)


def test_report_that_no_law_asks_for_is_not_begun(tellers):
    with pytest.raises(NotPossible, match="No law asks"):
        begun(tellers, "statutory")


def test_second_draft_and_a_year_to_come_are_refused(tellers):
    begun(tellers)
    with pytest.raises(NotPossible, match="began this report"):
        begun(tellers)
    with pytest.raises(NotPossible, match="has not begun"):
        actions.begin_report(by=tellers.lead, body=tellers.body, kind="annual", year=LAST.next.next)


def test_paper_for_a_committee_is_taken_away_and_not_published(tellers):
    close(tellers)
    made = begun(
        tellers, "committee", purpose="To report.", recommendations="note the report\nask again", financial="None."
    )
    with pytest.raises(NotPossible, match="Word file"):
        actions.publish_report(by=tellers.lead, report=made, version=made.version)
    held = document.report_docx(drafting.written(made, today())["en"], lang="en", on=today())
    told = zipfile.ZipFile(io.BytesIO(held)).read("word/document.xml").decode()
    for words in (
        "That the committee:",
        "note the report",
        "ask again",
        "None.",
        "not part of the Statement of Accounts",
    ):
        assert words in told, words


def test_story_without_consent_for_an_annual_report_is_not_taken(tellers):
    story = tellers.verified(uses=["newsletter"])
    made = begun(tellers)
    with pytest.raises(NotPossible, match="may not be told"):
        actions.choose_stories(by=tellers.lead, report=made, version=made.version, stories=[story.public_id])


def test_story_whose_consent_ends_leaves_the_published_report(tellers):
    story = tellers.verified()
    made = published(tellers, story)
    assert TITLE in str(site(tellers)["report", made.public_id].content)
    stories.withdraw_consent(by=None, consent=Consent.objects.get(story=story))
    page = site(tellers)["report", made.public_id]
    assert TITLE not in str(page.content)
    assert "1 story of this report is not told any more." in str(page.content["en"])


def test_report_is_begun_written_published_and_taken_away_by_its_pages(tellers, sign_in):
    close(tellers)
    lead, work = sign_in(tellers.lead), f"/{tellers.body.slug}/work/reports/"
    assert "No report yet" in lead.get(work).content.decode()
    assert lead.post(f"{work}add/", {"kind": "annual", "year": LAST.slug}).status_code == 302
    made = queries.reports(tellers.body).get()
    page = f"{work}{made.public_id}/"
    assert "Before it can be published, write: Opening" in lead.get(page).content.decode()
    stale = lead.post(f"{page}words/opening/", {"en": "Mine.", "version": 7})
    assert stale.status_code == 422
    assert "Mine." in stale.content.decode()
    assert lead.post(f"{page}words/opening/", {"en": "Yours.", "version": 1}).status_code == 302
    assert lead.get(f"{page}words/kinds/").status_code == 404
    assert lead.get(f"{page}stories/").status_code == 200
    assert lead.post(f"{page}publish/", {"version": 2}).status_code == 302
    assert "Yours." in lead.get(f"{page}?lang=cy").content.decode()
    assert lead.get(f"{page}cy.pdf").content.startswith(b"%PDF")
    assert lead.get(f"{page}en.docx").content.startswith(b"PK")
    assert lead.get(f"{page}fr.pdf").status_code == 404
    site(tellers)
    public = lead.get(f"/{tellers.body.slug}/reports/{made.public_id}/").content.decode()
    assert "Yours." in public
    assert lead.get(f"/{tellers.body.slug}/reports/{made.public_id}/en.pdf").content.startswith(b"%PDF")
    assert "Social value report" in lead.get(f"/{tellers.body.slug}/reports/").content.decode()


@pytest.mark.parametrize("rest", ["", "words/opening/", "stories/", "en.pdf", "en.docx"])
def test_other_bodys_people_find_no_report(tellers, make_person, make_body, sign_in, rest):
    made, other = begun(tellers), make_body()
    stranger = sign_in(make_person("lead", body=other))
    assert stranger.get(f"/{tellers.body.slug}/work/reports/{made.public_id}/{rest}").status_code == 404
    assert stranger.get(f"/{other.slug}/work/reports/{made.public_id}/{rest}").status_code == 404


def test_contract_manager_writes_and_may_not_publish(tellers, sign_in):
    made, writer = begun(tellers), sign_in(tellers.writer)
    page = f"/{tellers.body.slug}/work/reports/{made.public_id}/"
    assert writer.get(f"{page}words/opening/").status_code == 200
    assert writer.post(f"{page}publish/", {"version": 1}).status_code == 403
    assert writer.post(f"{page}drop/", {"version": 1}).status_code == 302
    assert not queries.reports(tellers.body).exists()


WRITERS = {"lead", "contract-manager", "buyer", "finance"}


@pytest.mark.parametrize("role", ["lead", "body-admin", "contract-manager", "finance", "member", "assurer"])
def test_role_may_what_the_table_says(tellers, make_person, sign_in, role):
    made, client = begun(tellers), sign_in(make_person(role, body=tellers.body))
    page = f"/{tellers.body.slug}/work/reports/{made.public_id}/"
    for rest in ("", "en.pdf", "en.docx", "../"):
        assert (
            client.get(page.replace(f"{made.public_id}/", "") if rest == "../" else f"{page}{rest}").status_code == 200
        )
    for rest in ("words/opening/", "stories/"):
        assert client.get(f"{page}{rest}").status_code == (200 if role in WRITERS else 403), rest
    published = client.post(f"{page}publish/", {"version": made.version}).status_code
    assert published == (409 if role in {"lead", "body-admin"} else 403)
    assert client.post(f"{page}drop/", {"version": made.version}).status_code == (302 if role in WRITERS else 403)


def test_held_annual_report_is_let_through_by_its_page(tellers, sign_in):
    close(tellers)
    made, lead = begun(tellers, opening="This is what your council did."), sign_in(tellers.lead)
    hold(tellers)
    page = f"/{tellers.body.slug}/work/reports/{made.public_id}/"
    through = f"/{tellers.body.slug}/work/pre-election/let-through/annual-report/{made.public_id}/"
    assert through in lead.get(page).content.decode()
    assert lead.post(through, {"reason": "The grant asks for it by Friday"}).status_code == 302
    assert lead.post(f"{page}publish/", {"version": made.version}).status_code == 302
