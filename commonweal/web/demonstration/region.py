"""The invented region: two councils and their hub, from `catalogue/examples/region`, one action after another, each by
the person of the region who would have done it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import yaml
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from commonweal.asks import actions as asks
from commonweal.base.actions import create_body, create_person, end_roles, give_role
from commonweal.base.installing import count_rows
from commonweal.base.scope import open_scope
from commonweal.delivery import actions as delivery
from commonweal.delivery import jobs as delivery_jobs
from commonweal.directory import actions as directory
from commonweal.engine.document import CATALOGUE
from commonweal.frameworks import actions as frameworks
from commonweal.frameworks.queries import find_edition, measures, today
from commonweal.publishing import actions as publishing
from commonweal.sources.places import INDEXES, Boundary, Deprivation, Place, Within
from commonweal.web.demonstration.deliveries import record_deliveries

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person
    from commonweal.frameworks.models import Measure

PASSWORD: Final = "social value 2026"  # noqa: S105 - printed on the screen, for invented people only
#: The bodies in the order in which they are loaded: the hub last, so that it finds its members.
BODIES: Final = ("alderbrook", "aberwennol", "two-rivers")
EXAMPLES: Final = CATALOGUE / "examples"
COUNTED_BY: Final = "open-measures@1.0"

Told = Callable[[str], None]
Row = dict[str, Any]


@cache
def _read(name: str) -> Row:
    content: Row = yaml.load((EXAMPLES / "region" / f"{name}.yaml").read_text(), Loader=yaml.CSafeLoader)
    return content


def sign_ins() -> list[tuple[str, str]]:
    """This will list who can sign in to the demonstration: (e-mail address, what this person does)."""
    found = []
    for slug in BODIES:
        content = _read(slug)
        for person in [*content["people"], *content.get("outside_people", [])]:
            if "email" in person:
                found.append((person["email"], person["does"]))
    return found


def load_region(told: Told) -> None:
    """This will load the whole region, or nothing of it, as the owner role."""
    with transaction.atomic():
        told("Drawing the invented region…")
        wards = load_places()
        contents = {slug: _read(slug) for slug in BODIES}
        bodies = {slug: _make_body(content) for slug, content in contents.items()}
        for slug, joined_on in contents["two-rivers"]["members"].items():
            directory.join_group(group=bodies["two-rivers"], member=bodies[slug], joined_on=joined_on)
        region = _Region(wards, bodies)
        for slug, content in contents.items():
            told(f"Loading {content['name']}…")
            with open_scope(body=bodies[slug].pk):
                _Loading(region, bodies[slug], content, told).load()
        count_rows()
        for body in bodies.values():
            told(f"Publishing the site of {body.name}…")
            with open_scope(body=body.pk):
                publishing.refresh(body=body, by=None)


# --- places -----------------------------------------------------------------------------------------------------------


def load_places() -> dict[str, str]:
    """This will load the region's councils, wards and small areas; answers the code of each ward by its key."""
    content = _read("places")
    areas = next(index.areas for index in INDEXES if index.name == content["index"])
    places = [_place(content["region"], "combined-authority")]
    within: list[Within] = []
    deprivation: list[Deprivation] = []
    wards: dict[str, str] = {}
    number = 0
    for council in content["councils"].values():
        places.append(_place(council, "council"))
        within.append(_in(council, "council", content["region"], "combined-authority"))
        for key, ward in council["wards"].items():
            wards[key] = ward["code"]
            places.append(_place(ward, "ward"))
            within.append(_in(ward, "ward", council, "council"))
            deciles = ward.get("deciles") or [None] * ward["small_areas"]
            for letter, decile in zip("ABCDEFGH", deciles, strict=False):
                number += 1
                area = {"code": f"X01{number:06d}", "name": f"{ward['name']} {letter}"}
                places.append(_place(area, "lsoa"))
                within += [_in(area, "lsoa", ward, "ward"), _in(area, "lsoa", council, "council")]
                if decile is not None:
                    # Spread over the ranks of its tenth, so that no two invented areas stand in the same place.
                    rank = (decile - 1) * areas // 10 + 1 + number * 37
                    deprivation.append(Deprivation(area["code"], content["index"], decile, rank, None))
    outlines = json.loads((EXAMPLES / "region" / "map.geojson").read_text())["features"]
    boundaries = [Boundary(one["properties"]["code"], content["outlines"], one["geometry"]) for one in outlines]
    directory.load_invented_places(places=places, within=within, deprivation=deprivation, boundaries=boundaries)
    return wards


