"""Before it is public: a named provider sees what is new ten working days ahead, and may have it corrected."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from commonweal.base.errors import NotPossible
from commonweal.base.models import Mail, Person
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.directory.queries import today
from commonweal.engine.working_days import after_working_days
from commonweal.publishing import actions, policies, queries
from commonweal.publishing.models import Preview, Publication


@pytest.fixture
def shown(site, make_person):
    """The site, published once, from then on shown to providers first; its provider's person signs in."""
    reporter = make_person("provider-admin", party=site.provider.party, name="Rae Porter")
    with open_scope(body=site.body.pk):
        actions.refresh(body=site.body, by=site.lead)
        actions.set_previews(body=site.body, by=site.lead, is_on=True)
        site.reporter = reporter
        yield site


def deliver(site, quantity="9"):
    return delivery.record_entry(
        by=site.officer, commitment=site.hours, quantity=Decimal(quantity), starts_on=date(2026, 7, 1),
        ends_on=date(2026, 9, 30),
    )  # fmt: skip


def refresh(site) -> dict[tuple[str, str], dict]:
    actions.refresh(body=site.body, by=site.lead)
    return {(each.kind, each.key): each.content for each in Publication.objects.filter(body=site.body)}


def claimed(pages, site) -> str:
    (row,) = [
        each for each in pages["agreement", site.works.public_id]["promises"] if each["line"] == site.hours.public_id
    ]
    return row["claimed"]


def respond(site, preview, agrees=True, words=""):
    with open_scope(party=site.provider.party.pk):
        return actions.respond_to_preview(by=site.reporter, preview=preview, agrees=agrees, words=words)


def pass_days(preview):
    """The days of a preview are over: as if it had been sent that much earlier."""
    preview.public_from = today()
    preview.save(update_fields=["public_from"])


def sums_add_up(pages) -> None:
    """Every figure of the front page is the sum of its lines, in pounds and in number."""
    lines = [content for (kind, _key), content in pages.items() if kind == "line"]
    for stage, held in pages["body", "front"]["worth"].items():
        assert held["lines"] == sum(n for each in lines for n, _v in each["tallies"].get(stage, {}).values())
        for total in held["totals"]:
            parts = [
                Decimal(one["central"] or one["low"]) for each in lines for one in each["worth"].get(stage, [])
                if one["figure"] == total["figure"]
            ]  # fmt: skip
            assert sum(parts) == Decimal(total["central"] or total["low"])


def test_new_delivery_waits_and_the_site_stays_as_it_was_in_every_figure(shown):
    before = refresh(shown)
    deliver(shown)
    after = refresh(shown)
    assert claimed(after, shown) == claimed(before, shown)
    assert after["body", "front"]["worth"] == before["body", "front"]["worth"]
    assert {key: held["worth"] for (kind, key), held in after.items() if kind == "ward"} == {
        key: held["worth"] for (kind, key), held in before.items() if kind == "ward"
    }
    sums_add_up(after)
    (preview,) = queries.open_previews(shown.body)
    assert after["agreement", shown.works.public_id]["newer_from"] == preview.public_from.isoformat()


def test_ten_working_days_of_the_nation_lie_between_and_the_provider_is_told(shown):
    deliver(shown)
    refresh(shown)
    (preview,) = queries.open_previews(shown.body)
    assert preview.public_from == after_working_days(today(), 10, shown.body.nation)
    mail = Mail.objects.get(kind="publishing.preview")
    assert mail.person == shown.reporter
    assert preview.public_id in mail.words


def test_it_is_public_the_day_its_days_are_over_and_not_before(shown):
    deliver(shown)
    refresh(shown)
    (preview,) = queries.open_previews(shown.body)
    assert not policies.is_cleared(preview, preview.public_from - timedelta(days=1))
    assert policies.is_cleared(preview, preview.public_from)
    pass_days(preview)
    pages = refresh(shown)
    assert claimed(pages, shown) == "119.5"
    assert "newer_from" not in pages["agreement", shown.works.public_id]
    sums_add_up(pages)
    preview.refresh_from_db()
    assert preview.state == "released"


def test_it_is_public_at_once_when_the_provider_agrees(shown):
    deliver(shown)
    refresh(shown)
    (preview,) = queries.open_previews(shown.body)
    respond(shown, preview)
    assert claimed(refresh(shown), shown) == "119.5"


def test_what_the_provider_saw_is_what_is_published_and_later_figures_wait_in_turn(shown):
    deliver(shown)
    refresh(shown)
    deliver(shown, "100")
    (preview,) = queries.open_previews(shown.body)
    respond(shown, preview)
    pages = refresh(shown)
    assert claimed(pages, shown) == "119.5"
    sums_add_up(pages)
    (later,) = queries.open_previews(shown.body)
    assert later.pk != preview.pk
    respond(shown, later)
    assert claimed(refresh(shown), shown) == "219.5"


