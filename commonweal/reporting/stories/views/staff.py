"""Stories as staff see them: the list, one, its words, its consents and its ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.access import rule_for
from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.files import UnusableFile, hand_out
from commonweal.base.govuk.listing import Column, Link, Listing
from commonweal.base.lists import cut_page, in_order
from commonweal.base.queries import links_about, mails_about
from commonweal.base.templatetags.figures import long_date
from commonweal.delivery.queries import get_agreement, live_agreements
from commonweal.delivery.reviews.queries import commitment_choices, find_commitment
from commonweal.directory.queries import places_by_code, today, wards_of
from commonweal.engine.stories import differing, rubric
from commonweal.reporting.stories import actions, forms, queries
from commonweal.reporting.stories.vocabulary import PROTECTED, USES

if TYPE_CHECKING:
    from commonweal.base.models import Body
    from commonweal.reporting.stories.models import Story

SORTS = {"title": "title", "state": "state", "drafted": "drafted_at"}
COLUMNS = (
    Column("title", "Story", sortable=True),
    Column("agreement", "Agreement"),
    Column("state", "State", sortable=True),
    Column("told", "May be told in"),
    Column("until", "Until"),
    Column("drafted", "Written", sortable=True),
)
#: What is done next with a story in each state.
NEXT = {
    "offered": "A provider sent this in. Take it on, or say why not.",
    "drafted": "Nobody has consented to these words yet. Record who agreed, to what, until when.",
    "consented": "Two people who did not write it rate it, neither seeing the other’s marks.",
    "rated": "Two people rated it. Settle what differs, then verify it.",
    "verified": "It is told where its consent lets it.",
    "declined": "It was not taken on.",
    "withdrawn": "It is told nowhere any more. What was published before stays as it was.",
}


def may(request: HttpRequest, route: str, method: str = "POST") -> bool:
    """This will say whether the reader may do what an address of this room does, so that no page offers it in vain."""
    return rule_for(f"stories:{route}", method).allows(request.roles)  # type: ignore[attr-defined]


def crumbs(body: Body, *more: str, story: Story | None = None) -> dict[str, Any]:
    """This will give the way back from a page of this room."""
    items: list[dict[str, str]] = [{"text": "Stories", "href": reverse("stories:stories", args=[body.slug])}]
    if story is not None:
        here = reverse("stories:story", args=[body.slug, story.public_id])
        items.append({"text": queries.text_of(story).title, "href": here})
    return {"items": [*items, *({"text": words} for words in more)]}


def form_page(
    request: HttpRequest, form: Any, heading: str, back: str, submit: str = "Save", **more: Any
) -> HttpResponse:  # fmt: skip
    """This will show a form on a page of its own; a refused one is shown again with status 422."""
    content = {"form": form, "page_heading": heading, "submit_text": submit, "back_url": back} | more
    return render(request, "stories/form.html", content, status=422 if form.errors else 200)


def _told_in(story: Any, on: Any) -> tuple[str, Any]:
    consents = queries.consents_of(story) if story.state == "verified" else []
    until = {use: queries.standing_until(story, consents, use, on) for use, _words in USES}
    standing = [str(words) for use, words in USES if until[use] is not None]
    days = [day for day in until.values() if day is not None]
    return ", ".join(standing), min(days) if days else None


def _cells(story: Any, on: Any) -> tuple[Any, ...]:
    told, until = _told_in(story, on)
    return (
        story.agreement.title if story.agreement else "The body’s own work", story.get_state_display(),
        told or "–", long_date(until) if until else "–", long_date(story.drafted_at.date()),
    )  # fmt: skip


def _chosen(request: HttpRequest) -> tuple[forms.StoryFilters, queries.StoryFilters]:
    form = forms.StoryFilters(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    return form, queries.StoryFilters(**given, agreement=request.GET.get("agreement", "")[:14])


def stories(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the body's stories, narrowed and ordered by the address."""
    form, chosen = _chosen(request)
    cut = cut_page(queries.stories(body, chosen), request.GET, SORTS, default="-drafted")
    on = today()
    shown: list[Any] = cut.rows
    listing = Listing(
        caption="Stories", columns=COLUMNS,
        rows=[
            (Link(each.title, reverse("stories:story", args=[body.slug, each.public_id])), *_cells(each, on))
            for each in shown
        ],
        query=request.GET, sort=cut.sort, after=cut.after, filters=form,
        count=f"{cut.total:,} stor{'y' if cut.total == 1 else 'ies'}",
        exports={words: reverse("stories:export", args=[body.slug, words.lower()]) for words in ("CSV", "XLSX")},
        empty="No story is told here yet. Figures say how much; a story says what it was like. Write the first, or ask a "
        "provider for one: it finds the page under “Stories” in its menu.",
        empty_action=Link("Write a story", reverse("stories:add", args=[body.slug])) if may(request, "add") else None,
    )  # fmt: skip
    content = {
        "listing": listing, "page_heading": "Stories", "may": may(request, "add"),
        "offered": queries.offered_stories(body).count(),
        "ending": [
            (each, queries.text_of(each.story))
            for each in queries.ending_consents(body, on, on.replace(year=on.year + 1) if on.day < 29 else on)
            if (each.until - on).days <= 60
        ],
    }  # fmt: skip
    return render(request, "stories/stories.html", content)


