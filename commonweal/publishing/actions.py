"""What may be done in publishing: make the site anew from the record, take an agreement off it, put it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from commonweal.base.actions import post_mail, record_event
from commonweal.base.jobs import defer_job
from commonweal.base.models import Body, Person
from commonweal.base.queries import database_now
from commonweal.base.templatetags.figures import long_date
from commonweal.delivery.models import Agreement
from commonweal.delivery.policies import check_right
from commonweal.delivery.queries import live_agreements
from commonweal.directory.queries import people_of_party, today
from commonweal.engine.working_days import after_working_days
from commonweal.publishing import policies, previews
from commonweal.publishing.models import KeptBack, Preview, PreviewRule, Publication
from commonweal.publishing.pages import Page
from commonweal.publishing.projection import pages_of
from commonweal.publishing.queries import PUBLISHED, kept_back, open_previews, shows_previews
from commonweal.publishing.vocabulary import PREVIEW_WORKING_DAYS

REFRESH = "publishing.refresh"
#: So many pages are written in one statement; progress is told between, for telling it takes a connection of its own.
STEP = 200
#: A provider whose correction was turned down reads why this many working days before the public reads the figures.
AFTER_ANSWER = 5


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many pages a refresh wrote, left as they were, and took away."""

    written: int
    unchanged: int
    removed: int


def refresh(*, body: Body, by: Person | None, progress: Callable[[int, int], None] | None = None) -> Refreshed:
    """This will publish a body's record as it stands: new pages, changed ones, and none that is no longer public.

    A page that says the same as before keeps the moment it was published. Safe to run again. Needs the body's scope.
    """
    _one_at_a_time(body)
    held = {(row.kind, row.key): row for row in Publication.objects.filter(body=body)}
    without = [each.agreement for each in kept_back(body)]
    pages = pages_of(body, on=today(), kept_back=without)
    if shows_previews(body) and (waiting := _held_for_providers(body, by, pages, list(held.values()))):
        pages = pages_of(body, on=today(), kept_back=without, held=waiting)
    written = [page for page in pages if not _says_the_same(held.get((page.kind, page.key)), page)]
    gone = held.keys() - {(page.kind, page.key) for page in pages}
    now = database_now()
    for done in range(0, len(written), STEP):
        if progress:
            progress(done, len(written))
        _write(body, written[done : done + STEP], now)
    Publication.objects.filter(pk__in=[held[each].pk for each in gone]).delete()
    result = Refreshed(len(written), len(pages) - len(written), len(gone))
    record_event(
        action=PUBLISHED, subject=f"base.body:{body.public_id}", by=by, body=body, written=result.written,
        unchanged=result.unchanged, removed=result.removed,
    )  # fmt: skip
    return result


def _held_for_providers(
    body: Body, by: Person | None, pages: Sequence[Page], public: Sequence[Publication]
) -> dict[str, Sequence[Page]]:
    """The agreements that stay as they were because their provider is still looking: each with the pages that stand for it.

    What is new of an agreement opens a preview; one that is cleared is released, as it was seen.
    """
    on = today()
    current = {each.agreement.public_id: each for each in open_previews(body)}
    published = previews.by_agreement(previews.marked(previews.pages_of_site(public), None))
    found: dict[str, Sequence[Page]] = {}
    with_provider = live_agreements(body).filter(party__isnull=False, provider__isnull=False)
    named = {each.public_id: each for each in with_provider.select_related("body", "party")}
    for key, fresh in previews.by_agreement(pages).items():
        agreement, stays = named.get(key), published.get(key, [])
        if agreement is None or fresh[0].kind != "agreement":
            continue
        told = previews.digest(fresh[0].content)
        seen = previews.digest(stays[0].content) if stays and stays[0].kind == "agreement" else ""
        preview = current.get(key)
        if told == seen or not told:
            if preview is not None:  # the record says again what is public, or nothing
                _close_preview(preview, "replaced")
            continue
        if preview is not None and policies.is_cleared(preview, on):
            _close_preview(preview, "released")
            stays = previews.pages_in(preview.pages)
            if preview.digest == told:
                continue
            preview = None
        if preview is not None and preview.state == "correcting" and preview.digest != told:
            _close_preview(preview, "replaced")
            preview = None
        if preview is None:
            preview = _open_preview(by, agreement, fresh, told, on)
        found[key] = previews.marked(stays, preview.public_from)
    return found


