"""A change says in points whether it is neutral, and whether the award would have been ranked otherwise."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.scope import open_scope
from commonweal.delivery.changes import actions, policies, queries
from commonweal.delivery.changes.models import AwardScores, Change, Rescored, TendererScore
from commonweal.delivery.changes.ranking import Award, CannotRank, Moved, Said, Tenderer, check_as_it_stood, rank

pytestmark = pytest.mark.django_db
D = Decimal


def tenderer(label, price_points, quality_points, social_value_points, offer=None, awarded=False, price="900000"):
    return Tenderer(
        label=label, price=D(price), price_points=D(price_points), quality_points=D(quality_points),
        social_value_points=D(social_value_points), offer=None if offer is None else D(offer), awarded=awarded,
    )  # fmt: skip


def award(method="M3", target="100000", offers=("100000", "50000"), **more):
    """B won by 87 to 82; an offer of £100,000 earns all 20 points for social value."""
    won, lost = offers or (None, None)
    given = {
        "points": D(100), "decimals": 2, "tie_rule": "shared", "price_weight": D(40), "quality_weight": D(40),
        "social_value_weight": D(20), "method": method, "target": D(target) if target else None,
        "tenderers": (
            tenderer("Tenderer A", "36", "36", "10", lost), tenderer("Tenderer B", "34", "33", "20", won, awarded=True)
        ),
    } | more  # fmt: skip
    return Award(**given)


STOOD = (Moved(D(0)), Said())


@pytest.mark.parametrize(
    ("moved", "points", "changes"),
    [("0", "20.00", False), ("-24900", "15.02", False), ("-24999", "15.00", True), ("-50000", "10.00", True),
     ("50000", "20.00", False)],
)  # fmt: skip
def test_the_method_on_record_scores_the_changed_offer(moved, points, changes):
    found = rank(award(), STOOD, (Moved(D(moved)), Said()))
    assert (found.points_after, found.changes) == (D(points), changes)


def test_of_a_relative_method_the_others_gain_what_the_best_loses():
    of = award(method="M1", target=None)
    found = rank(of, STOOD, (Moved(D(-50000)), Said()))
    assert {each.id: each.shown_total for each, _ in found.rows} == {"Tenderer A": D("92.00"), "Tenderer B": D("87.00")}
    assert found.changes


@pytest.mark.parametrize(
    ("moved", "said", "words"),
    [
        (Moved(None, "Two kinds."), Said(), "Two kinds. Enter the social value points"),
        (Moved(D(1)), Said(), "does not score an offer in pounds"),
        (Moved(D(0), value_moves=True), Said(), "Enter the price of the awarded offer"),
        (Moved(D(1)), Said(social_value_points=D(21)), "there are 20"),
    ],
)
def test_what_is_missing_is_said(moved, said, words):
    with pytest.raises(CannotRank, match=words):
        rank(award(method="rubric", target=None, offers=None), STOOD, (moved, said))


@pytest.mark.parametrize(("points", "changes"), [("15.01", False), ("15", True), ("14", True)])
def test_points_entered_by_hand_are_ranked_where_the_method_cannot_score(points, changes):
    of = award(method="rubric", target=None, offers=None)
    assert rank(of, STOOD, (Moved(D(-1)), Said(D(points)))).changes is changes


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (award(offers=("90000", "50000")), "earns 18.00 points"),
        (award(price_weight=D(50)), "add up to 110"),
        (award(tenderers=(tenderer("B", "34", "33", "20", "100000", awarded=True),)), "at least two"),
        (award(tenderers=(tenderer("A", "1", "1", "10"), tenderer("B", "2", "2", "9"))), "which one"),
        (award(tenderers=(tenderer("A", "9", "9", "9"), tenderer("B", "2", "2", "9", awarded=True))), "A stands first"),
        (award(tenderers=(tenderer("A", "9", "41", "9"), tenderer("B", "2", "2", "9", awarded=True))), "41 points"),
    ],
)
def test_scores_that_disagree_with_one_another_are_refused(of, words):
    with pytest.raises(CannotRank, match=words):
        check_as_it_stood(of)


@pytest.mark.parametrize(
    ("said", "computed", "changed"),
    [("yes", None, True), ("no", None, False), ("unknown", None, False), ("no", True, True), ("yes", False, False)],
)
def test_a_computed_answer_goes_before_a_persons(said, computed, changed):
    found = None if computed is None else SimpleNamespace(changes=computed)
    assert policies.ranking_is_changed(said, found) is changed


@pytest.mark.parametrize(
    ("value", "ends", "computed", "needed"),
    [(1, 1, False, False), (1, 1, True, True), (2, 1, False, True), (1, 2, False, True), (1, 1, None, False)],
)
def test_a_legal_opinion_is_needed_where_value_term_or_ranking_is_touched(value, ends, computed, needed):
    change = Change(value_before=D(1), value_after=D(value), ends_before=1, ends_after=ends, ranking="no")
    found = None if computed is None else SimpleNamespace(changes=computed)
    assert policies.legal_is_needed(change, found) is needed


@pytest.mark.parametrize(
    ("lost", "covered", "excuse", "refused"),
    [("0", False, "", False), ("2", False, "", True), ("2", True, "", False), ("2", False, "Right", False)],
)
def test_points_lost_are_met_or_answered_for(lost, covered, excuse, refused):
    found = SimpleNamespace(points_lost=D(lost), points_before=D(20), points_after=D(20) - D(lost))
    if refused:
        with pytest.raises(NotPossible, match="earns 20 points"):
            policies.check_points(found, covered, excuse)
    else:
        policies.check_points(found, covered, excuse)


# --- on record --------------------------------------------------------------------------------------------------------


def form_of(contract, promise):
    """B's offer was the promise, worth all the points; A offered half of it."""
    _, worth = queries.worth_now(promise, promise.quantity)
    whole = worth.quantize(D("0.01"))
    half = (worth / 2).quantize(D("0.01"))
    return {
        "rows": f"Tenderer A; 880,000; 36; 36; 10; {half}\nTenderer B\t£900,000\t34\t33\t20\t{whole}".replace("\t", ";"),
        "awarded": "Tenderer B", "points": "100", "decimals": "2", "price_weight": "40", "quality_weight": "40",
        "social_value_weight": "20", "method": "M3", "target": str(whole), "target_basis": "amount",
        "estimated_value": "", "tie_rule": "shared", "edition": "open-measures@1.0", "source": "Report of 3 March",
        "written_against": "",
    }  # fmt: skip