def export(request: HttpRequest, body: Body, form: str) -> HttpResponse:
    """This will give the list as it is seen, as CSV or Excel: no person and no consent's giver is in it."""
    _form, chosen = _chosen(request)
    on = today()
    rows: list[Any] = list(in_order(queries.stories(body, chosen), request.GET.get("sort", ""), SORTS, "-drafted"))
    cells = [(each.public_id, each.title, queries.text_of(each).words, *_cells(each, on)) for each in rows]
    headings = ("Id", "Story", "Words", *(each.label for each in COLUMNS[1:]))
    return export_response(form, name=f"{body.slug}-stories", headings=headings, rows=cells)


def story(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show one story: its words, who consented to what, how it was rated, and what is next."""
    found, on = queries.get_story(body, public_id), today()
    consents = queries.consents_of(found)
    ratings = queries.ratings_of(found)
    seen = queries.ratings_seen_by(found, request.user)  # type: ignore[arg-type]
    settled = queries.settlement_of(found)
    both = len(ratings) >= queries.RATERS
    apart = differing(ratings[0].marks, ratings[1].marks) if both else ()
    final = queries.final_marks(ratings, settled)
    text = queries.text_of(found)
    uses = dict(USES)
    place = places_by_code([found.place_code]).get(found.place_code) if found.place_code else None
    subject = f"stories.story:{found.public_id}"
    sends_links = bool(links_about(body, subject))
    content = {
        "story": found, "text": text, "on": on, "place": place, "next": NEXT[found.state],
        "objective": dict(queries.objective_choices(body, on)).get(found.objective, ""),
        "consents": [
            {"consent": each, "uses": ", ".join(str(uses[use]) for use in each.uses),
             "stands": each.withdrawn_at is None and each.given_on <= on <= each.until and each.version == found.version,
             "earlier": each.version != found.version}
            for each in consents
        ],
        "told": [
            (words, queries.standing_until(found, consents, use, on) if found.state == "verified" else None)
            for use, words in USES
        ],
        "ratings": seen, "rated": len(ratings), "both": both, "settled": settled, "apart": apart,
        "own": any(each.rated_by_id == request.user.pk for each in ratings),
        "wrote": request.user.pk in (found.drafted_by_id, text.written_by_id),
        "criteria": [
            {"criterion": each, "marks": [one.marks[each.id] for one in seen], "differs": each.id in apart,
             "final": final[each.id] if final else None, "low": final is not None and final[each.id] < each.least}
            for each in rubric().criteria
        ],
        "final": final, "rubric": rubric(), "mails": mails_about(body, subject) if sends_links else [],
        "may_write": may(request, "change"), "may_rate": may(request, "rate"), "may_verify": may(request, "verify"),
        "page_heading": text.title, "page_caption": found.agreement.title if found.agreement else "The body’s own work",
        "breadcrumbs": crumbs(body, text.title),
    }  # fmt: skip
    return render(request, "stories/story.html", content)


def picture(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will send a story's picture as a download that no browser runs."""
    found = queries.get_story(body, public_id)
    if found.picture is None:
        raise Http404
    return hand_out(found.picture, request.user)  # type: ignore[arg-type]


# --- words ----------------------------------------------------------------------------------------------------------

_WORDS = ("title", "words", "told_by", "title_cy", "words_cy", "told_by_cy", "picture_words", "happened_on")


def words_in(given: dict[str, Any]) -> actions.StoryWords:
    """This will read the words of a story out of what a form gave."""
    return actions.StoryWords(**{name: given[name] for name in _WORDS if name in given})


def picture_in(given: dict[str, Any]) -> tuple[str, bytes] | None:
    """This will read the picture out of what a form gave, or nothing."""
    sent = given.get("picture")
    return (sent.name, sent.read()) if sent else None


def add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will begin a story; where the address names an agreement, one of its promises can be chosen."""
    asked = request.POST.get("agreement", request.GET.get("agreement", ""))[:14]
    agreements = list(live_agreements(body).order_by("title", "id"))
    named = next((each for each in agreements if each.public_id == asked), None)
    form = forms.StoryForm(
        request.POST or None, request.FILES or None, agreements=queries.agreement_choices(agreements),
        promises=commitment_choices(named) if named else [], objectives=queries.objective_choices(body, today()),
        places=[(each.code, each.name) for each in wards_of(body.place_code, today())] if body.place_code else [],
        initial={"agreement": asked, "commitment": request.GET.get("promise", "")},
    )  # fmt: skip
    back = reverse("stories:stories", args=[body.slug])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.draft_story(
                by=request.user, body=body, about=given["about"], words=words_in(given),  # type: ignore[arg-type]
                agreement=get_agreement(body, given["agreement"]) if given["agreement"] else None,
                commitment=find_commitment(named, given["commitment"]) if named and given.get("commitment") else None,
                objective=given["objective"], place_code=given["place_code"], picture=picture_in(given),
            )  # fmt: skip
        except UnusableFile as error:
            form.add_error("picture", str(error))
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The story is drafted. Record who consented to it next.")
            return redirect("stories:story", body.slug, made.public_id)
    lead = "A story stands beside the figures and is never inside them: no amount changes when one is added."
    return form_page(request, form, "Write a story", back, "Save the story", page_lead=lead)


def change(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will write a story anew, as another version."""
    found = queries.get_story(body, public_id)
    text = queries.text_of(found)
    back = reverse("stories:story", args=[body.slug, public_id])
    initial = {name: getattr(text, name) for name in _WORDS} | {"version": found.version}
    form = forms.ChangeForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_words(
                by=request.user, story=found, version=form.cleaned_data["version"],  # type: ignore[arg-type]
                words=words_in(form.cleaned_data), picture=picture_in(form.cleaned_data),
            )  # fmt: skip
        except UnusableFile as error:
            form.add_error("picture", str(error))
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The words are changed. Consent and ratings are given anew, to these words.")
            return redirect(back)
    lead = "People consent to words, and rate words. When the words change, both are asked for again."
    return form_page(request, form, "Change the words", back, "Save the words", page_caption=text.title, page_lead=lead)


def take_on(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take on a story that was sent in."""
    actions.take_on(by=request.user, story=queries.get_story(body, public_id))  # type: ignore[arg-type]
    messages.success(request, "The story is taken on. Record who consented to it next.")
    return redirect("stories:story", body.slug, public_id)


def decline(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will turn down a story that was sent in, with the reason its sender reads."""
    return _with_reason(
        request, body, public_id, "Why is this story not taken on?", "Turn it down", actions.decline_story,
        "The provider reads why.",
    )  # fmt: skip


def withdraw(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will stop a story being told."""
    return _with_reason(
        request, body, public_id, "Why is this story withdrawn?", "Withdraw it", actions.withdraw_story,
        "It leaves the public site, and nothing made from now on holds it.",
    )  # fmt: skip


def _with_reason(
    request: HttpRequest, body: Body, public_id: str, heading: str, submit: str, act: Any, done: str
) -> HttpResponse:
    found = queries.get_story(body, public_id)
    back = reverse("stories:story", args=[body.slug, public_id])
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(by=request.user, story=found, reason=form.cleaned_data["reason"])
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect(back)
    return form_page(request, form, heading, back, submit, page_caption=queries.text_of(found).title)


# --- consent --------------------------------------------------------------------------------------------------------


def consent_add(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will record what somebody agreed to."""
    found = queries.get_story(body, public_id)
    back = reverse("stories:story", args=[body.slug, public_id])
    on = today()
    initial = {"given_on": on, "version": found.version, "uses": [use for use, _words in USES]}
    form = forms.ConsentForm(request.POST or None, protected=found.about in PROTECTED, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_consent(by=request.user, story=found, **form.cleaned_data)  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The consent is on record.")
            return redirect(back)
    lead = "Consent is to these words, for the uses you tick, until a day. It can be taken back at any time, without a reason."
    return form_page(
        request, form, "Who agreed to what?", back, "Record the consent", page_caption=queries.text_of(found).title,
        page_lead=lead,
    )  # fmt: skip


def consent_withdraw(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will note that somebody took their consent back."""
    found = queries.get_consent(body, public_id)
    back = reverse("stories:story", args=[body.slug, found.story.public_id])
    form = forms.ReasonForm(request.POST or None)
    form.fields["reason"].required = False
    form.fields["reason"].label = "What they said, if they said anything"
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_consent(by=request.user, consent=found, words=form.cleaned_data["reason"])  # type: ignore[arg-type]
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, "The consent is withdrawn. The story leaves every page and whatever is made from now on."
            )
            return redirect(back)
    lead = "Nobody needs a reason to take consent back. The story leaves the public site at once."
    return form_page(
        request, form, f"{found.giver} takes consent back", back, "Withdraw the consent",
        page_caption=queries.text_of(found.story).title, page_lead=lead,
    )  # fmt: skip


# --- rating ---------------------------------------------------------------------------------------------------------


def rate(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will take what one person makes of a story."""
    found = queries.get_story(body, public_id)
    back = reverse("stories:story", args=[body.slug, public_id])
    form = forms.MarksForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.rate_story(
                by=request.user, story=found, version=given["version"], marks=form.marks, words=given["words"]  # type: ignore[arg-type]
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Your rating is in. You read the other one when both are.")
            return redirect(back)
    lead = "Rate it by yourself. You see the other rating when both are in, and marks are never turned into money."
    text = queries.text_of(found)
    return form_page(
        request, form, "How far can it be relied on?", back, "Give this rating", page_caption=text.title,
        page_lead=lead, text=text,
    )  # fmt: skip


def settle(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will settle two ratings that differ."""
    found = queries.get_story(body, public_id)
    back = reverse("stories:story", args=[body.slug, public_id])
    ratings = queries.ratings_of(found)
    if len(ratings) < queries.RATERS:
        raise NotPossible("There is nothing to settle until two people have rated the story.")
    form = forms.SettleForm(
        request.POST or None, given=[each.marks for each in ratings], initial={"version": found.version}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.settle_ratings(
                by=request.user, story=found, version=given["version"], marks=form.marks, words=given["words"]  # type: ignore[arg-type]
            )  # fmt: skip
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The difference is settled.")
            return redirect(back)
    text = queries.text_of(found)
    return form_page(
        request, form, "Settle the difference", back, "Settle it", page_caption=text.title, text=text, said=ratings,
        page_lead="Marks are not averaged. Look at what both looked at, and say what the story earns.",
    )  # fmt: skip


def verify(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will verify a story."""
    found = queries.get_story(body, public_id)
    version = int(request.POST.get("version", "0")) if request.POST.get("version", "0").isdigit() else 0
    actions.verify_story(by=request.user, story=found, version=version)  # type: ignore[arg-type]
    messages.success(request, "The story is verified, and told where its consent lets it.")
    return redirect("stories:story", body.slug, public_id)
