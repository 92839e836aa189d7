"""A body with something of everything that could be published, and a marker in every field that must not be."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import psycopg
import pytest
from made_site import COUNCIL, MARKER, OTHER_WARD, WARD

from commonweal.base.models import Body, Person
from commonweal.delivery import actions as delivery
from commonweal.directory import actions as directory
from commonweal.frameworks import actions as frameworks
from commonweal.frameworks import queries as framework_queries
from commonweal.frameworks.actions import NodeWords
from commonweal.publishing import actions

#: Stands in every internal, personal or special field of what is recorded below.
LOAD = "import django; django.setup(); from commonweal.frameworks.actions import load_editions; load_editions()"
PLACES = f"""
import django; django.setup()
from datetime import date
from commonweal.directory.actions import load_invented_places
from commonweal.sources.places import Boundary, Place, Within
def place(code, kind, name):
    return Place(code=code, kind=kind, name=name, name_cy="", valid_from=None, valid_to=None, successors=(), listed=())
def square(x):
    return {{"type": "Polygon", "coordinates": [[[x, 54.0], [x + 0.1, 54.0], [x + 0.1, 54.1], [x, 54.1], [x, 54.0]]]}}
load_invented_places(
    places=[place("{COUNCIL}", "council", "Ferrydale"), place("{WARD}", "ward", "Quayside"),
            place("{OTHER_WARD}", "ward", "Hilltop")],
    within=[Within("{WARD}", "{COUNCIL}", "ward-in-council", None, None),
            Within("{OTHER_WARD}", "{COUNCIL}", "ward-in-council", None, None)],
    boundaries=[Boundary("{WARD}", 2025, square(-1.0)), Boundary("{OTHER_WARD}", 2025, square(-0.9))],
)
"""


@pytest.fixture(autouse=True)
def _plain_pages(settings, tmp_path):
    """Pages name their static files plainly, for nothing was collected, and a password is enough to sign in."""
    settings.STATIC_ROOT = tmp_path
    settings.COMMONWEAL_FILES = tmp_path / "files"
    settings.COMMONWEAL_SECOND_FACTOR = False
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(scope="module")
def country(django_db_setup: None):
    """The shipped editions and a council with two wards, loaded by the owner role as an installation does."""
    for code in (LOAD, PLACES):
        done = subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"COMMONWEAL_ROLE": "owner"}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    yield
    with psycopg.connect(os.environ["COMMONWEAL_OWNER_URL"], autocommit=True) as connection:
        connection.execute(
            "DELETE FROM directory_boundary WHERE place_id IN (SELECT id FROM directory_place WHERE is_invented)"
        )
        connection.execute(
            "DELETE FROM directory_placewithin WHERE child_id IN (SELECT id FROM directory_place WHERE is_invented)"
        )
        connection.execute("DELETE FROM directory_place WHERE is_invented")


@pytest.fixture
def measures(country: None) -> dict[str, object]:
    """The Open Measures by id."""
    edition = framework_queries.find_edition("open-measures@1.0")
    return {each.measure_id: each for each in framework_queries.measures(edition)}


@pytest.fixture
def site(
    make_body: Callable[..., Body], make_person: Callable[..., Person], measures: dict[str, object],
    in_scope: Callable[..., object],
) -> SimpleNamespace:  # fmt: skip
    """A body with a plan, two agreements, promises in a ward, in the whole area and nowhere; nothing published yet."""
    body = make_body("Ferrydale Council", name_cy="Cyngor Ferrydale", place_code=COUNCIL)
    lead = make_person("lead", body=body, name=f"Lena {MARKER}")
    officer = make_person("contract-manager", body=body, name=f"Olaf {MARKER}")
    auditor = make_person("assurer", body=body, name=f"Asa {MARKER}")
    term = {"starts_on": date(2026, 4, 1), "ends_on": date(2029, 3, 31)}
    with in_scope(body):
        _plan(body, lead)
        provider = directory.record_organisation(name="Bright Homes CIC", body=body, by=lead, form="cic")
        works = delivery.record_agreement(
            by=officer, body=body, title="School repairs", channel="procurement", kind="works", provider=provider,
            value=Decimal("1500000"), place_code=COUNCIL, owner=officer, as_contracted={"note": MARKER}, **term,
        )  # fmt: skip
        grant = delivery.record_agreement(
            by=officer, body=body, title="Youth grants", channel="grant", owner=officer, **term
        )

        def promise(agreement: object, measure: str, quantity: str | None, place: str = "") -> object:
            held = measures[measure]
            return delivery.record_commitment(
                by=officer, agreement=agreement, measure=held, wording=held.title, unit=held.unit, owner=officer,
                quantity=None if quantity is None else Decimal(quantity), place_code=place,
                as_contracted={"note": MARKER},
            )  # fmt: skip

        hours = promise(works, "community.volunteering-hours", "100", WARD)
        apprentices = promise(works, "skills.apprentice-starts", "3", COUNCIL)
        more_hours = promise(grant, "community.volunteering-hours", "33.333333")
        shown = delivery.record_entry(
            by=officer, commitment=hours, quantity=Decimal("40.5"), starts_on=date(2026, 5, 1),
            ends_on=date(2026, 6, 30), note=f"note {MARKER}",
        )  # fmt: skip
        delivery.add_evidence(
            by=officer, entry=shown, kind="register", description=f"names {MARKER}", dated_on=date(2026, 7, 1),
            file_name=f"{MARKER}.csv", content=b"name\nMair\n",
        )  # fmt: skip
        delivery.accept_evidence(
            by=lead, entry=shown, quantity=Decimal("30"), dated_on=date(2026, 7, 9), note=f"seen {MARKER}"
        )
        delivery.record_confirmation(
            by=officer, entry=shown, quantity=Decimal("20"), dated_on=date(2026, 7, 10), confirmed_by=f"Head {MARKER}",
            note=MARKER,
        )  # fmt: skip
        delivery.record_assurance(
            by=auditor, entry=shown, quantity=Decimal("10"), dated_on=date(2026, 7, 11), note=MARKER
        )
        delivery.record_entry(
            by=officer, commitment=hours, quantity=Decimal("70"), place_code=OTHER_WARD, starts_on=date(2026, 7, 1),
            ends_on=date(2026, 8, 31), note=MARKER,
        )  # fmt: skip
        delivery.record_entry(
            by=officer, commitment=more_hours, quantity=Decimal("1.000001"), starts_on=date(2026, 7, 1),
            ends_on=date(2026, 8, 31),
        )  # fmt: skip
        wrong = delivery.record_entry(
            by=officer, commitment=apprentices, quantity=Decimal("99"), starts_on=date(2026, 7, 1),
            ends_on=date(2026, 8, 31), note=MARKER,
        )  # fmt: skip
        delivery.reverse_entry(by=officer, entry=wrong, reason=f"mistyped {MARKER}")
    return SimpleNamespace(
        body=body, lead=lead, officer=officer, works=works, grant=grant, hours=hours, apprentices=apprentices,
        more_hours=more_hours, provider=provider,
    )  # fmt: skip


def _plan(body: Body, lead: Person) -> None:
    edition = framework_queries.find_edition("open-measures@1.0")
    frameworks.choose_framework(body=body, by=lead, edition=edition, starts_on=date(2026, 4, 1), reason="Open values")
    words = NodeWords(title="A fair town", title_cy="Tref deg", starts_on=date(2026, 4, 1), ends_on=date(2030, 3, 31))
    plan = frameworks.add_node(body=body, by=lead, kind="plan", parent=None, words=words)
    theme = frameworks.add_node(
        body=body, by=lead, kind="theme", parent=plan, words=NodeWords(title="Work", title_cy="Gwaith")
    )
    frameworks.add_node(
        body=body, by=lead, kind="objective", parent=theme, words=NodeWords(title="Local jobs", title_cy="Swyddi lleol")
    )
    frameworks.publish_plan(body=body, by=lead)


@pytest.fixture
def published(site: SimpleNamespace, in_scope: Callable[..., object]) -> SimpleNamespace:
    """The same body, published."""
    with in_scope(site.body):
        actions.refresh(body=site.body, by=site.lead)
    return site


@pytest.fixture
def addresses(published: SimpleNamespace) -> list[str]:
    """Every public address of the published body, in English."""
    slug = published.body.slug
    agreements = [each.public_id for each in (published.works, published.grant)]
    lines = [each.public_id for each in (published.hours, published.apprentices, published.more_hours)]
    return [
        f"/{slug}/{path}"
        for path in (
            "", "plan/", "agreements/", "promises/", "wards/", "figures/", f"wards/{WARD}/", f"wards/{OTHER_WARD}/",
            "promises/?place=whole", "promises/?place=unknown",
            *(f"agreements/{key}/" for key in agreements), *(f"promises/{key}/" for key in lines),
        )
    ]  # fmt: skip
