"""Pages of the frameworks room: the strategy, what it lacks, the plan on a page, frameworks and their measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.exports import export_response
from commonweal.base.queries import events_about, names_by_pseudonym, staff_of
from commonweal.directory.queries import departments, get_department, get_member_of_staff
from commonweal.frameworks import actions, forms, queries
from commonweal.frameworks.pdf import plan_pdf as make_plan_pdf
from commonweal.frameworks.permissions import WRITERS
from commonweal.frameworks.plan import LANGUAGES, PlanPage, objectives_in, untranslated
from commonweal.frameworks.policies import ChangedMeanwhile
from commonweal.frameworks.queries import Branch, MeasureFilter
from commonweal.frameworks.vocabulary import CONFIDENCE, CONFIRMERS, PRICE_YEARS

if TYPE_CHECKING:
    from commonweal.base.models import Body, Person


def _may_write(request: HttpRequest) -> bool:
    return bool(request.roles & set(WRITERS))  # type: ignore[attr-defined]


def _me(request: HttpRequest) -> Person:
    """This will give who asks; the door lets only people of the body in."""
    assert request.user.is_authenticated
    return request.user


def _posted(request: HttpRequest) -> Any:
    """This will give what was posted, even when it is nothing, or None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def _crumbs(body: Body, *parts: tuple[str, str]) -> dict[str, Any]:
    return {
        "items": [{"text": words, "href": reverse(f"frameworks:{name}", args=[body.slug])} for words, name in parts]
    }


def _page(request: HttpRequest, template: str, here: str, status: int = 200, **content: Any) -> HttpResponse:
    """This will draw a page of the room; `here` marks its entry in the room's own navigation."""
    content |= {"here": here, "may_write": _may_write(request)}
    return render(request, f"frameworks/{template}.html", content, status=status)


def _form_page(
    request: HttpRequest, form: django_forms.Form, *, heading: str, submit: str, cancel: str, here: str = "strategy",
    **content: Any,
) -> HttpResponse:  # fmt: skip
    status = content.pop("status", 422 if form.errors else 200)
    return _page(
        request,
        "form",
        here,
        status=status,
        form=form,
        page_heading=heading,
        submit=submit,
        cancel_url=cancel,
        **content,
    )


# --- frameworks ------------------------------------------------------------------------------------------------------


