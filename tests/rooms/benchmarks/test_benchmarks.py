"""Rates by consent: who reads them, what is kept back, quarters in words, and the pack that anybody can check."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest
from django.db import connection
from typer.testing import CliRunner

from commonweal.base.errors import NotPossible
from commonweal.base.scope import open_scope
from commonweal.engine.peer_pack import PackUnreadable, read_pack
from commonweal.engine.year import FinancialYear
from commonweal.reporting.benchmarks import actions, queries
from commonweal.reporting.benchmarks.models import Rate, Release, ReleaseGround
from commonweal.reporting.benchmarks.quartiles import Own, group_of

pytestmark = pytest.mark.django_db
YEAR = FinancialYear(2025)


def test_rates_are_given_out_by_consent_alone(make_council):
    council = make_council()
    with open_scope(body=council.body.pk), pytest.raises(NotPossible, match="has not agreed"):
        council.give_out()


def test_rate_by_head_is_the_value_for_each_resident(make_council):
    council = make_council(given=True)
    with open_scope(body=council.body.pk):
        from commonweal.reporting.queries import worth

        total = worth(council.body, what="evidenced", on=YEAR.ends_on, year=YEAR).totals[0]
        rates = {(each.cell, each.basis): each.rate for each in Rate.objects.filter(body=council.body)}
    assert rates["all", "per-head"] == round(total.amount.central / 100_000, 10)
    assert ("all", "per-pound") not in rates, "no spend is known, so there is no ratio"


def test_two_providers_stand_behind_no_rate(make_council):
    council = make_council(firms=2, given=True)
    with open_scope(body=council.body.pk):
        assert {each.rate for each in Rate.objects.filter(body=council.body)} == {None}


def test_small_channel_is_kept_back_with_what_it_could_be_worked_out_from(make_council):
    council = make_council(firms=4)
    with open_scope(body=council.body.pk):
        council.deliver("A charity", "9", channel="grant")
        council.agree()
        council.give_out()
        rates = {each.cell: each.rate for each in Rate.objects.filter(body=council.body, basis="per-head")}
    assert rates["all"] is not None
    assert rates["channel:grant"] is None
    assert rates["channel:procurement"] is None, "the total less procurement would tell it"


def test_second_giving_does_not_tell_what_one_provider_added(make_council):
    council = make_council(firms=4, given=True)
    with open_scope(body=council.body.pk):
        council.deliver("A newcomer", "50")
        council.give_out()
        held = Rate.objects.filter(body=council.body, cell="all", basis="per-head", withdrawn_at=None)
        assert [each.rate for each in held] == [None]


def test_body_that_exchanges_nothing_reads_nothing(make_council):
    giver, outsider = make_council(given=True), make_council()
    with open_scope(body=outsider.body.pk):
        assert not Release.objects.exists()
        assert not Rate.objects.exists()
    with open_scope(body=outsider.body.pk):
        outsider.agree()
        assert {each.body_id for each in Release.objects.all()} == {giver.body.pk}
        assert not ReleaseGround.objects.exists()


def test_reading_past_the_code_meets_the_same_wall(make_council):
    make_council(given=True)
    outsider = make_council()
    with open_scope(body=outsider.body.pk), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM benchmarks_rate")
        assert cursor.fetchone() == (0,)


def test_what_is_taken_back_is_read_by_nobody_else(make_council):
    giver, reader = make_council(given=True), make_council(given=True)
    with open_scope(body=giver.body.pk):
        actions.take_back(by=giver.lead, body=giver.body)
    with open_scope(body=reader.body.pk):
        assert {each.body_id for each in Release.objects.all()} == {reader.body.pk}
    with open_scope(body=giver.body.pk):
        assert {each.body_id for each in Release.objects.all()} == {giver.body.pk}, "its own stay on record"


def test_another_body_cannot_write_a_rate(make_council):
    giver, other = make_council(given=True), make_council(given=True)
    with open_scope(body=other.body.pk):
        assert Rate.objects.filter(body=giver.body).update(withdrawn_at=None) == 0


def test_fewer_than_five_bodies_are_no_group(make_council):
    first = make_council(given=True)
    for _ in range(3):
        make_council(given=True)
    with open_scope(body=first.body.pk):
        (told,) = [each for each in queries.groups(first.body, YEAR, "all") if each.basis == "per-head"][:1]
        assert (told.bodies, told.is_told, told.middle) == (4, False, None)


def test_five_bodies_are_told_in_quarters_and_the_unnamed_have_no_name(make_council):
    councils = [make_council(f"Council {number}", firms=3 + number, given=True, naming="unnamed" if number == 1 else "named")
                for number in range(5)]  # fmt: skip
    with open_scope(body=councils[4].body.pk):
        told = next(each for each in queries.groups(councils[4].body, YEAR, "like") if each.basis == "per-head")
    assert (told.bodies, told.quarter) == (5, "the highest quarter")
    assert [name for name, _rate in told.named] == ["Council 0", "Council 2", "Council 3"]


def test_groups_are_chosen_by_rule(make_council):
    council = make_council(given=True)
    make_council(given=True, kind="nhs")
    make_council(given=True, nation="wales")
    with open_scope(body=council.body.pk):
        counts = {which: queries.groups(council.body, YEAR, which)[0].bodies for which in ("like", "kind", "all")}
    assert counts == {"like": 1, "kind": 2, "all": 3}


@pytest.mark.parametrize(("ours", "quarter"), [("1", "the lowest quarter"), ("3", "the second quarter"),
                                               ("5", "the third quarter"), ("8", "the highest quarter")])  # fmt: skip
def test_quarter_by_the_nearest_rank(ours, quarter):
    rates = {(number, "f", "per-head"): Decimal(number) for number in range(1, 9)}
    own = int(ours)
    found = group_of(Own(own, {("f", "per-head"): Decimal(ours)}), ("f", "per-head"), rates, {}, least=5)
    assert (found.lower, found.middle, found.upper, found.quarter) == (2, 4, 6, quarter)


def test_pages_open_and_consent_is_given_on_them(make_council, sign_in):
    council = make_council()
    client, at = sign_in(council.lead), f"/{council.body.slug}/work/benchmarks/"
    assert "reads nobody else" in client.get(at).content.decode()
    sent = {"naming": "named", "people": "120000", "people_source": "Estimate"}
    assert client.post(f"{at}agree/", sent).status_code == 302
    assert client.post(f"{at}give-out/?year=2025-26").status_code == 302
    page = client.get(f"{at}?year=2025-26").content.decode()
    assert "for each resident" in page
    assert "Fewer than 5 bodies" in page
    assert client.get(f"{at}export/csv/?year=2025-26").status_code == 200
    assert client.post(f"{at}take-back/").status_code == 302


def test_strangers_get_nothing_and_councillors_agree_to_nothing(make_council, make_person, sign_in):
    council, other = make_council(), make_council()
    at = f"/{council.body.slug}/work/benchmarks/"
    assert sign_in(other.lead).get(at).status_code == 404
    member = sign_in(make_person("member", body=council.body))
    assert member.get(at).status_code == 200
    assert member.post(f"{at}agree/").status_code == 403


@pytest.fixture
def pack(make_council, sign_in, tmp_path):
    council = make_council(given=True)
    client, at = sign_in(council.lead), f"/{council.body.slug}/work/benchmarks/"
    sent = {"level": "2", "words": "Members agreed the plan in May", "evidence": "Plan on a page"}
    assert client.post(f"{at}self-assessment/strategy/", sent).status_code == 302
    assert "1 of 10 questions answered" in client.get(f"{at}self-assessment/").content.decode()
    path = tmp_path / "pack.zip"
    path.write_bytes(client.get(f"{at}peer-challenge-pack.zip?year=2025-26").content)
    return path


def test_pack_is_opened_with_the_command_line_alone(pack):
    from commonweal.web.cli import app

    answer = CliRunner().invoke(app, ["peer-pack", str(pack)])
    assert answer.exit_code == 0, answer.output
    assert "Whole: all" in answer.output
    assert "Done in parts" in answer.output
    assert "Lea Lead" not in "".join(str(content) for content in read_pack(pack).files.values())


def test_every_changed_byte_of_a_pack_is_told(pack):
    whole = pack.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 150)):
        pack.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            found = read_pack(pack)
        except PackUnreadable:
            continue
        with zipfile.ZipFile(io.BytesIO(whole)) as before:
            same = found.files == {n: before.read(n) for n in before.namelist() if n != "manifest.json"}
        assert found.wrong or same, f"byte {place}"


def test_pack_with_a_file_too_many_or_cut_short_is_no_whole_pack(pack, tmp_path):
    from commonweal.web.cli import app

    with zipfile.ZipFile(pack, "a") as more:
        more.writestr("extra.txt", "x")
    answer = CliRunner().invoke(app, ["peer-pack", str(pack)])
    assert answer.exit_code == 1
    assert "extra.txt is in the pack and not in its manifest" in answer.output
    short = tmp_path / "short.zip"
    short.write_bytes(pack.read_bytes()[:200])
    assert CliRunner().invoke(app, ["peer-pack", str(short)]).exit_code == 2


def test_file_changed_and_packed_again_is_told(pack, tmp_path):
    again = tmp_path / "again.zip"
    with zipfile.ZipFile(pack) as before, zipfile.ZipFile(again, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, content.replace(b"Done in parts", b"Done throughout"))
    assert read_pack(again).wrong == ("self-assessment.csv is not as it was packed",)
