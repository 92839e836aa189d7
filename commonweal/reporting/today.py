"""What needs somebody today: each thing that waits for their role, the most pressing first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.timezone import localtime

from commonweal.asks.queries import OpportunityFilters, opportunities
from commonweal.base.govuk.listing import Link
from commonweal.base.queries import files_not_looked_into, mails_come_back
from commonweal.base.templatetags.figures import amount_in_unit, long_date, money, quantity
from commonweal.community.policies import rules_of
from commonweal.community.queries import help_offers, matches, needs_to_moderate, thanks_to_moderate
from commonweal.delivery.changes.queries import agreements_with_credits, owed_by
from commonweal.delivery.mobilisation.queries import open_queries
from commonweal.delivery.queries import (
    batches,
    entries_to_accept,
    live_agreements,
    overdue_commitments,
    owned_by,
    unowned_agreements,
)
from commonweal.delivery.returns.letters import period_words
from commonweal.delivery.returns.queries import late_returns, returns_to_sign_off
from commonweal.delivery.reviews import queries as reviews
from commonweal.frameworks.queries import editions_in_force, latest_plan, strategy_gaps
from commonweal.reporting.presentation import plural

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person
    from commonweal.delivery.returns.models import Return

#: How many of each thing are named before "see all".
SHOWN: Final = 5
#: How far ahead reviews and actions are named.
SOON: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits: its name and where it leads, and a few words about it."""

    link: Link
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing that waits: a sentence with its number, the first few, and where the rest are."""

    title: str
    items: tuple[Item, ...] = ()
    more: Link | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Today:
    """All that needs a person today, what they own, and the first steps of a body that has nothing on record."""

    sections: tuple[Section, ...]
    owned: tuple[Section, ...]
    first_steps: tuple[Item, ...]


def today_of(body: Body, person: Person, roles: frozenset[str], on: date) -> Today:
    """This will gather what waits for someone with these roles; needs the body's scope."""
    desk = _Desk(body, person, roles, on)
    sections = [found for wanted, gather in WAITING if wanted is None or roles & wanted for found in gather(desk)]
    sections.sort(key=lambda each: not each.urgent)
    steps = () if live_agreements(body).exists() else tuple(desk.first_steps())
    return Today(tuple(sections), tuple(desk.owned()), steps)