def scores_page(contract, slug=""):
    return reverse("changes:scores", args=[slug or contract.body.slug, contract.agreement.public_id])


def change_page(contract, change, route="change"):
    return reverse(f"changes:{route}", args=[contract.body.slug, change.public_id])


def reduced(contract, promise, to):
    change = contract.change()
    actions.add_line(by=contract.officer, change=change, kind="reduce", before=promise, quantity_after=D(to))
    return queries.get_change(contract.body, change.public_id)


def test_the_page_says_the_new_order_and_why_none_can_be_computed(contract, sign_in):
    promise, client = contract.promise("10"), sign_in(contract.officer)
    change = reduced(contract, promise, "5")
    page = client.get(change_page(contract, change)).content.decode()
    assert "It cannot be computed: The scores of the award are not on record." in page
    answer = client.post(scores_page(contract), form_of(contract, promise))
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(change_page(contract, change)).content.decode()
    assert "would have been ranked otherwise" in page
    assert "earns 20.00 points for social value before this change and 10.00 after it, 10.00 fewer" in page
    assert "at open-measures@1.0, the edition of the offer" in page
    assert "points x offer / target, at most all the points" in page
    assert "Needed and not given yet" in page
    stands = AwardScores.objects.get().public_id
    assert "Tenderer A; 880000.00; 36; 36; 10" in client.get(scores_page(contract)).content.decode()
    second = client.post(scores_page(contract), form_of(contract, promise))
    assert (second.status_code, AwardScores.objects.count()) == (422, 1)
    again = form_of(contract, promise) | {"written_against": stands, "source": "Corrected"}
    assert client.post(scores_page(contract), again).status_code == 302
    assert [each.source for each in AwardScores.objects.order_by("id")] == ["Report of 3 March", "Corrected"]


def test_a_computed_other_ranking_needs_the_opinion_whatever_a_person_said(contract, sign_in):
    promise = contract.promise("10")
    sign_in(contract.officer).post(scores_page(contract), form_of(contract, promise))
    change = reduced(contract, promise, "5")
    contract.agreed(change)
    step = {"by": contract.second, "change": change, "approves": True, "words": "", "excuse": "Right"}
    version = queries.get_change(contract.body, change.public_id).version
    with pytest.raises(NotPossible, match="signs it off in law"):
        actions.decide(**step, written_against=version)
    actions.sign_off(by=contract.officer, change=change, may_be_made=True, words="Seen")
    actions.decide(**step, written_against=version)


def test_small_changes_add_up_to_another_ranking(contract, sign_in):
    promise = contract.promise("10")
    sign_in(contract.officer).post(scores_page(contract), form_of(contract, promise))
    first = reduced(contract, promise, "8")
    assert not queries.ranking_of(first).changes
    contract.made(first, excuse="Right")
    second = reduced(contract, promise, "6")
    found = queries.ranking_of(second)
    assert (found.points_before, found.points_after, found.changes) == (D("16.00"), D("12.00"), True)
    first = queries.get_change(contract.body, first.public_id)
    assert queries.ranking_of(first).points_after == D("16.00")