def _close_preview(preview: Preview, state: str) -> None:
    preview.state = state
    preview.save(update_fields=["state"])
    record_event(
        action=f"publishing.preview.{state}", subject=f"publishing.preview:{preview.public_id}", by=None,
        body=preview.body, agreement=preview.agreement.public_id,
    )  # fmt: skip


def _open_preview(by: Person | None, agreement: Agreement, fresh: Sequence[Page], told: str, on: date) -> Preview:
    body = agreement.body
    preview = Preview.objects.create(
        body=body, party=agreement.party, agreement=agreement, pages=previews.kept(fresh), digest=told, sent_on=on,
        public_from=after_working_days(on, PREVIEW_WORKING_DAYS, body.nation),
    )  # fmt: skip
    subject = f"publishing.preview:{preview.public_id}"
    record_event(
        action="publishing.preview.opened", subject=subject, by=by, body=body, agreement=agreement.public_id,
        public_from=preview.public_from, digest=told,
    )  # fmt: skip
    assert agreement.party is not None
    for person, _roles in people_of_party(agreement.party):
        _tell_provider(by, preview, person, subject)
    return preview


def _tell_provider(by: Person | None, preview: Preview, person: Person, subject: str) -> None:
    agreement, body, lang = preview.agreement, preview.body, person.language
    assert preview.party is not None
    with translation.override(lang):
        told = {
            "body": body.name_cy if lang == "cy" and body.name_cy else body.name, "agreement": agreement.title,
            "day": long_date(preview.public_from, lang),
            "page": settings.COMMONWEAL_ADDRESS
            + reverse("publishing_provider:preview", args=[preview.party.public_id, preview.public_id]),
        }  # fmt: skip
        words = _(
            "%(body)s is about to publish how %(agreement)s is going, with your organisation’s name beside it.\n\n"
            "See it first, and say what is wrong if anything is:\n%(page)s\n\n"
            "It becomes public on %(day)s, or sooner if you agree."
        )
        post_mail(
            by=by, body=body, to=person, kind="publishing.preview", about=subject,
            subject_line=_("Before it is public: %(agreement)s") % told, words=words % told, alerts=by,
        )  # fmt: skip


def _write(body: Body, pages: Sequence[Page], now: datetime) -> None:
    """Some pages in one statement: those that are there already say what they say now, the others are added."""
    Publication.objects.bulk_create(
        [
            Publication(
                body=body, kind=page.kind, key=page.key, title=page.title, title_cy=page.title_cy,
                content=page.content, as_of=page.as_of, published_at=now,
            )
            for page in pages
        ],
        update_conflicts=True,
        unique_fields=["body", "kind", "key"],
        update_fields=["title", "title_cy", "content", "as_of", "published_at"],
    )  # fmt: skip


def _one_at_a_time(body: Body) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"publishing {body.pk}"])


def _says_the_same(held: Publication | None, page: Page) -> bool:
    if held is None:
        return False
    said = (held.title, held.title_cy, held.as_of, held.content)
    return said == (page.title, page.title_cy, page.as_of, page.content)


def ask_for_refresh(*, body: Body, by: Person) -> str:
    """This will ask for the site to be made anew; answers the outward id of the job that does it."""
    run = defer_job(REFRESH, body=body, by=by)
    record_event(action="publishing.site.asked", subject=f"base.job:{run.public_id}", by=by, body=body)
    return run.public_id