@dataclass(frozen=True, slots=True)
class _Desk:
    """One person's desk on a day: each method gathers one kind of thing that waits there, or nothing."""

    body: Body
    person: Person
    roles: frozenset[str]
    on: date

    def to(self, route: str, *arguments: str, query: str = "") -> str:
        address = reverse(route, args=[self.body.slug, *arguments])
        return f"{address}?{query}" if query else address

    def overdue(self) -> Iterable[Section]:
        mine = Q(owner=self.person) | Q(agreement__owner=self.person)
        overdue = overdue_commitments(self.body, self.on).filter(direction="benefit")
        own = overdue.filter(mine)
        if self.roles & MANAGERS:
            of_others = Case(When(mine, then=Value(0)), default=Value(1), output_field=IntegerField())
            found, number = _first(overdue.annotate(of_others=of_others).order_by("of_others", F("due_on"), "id"))
        else:
            found, number = _first(own)
        if number:
            items = [
                Item(
                    Link(each.wording, self.to("delivery:commitment", each.public_id)),
                    f"{each.agreement.title}. Due {long_date(each.due_on)}: {quantity(each.claimed)} of "
                    f"{amount_in_unit(each.quantity, each.unit)} delivered.",
                )
                for each in found
            ]
            more = Link("See every agreement with overdue promises", self.to("delivery:agreements", query="overdue=on"))
            title = f"{plural(number, 'promise is', 'promises are')} overdue"
            if self.roles & MANAGERS:
                title += f", {own.count() or 'none'} of them yours" if number > 1 else ""
            yield Section(title, tuple(items), more if number > len(items) else None, urgent=True)

    def to_accept(self) -> Iterable[Section]:
        found, number = _first(entries_to_accept(self.body).exclude(recorded_by=self.person))
        if number:
            items = [
                Item(
                    Link(each.commitment.wording, self.to("delivery:entry", each.public_id)),
                    f"{amount_in_unit(each.quantity, each.commitment.unit)}, {each.commitment.agreement.title}. "
                    f"Recorded {long_date(localtime(each.recorded_at).date())}.",
                )
                for each in found
            ]
            more = Link("See all that wait", self.to("delivery:entries", query="state=waiting"))
            title = f"Accept the evidence of {plural(number, 'delivery', 'deliveries')} that someone else recorded"
            yield Section(title, tuple(items), more if number > len(items) else None)

    def owed(self) -> Iterable[Section]:
        held = [each for each in agreements_with_credits() if each.body_id == self.body.pk]
        mine = held if self.roles & MANAGERS else [each for each in held if each.owner_id == self.person.pk]
        items = [
            Item(
                Link(each.commitment.wording, self.to("changes:agreement", agreement.public_id) + "#credits"),
                f"{agreement.title}. {money(each.amount)} of credit was spent that nothing accepted carries any more.",
            )
            for agreement in mine for each in owed_by(agreement)
        ]  # fmt: skip
        if items:
            title = f"{plural(len(items), 'promise owes', 'promises owe')} credit that was spent"
            yield Section(title, tuple(items[:SHOWN]), urgent=True)

    def queried(self) -> Iterable[Section]:
        found, number = _first(open_queries(self.body))
        if number:
            items = [
                Item(
                    Link(each.commitment.wording, self.to("mobilisation:answer", each.commitment.public_id)),
                    f"{each.commitment.agreement.title}. Asked {long_date(localtime(each.said_at).date())}.",
                )
                for each in found
            ]
            yield Section(f"{plural(number, 'query', 'queries')} about promises to answer", tuple(items))

    def came_back(self) -> Iterable[Section]:
        found, number = _first(mails_come_back(self.body, self.person))
        if number:
            items = [
                Item(
                    Link(each.subject_line, self.to("mobilisation:mails", query=f"state={each.state}")),
                    f"To {each.person.name}. {each.reason}".strip(),
                )
                for each in found
            ]
            more = Link("See every mail", self.to("mobilisation:mails"))
            title = f"{plural(number, 'mail', 'mails')} did not arrive"
            yield Section(title, tuple(items), more if number > len(items) else None, urgent=True)

    def unchecked(self) -> Iterable[Section]:
        number = files_not_looked_into(self.body).count()
        if number:
            item = Item(
                Link("See which and why", self.to("delivery:waiting_files")),
                "Nothing is lost: each is kept and checked again by itself.",
            )
            title = f"{plural(number, 'file', 'files')} could not be checked, for a fault on our side"
            yield Section(title, (item,))

    def returns(self) -> Iterable[Section]:
        found, number = _first(returns_to_sign_off(self.body).exclude(sent_by=self.person))
        if number:
            items = [self._return(each, f"Sent {long_date(localtime(each.sent_at).date())}.") for each in found]
            more = Link("See all that wait for us", self.to("returns:returns", query="waiting=us"))
            title = f"Sign off {plural(number, 'return')}, or ask for a change"
            yield Section(title, tuple(items), more if number > len(items) else None)
        of_others = Case(
            When(agreement__owner=self.person, then=Value(0)), default=Value(1), output_field=IntegerField()
        )
        late = late_returns(self.body, self.on).annotate(of_others=of_others)
        found, number = _first(late.order_by("of_others", "due_on", "id"))
        if number:
            items = [self._return(each, f"It was due {long_date(each.due_on)}.") for each in found]
            more = Link("See all that are late", self.to("returns:returns", query="waiting=late"))
            title = f"{plural(number, 'return is', 'returns are')} late; whoever reports is reminded each week"
            yield Section(title, tuple(items), more if number > len(items) else None)

    def _return(self, found: Return, note: str) -> Item:
        provider = found.agreement.provider.name if found.agreement.provider else found.agreement.title
        link = Link(f"{provider}, {period_words(found)}", self.to("returns:return_page", found.public_id))
        return Item(link, f"{found.agreement.title}. {note}")

    def unowned(self) -> Iterable[Section]:
        found, number = _first(unowned_agreements(self.body))
        if number:
            route = "delivery:agreement_owner" if self.roles & MANAGERS else "delivery:agreement"
            items = [Item(Link(each.title, self.to(route, each.public_id)), "Choose an owner.") for each in found]
            query = "owner=nobody&state=current"
            more = Link("See every agreement without an owner", self.to("delivery:agreements", query=query))
            title = f"Nobody owns {plural(number, 'current agreement')}"
            yield Section(title, tuple(items), more if number > len(items) else None)

    def actions(self) -> Iterable[Section]:
        """Their own actions of reviews: those overdue, and those due within the next week."""
        found, number = _first(reviews.actions_due(self.body, self.on + SOON, self.person))
        if number:
            items = [
                Item(
                    Link(each.words, self.to("reviews:action_close", each.public_id))
                    if self.roles & MANAGERS
                    else Link(each.words, self.to("reviews:agreement", each.agreement.public_id)),
                    f"{each.agreement.title}. By {long_date(each.due_on)}.",
                )
                for each in found
            ]
            title = f"You took {plural(number, 'action')} on that {'is' if number == 1 else 'are'} due"
            yield Section(title, tuple(items), urgent=any(each.due_on < self.on for each in found))

    def reviews(self) -> Iterable[Section]:
        found, number = _first(reviews.due_reviews(self.body, self.on + SOON))
        if number:
            items = [
                Item(
                    Link(
                        f"{each.get_kind_display()}: {each.agreement.title}", self.to("reviews:review", each.public_id)
                    ),
                    f"Planned for {long_date(each.planned_on)}"
                    + (f", led by {each.led_by.name}." if each.led_by else "."),
                )
                for each in found
            ]
            more = Link("See every meeting", self.to("reviews:reviews", query="state=planned"))
            title = f"{plural(number, 'review is', 'reviews are')} due, or not on record as held"
            yield Section(title, tuple(items), more if number > len(items) else None)

    def warnings(self) -> Iterable[Section]:
        found, number = _first(reviews.open_warnings(self.body))
        if number:
            items = [
                Item(
                    Link(each.what, self.to("reviews:agreement", each.agreement.public_id)),
                    f"{each.agreement.title}: {each.how_much}. Since {long_date(each.raised_on)}.",
                )
                for each in found
            ]
            yield Section(f"{plural(number, 'early warning is', 'early warnings are')} open", tuple(items), urgent=True)

    def ratings(self) -> Iterable[Section]:
        found = [each for each in reviews.ratings_waiting(self.body) if reviews.waits_for_the_body(each, self.on)]
        if found:
            items = [
                Item(
                    Link(f"{each.kpi.title}: {each.kpi.agreement.title}", self.to("reviews:rating", each.public_id)),
                    f"{reviews.next_step_words(each)} For {long_date(each.starts_on)} to {long_date(each.ends_on)}.",
                )
                for each in found[:SHOWN]
            ]
            yield Section(f"Take {plural(len(found), 'rating')} of a provider’s performance further", tuple(items))

    def files(self) -> Iterable[Section]:
        found, number = _first(batches(self.body).filter(state="previewed"))
        if number:
            items = [
                Item(
                    Link(each.name, self.to("delivery:import_page", each.public_id)),
                    f"{plural(each.rows_in, 'row')} read {long_date(localtime(each.read_at).date())}. "
                    "Look at the preview, then bring it in.",
                )
                for each in found
            ]
            more = Link("See every file", self.to("delivery:imports"))
            title = f"{plural(number, 'file was', 'files were')} read and not brought in"
            yield Section(title, tuple(items), more if number > len(items) else None)

    def asks(self) -> Iterable[Section]:
        silent = opportunities(self.body, OpportunityFilters(not_asked=True)).order_by("starts_on", "id")
        found, number = _first(silent)
        if number:
            items = [
                Item(
                    Link(each.title, self.to("asks:opportunity", each.public_id)),
                    f"Starts {long_date(each.starts_on)}." if each.starts_on else "",
                )
                for each in found
            ]
            title = f"{plural(number, 'opportunity asks', 'opportunities ask')} for nothing yet"
            more = Link("See every one", self.to("asks:opportunities", query="not_asked=on"))
            yield Section(title, tuple(items), more if number > len(items) else None)

    def needs(self) -> Iterable[Section]:
        if self.roles & set(rules_of(self.body).moderators):
            found, number = _first(needs_to_moderate(self.body))
            items = [
                Item(Link(each.latest.title, self.to("community:need", each.public_id)), f"{each.party.name}.")
                for each in found
            ]
            if number:
                more = Link("See every one", self.to("community:needs", query="state=waiting"))
                title = f"Read {plural(number, 'need')} of community groups before {'it is' if number == 1 else 'they are'} published"
                yield Section(title, tuple(items), more if number > len(items) else None)
        yield from self.helpers()
        yield from self.group_matches()

    def helpers(self) -> Iterable[Section]:
        found, number = _first(help_offers(self.body, waiting=True))
        if number:
            items = [
                Item(
                    Link(each.need.latest.title, self.to("community:help_answer", each.public_id)),
                    f"For {each.need.party.name}. Offered {long_date(localtime(each.offered_at).date())}.",
                )
                for each in found
            ]
            title = f"Answer {plural(number, 'person who', 'people who')} could help a community group"
            yield Section(title, tuple(items))

    def group_matches(self) -> Iterable[Section]:
        for states, one, many, note in (
            (
                ("agreed",),
                "group said yes: say when help is under way",
                "groups said yes: say when help is under way",
                "{helper}.",
            ),
            (
                ("not-received",),
                "group says that help did not happen",
                "groups say that help did not happen",
                "{helper}.",
            ),
        ):
            found, number = _first(matches(self.body, states))
            if number:
                items = [
                    Item(
                        Link(each.need.latest.title, self.to("community:need", each.need.public_id)),
                        note.format(helper=each.helper),
                    )
                    for each in found
                ]
                yield Section(plural(number, one, many), tuple(items), urgent=states == ("not-received",))
        found, number = _first(thanks_to_moderate(self.body))
        if number:
            items = [
                Item(
                    Link(each.need.latest.title, self.to("community:need", each.need.public_id)), f"{each.party.name}."
                )
                for each in found
            ]
            yield Section(f"Read {plural(number, 'thank-you', 'thank-yous')} before publishing", tuple(items))

    def plan(self) -> Iterable[Section]:
        if latest_plan(self.body) is None:
            link = Link("Read the draft, then publish it", self.to("frameworks:plan"))
            yield Section("The plan is not published yet", (Item(link),))
        gaps = strategy_gaps(self.body, self.on).count
        if gaps:
            link = Link("See what the plan lacks", self.to("frameworks:gaps"))
            words = "Objectives without an owner, an outcome or a reading in the last year."
            yield Section(f"The plan has {plural(gaps, 'gap')}", (Item(link, words),))

    def owned(self) -> Iterable[Section]:
        held = owned_by(self.body, self.person)
        if held.agreements:
            items = [
                Item(
                    Link(each.title, self.to("delivery:agreement", each.public_id)),
                    f"Ends {long_date(each.ends_on)}." if each.ends_on else "",
                )
                for each in held.agreements[:SHOWN]
            ]
            more = Link("See all of mine", self.to("delivery:agreements", query=f"owner={self.person.public_id}"))
            title = f"You own {plural(len(held.agreements), 'agreement')}"
            yield Section(title, tuple(items), more if len(held.agreements) > len(items) else None)
        if held.commitments:
            items = [
                Item(Link(each.wording, self.to("delivery:commitment", each.public_id)), each.agreement.title)
                for each in held.commitments[:SHOWN]
            ]
            rest = len(held.commitments) - len(items)
            more = Link(f"{plural(rest, 'more promise')}, in the agreements", self.to("delivery:agreements"))
            title = f"You own {plural(len(held.commitments), 'promise')}"
            yield Section(title, tuple(items), more if rest else None)

    def first_steps(self) -> Iterable[Item]:
        if self.roles & MANAGERS:
            link = Link("Bring in the spreadsheet you keep today", self.to("delivery:import_add"))
            yield Item(link, "Any tracker or portal export will do.")
        if "lead" in self.roles:
            if not editions_in_force(self.body, self.on):
                link = Link("Choose the framework you count by", self.to("frameworks:frameworks"))
                yield Item(link, "It says what is counted, and in what unit.")
            link = Link("Write down what the body wants", self.to("frameworks:strategy"))
            yield Item(link, "Themes and objectives, each with an owner.")
        if self.roles & {"lead", "body-admin"}:
            link = Link("Give your colleagues a role", self.to("directory:people"))
            yield Item(link, "Each sees what needs them, here.")


