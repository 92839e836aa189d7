"""The strategy as a tree, its parts one by one, and what it lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.base.queries import events_about, names_by_pseudonym, staff_of
from commonweal.directory.queries import departments, get_department, get_member_of_staff
from commonweal.frameworks import actions, forms, queries
from commonweal.frameworks.policies import ChangedMeanwhile
from commonweal.frameworks.queries import Branch
from commonweal.frameworks.views.pages import crumbs_to, form_page, me, page, posted

if TYPE_CHECKING:
    from commonweal.base.models import Body


def strategy(request: HttpRequest, body: Body) -> HttpResponse:
    """This will show the strategy as a tree."""
    today = queries.today()
    tree = queries.strategy(body, today)
    everything = queries.branches(tree)
    return page(
        request, "strategy", "strategy", page_heading="Strategy", branches=tree, today=today,
        show_ended="ended" in request.GET, ended_count=sum(each.ended for each in everything),
        live_count=sum(not each.ended for each in everything), gaps=queries.strategy_gaps(body, today).count,
    )  # fmt: skip


def gaps(request: HttpRequest, body: Body) -> HttpResponse:
    """This will say what the strategy lacks."""
    return page(
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
    return page(
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
        posted(request), initial=initial, kinds=list(queries.KINDS.items()), parents=_parent_choices(alive),
        **_people_and_departments(body),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        parent = queries.get_node(cleaned["parent"]) if cleaned["parent"] else None
        try:
            made = actions.add_node(
                body=body,
                by=me(request),
                kind=cleaned["kind"],
                parent=parent,
                words=_words(body, cleaned),
            )
        except NotPossible as error:
            form.add_error("ends_on" if "last day" in str(error) else "parent", str(error))
        else:
            messages.success(request, f"“{made.title}” is added to the strategy.")
            return redirect("frameworks:node", body.slug, made.public_id)
    return form_page(
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
    form = make(posted(request), branch)
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
    crumbs = crumbs_to(body, ("Strategy", "strategy"))
    own = reverse("frameworks:node", args=[body.slug, public_id])
    crumbs["items"].append({"text": branch.node.title, "href": own})
    return form_page(
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
        actions.edit_node(body=body, by=me(request), node=branch.node, version=version, words=words)

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
            body=body, by=me(request), node=branch.node, version=cleaned["version"], parent=parent,
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
        actions.end_node(body=body, by=me(request), node=branch.node, **form.cleaned_data)

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
            body=body, by=me(request), node=branch.node, version=form.cleaned_data["version"],
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
    actions.review_node(body=body, by=me(request), node=queries.get_node(public_id))
    messages.success(request, "Noted: read today, and still right.")
    return redirect("frameworks:node", body.slug, public_id)
