"""What a body may publish, read from the record and written as plain facts: the pages of its site, as JSON values.

Only fields tagged public enter: agreements, promises, deliveries by date, evidence by kind and date, assurance, value
with its source. No person's name, note, description or file does. The plan names people by outward id alone; who they
are is looked up when it is read, so that an erased name leaves the site too. Amounts and quantities are exact decimals
as text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime, make_aware

from commonweal.base.welsh import typographic
from commonweal.delivery.promises import compared
from commonweal.delivery.queries import (
    PromiseRow,
    PromiseTable,
    accruals,
    agreed_profiles,
    assured_by_commitment,
    counted_share,
    lines_of_body,
    live_agreements,
    standing_entries,
)
from commonweal.delivery.reviews.queries import PublishedRating, published_ratings
from commonweal.directory.queries import ancestors, places_by_code, wards_deprivation, wards_of
from commonweal.engine.model import Edition
from commonweal.engine.promises import ratio_words
from commonweal.frameworks.queries import get_edition, latest_plan
from commonweal.publishing.behind import UNKNOWN, WHOLE, here_facts, line_here, steps_facts, value_facts
from commonweal.publishing.facts import (
    ABOVE,
    CURRENT,
    KEPT,
    LEVELS,
    NO_PROMISE,
    NO_THEME,
    NOTHING,
    PARTLY,
    UNDATED,
    WITHIN,
    Amount,
    Facts,
    Totals,
    assured_counts,
    deprivation_facts,
    figure_id,
    key_in,
    maybe,
    order_of,
    plain,
    rating_facts,
    span_in,
    status_counts,
    sum_as_contracted,
    themes_of,
    written_day,
)
from commonweal.publishing.licensed import public_wording, publishable
from commonweal.publishing.pages import Page
from commonweal.publishing.survey import read_surveys
from commonweal.publishing.telling import newsletter_pages, report_pages, story_pages
from commonweal.reporting.figures import Account, TotalKey, What, WorthLine, key_of
from commonweal.reporting.queries import account

if TYPE_CHECKING:
    from commonweal.base.models import Body


def pages_of(
    body: Body, *, on: date, kept_back: Collection[str] = (), held: Mapping[str, Sequence[Page]] | None = None
) -> list[Page]:
    """This will write every page of a body's site as it would be published on a day; needs the body's scope.

    `kept_back` are outward ids of agreements that stay off the site: they are in no page and in no figure. `held` are
    those whose provider is still looking at what is new: each stays as the pages given for it, in every figure too, or
    off the site where none are given. A body with nothing to publish has no page.
    """
    return _Site(body, on, frozenset(kept_back), held or {}).pages()


def _number(pages: Iterable[Page], kind: str) -> int:
    return sum(page.kind == kind for page in pages)


def _state(agreement: Any) -> str:
    """The state of an agreement as the public may rely on it: that one runs now rests on its dates."""
    dated = agreement.starts_on or agreement.ends_on or agreement.ends_words
    return UNDATED if agreement.state == CURRENT and not dated else str(agreement.state)


# --- the site -------------------------------------------------------------------------------------------------------


class _Site:
    """Everything of one body that may be public, read once."""

    def __init__(self, body: Body, on: date, kept_back: frozenset[str], held: Mapping[str, Sequence[Page]]) -> None:
        self.body, self.on, self.kept_back = body, on, kept_back
        everything = live_agreements(body).select_related("provider", "department", "parent").order_by("title", "id")
        known = [each for each in everything if each.public_id not in kept_back]
        self.agreements = [each for each in known if each.public_id not in held]
        self.live = {each.public_id for each in self.agreements}
        self.held = [page for each in known for page in held.get(each.public_id, ())]
        self.shown = self.live | {page.key for page in self.held if page.kind == "agreement"}
        self.left_out, self.waiting = len(everything) - len(known), len(known) - len(self.shown)
        self.beneath: dict[int, list[Any]] = {}
        for each in known:
            if each.public_id in self.shown:
                self.beneath.setdefault(each.parent_id or 0, []).append(each)
        self.entries = self._entries()
        self.tables = self._tables()
        self.licensed = {
            row.commitment.public_id for table in self.tables for row in table.rows
            if row.commitment.measure and row.commitment.measure.is_private
        }  # fmt: skip
        self.account: Account = account(body, on=on)
        self.rules: dict[str, Edition] = {}
        self.editions: dict[str, Facts] = {}
        self.ratings: dict[str, list[PublishedRating]] = {}
        for rating in published_ratings(body):
            self.ratings.setdefault(rating.agreement, []).append(rating)
        self._read_places()
        self._read_worth()

    def _entries(self) -> dict[int, list[Any]]:
        standing = standing_entries().filter(
            body=self.body, commitment__withdrawn_at__isnull=True, commitment__agreement__withdrawn_at__isnull=True
        )
        found: dict[int, list[Any]] = {}
        for entry in standing.prefetch_related("facts", "evidence").order_by("id"):
            found.setdefault(entry.commitment_id, []).append(entry)
        return found

    def _tables(self) -> list[PromiseTable]:
        """The promises of every agreement as delivery compares them, from four queries however many there are."""
        made: dict[int, list[Any]] = {}
        for promise in lines_of_body(self.body).defer("measure__edition__content"):
            made.setdefault(promise.agreement_id, []).append(promise)
        keys = [each.pk for agreement in self.agreements for each in made.get(agreement.pk, [])]
        sums = assured_by_commitment(keys)
        self.shares, come_to = counted_share(self.body, keys), accruals(keys, self.on)
        profiles = agreed_profiles(keys)
        return [compared(each, made.get(each.pk, []), sums, self.on, profiles, come_to) for each in self.agreements]

    # --- worth

    def _read_worth(self) -> None:
        self.whole = Totals()
        self.by_agreement: dict[str, Totals] = {}
        self.by_place: dict[str, Totals] = {}
        self.worth_lines: dict[str, dict[What, list[WorthLine]]] = {}
        self.amounts: dict[str, dict[What, dict[TotalKey, Amount]]] = {}
        self.tallies: dict[str, dict[What, dict[str, list[int]]]] = {}
        for what, worth in self.account.worths.items():
            for each in worth.lines:
                line = publishable(each, self.licensed)
                if line.promise.agreement in self.live:
                    self.worth_lines.setdefault(line.promise.public_id, {}).setdefault(what, []).append(line)
                    self._add(what, line)
        for page in self.held:
            if page.kind == "line":
                self._add_held(page)

    def _add_held(self, page: Page) -> None:
        """What the lines of a page that stays as it was come to, in the figures of the body and of its places."""
        for what, places in page.content["tallies"].items():
            for place, (lines, valued) in places.items():
                for scope in (self.whole, self.by_place.setdefault(place, Totals())):
                    scope.count(what, lines, valued)
        for what, amounts in page.content["worth"].items():
            for each in amounts:
                key = key_in(each["figure"])
                self._edition(key.edition)
                for place, span in each["places"].items():
                    for scope in (self.whole, self.by_place.setdefault(place, Totals())):
                        scope.add(what, key, span_in(span), each["lines"][place])

    def _add(self, what: What, line: WorthLine) -> None:
        place = self.bucket[line.place_code]
        agreement = self.by_agreement.setdefault(line.promise.agreement, Totals())
        scopes = (self.whole, agreement, self.by_place.setdefault(place, Totals()))
        for scope in scopes:
            scope.count(what, 1, int(line.has_value))
        tally = self.tallies.setdefault(line.promise.public_id, {}).setdefault(what, {}).setdefault(place, [0, 0])
        tally[0] += 1
        tally[1] += line.has_value
        for level in LEVELS:
            key = key_of(line, level)
            if key is None or line.valued is None:
                continue
            span = line.valued.gross if level == "gross" else line.valued.net
            if span is None:
                continue
            self._edition(key.edition)
            for scope in scopes:
                scope.add(what, key, span)
            held = self.amounts.setdefault(line.promise.public_id, {}).setdefault(what, {})
            held.setdefault(key, Amount()).add(place, span)

    def _rules(self, reference: str) -> Edition:
        if reference not in self.rules:
            self.rules[reference] = get_edition(reference)
        return self.rules[reference]

    def _edition(self, reference: str) -> Facts:
        if reference not in self.editions:
            edition = self._rules(reference)
            self.editions[reference] = {
                "reference": reference, "version": edition.version, "title": edition.title,
                "title_cy": typographic(edition.title_cy),
            }  # fmt: skip
        return self.editions[reference]

    # --- places

    def _read_places(self) -> None:
        codes = {each.place_code for each in self.agreements}
        codes |= {row.commitment.place_code for table in self.tables for row in table.rows}
        codes |= {entry.place_code for entries in self.entries.values() for entry in entries}
        codes |= {self.body.place_code}
        codes |= {code for page in self.held for code in page.content.get("places", ())} - {WHOLE, UNKNOWN}
        codes.discard("")
        self.wards = wards_of(self.body.place_code, self.on) if self.body.place_code else []
        inside = {ward.code for ward in self.wards}
        self.names = {code: (each.name, each.name_cy) for code, each in places_by_code(codes | inside).items()}
        self.bucket = {"": UNKNOWN}
        for code in codes:
            if code in inside:
                self.bucket[code] = code
            elif code == self.body.place_code:
                self.bucket[code] = WHOLE
            else:
                above = [place.code for place in ancestors(code) if place.code in inside] if inside else []
                self.bucket[code] = above[0] if above else code

    def _place(self, code: str) -> Facts | None:
        if not code:
            return None
        name, name_cy = self.names.get(code, (code, ""))
        return {"code": code, "name": name, "name_cy": name_cy, "bucket": self.bucket[code]}

    # --- pages

    def pages(self) -> list[Page]:
        found = [*self._agreement_pages(), *self._line_pages(), *self.held]
        plan = self._plan_page()
        found += [plan] if plan else []
        found += self._survey_pages() if self.body.is_example else []
        found += story_pages(self.body, on=self.on, without=self.kept_back)
        found += newsletter_pages(self.body, on=self.on, without=self.kept_back)
        found += report_pages(self.body, on=self.on, without=self.kept_back)
        if not found:
            return []
        found += [*self._ward_pages(found), self._body_page(found, has_plan=plan is not None)]
        return found

    def _agreement_pages(self) -> Iterator[Page]:
        for agreement, table in zip(self.agreements, self.tables, strict=True):
            moments = [agreement.recorded_at, *(m for row in table.rows for m in self._moments(row))]
            ratings = self.ratings.get(agreement.public_id, [])
            moments += [each.published_at for each in ratings]
            totals = self.by_agreement.get(agreement.public_id, Totals())
            promises = [self._promise(row) for row in table.rows]
            yield Page("agreement", agreement.public_id, agreement.title, "", max(moments), {
                "reference": agreement.reference, "channel": agreement.channel, "kind": agreement.kind,
                "level": agreement.level, "state": _state(agreement), "origin": agreement.origin,
                "provider": agreement.provider.name if agreement.provider else "",
                "buyer": agreement.buyer_name,
                "department": agreement.department.name if agreement.department else "",
                "department_cy": agreement.department.name_cy if agreement.department else "",
                "value": maybe(agreement.value), "spent": maybe(agreement.spent),
                "starts_on": written_day(agreement.starts_on), "ends_on": written_day(agreement.ends_on),
                "ends_words": agreement.ends_words, "extension_months": agreement.extension_months,
                "place": self._place(agreement.place_code), "citation": agreement.citation,
                "parent": self._link(agreement.parent),
                "children": [self._link(each) for each in self.beneath.get(agreement.pk, [])],
                "promises": promises,
                "ratings": [rating_facts(each, *public_wording(each.title, each.measure)) for each in ratings],
                "counts": status_counts(promises),
                "median": ratio_words(table.usual).removesuffix(" times"), "ambition": table.ambition,
                "expected_on": self.on.isoformat() if any(row.expected is not None for row in table.rows) else None,
                "profiled": any(row.profile for row in table.rows),
                "worth": totals.facts(self.editions),
                "unvalued": self._unvalued([row.commitment.public_id for row in table.rows]),
                "as_contracted": sum_as_contracted(row.commitment.gbp_as_contracted for row in table.rows),
            })  # fmt: skip

    def _link(self, agreement: Any) -> Facts | None:
        if agreement is None or agreement.public_id not in self.shown:
            return None
        return {"key": agreement.public_id, "title": agreement.title, "level": agreement.level}

    def _moments(self, row: PromiseRow) -> list[datetime]:
        found = [row.commitment.recorded_at]
        for entry in self.entries.get(row.commitment.pk, []):
            found.append(entry.recorded_at)
            found += [fact.stated_at for fact in entry.facts.all()]
            found += [each.added_at for each in entry.evidence.all()]
        return found

    def _promise(self, row: PromiseRow) -> Facts:
        held, measure = row.delivered, row.commitment.measure
        wording, wording_cy = public_wording(row.commitment.wording, measure)
        delivered = bool(self.entries.get(row.commitment.pk))
        confirmable = measure is None or measure.confirmable
        return {
            "line": row.commitment.public_id, "wording": wording, "wording_cy": typographic(wording_cy),
            "unit": row.commitment.unit, "direction": row.commitment.direction, "status": self._status(row),
            "promised": maybe(row.promised), "expected": maybe(row.expected),
            "claimed": plain(held.claimed) if delivered else None, "evidenced": plain(held.evidenced),
            "confirmed": plain(held.confirmed), "assured": plain(held.assured),
            "confirmable": plain(held.claimed) if confirmable and delivered else None,
            "brought_forward": plain(held.brought_forward), "flag": row.flag, "unpromised": row.unpromised,
        }  # fmt: skip

    def _status(self, row: PromiseRow) -> str:
        if row.promised is None:
            return NO_PROMISE
        if not self.entries.get(row.commitment.pk):
            return NOTHING
        if row.is_harm:
            return WITHIN if row.met else ABOVE
        return KEPT if row.met else PARTLY

    def _theme(self, row: PromiseRow) -> Facts:
        measure = row.commitment.measure
        if measure is None or measure.is_private:
            return {"id": NO_THEME, "title": "", "title_cy": ""}
        edition = self._rules(measure.edition.reference)
        theme = next(each for each in edition.themes if each.id == measure.theme_id)
        return {"id": theme.id, "title": theme.title, "title_cy": typographic(theme.title_cy)}

    def _line_pages(self) -> Iterator[Page]:
        for agreement, table in zip(self.agreements, self.tables, strict=True):
            for row in table.rows:
                yield self._line_page(agreement, row)

    def _line_page(self, agreement: Any, row: PromiseRow) -> Page:
        promise, measure = row.commitment, row.commitment.measure
        facts, theme = self._promise(row), self._theme(row)
        entries = self.entries.get(promise.pk, [])
        places = {self.bucket[promise.place_code], *(self.bucket[each.place_code] for each in entries)}
        amounts = self.amounts.get(promise.public_id, {})
        valued = self.worth_lines.get(promise.public_id, {})
        content = facts | {
            "agreement": {"key": agreement.public_id, "title": agreement.title,
                          "provider": agreement.provider.name if agreement.provider else "",
                          "buyer": agreement.buyer_name, "state": _state(agreement)},
            "theme": theme["id"], "theme_title": theme["title"], "theme_title_cy": theme["title_cy"],
            "measure": self._measure(measure) if measure and not measure.is_private else None,
            "basis": promise.basis, "basis_words": promise.basis_words, "per_amount": maybe(promise.per_amount),
            "starts_on": written_day(promise.starts_on or agreement.starts_on),
            "ends_on": written_day(promise.ends_on or agreement.ends_on),
            "expected_on": self.on.isoformat() if row.expected is not None else None, "profiled": bool(row.profile),
            "place": self._place(promise.place_code), "place_role": promise.place_role, "places": sorted(places),
            "share": plain(self.shares[promise.pk]), "citation": promise.citation or agreement.citation,
            "as_contracted": maybe(promise.gbp_as_contracted),
            "entries": [self._entry(each) for each in entries],
            "figures": sorted(figure_id(what, key) for what, held in amounts.items() for key in held),
            "worth": {
                what: [
                    {"figure": figure_id(what, key), "kind": key.kind, "level": key.level, "price_year": key.price_year,
                     "direction": key.direction, **amount.facts()}
                    for key, amount in sorted(held.items(), key=lambda each: order_of(each[0]))
                ]
                for what, held in amounts.items()
            },
            "unvalued": self._reason(promise.public_id), "tallies": self.tallies.get(promise.public_id, {}),
            "left_out": any(line.has_value and not line.in_totals for lines in valued.values() for line in lines),
            "value": value_facts(valued), "steps": steps_facts(valued),
        }  # fmt: skip
        return Page("line", promise.public_id, facts["wording"], facts["wording_cy"], max(self._moments(row)), content)

    def _measure(self, measure: Any) -> Facts:
        rule = self._rules(measure.edition.reference).measures[measure.measure_id]
        return {
            "id": measure.measure_id, "title": measure.title, "title_cy": typographic(measure.title_cy),
            "definition": rule.definition, "counting_rule": rule.counting_rule,
            "edition": self._edition(measure.edition.reference),
        }  # fmt: skip

    def _entry(self, entry: Any) -> Facts:
        return {
            "key": entry.public_id, "quantity": plain(entry.quantity), "starts_on": written_day(entry.starts_on),
            "ends_on": written_day(entry.ends_on), "recorded_on": localtime(entry.recorded_at).date().isoformat(),
            "place": self._place(entry.place_code), "place_role": entry.place_role,
            "brought_forward": entry.brought_forward,
            "evidence": [
                {"kind": each.kind, "dated_on": written_day(each.dated_on)}
                for each in sorted(entry.evidence.all(), key=lambda each: each.pk)
            ],
            "facts": [
                {"kind": each.kind, "quantity": plain(each.quantity), "dated_on": written_day(each.dated_on)}
                for each in sorted(entry.facts.all(), key=lambda each: (each.dated_on, each.pk))
            ],
        }  # fmt: skip

    def _reason(self, promise: str) -> str:
        for page in self.held:
            if page.key == promise:
                return str(page.content["unvalued"])
        lines = self.worth_lines.get(promise, {})
        for what in ("claimed", "promised"):
            for line in lines.get(what, []):
                if line.reason is not None:
                    return str(line.reason.words)
        return ""

    def _unvalued(self, promises: Iterable[str]) -> list[Facts]:
        counts: dict[str, int] = {}
        for promise in promises:
            if reason := self._reason(promise):
                counts[reason] = counts.get(reason, 0) + 1
        return [
            {"reason": reason, "lines": lines}
            for reason, lines in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
        ]

    # --- wards

    def _ward_pages(self, pages: list[Page]) -> Iterator[Page]:
        lines = [page for page in pages if page.kind == "line"]
        if not lines:
            return
        newest = max(page.as_of for page in lines)
        deprived = wards_deprivation([ward.code for ward in self.wards])
        here: dict[str, list[Page]] = {}
        for page in lines:
            for place in page.content["places"]:
                here.setdefault(place, []).append(page)
        rows = []
        for ward in self.wards:
            found = here.get(ward.code, [])
            row = {"code": ward.code, "name": ward.name, "name_cy": ward.name_cy,
                   "deprivation": deprivation_facts(deprived.get(ward.code)), **here_facts(ward.code, found)}  # fmt: skip
            rows.append(row)
            as_of = max((page.as_of for page in found), default=newest)
            yield Page("ward", ward.code, ward.name, ward.name_cy, as_of, row | {
                "lines": [line_here(ward.code, page) for page in found],
                "worth": self.by_place.get(ward.code, Totals()).facts(self.editions),
            })  # fmt: skip
        inside = {ward.code for ward in self.wards} | {WHOLE, UNKNOWN}
        elsewhere = sorted(set(here) - inside, key=lambda code: self.names.get(code, (code, ""))[0])
        yield Page("wards", "all", self.body.name, self.body.name_cy, newest, {
            "area": self._place(self.body.place_code),
            "wards": rows,
            "elsewhere": [{**(self._place(code) or {}), **here_facts(code, here[code])} for code in elsewhere],
            **{name: here_facts(name, here.get(name, [])) for name in (WHOLE, UNKNOWN)},
        })  # fmt: skip

    # --- the front page and the plan

    def _body_page(self, pages: list[Page], *, has_plan: bool) -> Page:
        lines = [page for page in pages if page.kind == "line"]
        return Page("body", "front", self.body.name, self.body.name_cy, max(page.as_of for page in pages), {
            "checked_on": self.on.isoformat(),
            "has_plan": has_plan,
            "surveys": _number(pages, "survey"), "stories": _number(pages, "story"),
            "newsletters": _number(pages, "newsletter"),
            "reports": _number(pages, "report"),
            "agreements": len(self.shown),
            "with_promises": len({page.content["agreement"]["key"] for page in lines}),
            "kept_back": self.left_out, "waiting": self.waiting,
            "deliveries": sum(len(page.content["entries"]) for page in lines),
            "counts": status_counts([page.content for page in lines]),
            "assurance": assured_counts(page.content for page in lines),
            "themes": themes_of(page.content for page in lines),
            "worth": self.whole.facts(self.editions),
            "unvalued": self._unvalued([page.key for page in lines]),
            "as_contracted": sum_as_contracted(
                None if page.content["as_contracted"] is None else Decimal(page.content["as_contracted"])
                for page in lines
            ),
        })  # fmt: skip

    def _survey_pages(self) -> Iterator[Page]:
        """The surveys of the catalogue, which are published facts as the examples are."""
        for survey in read_surveys():
            as_of = make_aware(datetime.combine(date.fromisoformat(survey["as_of"]), time()))
            yield Page("survey", survey["id"], survey["title"], survey["title_cy"], as_of, survey)

    def _plan_page(self) -> Page | None:
        held = latest_plan(self.body)
        if held is None:
            return None
        title = held.content["title"]
        published_on = localtime(held.published_at).date().isoformat()
        content = {"version": held.version, "published_on": published_on, "plan": held.content}
        return Page("plan", "latest", title["en"] or self.body.name, title["cy"], held.published_at, content)