def _place(row: Row, kind: Any) -> Place:
    return Place(row["code"], kind, row["name"], row.get("name_cy", ""), None, None, (), ())


def _in(child: Row, kind: str, parent: Row, parent_kind: str) -> Within:
    return Within(child["code"], parent["code"], f"{kind}-in-{parent_kind}", None, None)


# --- bodies -----------------------------------------------------------------------------------------------------------


def _make_body(content: Row) -> Body:
    return create_body(
        slug=content["slug"], name=content["name"], name_cy=content["name_cy"], kind=content["kind"],
        nation=content["nation"], place_code=content["place"], colour=content["colour"], tagline=content["tagline"],
        tagline_cy=content["tagline_cy"], is_invented=True,
    )  # fmt: skip


@dataclass
class _Region:
    """What the bodies of the region share: wards by key, bodies by slug, and the people who work for providers."""

    wards: dict[str, str]
    bodies: dict[str, Body]
    reporters: dict[str, Person] = field(default_factory=dict)  # by the provider's name
    today: date = field(default_factory=today)
    password: str = field(default_factory=lambda: make_password(PASSWORD))  # one hash: hashing is slow by design
    measures: dict[str, Measure] = field(
        default_factory=lambda: {one.measure_id: one for one in measures(find_edition(COUNTED_BY))}
    )