def test_a_decided_change_keeps_the_ranking_that_was_seen(contract, sign_in):
    promise, client = contract.promise("10"), sign_in(contract.officer)
    change = reduced(contract, promise, "9")
    contract.made(change, excuse="Right")
    client.post(scores_page(contract), form_of(contract, promise))
    found = queries.get_change(contract.body, change.public_id)
    assert queries.ranking_or_why(found) == (None, "The scores of the award are not on record.")
    with pytest.raises(NotPossible, match="decided already"):
        actions.rescore(by=contract.officer, change=found, why="x", social_value_points=D(1))


def test_what_is_made_later_does_not_touch_a_refused_change(contract, sign_in):
    promise = contract.promise("10")
    sign_in(contract.officer).post(scores_page(contract), form_of(contract, promise))
    refused = reduced(contract, promise, "9")
    actions.propose(by=contract.officer, change=refused, written_against=refused.version)
    actions.answer(by=contract.reporter, change=refused, agrees=False, words="No", written_against=refused.version + 1)
    contract.made(reduced(contract, promise, "8"), excuse="Right")
    found = queries.ranking_of(queries.get_change(contract.body, refused.public_id))
    assert (found.points_before, found.points_after) == (D("20.00"), D("18.00"))


def test_the_page_of_a_refused_change_names_the_scores_it_was_ranked_by(contract, sign_in):
    promise, client = contract.promise("10"), sign_in(contract.officer)
    client.post(scores_page(contract), form_of(contract, promise))
    refused = reduced(contract, promise, "9")
    actions.propose(by=contract.officer, change=refused, written_against=refused.version)
    actions.answer(by=contract.reporter, change=refused, agrees=False, words="No", written_against=refused.version + 1)
    stands = AwardScores.objects.get().public_id
    client.post(scores_page(contract), form_of(contract, promise) | {"written_against": stands, "source": "Corrected"})
    page = client.get(change_page(contract, refused)).content.decode()
    assert "Report of 3 March" in page
    assert "Corrected" not in page


def test_points_by_hand_where_the_promise_has_no_measure(contract, sign_in):
    promise, talks, client = contract.promise("10"), contract.promise("4", None), sign_in(contract.officer)
    client.post(scores_page(contract), form_of(contract, promise))
    change = reduced(contract, talks, "3")
    page = client.get(change_page(contract, change, "rescore")).content.decode()
    assert "has no measure in open-measures@1.0" in page
    given = {"social_value_points": "19.5", "price": "", "price_points": "", "why": "Marked again by the panel"}
    assert client.post(change_page(contract, change, "rescore"), given | {"social_value_points": ""}).status_code == 422
    assert client.post(change_page(contract, change, "rescore"), given).status_code == 302
    page = client.get(change_page(contract, change)).content.decode()
    assert "The order stays as it was" in page
    assert "Marked again by the panel" in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rows": "A; 1; 2"}, "Row 1 has 3 cells"),
        ({"awarded": "Nobody"}, "nobody was awarded"),
        ({"rows": "Tenderer B; many; 1; 1; 1"}, "Row 1, price: "),
        ({"target": ""}, "target is missing"),
        ({"social_value_weight": "30"}, "not 100"),
    ],
)
def test_scores_that_cannot_be_are_refused_and_nothing_is_lost(contract, sign_in, wrong, words):
    promise = contract.promise("10")
    answer = sign_in(contract.officer).post(scores_page(contract), form_of(contract, promise) | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not AwardScores.objects.exists()


def test_another_body_and_the_provider_find_nothing_of_the_scores(contract, sign_in, make_body, make_person):
    promise = contract.promise("10")
    sign_in(contract.officer).post(scores_page(contract), form_of(contract, promise))
    change = reduced(contract, promise, "5")
    actions.rescore(by=contract.officer, change=change, why="Marked again", social_value_points=D("9.25"))
    actions.propose(
        by=contract.officer, change=change, written_against=queries.get_change(contract.body, change.public_id).version
    )
    other = make_body()
    stranger = sign_in(make_person("contract-manager", body=other))
    for slug in (contract.body.slug, other.slug):
        assert stranger.get(scores_page(contract, slug)).status_code == 404
        rescore = reverse("changes:rescore", args=[slug, change.public_id])
        assert stranger.post(rescore, {"social_value_points": "1", "why": "x"}).status_code == 404
    party = contract.agreement.party
    provider = sign_in(contract.reporter)
    assert provider.get(scores_page(contract)).status_code == 404
    page = provider.get(reverse("changes_provider:change", args=[party.public_id, change.public_id])).content.decode()
    assert "Tenderer A" not in page
    assert "ranking" not in page.lower()
    with open_scope(party=party.pk):
        for model in (AwardScores, TendererScore, Rescored):
            assert not model.objects.exists()