def withdraw(*, body: Body, by: Person, agreement: str, reason: str) -> KeptBack:
    """This will take an agreement (by outward id) and its lines off the site at once, and keep them off.

    The figures follow when the site is made anew, which is asked for here. Raises NotPossible, and
    Publication.DoesNotExist when the agreement is not on the site.
    """
    page = Publication.objects.get(body=body, kind="agreement", key=agreement)
    policies.check_not_kept_back(body, agreement)
    held = KeptBack.objects.create(body=body, agreement=agreement, reason=reason, kept_by=by)
    page.delete()
    Publication.objects.filter(body=body, kind="line", content__agreement__key=agreement).delete()
    record_event(
        action="publishing.agreement.withdrawn", subject=f"delivery.agreement:{agreement}", by=by, body=body,
        reason=reason,
    )  # fmt: skip
    defer_job(REFRESH, body=body, by=by)
    return held


def put_back(*, body: Body, by: Person, agreement: str) -> None:
    """This will let an agreement be published again; its pages return when the site is made anew, asked for here.

    Raises NotPossible when it was not taken off.
    """
    held = policies.check_kept_back(body, agreement)
    held.lifted_at = database_now()
    held.save(update_fields=["lifted_at"])
    record_event(action="publishing.agreement.put_back", subject=f"delivery.agreement:{agreement}", by=by, body=body)
    defer_job(REFRESH, body=body, by=by)


# --- before it is public --------------------------------------------------------------------------------------------


def set_previews(*, body: Body, by: Person, is_on: bool) -> PreviewRule:
    """This will say whether providers see what is new about them before the public does; saying it again adds nothing."""
    last = PreviewRule.objects.filter(body=body).order_by("-id").first()
    if last is not None and last.is_on == is_on:
        return last
    rule = PreviewRule.objects.create(body=body, is_on=is_on, set_by=by)
    record_event(action="publishing.previews.set", subject=f"base.body:{body.public_id}", by=by, body=body, is_on=is_on)
    defer_job(REFRESH, body=body, by=by)
    return rule


def respond_to_preview(*, by: Person, preview: Preview, agrees: bool, words: str = "") -> Preview:
    """This will record what a provider says before the public sees it: it agrees, or asks for a correction. Raises NotPossible."""
    check_right(preview.agreement, "answer")
    held = Preview.objects.select_for_update(of=("self",)).select_related("body", "agreement").get(pk=preview.pk)
    policies.check_may_respond(held, agrees, words)
    held.state = "agreed" if agrees else "contested"
    held.words, held.responded_by, held.responded_at = words.strip(), by, database_now()
    held.save(update_fields=["state", "words", "responded_by", "responded_at"])
    record_event(
        action=f"publishing.preview.{held.state}", subject=f"publishing.preview:{held.public_id}", by=by, body=held.body,
        agreement=held.agreement.public_id,
    )  # fmt: skip
    return held


def answer_correction(*, by: Person, preview: Preview, corrects: bool, words: str) -> Preview:
    """This will answer a provider's correction: the record is corrected, or stays, with words it reads. Raises NotPossible.

    What is being corrected is not public before the record says otherwise; that is shown to the provider anew. What
    stays is public on its day, at least five working days after the answer.
    """
    held = Preview.objects.select_for_update(of=("self",)).select_related("body", "agreement").get(pk=preview.pk)
    policies.check_may_answer(held, words)
    held.state = "correcting" if corrects else "kept"
    held.answer, held.answered_by, held.answered_at = words.strip(), by, database_now()
    if not corrects:
        held.public_from = max(held.public_from, after_working_days(today(), AFTER_ANSWER, held.body.nation))
    held.save(update_fields=["state", "answer", "answered_by", "answered_at", "public_from"])
    record_event(
        action="publishing.preview.answered", subject=f"publishing.preview:{held.public_id}", by=by, body=held.body,
        agreement=held.agreement.public_id, corrects=corrects,
    )  # fmt: skip
    return held