def test_correction_holds_it_beyond_its_day_until_it_is_answered(shown):
    deliver(shown)
    refresh(shown)
    (preview,) = queries.open_previews(shown.body)
    with pytest.raises(NotPossible, match="Say what is wrong"):
        respond(shown, preview, agrees=False)
    respond(shown, preview, agrees=False, words="It was nineteen hours, as the rota shows.")
    pass_days(preview)
    assert claimed(refresh(shown), shown) == "110.5"
    preview.refresh_from_db()
    actions.answer_correction(by=shown.lead, preview=preview, corrects=False, words="The rota says nine.")
    preview.refresh_from_db()
    assert preview.public_from == after_working_days(today(), 5, shown.body.nation)
    assert claimed(refresh(shown), shown) == "110.5"
    pass_days(preview)
    assert claimed(refresh(shown), shown) == "119.5"


def test_what_is_being_corrected_is_never_public_and_the_corrected_is_shown_anew(shown):
    wrong = deliver(shown)
    refresh(shown)
    (preview,) = queries.open_previews(shown.body)
    respond(shown, preview, agrees=False, words="It was nineteen hours, as the rota shows.")
    preview.refresh_from_db()
    actions.answer_correction(by=shown.lead, preview=preview, corrects=True, words="You are right.")
    pass_days(preview)
    assert claimed(refresh(shown), shown) == "110.5"
    delivery.reverse_entry(by=shown.officer, entry=wrong, reason="Counted wrongly")
    deliver(shown, "19")
    assert claimed(refresh(shown), shown) == "110.5"
    (again,) = queries.open_previews(shown.body)
    assert again.pk != preview.pk
    respond(shown, again)
    assert claimed(refresh(shown), shown) == "129.5"


def test_agreement_never_public_stays_off_and_the_site_says_so(site, make_person):
    with open_scope(body=site.body.pk):
        actions.set_previews(body=site.body, by=site.lead, is_on=True)
        pages = refresh(site)
        assert ("agreement", site.works.public_id) not in pages
        assert ("line", site.hours.public_id) not in pages
        assert pages["body", "front"]["waiting"] == 1
        sums_add_up(pages)
        (preview,) = queries.open_previews(site.body)
        pass_days(preview)
        pages = refresh(site)
        assert ("agreement", site.works.public_id) in pages
        assert pages["body", "front"]["waiting"] == 0


def test_agreement_without_a_named_provider_is_not_held(shown):
    delivery.record_entry(
        by=shown.officer, commitment=shown.more_hours, quantity=Decimal(7), starts_on=date(2026, 7, 1),
        ends_on=date(2026, 9, 30),
    )  # fmt: skip
    pages = refresh(shown)
    assert pages["line", shown.more_hours.public_id]["claimed"] == "8.000001"
    assert queries.open_previews(shown.body) == []


def test_record_that_says_again_what_is_public_closes_the_preview(shown):
    entry = deliver(shown)
    refresh(shown)
    delivery.reverse_entry(by=shown.officer, entry=entry, reason="Entered twice")
    refresh(shown)
    assert queries.open_previews(shown.body) == []
    assert Preview.objects.get().state == "replaced"


def test_provider_reads_it_on_its_pages_and_answers_once(shown, sign_in):
    deliver(shown)
    refresh(shown)
    (preview,) = queries.open_previews(shown.body)
    client, here = sign_in(shown.reporter), f"/provider/{shown.provider.party.public_id}/before-it-is-public/"
    assert "School repairs" in client.get(here).content.decode()
    page = f"{here}{preview.public_id}/"
    assert "119.5" in client.get(page).content.decode()
    assert client.post(page, {"answer": "contests", "words": ""}).status_code == 422
    assert client.post(page, {"answer": "agrees"}).status_code == 302
    assert client.post(page, {"answer": "agrees"}).status_code == 422


def test_lead_answers_a_correction_on_its_page_and_a_buyer_may_not(shown, sign_in, make_person):
    deliver(shown)
    refresh(shown)
    (preview,) = queries.open_previews(shown.body)
    respond(shown, preview, agrees=False, words="It was nineteen hours, as the rota shows.")
    page = f"/{shown.body.slug}/work/published/before/{preview.public_id}/"
    buyer: Person = make_person("buyer", body=shown.body)
    assert sign_in(buyer).post(page, {"answer": "keep", "words": "No"}).status_code == 403
    lead = sign_in(shown.lead)
    assert "nineteen hours" in lead.get(f"/{shown.body.slug}/work/published/before/").content.decode()
    assert lead.post(page, {"answer": "keep", "words": "The rota says nine."}).status_code == 302


def test_another_provider_and_another_body_see_none_of_it(shown, sign_in, make_person, make_party, make_body):
    deliver(shown)
    refresh(shown)
    (preview,) = queries.open_previews(shown.body)
    other = make_party("Oxlip")
    stranger = sign_in(make_person("provider-admin", party=other))
    assert stranger.get(f"/provider/{other.public_id}/before-it-is-public/{preview.public_id}/").status_code == 404
    assert stranger.get(f"/provider/{shown.provider.party.public_id}/before-it-is-public/").status_code == 404
    elsewhere = make_body()
    lead = sign_in(make_person("lead", body=elsewhere))
    assert lead.get(f"/{elsewhere.slug}/work/published/before/{preview.public_id}/").status_code == 404