def frameworks(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list every loaded edition, and which the body uses."""
    today = queries.today()
    choices = queries.choices_of(body)
    listed = []
    for row in queries.editions():
        edition = queries.get_edition(row.reference)
        chosen = [each for each in choices if each.edition_id == row.pk]
        listed.append(
            {
                "row": row,
                "edition": edition,
                "status": _status(edition, chosen, today),
                "valued": sum(each.figure == "valued" for each in edition.measures.values()),
            }
        )
    return _page(
        request, "frameworks", "frameworks", page_heading="Frameworks", listed=listed, choices=choices, today=today,
        counting=queries.edition_for(body, today),
    )  # fmt: skip


def _status(edition: Any, chosen: Sequence[Any], today: date) -> dict[str, str]:
    running = [each for each in chosen if each.starts_on <= today and (each.ends_on is None or each.ends_on >= today)]
    if running:
        return {"text": "In use here", "classes": "govuk-tag--green"}
    if any(each.starts_on > today for each in chosen):
        return {"text": "Chosen, not yet begun", "classes": "govuk-tag--blue"}
    if edition.applies_to and edition.applies_to <= today:
        return {"text": "Superseded", "classes": "govuk-tag--grey"}
    if edition.applies_from and edition.applies_from > today:
        return {"text": "Not yet in effect", "classes": "govuk-tag--yellow"}
    return {"text": "Available", "classes": "govuk-tag--grey"}


def _filters(request: HttpRequest, edition: Any) -> tuple[forms.MeasureFilterForm, MeasureFilter]:
    themes = [(theme.id, theme.title) for theme in edition.themes]
    form = forms.MeasureFilterForm(request.GET or None, themes=themes)
    chosen = form.cleaned_data if form.is_valid() else {}
    return form, MeasureFilter(**{name: chosen.get(name, "") for name in ("theme", "text", "figure")})


def edition(request: HttpRequest, body: Body, reference: str) -> HttpResponse:
    """This will show an edition whole: what it is, what it lacks, its themes, outcomes and measures."""
    row, rule = queries.find_edition(reference), queries.get_edition(reference)
    form, filters = _filters(request, rule)
    themes = queries.listed(row, filters)
    today = queries.today()
    chosen = [each for each in queries.choices_of(body) if each.edition_id == row.pk]
    return _page(
        request, "edition", "frameworks", page_heading=rule.title, page_caption=f"{rule.publisher}, {rule.version}",
        row=row, edition=rule, form=form, filters=filters,
        themes=themes, count=sum(theme.count for theme in themes), choices=chosen,
        state=_status(rule, chosen, today), is_chosen=any(each.ends_on is None for each in chosen),
        price_year_kind=PRICE_YEARS[rule.price_year_type],
        query=request.GET.urlencode(),
    )  # fmt: skip


EXPORT_HEADINGS = (
    "Framework", "Version", "Theme", "Outcome", "Id", "Code", "Measure", "Measure (Welsh)", "Unit", "Direction",
    "Figure", "Definition", "Counting rule", "Evidence", "Question", "Who can confirm it", "Value of one unit (£)",
    "Low (£)", "High (£)", "Price year", "Kind of value", "Beneficiary", "Source", "Locator", "Licence",
)  # fmt: skip


def edition_export(request: HttpRequest, body: Body, reference: str, form: str) -> HttpResponse:
    """This will give the measures that are shown as CSV or XLSX."""
    row, rule = queries.find_edition(reference), queries.get_edition(reference)
    _form, filters = _filters(request, rule)
    rows = []
    for theme in queries.listed(row, filters):
        for outcome in theme.outcomes:
            for each in outcome.measures:
                held, value = each.rule, each.rule.value
                source = value.source if value else held.reference
                rows.append(
                    (
                        rule.title, rule.version, theme.rule.title, outcome.rule.title, held.id, held.code, held.title,
                        held.title_cy, held.unit, held.direction, held.figure, held.definition, held.counting_rule,
                        "; ".join(held.evidence), held.question, "; ".join(held.confirmable_by),
                        value.amount if value else None, value.low if value else None, value.high if value else None,
                        value.price_year if value else "", value.kind if value else "",
                        value.beneficiary if value else "", source.title, source.locator, source.licence,
                    )
                )  # fmt: skip
    about = [
        ("Framework", f"{rule.title}, version {rule.version}"), ("Publisher", rule.publisher),
        ("Licence", rule.licence), *[("Known to lack", gap) for gap in rule.gaps],
    ]  # fmt: skip
    name = f"{rule.framework_id}-{rule.version}"
    return export_response(form, name=name, headings=EXPORT_HEADINGS, rows=rows, about=about)


def measure(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show everything about one measure, its value and where that comes from."""
    row = queries.get_measure(public_id)
    rule, whole = queries.rule_of(row), queries.get_edition(row.edition.reference)
    theme = next(each for each in whole.themes if each.id == row.theme_id)
    outcome = next(each for each in theme.outcomes if each.id == row.outcome_id)
    crumbs = _crumbs(body, ("Frameworks", "frameworks"))
    crumbs["items"].append(
        {"text": whole.title, "href": reverse("frameworks:edition", args=[body.slug, row.edition.reference])}
    )
    alike = [
        each for each in queries.measures(row.edition)
        if rule.exclusive_group and each.pk != row.pk
        and whole.measures[each.measure_id].exclusive_group == rule.exclusive_group
    ]  # fmt: skip
    return _page(
        request, "measure", "frameworks", page_heading=rule.title,
        page_caption=f"{rule.code}, {whole.title} {whole.version}",
        breadcrumbs=crumbs, row=row, measure=rule, edition=whole, theme=theme, outcome=outcome, alike=alike,
        confirmers=[CONFIRMERS[each] for each in rule.confirmable_by], rates=list(rule.rates.items()),
        sure={"value": CONFIDENCE[rule.value.source.confidence] if rule.value else "",
              "reference": CONFIDENCE[rule.reference.confidence]},
        price_year_kind=PRICE_YEARS[rule.value.price_year_type] if rule.value else "",
        years=sorted(rule.value.by_year.items()) if rule.value else [],
    )  # fmt: skip


def choose(request: HttpRequest, body: Body, reference: str) -> HttpResponse:
    """This will put an edition in force for the body."""
    row = queries.find_edition(reference)
    form = forms.ChooseFrameworkForm(_posted(request), initial={"starts_on": queries.today()})
    back = reverse("frameworks:edition", args=[body.slug, reference])
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_framework(body=body, by=_me(request), edition=row, **form.cleaned_data)
        except NotPossible as error:
            form.add_error("starts_on", str(error))
        else:
            messages.success(request, f"{row.title}, version {row.version}, is chosen.")
            return redirect("frameworks:frameworks", body.slug)
    return _form_page(
        request, form, heading=f"Use {row.title}, version {row.version}", submit="Use this framework", cancel=back,
        here="frameworks",
        before=[
            "Asks made from the day you choose are written and counted by this edition. Promises already made keep the "
            "edition they were made under.",
            "If another version of the same framework is in use, it ends on the day before.",
        ],
    )  # fmt: skip


def choice_end(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will end the body's use of an edition."""
    choice = queries.get_choice(public_id)
    form = forms.EndChoiceForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_choice(body=body, by=_me(request), choice=choice, **form.cleaned_data)
        except NotPossible as error:
            form.add_error("ends_on", str(error))
        else:
            messages.success(request, f"{choice.edition.title} now has a last day.")
            return redirect("frameworks:frameworks", body.slug)
    return _form_page(
        request, form, heading=f"Stop using {choice.edition.title}, version {choice.edition.version}",
        submit="Stop using it",
        cancel=reverse("frameworks:frameworks", args=[body.slug]), here="frameworks",

    )  # fmt: skip


# --- the strategy ----------------------------------------------------------------------------------------------------


def strategy(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show the strategy as a tree."""
    today = queries.today()
    tree = queries.strategy(body, today)
    everything = queries.branches(tree)
    return _page(
        request, "strategy", "strategy", page_heading="Strategy", branches=tree, today=today,
        show_ended="ended" in request.GET, ended_count=sum(each.ended for each in everything),
        live_count=sum(not each.ended for each in everything), gaps=queries.strategy_gaps(body, today).count,
    )  # fmt: skip


def gaps(request: HttpRequest, body: Body) -> HttpResponse:
    """This will say what the strategy lacks."""
    return _page(
        request, "gaps", "gaps", page_heading="What the strategy lacks",
        gaps=queries.strategy_gaps(body, queries.today()),

    )  # fmt: skip


def _find(body: Body, public_id: str) -> Branch:
    return queries.find_branch(body, queries.get_node(public_id), queries.today())


def node(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will show one part of the strategy and all that hangs on it."""
    branch = _find(body, public_id)
    events = events_about(body, f"frameworks.node:{public_id}")
    names = names_by_pseudonym(each.actor for each in events)
    history = [
        {"words": EVENT_WORDS[each.action], "at": each.at, "who": names.get(each.actor, "The system")}
        for each in events
        if each.action in EVENT_WORDS
    ]
    return _page(
        request, "node", "strategy", page_heading=branch.node.title, page_caption=branch.node.get_kind_display(),
        branch=branch, node=branch.node, history=history,
    )  # fmt: skip


EVENT_WORDS = {
    "frameworks.node.added": "Added",
    "frameworks.node.edited": "Changed",
    "frameworks.node.moved": "Moved",
    "frameworks.node.ended": "Given a last day",
    "frameworks.node.reviewed": "Read, and still right",
    "frameworks.outcomes.tied": "Outcomes changed",
}


def _people_and_departments(body: Body) -> dict[str, list[tuple[str, str]]]:
    return {
        "owners": [(person.public_id, person.name) for person, _roles in staff_of(body)],
        "departments": [(each.public_id, each.name) for each in departments(body)],
    }


def _owner_choices(body: Body, branch: Branch) -> dict[str, list[tuple[str, str]]]:
    """This will list who may own a part and its departments, with those it has today even if they left."""
    choices = _people_and_departments(body)
    owner, department = branch.owner, branch.node.department
    if owner and owner.public_id not in dict(choices["owners"]):
        choices["owners"].append((owner.public_id, f"{owner.name} (no longer has a role here)"))
    if department and department.public_id not in dict(choices["departments"]):
        choices["departments"].append((department.public_id, f"{department.name} (ended)"))
    return choices


def _words(body: Body, cleaned: Mapping[str, Any]) -> actions.NodeWords:
    return actions.NodeWords(
        title=cleaned["title"].strip(), title_cy=cleaned["title_cy"].strip(), words=cleaned["words"].strip(),
        words_cy=cleaned["words_cy"].strip(), starts_on=cleaned["starts_on"], ends_on=cleaned["ends_on"],
        owner=get_member_of_staff(body, cleaned["owner"]) if cleaned["owner"] else None,
        department=get_department(cleaned["department"]) if cleaned["department"] else None,
    )  # fmt: skip


def _parent_choices(found: Sequence[Branch]) -> list[tuple[str, str]]:
    # A select cannot be nested; the depth is told by dashes, and the kind in words.
    return [
        (each.node.public_id, f"{'– ' * (each.depth - 1)}{each.node.title} ({each.node.get_kind_display().lower()})")
        for each in found
    ]


def node_add(request: HttpRequest, body: Body) -> HttpResponse:
    """This will add a part to the strategy."""
    today = queries.today()
    alive = [each for each in queries.branches(queries.strategy(body, today)) if not each.ended]
    initial = {"parent": request.GET.get("under", ""), "kind": request.GET.get("kind", "")}
    form = forms.AddNodeForm(
        _posted(request), initial=initial, kinds=list(queries.KINDS.items()), parents=_parent_choices(alive),
        **_people_and_departments(body),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        parent = queries.get_node(cleaned["parent"]) if cleaned["parent"] else None
        try:
            made = actions.add_node(
                body=body,
                by=_me(request),
                kind=cleaned["kind"],
                parent=parent,
                words=_words(body, cleaned),
            )
        except NotPossible as error:
            form.add_error("ends_on" if "last day" in str(error) else "parent", str(error))
        else:
            messages.success(request, f"“{made.title}” is added to the strategy.")
            return redirect("frameworks:node", body.slug, made.public_id)
    return _form_page(
        request, form, heading="Add to the strategy", submit="Add",
        cancel=reverse("frameworks:strategy", args=[body.slug]),
    )  # fmt: skip


def _change(
    request: HttpRequest, body: Body, public_id: str, *, heading: str, submit: str, done: str, make: Any, act: Any,
    field: str | None = None, **content: Any,
) -> HttpResponse:  # fmt: skip
    """This will run one form on a part of the strategy: shown, refused, told that someone was quicker, or done.

    `make(data, branch)` makes the form; `act(branch, form)` calls the action with what the form holds.
    """
    branch = _find(body, public_id)
    form = make(_posted(request), branch)
    if request.method == "POST" and form.is_valid():
        try:
            act(branch, form)
        except ChangedMeanwhile as error:
            saved = _find(body, public_id)
            typed = request.POST.copy()
            typed["version"] = str(saved.node.version)
            form = make(typed, saved)
            form.add_error(None, str(error))
            content |= {"saved": saved, "status": 409}
        except NotPossible as error:
            form.add_error(field, str(error))
        else:
            messages.success(request, done)
            return redirect("frameworks:node", body.slug, public_id)
    crumbs = _crumbs(body, ("Strategy", "strategy"))
    own = reverse("frameworks:node", args=[body.slug, public_id])
    crumbs["items"].append({"text": branch.node.title, "href": own})
    return _form_page(
        request, form, heading=heading, submit=submit, cancel=own, breadcrumbs=crumbs,
        page_caption=branch.node.title, **content,
    )  # fmt: skip


def node_edit(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will change what a part of the strategy says."""

    def make(data: Any, branch: Branch) -> forms.NodeForm:
        node = branch.node
        initial = {
            "version": node.version, "title": node.title, "title_cy": node.title_cy, "words": node.words,
            "words_cy": node.words_cy, "owner": branch.owner.public_id if branch.owner else "",
            "department": node.department.public_id if node.department else "", "starts_on": node.starts_on,
            "ends_on": node.ends_on,
        }  # fmt: skip
        return forms.NodeForm(data, initial=initial, **_owner_choices(body, branch))

    def act(branch: Branch, form: forms.NodeForm) -> None:
        version, words = form.cleaned_data["version"], _words(body, form.cleaned_data)
        actions.edit_node(body=body, by=_me(request), node=branch.node, version=version, words=words)

    return _change(
        request, body, public_id, heading="Change what it says", submit="Save", done="Your changes are saved.",
        make=make, act=act, field="ends_on",
    )  # fmt: skip


def node_move(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will move a part of the strategy."""

    def make(data: Any, branch: Branch) -> forms.MoveNodeForm:
        node = branch.node
        found = queries.parents_allowed(body, node.kind, branch.on, node)
        place = [each.pk for each in queries.siblings_of(body, node.parent)].index(node.pk) + 1
        initial = {"version": node.version, "parent": node.parent.public_id if node.parent else "", "place": place}
        return forms.MoveNodeForm(data, initial=initial, parents=_parent_choices(found))

    def act(branch: Branch, form: forms.MoveNodeForm) -> None:
        cleaned = form.cleaned_data
        parent = queries.get_node(cleaned["parent"]) if cleaned["parent"] else None
        actions.move_node(
            body=body, by=_me(request), node=branch.node, version=cleaned["version"], parent=parent,
            place=cleaned["place"],
        )  # fmt: skip

    return _change(
        request, body, public_id, heading="Move it", submit="Move",
        done="It is moved, with all that stands beneath it.", make=make, act=act, field="parent",
    )  # fmt: skip


def node_end(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will give a part of the strategy its last day."""

    def make(data: Any, branch: Branch) -> forms.EndNodeForm:
        return forms.EndNodeForm(data, initial={"version": branch.node.version, "ends_on": branch.node.ends_on})

    def act(branch: Branch, form: forms.EndNodeForm) -> None:
        actions.end_node(body=body, by=_me(request), node=branch.node, **form.cleaned_data)

    return _change(
        request, body, public_id, heading="End it", submit="Save the last day", done="It now has a last day.",
        make=make, act=act, field="ends_on",
    )  # fmt: skip


def node_outcomes(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will tie a part of the strategy to outcomes of the frameworks in use."""

    def make(data: Any, branch: Branch) -> forms.OutcomesForm:
        tied = {each.key: each for each in branch.outcomes}
        groups: list[tuple[str, list[tuple[str, str]]]] = []
        for row in queries.editions_in_force(body, branch.on):
            rule = queries.get_edition(row.reference)
            for theme in rule.themes:
                choices = [(f"{rule.framework_id}/{each.id}", each.title) for each in theme.outcomes]
                if choices:
                    groups.append((f"{rule.title}: {theme.title}", choices))
        offered = {key for _title, choices in groups for key, _words in choices}
        older = [(key, each.title) for key, each in tied.items() if key not in offered]
        if older:
            groups.append(("Of frameworks no longer in use", older))
        initial: dict[str, Any] = {"version": branch.node.version}
        for number, (_title, choices) in enumerate(groups):
            initial[f"group{number}"] = [key for key, _words in choices if key in tied]
        return forms.OutcomesForm(data, initial=initial, groups=groups)

    def act(branch: Branch, form: forms.OutcomesForm) -> None:
        actions.tie_outcomes(
            body=body, by=_me(request), node=branch.node, version=form.cleaned_data["version"],
            outcomes=form.outcomes(),
        )  # fmt: skip

    return _change(
        request, body, public_id, heading="Which outcomes does it serve?", submit="Save",
        done="The outcomes are saved.", make=make, act=act,
        before=["Tick what this is for. Measures of these outcomes are then suggested when somebody writes an ask."],
        none_offered=not queries.editions_in_force(body, queries.today()),
    )  # fmt: skip


def node_review(request: HttpRequest, body: Body, public_id: str) -> HttpResponse:
    """This will note that someone read a part of the strategy and it still holds."""
    actions.review_node(body=body, by=_me(request), node=queries.get_node(public_id))
    messages.success(request, "Noted: read today, and still right.")
    return redirect("frameworks:node", body.slug, public_id)


# --- the plan --------------------------------------------------------------------------------------------------------


def _language(lang: str) -> str:
    if lang not in LANGUAGES:
        raise Http404
    return lang


def plan(request: HttpRequest, body: Body, status: int = 200, refusal: str = "") -> HttpResponse:
    """This will show the plan as it would be published today, and the versions that were."""
    lang = _language(request.GET.get("lang", "en"))
    today = queries.today()
    content = queries.draft_content(body, today)
    latest = queries.latest_plan(body)
    return _page(
        request, "plan", "plan", status=status, page_heading="Plan on a page",
        plan=queries.read_plan(content, lang, on=today), lang=lang, languages=LANGUAGES,
        objectives=objectives_in(content), untranslated=untranslated(content),
        versions=queries.plan_versions(body), is_published=latest is not None and latest.content == content,
        refusals=[{"text": refusal}] if refusal else [],
    )  # fmt: skip


def plan_publish(request: HttpRequest, body: Body) -> HttpResponse:
    """This will publish the plan as the body's next version."""
    try:
        held = actions.publish_plan(body=body, by=_me(request))
    except NotPossible as error:
        return plan(request, body, status=422, refusal=str(error))
    messages.success(request, f"Version {held.version} of the plan is published.")
    return redirect("frameworks:plan_version", body.slug, held.version)


def plan_version(request: HttpRequest, body: Body, version: int) -> HttpResponse:
    """This will show a published version of the plan."""
    lang = _language(request.GET.get("lang", "en"))
    held = queries.get_plan_version(body, version)
    return _page(
        request, "plan_version", "plan", page_heading=f"Plan on a page, version {version}", held=held, lang=lang,
        plan=queries.read_version(held, lang), languages=LANGUAGES,

    )  # fmt: skip


def _as_pdf(page: PlanPage, name: str) -> HttpResponse:
    response = HttpResponse(make_plan_pdf(page), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def plan_draft_pdf(request: HttpRequest, body: Body, lang: str) -> HttpResponse:
    """This will give the plan as it would be published today, as a PDF."""
    today = queries.today()
    page = queries.read_plan(queries.draft_content(body, today), _language(lang), on=today)
    return _as_pdf(page, f"{body.slug}-plan-draft-{lang}")


def plan_pdf(request: HttpRequest, body: Body, version: int, lang: str) -> HttpResponse:
    """This will give a published version of the plan as a PDF."""
    held = queries.get_plan_version(body, version)
    return _as_pdf(queries.read_version(held, _language(lang)), f"{body.slug}-plan-{version}-{lang}")
