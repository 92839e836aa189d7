"""Crosswalks between two editions: their matches, changed on screen with reasons, and what they leave over."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from commonweal.base.errors import NotPossible
from commonweal.engine.crosswalk import inverse
from commonweal.engine.crosswalk_model import Conversion, Match
from commonweal.engine.model import InvalidRule, Source
from commonweal.frameworks import actions, crosswalks, queries
from commonweal.frameworks import crosswalk_forms as forms
from commonweal.frameworks.overlays import OWN, sentence
from commonweal.frameworks.policies import ChangedMeanwhile
from commonweal.frameworks.views.pages import form_page, me, page, posted

if TYPE_CHECKING:
    from commonweal.base.models import Body

#: What the matches can be put in order by; without any, in the order of the first framework. No share comes first.
SORTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "of": lambda row: row["of"].casefold(),
    "to": lambda row: row["to"].casefold(),
    "match": lambda row: row["term"],
    "share": lambda row: row["match"].share or Decimal(0),
}


def _crumbs(body: Body, *steps: tuple[str, str]) -> dict[str, Any]:
    items = [{"text": "Frameworks", "href": reverse("frameworks:frameworks", args=[body.slug])},
             {"text": "Crosswalks", "href": reverse("frameworks:crosswalks", args=[body.slug])}]  # fmt: skip
    return {"items": items + [{"text": words, "href": href} for words, href in steps]}


def _address(name: str, body: Body, pair: queries.CrosswalkPair) -> str:
    return reverse(f"frameworks:{name}", args=[body.slug, pair.of.reference, pair.to.reference])


def _title(pair: queries.CrosswalkPair) -> str:
    return f"{pair.of.title} {pair.of.version} and {pair.to.title} {pair.to.version}"


def crosswalks_list(request: HttpRequest, body: Body) -> HttpResponse:
    """This will list the crosswalks that exist, and open one between any two editions."""
    editions = [(each.reference, f"{each.title}, version {each.version}") for each in queries.editions()]
    form = forms.PairForm(request.GET if request.GET else None, editions=editions)
    if request.GET and form.is_valid():
        return redirect("frameworks:crosswalk", body.slug, form.cleaned_data["of"], form.cleaned_data["to"])
    return page(
        request, "crosswalks", "frameworks", status=422 if form.errors else 200, page_heading="Crosswalks", form=form,
        pairs=[{"pair": each, "title": _title(each)} for each in queries.crosswalk_pairs(body)],
        breadcrumbs={"items": _crumbs(body)["items"][:1]},
    )  # fmt: skip


def crosswalk(request: HttpRequest, body: Body, of: str, to: str) -> HttpResponse:
    """This will show the matches of two editions, and what of each measure they leave over."""
    pair = queries.crosswalk_pair(body, of, to)
    if pair.of.reference != queries.get_edition(of).reference:
        return redirect(_address("crosswalk", body, pair))
    seen = _Seen(request, pair)
    return page(
        request, "crosswalk", "frameworks", headings=seen.headings, page_heading=_title(pair),
        page_caption="Crosswalk", pair=pair, rows=seen.rows, groups=seen.groups, seen=seen,
        sources=crosswalks.sources_of(seen.all), terms=crosswalks.TERMS.values(),
        left=crosswalks.left_over(pair.crosswalk, seen.theme), gaps=pair.crosswalk.gaps,
        breadcrumbs=_crumbs(body),
    )  # fmt: skip


class _Seen:
    """What the address asks to see of a crosswalk: words in either end, a theme of the first edition, and an order.

    `theme` is "" for all. Without any of them the matches are in `groups` by theme: (title, rows, how many carry).
    """

    def __init__(self, request: HttpRequest, pair: queries.CrosswalkPair) -> None:
        self.all = list(crosswalks.rows_of(pair.crosswalk))
        self.text = request.GET.get("text", "").strip()[:100]
        self.themes = {theme.id: theme.title for theme in pair.crosswalk.of.themes}
        asked = request.GET.get("theme", "")
        self.theme = asked if asked in self.themes else ""
        order = request.GET.get("sort", "")
        self.sort = order if order.removeprefix("-") in SORTS else ""
        self.rows = [row for row in self.all if self._is_wanted(row)]
        if self.sort:
            self.rows.sort(key=SORTS[self.sort.removeprefix("-")], reverse=self.sort.startswith("-"))

    def _is_wanted(self, row: dict[str, Any]) -> bool:
        words = f"{row['of']} {row['to']} {row['term']}".casefold()
        return self.theme in ("", row["theme"]) and all(word in words for word in self.text.casefold().split())

    @property
    def narrowed(self) -> dict[str, str]:
        """The filters in force, as an address has them."""
        return {name: word for name, word in (("theme", self.theme), ("text", self.text)) if word}

    @property
    def query(self) -> str:
        """The filters in force as the end of an address, "" without any."""
        return f"?{urlencode(self.narrowed)}" if self.narrowed else ""

    @property
    def groups(self) -> list[tuple[str, list[dict[str, Any]], int]]:
        """The matches by theme, where nothing narrows or orders them and there is more than one theme."""
        held = [(title, [row for row in self.rows if row["theme"] == id]) for id, title in self.themes.items()]
        found = [(title, rows, sum(row["match"].carries for row in rows)) for title, rows in held if rows]
        return found if len(found) > 1 and not self.narrowed and not self.sort else []

    @property
    def headings(self) -> list[dict[str, str]]:
        """The headings that the list can be put in order by; each asks for its order, or turns it round."""
        found = []
        for name, label in (("of", "From"), ("match", "Match"), ("to", "To"), ("share", "Share")):
            state = {name: "ascending", f"-{name}": "descending"}.get(self.sort, "none")
            query = urlencode({"sort": f"-{name}" if self.sort == name else name} | self.narrowed)
            found.append({"name": name, "label": label, "href": f"?{query}", "aria": state})
        return found


def match(request: HttpRequest, body: Body, of: str, to: str) -> HttpResponse:
    """This will add a match, or change the one that the address names by its ends (`?of=…&to=…`)."""
    pair = queries.crosswalk_pair(body, of, to)
    before = None
    if "of" in request.GET:
        before = crosswalks.find(pair.crosswalk, request.GET["of"], request.GET.get("to", ""))
        if before is None:
            raise Http404
    form = _form(posted(request), pair, before)
    back = _address("crosswalk", body, pair)
    if request.method == "POST" and form.is_valid():
        try:
            made = _match(body, form.cleaned_data)
            result = crosswalks.with_match(pair.crosswalk, made, before)
            actions.change_crosswalk(
                body=body, by=me(request), pair=pair, saves=form.cleaned_data["saves"], made=result,
                changed=f"{'changed' if before else 'added'} {made.of} {made.term} {made.to}", reason=made.reason,
            )  # fmt: skip
        except crosswalks.MatchRefused as error:
            form.add_error(error.field, str(error))
        except InvalidRule as error:
            form.add_error(None, sentence(str(error), error.fix))
        except ChangedMeanwhile as error:
            saved = queries.crosswalk_pair(body, of, to)
            typed = request.POST.copy()
            typed["saves"] = str(saved.saves)
            form = _form(typed, saved, before)
            form.add_error(None, str(error))
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The match is saved, as your own.")
            return redirect(back)
    return form_page(
        request, form, heading="Change this match" if before else "Add a match", submit="Save the match", cancel=back,
        here="frameworks", breadcrumbs=_crumbs(body, (_title(pair), back)),
        before=[] if pair.is_own else ["What you change is kept as your own; the crosswalk that everybody has stays."],
    )  # fmt: skip


def _form(data: Any, pair: queries.CrosswalkPair, before: Match | None) -> forms.MatchForm:
    initial: dict[str, Any] = {"saves": pair.saves}
    if before:
        exact = before.term == "exactMatch"
        conversion = before.conversion
        initial |= {
            "of": crosswalks.key_of(before.of), "to": crosswalks.key_of(before.to), "term": before.term,
            "share": None if exact else before.share, "back": None if exact else before.back,
            "factor": conversion.times / conversion.over if conversion else None, "reason": before.reason,
            "reference_title": before.reference.title, "reference_locator": before.reference.locator,
        }  # fmt: skip
    return forms.MatchForm(
        data,
        initial=initial,
        of=crosswalks.end_choices(pair.crosswalk.of),
        to=crosswalks.end_choices(pair.crosswalk.to),
    )


def _match(body: Body, cleaned: Any) -> Match:
    reason = cleaned["reason"].strip()
    source = Source(
        "OWN-CROSSWALK", cleaned["reference_title"].strip(), cleaned["reference_locator"].strip(), OWN, "judgement"
    )
    conversion = Conversion(cleaned["factor"], Decimal(1), reason, source) if cleaned["factor"] else None
    exact = cleaned["term"] == "exactMatch"
    return Match(
        crosswalks.end_named(cleaned["of"]), cleaned["term"], crosswalks.end_named(cleaned["to"]), reason, source,
        None if exact else cleaned["share"], None if exact else cleaned["back"], conversion,
    )  # fmt: skip


def match_remove(request: HttpRequest, body: Body, of: str, to: str) -> HttpResponse:
    """This will take a match out of the body's own crosswalk."""
    pair = queries.crosswalk_pair(body, of, to)
    back = _address("crosswalk", body, pair)
    held = crosswalks.find(pair.crosswalk, request.POST.get("of", ""), request.POST.get("to", ""))
    if held is None:
        messages.error(request, "That match is not here any more. Look at the list again.")
        return redirect(back)
    try:
        actions.change_crosswalk(
            body=body, by=me(request), pair=pair, saves=pair.saves, made=crosswalks.without_match(pair.crosswalk, held),
            changed=f"removed {held.of} {held.term} {held.to}", reason=held.reason,
        )  # fmt: skip
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The match is taken out of your crosswalk.")
    return redirect(back)


