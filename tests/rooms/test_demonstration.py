"""The demonstration, loaded by its own command into a database of its own, against what its files say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
import yaml
from django.db import connections
from django.test import Client
from psycopg import sql

from commonweal.base import postgres
from commonweal.base.models import Body
from commonweal.base.queries import bodies, get_body, staff_of
from commonweal.base.scope import open_scope
from commonweal.delivery import queries as delivery
from commonweal.delivery.models import AssuranceFact, Entry
from commonweal.delivery.queries import promise_table
from commonweal.delivery.returns import queries as returns
from commonweal.directory.queries import members_of, wards_deprivation, wards_of
from commonweal.publishing.models import Publication
from commonweal.reporting.queries import worth

pytestmark = pytest.mark.django_db

REGION = Path(__file__).resolve().parents[2] / "commonweal" / "catalogue" / "examples" / "region"
SLUGS = ("alderbrook", "aberwennol", "two-rivers")
TODAY = date(2026, 11, 22)
#: Places of the published examples, so that the whole country need not be loaded.
LOAD = """
import json, sys
from commonweal.web.commands.database import database_as
with database_as(owner=True):
    from django.db import connection, transaction
    from commonweal.directory.place_tables import write_places
    from commonweal.frameworks.actions import load_editions
    from commonweal.sources.places import Place
    from commonweal.web.demonstration import load_demonstration
    load_editions()
    real = {"E08000024": "Sunderland", "E06000004": "Stockton-on-Tees", "E10000029": "Suffolk", "E09000012": "Hackney"}
    with transaction.atomic():
        write_places(
            [Place(code, "council", name, "", None, None, (), ()) for code, name in real.items()],
            invented=False, progress=lambda kind, rows: None,
        )
    told = []
    people = load_demonstration(told.append)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        counts = {}
        for (name,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            counts[name] = cursor.fetchone()[0]
    json.dump({"told": told, "people": people, "counts": counts}, sys.stdout)
"""


def _run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[dict[str, Any]]]:
    """A database of its own with the demonstration, loaded twice; the answer of each loading."""
    name, template = f"demonstration_{uuid.uuid4().hex[:8]}", os.environ["COMMONWEAL_TEST_TEMPLATE"]
    maintenance = postgres.url_with(os.environ["COMMONWEAL_OWNER_URL"], database="postgres")
    before = {key: os.environ[key] for key in ("COMMONWEAL_OWNER_URL", "COMMONWEAL_RUNTIME_URL")}
    default = connections["default"]
    usual = dict(default.settings_dict)
    with psycopg.connect(maintenance, autocommit=True) as connection:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    for key, url in before.items():
        os.environ[key] = postgres.url_with(url, database=name)
    try:
        answers = [json.loads(_run("-c", LOAD)) for _ in range(2)]
        runtime = urlsplit(os.environ["COMMONWEAL_RUNTIME_URL"])
        with django_db_blocker.unblock():
            default.close()
        default.settings_dict |= {"NAME": name, "USER": runtime.username, "PASSWORD": unquote(runtime.password or "")}
        yield answers
    finally:
        with django_db_blocker.unblock():
            default.close()
        default.settings_dict |= usual
        os.environ |= before
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(autouse=True)
def _loaded(loaded: list[dict[str, Any]]) -> None:
    """Every test of this file reads the loaded demonstration."""


@pytest.fixture(autouse=True)
def _plain_static(settings, tmp_path):
    """Pages name their static files without the hashes that a build gives them."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def _content(slug: str) -> dict[str, Any]:
    return yaml.safe_load((REGION / f"{slug}.yaml").read_text())


def _returned_by_file(slug: str) -> list[Decimal]:
    """What the returns of the file that were sent say was delivered, without those transferred from elsewhere."""
    answers = [each for row in _content("returns").get(slug, []) if row.get("sent") for each in row["answers"]]
    return sorted(Decimal(each["told"]) - Decimal(each.get("transferred", 0)) for each in answers if "told" in each)


def _claimed_by_file(slug: str) -> dict[tuple[str, str], Decimal]:
    """What the file says was delivered and not taken back, by agreement and measure (or wording)."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in _content(slug).get("agreements", []):
        for line in row.get("promises", []):
            told = line.get("delivered", {"from": "2024-Q1", "quantities": []})
            year, number = int(told["from"][:4]), int(told["from"][-1]) - 1
            for quantity in told["quantities"]:
                quarter = f"{year + number // 4}-Q{number % 4 + 1}"
                number += 1
                if quantity != "-" and line.get("reversed", {}).get("quarter") != quarter:
                    sums[row["title"], line.get("measure") or line["wording"]] += Decimal(quantity)
    return dict(sums)


# --- the whole -------------------------------------------------------------------------------------------------------


def test_loading_a_second_time_changes_nothing(loaded):
    first, second = loaded
    assert second["counts"] == first["counts"]
    assert second["people"] == first["people"]
    assert second["told"] == []
    assert first["told"]


def test_the_record_holds_together():
    answer = json.loads(_run("-m", "commonweal", "check", "--json"))
    assert answer["broken"] == []
    assert answer["faults"] == []
    assert answer["events"] > 2000


def test_every_body_says_that_it_is_invented_or_an_example():
    assert {body.slug: (body.is_invented, body.is_example) for body in bodies()} == {
        "alderbrook": (True, False), "aberwennol": (True, False), "two-rivers": (True, False),
        "published-examples": (False, True),
    }  # fmt: skip
    assert [each.member.slug for each in members_of(get_body("two-rivers"))] == ["aberwennol", "alderbrook"]


def test_everybody_named_can_sign_in_and_read_their_first_page(loaded):
    people = loaded[0]["people"]
    assert all(email.endswith(".example") for email, _ in people)
    assert len({email for email, _ in people}) == len(people) >= 15
    for email, does in people:
        client = Client()
        answer = client.post("/account/login/", {"login": email, "password": "social value 2026"})
        assert answer.status_code == 302, (email, does)
        assert client.get("/", follow=True).status_code == 200, (email, does)


def test_every_kind_of_worker_is_there():
    with open_scope(body=get_body("alderbrook").pk):
        held = {role for _, roles in staff_of(get_body("alderbrook")) for role in roles}
    assert held >= {
        "body-admin", "lead", "buyer", "contract-manager", "assurer", "finance", "member", "department-officer"
    }  # fmt: skip


def test_a_public_page_of_a_promise_under_every_measure_opens_in_both_languages():
    """A value of every shape that is published is told: an amount, a range, one for each year, none at all."""
    one_of_each = {}
    for each in Publication.objects.filter(kind="line", body__slug__in=("alderbrook", "aberwennol")).select_related(
        "body"
    ):
        one_of_each[(each.content.get("measure") or {}).get("id"), each.body_id] = each
    assert len(one_of_each) > 40
    for each in one_of_each.values():
        for prefix in ("", "/cy"):
            address = f"{prefix}/{each.body.slug}/promises/{each.key}/"
            assert Client().get(address).status_code == 200, address


# --- the map ---------------------------------------------------------------------------------------------------------


def _area(ring: list[list[float]]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


@pytest.mark.parametrize("slug", ["alderbrook", "aberwennol"])
def test_wards_cover_their_council_without_gap_or_overlap(slug):
    outlines = {
        one["properties"]["code"]: one["geometry"]["coordinates"][0]
        for one in json.loads((REGION / "map.geojson").read_text())["features"]
    }
    council = yaml.safe_load((REGION / "places.yaml").read_text())["councils"][slug]
    wards = [ward["code"] for ward in council["wards"].values()]
    assert {ward.code for ward in wards_of(council["code"], TODAY)} == set(wards)
    whole = _area(outlines[council["code"]])
    assert sum(_area(outlines[code]) for code in wards) == pytest.approx(whole, rel=1e-9)


def test_the_most_deprived_ward_has_little_delivered_in_it():
    body = get_body("alderbrook")
    deprived = wards_deprivation([ward.code for ward in wards_of("X06000001", TODAY)])
    assert len(deprived) == 12
    assert max(deprived, key=lambda code: deprived[code].share) == "X05000008"  # Kiln Lane
    with open_scope(body=body.pk):
        entries = {code: Entry.objects.filter(body=body, place_code=code).count() for code in deprived}
    assert 0 < entries["X05000008"] < entries["X05000003"] / 5  # Sandpits, nearly as deprived


# --- figures against the files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["alderbrook", "aberwennol"])
def test_what_was_claimed_is_what_the_file_says(slug):
    body = get_body(slug)
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with open_scope(body=body.pk):
        sent = [line for each in returns.returns(body, returns.ReturnFilters(), TODAY)
                for line in returns.last_sent(each).values() if line.entry is not None]  # fmt: skip
        assert sorted(line.entry.quantity for line in sent) == _returned_by_file(slug)
        made = delivery.standing_entries().filter(body=body, brought_forward=False)
        # The register that a published account was restated for is no part of the file: the finance officer keyed it.
        made = made.exclude(recorded_by__email="finance@alderbrook.example")
        for entry in made.exclude(pk__in=[line.entry.pk for line in sent]).select_related(
            "commitment__agreement", "commitment__measure"
        ):
            promise = entry.commitment
            measure = promise.measure.measure_id if promise.measure else promise.wording
            found[promise.agreement.title, measure] += entry.quantity
    expected = _claimed_by_file(slug)
    assert len(expected) > 12
    assert dict(found) == expected


def test_a_call_off_of_two_councils_is_counted_once():
    whole = Decimal("71000") + Decimal("98200") + Decimal("133450.90") + 102000 + Decimal("94120.10") + 87600
    counted = {}
    for slug in ("alderbrook", "aberwennol"):
        body = get_body(slug)
        with open_scope(body=body.pk):
            bridge = next(each for each in delivery.live_agreements(body) if each.reference == "TR-FW-01/2-001")
            lines = worth(body, what="claimed", on=TODAY, agreement=bridge).lines
            counted[slug] = sum(
                (line.counted for line in lines if line.promise.measure == "local-economy.local-spend"), Decimal(0)
            )
    assert counted == {"alderbrook": whole * Decimal("0.6"), "aberwennol": whole * Decimal("0.4")}
    assert sum(counted.values()) == whole


def test_a_call_off_of_two_councils_is_told_once_by_its_provider():
    body = get_body("alderbrook")
    with open_scope(body=body.pk):
        bridge = next(each for each in delivery.live_agreements(body) if each.reference == "TR-FW-01/2-001")
        assert [each.slug for each in delivery.bodies_sharing(bridge)] == ["aberwennol"]
        promises = list(bridge.commitments.all())
    with open_scope(party=bridge.party_id):
        assert [[other.body.slug for other in delivery.shared_with(each)] for each in promises] == [["aberwennol"]] * 2


def test_a_framework_has_lots_and_several_providers():
    body = get_body("alderbrook")
    with open_scope(body=body.pk):
        held = {each.reference: each for each in delivery.live_agreements(body).filter(origin="made")}
        above, _ = delivery.tree_of(held["TR-FW-01/2-001/3"])
        assert [each.level for each in above] == ["framework", "lot", "provider", "call-off"]
        assert above[0].provider is None
        _, lots = delivery.tree_of(held["TR-FW-01"])
        on_lots = {each.provider.name for lot in lots for each in delivery.tree_of(lot)[1]}
        assert on_lots == {"Oxlip Construction Ltd", "Brindlecombe Surfacing Ltd"}
        above, _ = delivery.tree_of(held["NR-SURF-24/118"])
        assert [each.buyer_name for each in above] == ["Northern Roads Group"]


def test_the_apprentice_claimed_twice_counts_once():
    body = get_body("alderbrook")
    with open_scope(body=body.pk):
        told = list(Entry.objects.filter(body=body, note__contains="A-17", reverses__isnull=True).order_by("id"))
        standing = set(delivery.standing_entries().filter(pk__in=[entry.pk for entry in told]))
    assert len(told) == 2
    assert standing == {told[0]}


def test_nobody_accepted_what_they_recorded():
    for slug in SLUGS:
        body = get_body(slug)
        with open_scope(body=body.pk):
            facts = AssuranceFact.objects.filter(body=body, kind__in=("evidenced", "assured")).select_related("entry")
            assert all(fact.stated_by_id != fact.entry.recorded_by_id for fact in facts)


def test_the_tracker_is_brought_in_and_another_file_waits():
    body = get_body("alderbrook")
    with open_scope(body=body.pk):
        waiting, brought_in = delivery.batches(body)
        assert (brought_in.name, brought_in.state) == ("legacy-contracts.xlsx", "imported")
        assert brought_in.accepted + brought_in.unchanged + brought_in.rejected == brought_in.rows_in
        for split in brought_in.pence.values():
            assert Decimal(split["read"]) == sum(Decimal(split[name]) for name in ("accepted", "unchanged", "rejected"))
        assert delivery.live_agreements(body).filter(batch=brought_in).count() == 200
        assert (waiting.name, waiting.state) == ("legacy-contracts.csv", "previewed")
        assert not delivery.live_agreements(body).filter(batch=waiting).exists()


def test_awkward_as_life_is():
    body = get_body("alderbrook")
    with open_scope(body=body.pk):
        agreements = {each.reference: each for each in delivery.live_agreements(body).filter(origin="made")}
        assert agreements["AB-2024-005"].state == "terminated"
        gone = agreements["AB-2024-005"].owner
        assert gone is not None
        assert gone.pk not in {person.pk for person, _ in staff_of(body)}
        assert len(delivery.owned_by(body, gone).agreements) > 20
        late = {promise.agreement.reference for promise in delivery.overdue_commitments(body, TODAY)}
        assert {"AB-2023-058", "AB-2024-011"} <= late
        flags = {row.flag for row in promise_table(agreements["AB-2024-011"], TODAY).rows}
        assert "outlier" in flags
        harms = [
            row for row in promise_table(agreements["AB-2024-011"], TODAY).rows if row.commitment.direction == "harm"
        ]
        assert len(harms) == 2


# --- the published examples --------------------------------------------------------------------------------------------


def test_northern_spire_is_the_printed_table():
    printed = [
        (3, 56), (1, 7), (3, 3), (1, 9), (3, 5), (2, 4), (1, 1), (8, 16), (20, 47), (10, 97), (20, 24), (3, 4), (20, 29),
        (2, 6), (20, 1560), (25, 91), (None, 1992),
    ]  # fmt: skip
    body = get_body("published-examples")
    with open_scope(body=body.pk):
        bridge = delivery.live_agreements(body).get(title="Northern Spire bridge")
        table = promise_table(bridge, TODAY)
    assert [(row.promised, row.delivered.claimed) for row in table.rows] == printed
    assert round(float(table.median or 0), 1) == 2.2


def test_every_published_fact_says_where_it_is_printed_and_has_no_invented_value():
    body = get_body("published-examples")
    with open_scope(body=body.pk):
        promises = list(delivery.lines_of_body(body))
        assert all(promise.citation and promise.agreement.citation for promise in promises)
        assert worth(body, what="claimed", on=TODAY).totals == ()
    assert Body.objects.get(slug="published-examples").is_example