class _Loading:
    """Loads one body; what later rows refer to is kept by its key."""

    def __init__(self, region: _Region, body: Body, content: Row, told: Told) -> None:
        self.region, self.body, self.content, self.told = region, body, content, told
        self.people: dict[str, Person] = {}
        self.departments: dict[str, Any] = {}
        self.providers: dict[str, Any] = {}
        self.nodes: dict[str, Any] = {}
        self.opportunities: dict[str, Any] = {}
        self.asked: dict[tuple[str, str], Any] = {}
        self.agreements: dict[str, Any] = {}
        self.by: Person = self._first_administrator(content["people"][0])

    def load(self) -> None:
        rows = self.content
        for row in rows["people"][1:]:
            self.people[row["key"]] = self._member_of_staff(row)
        for row in rows["departments"]:
            self.departments[row["key"]] = directory.create_department(
                name=row["name"], name_cy=row["name_cy"], parent=self._department(row, "parent"), body=self.body,
                by=self.by,
            )  # fmt: skip
        for row in rows["appointments"]:
            directory.appoint(
                person=self.people[row["person"]], kind=row["kind"], starts_on=row["from"], topic=row.get("topic", ""),
                topic_cy=row.get("topic_cy", ""), department=self._department(row), body=self.body, by=self.by,
            )  # fmt: skip
        lead = self.people.get("lead", self.by)
        for row in rows["frameworks"]:
            frameworks.choose_framework(
                body=self.body, by=lead, edition=find_edition(row["edition"]), starts_on=row["from"],
                reason=row["reason"],
            )  # fmt: skip
        self._add_nodes(rows["strategy"], None, lead)
        frameworks.publish_plan(body=self.body, by=lead)
        for key, row in rows.get("providers", {}).items():
            self.providers[key] = self._provider(row)
        for row in rows.get("outside_people", []):
            self._reporter(row)
        for row in rows["opportunities"]:
            self._opportunity(row)
        for row in rows.get("agreements", []):
            self._agreement(row)
        for row in rows["people"]:
            if row.get("left"):
                end_roles(person=self.people[row["key"]], body=self.body, by=self.by)
        for row in rows.get("files", []):
            self._file(row)

    # people

    def _first_administrator(self, row: Row) -> Person:
        person = self._with_sign_in(row)
        for role in row["roles"]:
            give_role(person=person, role=role, by=None, body=self.body)
        self.people[row["key"]] = person
        return person

    def _with_sign_in(self, row: Row) -> Person:
        person = create_person(name=row["name"], email=row["email"])
        EmailAddress.objects.create(user=person, email=row["email"], verified=True, primary=True)
        return self._give_password(person)

    def _give_password(self, person: Person) -> Person:
        person.password = self.region.password
        person.save(update_fields=["password"])
        return person

    def _member_of_staff(self, row: Row) -> Person:
        person = self._with_sign_in(row) if "email" in row else create_person(name=row["name"])
        for role in row["roles"]:
            give_role(person=person, role=role, by=self.by, body=self.body)
        return person

    def _reporter(self, row: Row) -> None:
        person = self._with_sign_in(row)
        provider = self.providers[row["provider"]]
        with open_scope(party=provider.party_id):
            give_role(person=person, role=row["role"], by=None, party=provider.party)
        if row["role"] != "community-member":  # who speaks for a group reports nothing
            self.region.reporters[provider.name] = person

    # what they work with

    def _department(self, row: Row, name: str = "department") -> Any:
        return self.departments[row[name]] if name in row else None

    def _person(self, row: Row, name: str = "owner") -> Person | None:
        return self.people[row[name]] if name in row else None

    def _provider(self, row: Row) -> Any:
        provider = directory.record_organisation(
            name=row["name"], form=row["form"], size=row["size"], org_id=row.get("org_id", ""), body=self.body,
            by=self.by,
        )  # fmt: skip
        for held in row.get("accreditations", []):
            directory.add_accreditation(
                organisation=provider, name=held["name"], expires_on=held["to"], body=self.body, by=self.by
            )
        return provider

    def _add_nodes(self, rows: list[Row], parent: Any, by: Person) -> None:
        for row in rows:
            words = frameworks.NodeWords(
                title=row["title"], title_cy=row["title_cy"], words=row.get("words", ""),
                words_cy=row.get("words_cy", ""), owner=self._person(row), department=self._department(row),
                starts_on=row["from"], ends_on=row.get("to"),
            )  # fmt: skip
            node = frameworks.add_node(body=self.body, by=by, kind=row["kind"], parent=parent, words=words)
            outcomes = [_outcome(written) for written in row.get("outcomes", [])]
            if outcomes:
                node = frameworks.tie_outcomes(
                    body=self.body, by=by, node=node, version=node.version, outcomes=outcomes
                )
            if "key" in row:
                self.nodes[row["key"]] = node
            self._add_nodes(row.get("parts", []), node, by)

    def _opportunity(self, row: Row) -> None:
        by = self.people[row["by"]]
        weighting = row.get("weighting", {})
        opportunity = asks.record_opportunity(
            by=by, body=self.body, channel=row["channel"], title=row["title"], summary=row.get("summary", ""),
            kind=row.get("kind", ""), department=self._department(row), value=_decimal(row.get("value")),
            regime=row["regime"], commenced_on=row.get("commenced"), starts_on=row["starts"], ends_on=row.get("ends"),
            extension_months=row.get("extension", 0), cpv=row.get("cpv", ""), level=row.get("level", "local"),
            weighting_percent=_decimal(weighting.get("percent")), weighting_reason=weighting.get("reason", ""),
            place_code=self._ward(row, "place"), contact=by,
        )  # fmt: skip
        for each in row.get("asks", []):
            self.asked[row["key"], each["measure"]] = asks.add_ask_line(
                by=by, opportunity=opportunity, measure=self.region.measures[each["measure"]],
                quantity=_decimal(each.get("quantity")), place_code=self._ward(each), note=each.get("note", ""),
                place_role=each.get("role", "delivered-at"),
                objective=self.nodes[each["objective"]] if "objective" in each else None,
            )  # fmt: skip
        steps = {"planned": (), "asked": ("asked",), "agreed": ("asked", "agreed"), "withdrawn": ("withdrawn",)}
        for state in steps[row.get("state", "planned")]:
            opportunity = asks.set_state(by=by, opportunity=opportunity, state=state, reason=row.get("reason", ""))
        self.opportunities[row["key"]] = opportunity

    def _ward(self, row: Row, name: str = "ward") -> str:
        return self.region.wards[row[name]] if name in row else ""

    # agreements

    def _agreement(self, row: Row) -> None:
        provider = self.providers[row["provider"]] if "provider" in row else None
        agreement = delivery.record_agreement(
            by=self.people["contracts"], body=self.body, title=row["title"], channel=row["channel"],
            level=row.get("level", "agreement"), reference=row.get("reference", ""), kind=row.get("kind", ""),
            parent=self.agreements[row["parent"]] if "parent" in row else None, provider=provider,
            opportunity=self.opportunities[row["opportunity"]] if "opportunity" in row else None,
            department=self._department(row), owner=self._person(row), buyer_name=row.get("buyer_name", ""),
            regime=row.get("regime", ""), value=_decimal(row.get("value")), spent=_decimal(row.get("spent")),
            starts_on=row["from"], ends_on=row["to"], extension_months=row.get("extension", 0),
            place_code=self._ward(row, "place"),
        )  # fmt: skip
        self.agreements[row["key"]] = agreement
        for position, line in enumerate(row.get("promises", []), start=1):
            self._promise(row, agreement, position, line)
        if "ended" in row:
            ended = row["ended"]
            delivery.end_agreement(
                by=self.people[ended["by"]], agreement=agreement, state=ended["state"], ends_on=ended["last_day"],
                reason=ended["reason"],
            )  # fmt: skip

    def _promise(self, row: Row, agreement: Any, position: int, line: Row) -> None:
        measure = self.region.measures[line["measure"]] if "measure" in line else None
        promise = delivery.record_commitment(
            by=self.people["contracts"], agreement=agreement, measure=measure, position=position,
            wording=line.get("wording") or (measure.title if measure else ""),
            unit=line.get("unit") or (measure.unit if measure else ""), quantity=_decimal(line.get("quantity")),
            basis=line.get("basis", "fixed"), basis_words=line.get("basis_words", ""),
            per_amount=_decimal(line.get("per_amount")), rounding=line.get("rounding", "pro-rata"),
            starts_on=line.get("from"), ends_on=line.get("to"),
            # A promise is for its ward, else for where the agreement is, else for the whole of the council.
            place_code=self._ward(line) or self._ward(row, "place") or self.body.place_code,
            place_role=line.get("role", "delivered-at"), owner=self._person(line),
            ask_line=self.asked.get((row.get("opportunity", ""), line.get("measure", ""))),
            shares=[(self.region.bodies[slug], Decimal(share)) for slug, share in line.get("shares", {}).items()],
        )  # fmt: skip
        if "delivered" in line:
            provider = agreement.provider.name if agreement.provider else ""
            reporter = self.region.reporters.get(provider, self.people["contracts"])
            record_deliveries(
                promise, line, wards=self.region.wards, people=self.people, reporter=reporter, today=self.region.today
            )

    def _file(self, row: Row) -> None:
        by = self.people[row["by"]]
        content = (EXAMPLES / row["name"]).read_bytes()
        batch = delivery.open_batch(by=by, body=self.body, name=row["name"], content=content)
        self.told(f"Reading {row['name']}…")
        delivery_jobs.read_batch(batch, by=by)
        if row["bring_in"]:
            self.told(f"Bringing {row['name']} in…")
            delivery_jobs.accept_batch(batch, by=by)


def _outcome(written: str) -> tuple[str, str]:
    framework, _slash, outcome = written.partition("/")
    return framework, outcome


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