def crosswalk_upload(request: HttpRequest, body: Body) -> HttpResponse:
    """This will take a crosswalk from its file, in place of the body's own between those editions."""
    form = forms.CrosswalkFileForm(posted(request), request.FILES or None)
    findings: tuple[Any, ...] = ()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        content = upload.read()
        try:
            pair = queries.crosswalk_pair(body, *crosswalks.pair_named(content, upload.name))
            made = crosswalks.read_file(content, upload.name, pair.crosswalk.of, pair.crosswalk.to)
            made = made if made.of.reference == pair.of.reference else inverse(made)
            actions.change_crosswalk(
                body=body, by=me(request), pair=pair, saves=pair.saves, made=made,
                changed=f"took the file {upload.name}", reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except ObjectDoesNotExist:
            form.add_error(
                "file", "It names an edition that is not here, or one edition twice. See the list of frameworks."
            )
        except NotPossible as error:
            form.add_error("file", str(error))
            findings = getattr(error, "findings", ())
        else:
            messages.success(request, f"The crosswalk is your own now, with {len(made.matches)} matches.")
            return redirect(_address("crosswalk", body, pair))
    return form_page(
        request, form, heading="Bring in a crosswalk file", submit="Read the file", here="frameworks",
        cancel=reverse("frameworks:crosswalks", args=[body.slug]), breadcrumbs=_crumbs(body), findings=findings,
        before=["It takes the place of your own matches between its two editions. Download those first if you may want "
                "them back; what everybody has stays."],
    )  # fmt: skip


def crosswalk_give_up(request: HttpRequest, body: Body, of: str, to: str) -> HttpResponse:
    """This will take everybody's matches again, in place of the body's own."""
    pair = queries.crosswalk_pair(body, of, to)
    back = _address("crosswalk", body, pair)
    given = crosswalks.shipped(pair.crosswalk.of, pair.crosswalk.to)
    if not pair.is_own or given is None:
        messages.error(
            request, "These matches are not your own, or nobody else has any: there is nothing to go back to."
        )
        return redirect(back)
    actions.change_crosswalk(
        body=body, by=me(request), pair=pair, saves=pair.saves,
        made=given if given.of.reference == pair.of.reference else inverse(given),
        changed="took everybody’s matches again", reason="Given up for the crosswalk that everybody has",
    )  # fmt: skip
    messages.success(request, "The matches are those that everybody has again.")
    return redirect(back)


def crosswalk_file(request: HttpRequest, body: Body, of: str, to: str) -> HttpResponse:
    """This will give a crosswalk as its file, or those of its matches that the filters of its page leave."""
    pair = queries.crosswalk_pair(body, of, to)
    if not (rows := _Seen(request, pair).rows):
        raise Http404
    written = crosswalks.file_text(crosswalks.in_part(pair.crosswalk, [row["match"] for row in rows]))
    response = HttpResponse(written, content_type="application/yaml; charset=utf-8")
    name = f"{pair.of.reference}-to-{pair.to.reference}".replace("@", "-")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
    return response