MANAGERS: Final = frozenset({"contract-manager", "buyer", "lead"})
#: Whom each kind of thing waits for (None: anybody), in the order of the page.
WAITING: Final[Sequence[tuple[frozenset[str] | None, Callable[[_Desk], Iterable[Section]]]]] = (
    (None, _Desk.overdue),
    (frozenset({"contract-manager", "lead", "assurer"}), _Desk.to_accept),
    (MANAGERS, _Desk.queried),
    (MANAGERS | {"body-admin"}, _Desk.came_back),
    (MANAGERS | {"body-admin"}, _Desk.unchecked),
    (None, _Desk.owed),
    (None, _Desk.actions),
    (MANAGERS, _Desk.warnings),
    (MANAGERS, _Desk.reviews),
    (frozenset({"contract-manager", "lead"}), _Desk.ratings),
    (MANAGERS, _Desk.returns),
    (MANAGERS, _Desk.files),
    (frozenset({"lead", "contract-manager", "body-admin"}), _Desk.unowned),
    (frozenset({"lead", "contract-manager", "buyer", "department-officer"}), _Desk.needs),
    (frozenset({"lead", "buyer"}), _Desk.asks),
    (frozenset({"lead"}), _Desk.plan),
)


def _first(found: QuerySet[Any]) -> tuple[list[Any], int]:
    rows = list(found[:SHOWN])
    return rows, len(rows) if len(rows) < SHOWN else found.count()
