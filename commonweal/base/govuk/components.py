"""GOV.UK Frontend 6.6.0's components, one pure function each, from the library's own documented options to markup.

Option names are the library's (`isPageHeading`, `errorMessage`, ...), so its documentation is the manual for these.
Two differences: an `html` option is trusted only when it is a SafeString, and the footer has no crown and no crest.
The contract is the library's own examples, all of them: tests/rooms/base/test_govuk_components.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.safestring import SafeString

from commonweal.base.govuk.markup import classes, element, join, text

Params = Mapping[str, Any]

COMPONENTS: dict[str, Callable[[Params], SafeString]] = {}


class UnknownComponent(LookupError):
    """Raised when a component is asked for that is not shipped."""


def render(component: str, params: Params) -> SafeString:
    """This will render one component, named as GOV.UK Frontend names it, from its documented options.

    Raises UnknownComponent for a name that is not shipped.
    """
    try:
        build = COMPONENTS[component]
    except KeyError:
        raise UnknownComponent(f"There is no component {component!r}: choose from {', '.join(COMPONENTS)}") from None
    return build(params)


def component(name: str) -> Callable[[Callable[[Params], SafeString]], Callable[[Params], SafeString]]:
    def register(build: Callable[[Params], SafeString]) -> Callable[[Params], SafeString]:
        COMPONENTS[name] = build
        return build

    return register


# --- what several components share ---------------------------------------------------------------------------------


def content(p: Params, html: str = "html", plain: str = "text") -> SafeString:
    """This will give the content of an option pair: its markup if there is some, else its text."""
    return text(p.get(html) or p.get(plain))


def part(p: Params, name: str) -> Params:
    """This will give a nested option, empty when it is missing or null."""
    return p.get(name) or {}


def written(attributes: Mapping[str, Any] | None) -> dict[str, object]:
    """This will read an `attributes` option: null is an empty value, true and false are words, and
    `{value, optional: true}` is left out when null or false and bare when true."""
    found: dict[str, object] = {}
    for name, item in (attributes or {}).items():
        if isinstance(item, Mapping):
            found[name] = item.get("value") if item.get("optional") is True else text(item.get("value"))
        else:
            found[name] = text(item)
    return found


def translations(key: str, message: object) -> dict[str, object]:
    """This will give the data attributes through which a script's words are replaced, one for each plural form."""
    if not message:
        return {}
    if isinstance(message, Mapping):
        return {f"data-i18n.{key}.{rule}": text(words) for rule, words in message.items()}
    return {f"data-i18n.{key}": text(message)}


def given(p: Params, name: str) -> object:
    """This will give an option as an attribute value whenever it was given at all, as its words."""
    return text(p[name]) if name in p else None


def same(a: object, b: object) -> bool:
    return a is not None and b is not None and str(a) == str(b)


def form_group(p: Params, *children: object) -> SafeString:
    group = part(p, "formGroup")
    names = classes("govuk-form-group", p.get("errorMessage") and "govuk-form-group--error", group.get("classes"))
    return element("div", {"class": names, **written(group.get("attributes"))}, *children)


def hint_and_error(p: Params, ident: str, described_by: str) -> tuple[list[SafeString], str]:
    """This will build a field's hint and error, and add their ids to what describes the field."""
    built = []
    if p.get("hint"):
        built.append(hint({**p["hint"], "id": f"{ident}-hint"}))
        described_by = classes(described_by, f"{ident}-hint")
    if p.get("errorMessage"):
        built.append(error_message({**p["errorMessage"], "id": f"{ident}-error"}))
        described_by = classes(described_by, f"{ident}-error")
    return built, described_by


def beside(p: Params, name: str) -> SafeString:
    """This will give what a form group adds before or after its input."""
    return content(part(part(p, "formGroup"), name))


def labelled_field(p: Params, build: Callable[[str, str], SafeString]) -> SafeString:
    """This will wrap one input, built from its id and what describes it, in its group with label, hint and error."""
    ident = str(p.get("id") or p.get("name"))
    described, described_by = hint_and_error(p, ident, p.get("describedBy") or "")
    return form_group(
        p,
        label({**part(p, "label"), "for": ident}),
        *described,
        beside(p, "beforeInput"),
        build(ident, described_by),
        beside(p, "afterInput"),
    )


def field_group(
    p: Params, described: list[SafeString], described_by: str, inputs: SafeString, role: str | None = None
) -> SafeString:
    """This will wrap several inputs in their group, and in a fieldset if one is asked for."""
    inner = join([*described, inputs])
    if p.get("fieldset"):
        inner = fieldset({**p["fieldset"], "role": role, "describedBy": described_by, "html": inner})
    return form_group(p, inner)


def items_of(p: Params, name: str = "items") -> list[tuple[int, Any]]:
    """This will number the entries of a list from 1, leaving out blank ones but keeping their numbers."""
    return [(number, item) for number, item in enumerate(p.get(name) or [], 1) if item]


# --- words and links -----------------------------------------------------------------------------------------------


@component("back-link")
def back_link(p: Params) -> SafeString:
    names = classes("govuk-back-link", p.get("classes"))
    return element(
        "a", {"href": p.get("href") or "#", "class": names, **written(p.get("attributes"))}, content(p) or "Back"
    )


@component("breadcrumbs")
def breadcrumbs(p: Params) -> SafeString:
    names = classes(
        "govuk-breadcrumbs", p.get("classes"), p.get("collapseOnMobile") and "govuk-breadcrumbs--collapse-on-mobile"
    )

    def crumb(item: Params) -> SafeString:
        if not item.get("href"):
            return element("li", {"class": "govuk-breadcrumbs__list-item", "aria-current": "page"}, content(item))
        link = {"class": "govuk-breadcrumbs__link", "href": item["href"], **written(item.get("attributes"))}
        return element("li", {"class": "govuk-breadcrumbs__list-item"}, element("a", link, content(item)))

    crumbs = [crumb(item) for _, item in items_of(p)]
    return element(
        "nav",
        {"class": names, **written(p.get("attributes")), "aria-label": text(p.get("labelText", "Breadcrumb"))},
        element("ol", {"class": "govuk-breadcrumbs__list"}, *crumbs),
    )


@component("details")
def details(p: Params) -> SafeString:
    words = element("span", {"class": "govuk-details__summary-text"}, content(p, "summaryHtml", "summaryText"))
    return element(
        "details",
        {
            "id": p.get("id") or None,
            "class": classes("govuk-details", p.get("classes")),
            **written(p.get("attributes")),
            "open": bool(p.get("open")),
        },
        element("summary", {"class": "govuk-details__summary"}, words),
        element("div", {"class": "govuk-details__text"}, content(p)),
    )


@component("inset-text")
def inset_text(p: Params) -> SafeString:
    names = classes("govuk-inset-text", p.get("classes"))
    return element("div", {"id": p.get("id") or None, "class": names, **written(p.get("attributes"))}, content(p))


@component("notification-banner")
def notification_banner(p: Params) -> SafeString:
    success = p.get("type") == "success"
    title_id = p.get("titleId") or "govuk-notification-banner-title"
    title = content(p, "titleHtml", "titleText") or ("Success" if success else "Important")
    body: object = text(p.get("html"))
    if not body and p.get("text"):
        body = element("p", {"class": "govuk-notification-banner__heading"}, p["text"])
    return element(
        "div",
        {
            "class": classes(
                "govuk-notification-banner", success and "govuk-notification-banner--success", p.get("classes")
            ),
            "role": p.get("role") or ("alert" if success else "region"),
            "aria-labelledby": title_id,
            "data-module": "govuk-notification-banner",
            "data-disable-auto-focus": given(p, "disableAutoFocus"),
            **written(p.get("attributes")),
        },
        element(
            "div",
            {"class": "govuk-notification-banner__header"},
            element(
                f"h{int(p.get('titleHeadingLevel') or 2)}",
                {"class": "govuk-notification-banner__title", "id": title_id},
                title,
            ),
        ),
        element("div", {"class": "govuk-notification-banner__content"}, body),
    )


@component("panel")
def panel(p: Params) -> SafeString:
    interruption = "govuk-panel--interruption" in (p.get("classes") or "")
    names = classes("govuk-panel", not interruption and "govuk-panel--confirmation", p.get("classes"))
    children = [
        element(
            f"h{int(p.get('headingLevel') or 1)}",
            {"class": "govuk-panel__title"},
            content(p, "titleHtml", "titleText"),
        )
    ]
    if content(p):
        children.append(element("div", {"class": "govuk-panel__body"}, content(p)))

    def act(action: Params) -> SafeString:
        if not action.get("href") or action.get("type") == "button":
            inverse = classes("govuk-button--inverse", action.get("classes"))
            given_on = {key: action[key] for key in ("text", "href", "attributes") if key in action}
            return button({**given_on, "type": action.get("type") or "button", "classes": inverse})
        inverse = classes("govuk-link govuk-link--inverse", action.get("classes"))
        return element(
            "a", {"class": inverse, "href": action["href"], **written(action.get("attributes"))}, action.get("text")
        )

    if interruption and p.get("actions"):
        actions = p["actions"]
        group = [act(item) for _, item in items_of(actions)]
        children.append(
            element(
                "div",
                {
                    "class": classes("govuk-panel__actions", actions.get("classes")),
                    **written(actions.get("attributes")),
                },
                element("div", {"class": "govuk-button-group"}, join(group, "\n")) if group else None,
            )
        )
    return element("div", {"class": names, **written(p.get("attributes"))}, *children)


@component("phase-banner")
def phase_banner(p: Params) -> SafeString:
    phase = part(p, "tag")
    names = classes("govuk-phase-banner govuk-width-container", p.get("classes"))
    return element(
        "div",
        {"class": names, **written(p.get("attributes"))},
        element(
            "p",
            {"class": "govuk-phase-banner__content"},
            tag(
                {
                    "text": phase.get("text"),
                    "html": phase.get("html"),
                    "classes": classes("govuk-phase-banner__content__tag", phase.get("classes")),
                }
            ),
            " ",
            element("span", {"class": "govuk-phase-banner__text"}, content(p)),
        ),
    )


@component("skip-link")
def skip_link(p: Params) -> SafeString:
    names = classes("govuk-skip-link", p.get("classes"))
    return element(
        "a",
        {
            "href": p.get("href") or "#content",
            "class": names,
            **written(p.get("attributes")),
            "data-module": "govuk-skip-link",
        },
        content(p),
    )


@component("tag")
def tag(p: Params) -> SafeString:
    return element(
        "strong", {"class": classes("govuk-tag", p.get("classes")), **written(p.get("attributes"))}, content(p)
    )


@component("warning-text")
def warning_text(p: Params) -> SafeString:
    return element(
        "div",
        {"class": classes("govuk-warning-text", p.get("classes")), **written(p.get("attributes"))},
        element("span", {"class": "govuk-warning-text__icon", "aria-hidden": "true"}, "!"),
        " ",
        element(
            "strong",
            {"class": "govuk-warning-text__text"},
            element("span", {"class": "govuk-visually-hidden"}, p.get("iconFallbackText") or "Warning"),
            " ",
            content(p),
        ),
    )


# --- the frame of a page -------------------------------------------------------------------------------------------


@component("generic-header")
def generic_header(p: Params) -> SafeString:
    link = {"href": p.get("url") or "/", "class": "govuk-generic-header__homepage-link"}
    container = classes("govuk-generic-header__container", p.get("containerClasses") or "govuk-width-container")
    return element(
        "div",
        {"class": classes("govuk-generic-header", p.get("classes")), **written(p.get("attributes"))},
        element(
            "div",
            {"class": container},
            element(
                "div",
                {"class": "govuk-generic-header__logo"},
                element("a", link, content(p, "logoHtml", "logoText")),
            ),
        ),
    )


@component("language-navigation")
def language_navigation(p: Params) -> SafeString:
    def entry(item: Params) -> SafeString:
        shared = {"lang": item.get("lang") or None}
        if item.get("current") or not item.get("href"):
            language = element(
                "span",
                {
                    "class": classes("govuk-language-navigation__text", item.get("classes")),
                    "aria-current": "true",
                    **shared,
                    "dir": item.get("dir") or None,
                    **written(item.get("attributes")),
                },
                content(item),
            )
        else:
            described = item.get("languageDescriptionText")
            language = element(
                "a",
                {
                    "class": classes("govuk-language-navigation__link", item.get("classes")),
                    "href": item["href"],
                    "rel": "alternate",
                    **shared,
                    "hreflang": item.get("hrefLang") or item.get("lang") or None,
                    "dir": item.get("dir") or None,
                    **written(item.get("attributes")),
                },
                content(item),
                element("span", {"class": "govuk-visually-hidden"}, " ", described) if described else None,
            )
        return element("li", {"class": "govuk-language-navigation__list-item"}, language)

    return element(
        "nav",
        {
            "class": classes("govuk-language-navigation", p.get("classes")),
            **written(p.get("attributes")),
            "aria-label": text(p.get("ariaLabel", "Language")),
        },
        element("ul", {"class": "govuk-language-navigation__list"}, *[entry(item) for item in p.get("items") or []]),
    )


@component("service-navigation")
def service_navigation(p: Params) -> SafeString:
    menu = p.get("menuButtonText") or "Menu"
    ident = p.get("navigationId") or "navigation"
    slots = part(p, "slots")
    end = slots.get("end")
    inline = isinstance(end, Mapping) and end.get("align") == "inline"
    end = end.get("html") if isinstance(end, Mapping) else end
    items = [item for _, item in items_of(p, "navigation")]

    def entry(item: Params) -> SafeString:
        active = item.get("active") or item.get("current")
        current = {"aria-current": ("page" if item.get("current") else "true") if active else None}
        words = content(item)
        inner = element("strong", {"class": "govuk-service-navigation__active-fallback"}, words) if active else words
        link: SafeString | None = None
        if item.get("href"):
            link = element(
                "a",
                {
                    "class": "govuk-service-navigation__link",
                    "href": item["href"],
                    **current,
                    **written(item.get("attributes")),
                },
                inner,
            )
        elif words:
            link = element("span", {"class": "govuk-service-navigation__text", **current}, inner)
        names = classes("govuk-service-navigation__item", active and "govuk-service-navigation__item--active")
        return element("li", {"class": names}, link)

    inside: list[object] = []
    if p.get("serviceName"):
        if p.get("serviceUrl"):
            name = element("a", {"href": p["serviceUrl"], "class": "govuk-service-navigation__link"}, p["serviceName"])
        else:
            name = element("span", {"class": "govuk-service-navigation__text"}, p["serviceName"])
        inside.append(element("span", {"class": "govuk-service-navigation__service-name"}, name))
    if items or slots.get("navigationStart") or slots.get("navigationEnd"):
        toggle = None
        if p.get("collapseNavigationOnMobile", len(items) > 1):
            label_differs = p.get("menuButtonLabel") and p["menuButtonLabel"] != menu
            toggle = element(
                "button",
                {
                    "type": "button",
                    "class": "govuk-service-navigation__toggle govuk-js-service-navigation-toggle",
                    "aria-controls": ident,
                    "aria-label": p["menuButtonLabel"] if label_differs else None,
                    "hidden": True,
                    "aria-hidden": "true",
                },
                menu,
            )
        inside.append(
            element(
                "nav",
                {
                    "aria-label": p.get("navigationLabel") or menu,
                    "class": classes("govuk-service-navigation__wrapper", p.get("navigationClasses")),
                },
                toggle,
                element(
                    "ul",
                    {"class": "govuk-service-navigation__list", "id": ident},
                    slots.get("navigationStart"),
                    *[entry(item) for item in items],
                    slots.get("navigationEnd"),
                ),
            )
        )
    # A named service is a landmark of its own; without a name the navigation within is landmark enough.
    landmark = p.get("serviceName") or slots.get("start") or end
    return element(
        "section" if landmark else "div",
        {
            "aria-label": text(p.get("ariaLabel", "Service information")) if landmark else None,
            "class": classes("govuk-service-navigation", p.get("classes")),
            "data-module": "govuk-service-navigation",
            **written(p.get("attributes")),
        },
        element(
            "div",
            {"class": classes("govuk-width-container", inline and "govuk-service-navigation__inlining-container")},
            slots.get("start"),
            element("div", {"class": "govuk-service-navigation__container"}, *inside),
            end,
        ),
    )


OGL_LOGO = element(
    "svg",
    {
        "aria-hidden": "true",
        "focusable": "false",
        "class": "govuk-footer__licence-logo",
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": "0 0 483.2 195.7",
        "height": "17",
        "width": "41",
    },
    element(
        "path",
        {
            "fill": "currentColor",
            "d": "M421.5 142.8V.1l-50.7 32.3v161.1h112.4v-50.7zm-122.3-9.6A47.12 47.12 0 0 1 221 97.8c0-26 21.1-47.1 "
            "47.1-47.1 16.7 0 31.4 8.7 39.7 21.8l42.7-27.2A97.63 97.63 0 0 0 268.1 0c-36.5 0-68.3 20.1-85.1 49.7A98 98 "
            "0 0 0 97.8 0C43.9 0 0 43.9 0 97.8s43.9 97.8 97.8 97.8c36.5 0 68.3-20.1 85.1-49.7a97.76 97.76 0 0 0 149.6 "
            "25.4l19.4 22.2h3v-87.8h-80l24.3 27.5zM97.8 145c-26 0-47.1-21.1-47.1-47.1s21.1-47.1 47.1-47.1 47.2 21 47.2 "
            "47S123.8 145 97.8 145",
        },
    ),
)


@component("footer")
def footer(p: Params) -> SafeString:
    """This will build the footer without crown, crest or copyright link, which belong to GOV.UK alone."""

    def link(item: Params) -> SafeString:
        return element(
            "a",
            {"class": "govuk-footer__link", "href": text(item.get("href")), **written(item.get("attributes"))},
            item.get("text"),
        )

    def section(nav: Params) -> SafeString:
        links = [
            element("li", {"class": "govuk-footer__list-item"}, link(item))
            for _, item in items_of(nav)
            if item.get("href") and item.get("text")
        ]
        columns = nav.get("columns") and f"govuk-footer__list--columns-{nav['columns']}"
        return element(
            "div",
            {"class": f"govuk-footer__section govuk-grid-column-{nav.get('width') or 'full'}"},
            element("h2", {"class": "govuk-footer__heading govuk-heading-m"}, nav.get("title")),
            element("ul", {"class": classes("govuk-footer__list", columns)}, *links) if nav.get("items") else None,
        )

    children: list[object] = []
    if p.get("navigation"):
        sections = [section(nav) for nav in p["navigation"]]
        children.append(element("div", {"class": "govuk-footer__navigation"}, *sections))
        children.append(element("hr", {"class": "govuk-footer__section-break"}))
    meta: list[object] = []
    if p.get("meta") is not None:
        title = p["meta"].get("visuallyHiddenTitle") or "Support links"
        meta.append(element("h2", {"class": "govuk-visually-hidden"}, title))
        if p["meta"].get("items"):
            links = [
                element("li", {"class": "govuk-footer__inline-list-item"}, link(item)) for item in p["meta"]["items"]
            ]
            meta.append(element("ul", {"class": "govuk-footer__inline-list"}, join(links, "\n")))
        if content(p["meta"]):
            meta.append(element("div", {"class": "govuk-footer__meta-custom"}, content(p["meta"])))
    if p.get("contentLicence", {}) is not None:
        licence: object = content(part(p, "contentLicence")) or join(
            [
                "All content is available under the ",
                element(
                    "a",
                    {
                        "class": "govuk-footer__link",
                        "href": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
                        "rel": "license",
                    },
                    "Open Government Licence v3.0",
                ),
                ", except where otherwise stated",
            ]
        )
        meta += [OGL_LOGO, element("span", {"class": "govuk-footer__licence-description"}, licence)]
    children.append(
        element(
            "div",
            {"class": "govuk-footer__meta"},
            element("div", {"class": "govuk-footer__meta-item govuk-footer__meta-item--grow"}, *meta),
        )
    )
    return element(
        "div",
        {"class": classes("govuk-footer", p.get("classes")), **written(p.get("attributes"))},
        element("div", {"class": classes("govuk-width-container", p.get("containerClasses"))}, *children),
    )


# --- lists, tables and steps ---------------------------------------------------------------------------------------


@component("accordion")
def accordion(p: Params) -> SafeString:
    ident = p.get("id")
    level = int(p.get("headingLevel") or 2)

    def section(number: int, item: Params) -> SafeString:
        summary, body = part(item, "summary"), part(item, "content")
        heading = element(
            f"h{level}",
            {"class": "govuk-accordion__section-heading"},
            element(
                "span",
                {"class": "govuk-accordion__section-button", "id": f"{ident}-heading-{number}"},
                content(part(item, "heading")),
            ),
        )
        line = None
        if content(summary):
            line = element(
                "div",
                {"class": "govuk-accordion__section-summary govuk-body", "id": f"{ident}-summary-{number}"},
                content(summary),
            )
        inside: object = text(body.get("html"))
        if not inside and body.get("text"):
            inside = element("p", {"class": "govuk-body"}, body["text"])
        return element(
            "div",
            {
                "class": classes(
                    "govuk-accordion__section", item.get("expanded") and "govuk-accordion__section--expanded"
                )
            },
            element("div", {"class": "govuk-accordion__section-header"}, heading, line),
            element("div", {"id": f"{ident}-content-{number}", "class": "govuk-accordion__section-content"}, inside),
        )

    return element(
        "div",
        {
            "class": classes("govuk-accordion", p.get("classes")),
            "data-module": "govuk-accordion",
            "id": text(ident),
            **translations("hide-all-sections", p.get("hideAllSectionsText")),
            **translations("hide-section", p.get("hideSectionText")),
            **translations("hide-section-aria-label", p.get("hideSectionAriaLabelText")),
            **translations("show-all-sections", p.get("showAllSectionsText")),
            **translations("show-section", p.get("showSectionText")),
            **translations("show-section-aria-label", p.get("showSectionAriaLabelText")),
            "data-remember-expanded": given(p, "rememberExpanded"),
            **written(p.get("attributes")),
        },
        *[section(number, item) for number, item in items_of(p)],
    )


def arrow(kind: str) -> SafeString:
    path = {
        "prev": "m6.5938-0.0078125-6.7266 6.7266 6.7441 6.4062 1.377-1.449-4.1856-3.9768h12.896v-2h-12.984l4.2931-"
        "4.293-1.414-1.414z",
        "next": "m8.107-0.0078125-1.4136 1.414 4.2926 4.293h-12.986v2h12.896l-4.1855 3.9766 1.377 1.4492 6.7441-"
        "6.4062-6.7246-6.7266z",
    }[kind]
    return element(
        "svg",
        {
            "class": f"govuk-pagination__icon govuk-pagination__icon--{kind}",
            "xmlns": "http://www.w3.org/2000/svg",
            "height": "13",
            "width": "15",
            "aria-hidden": "true",
            "focusable": "false",
            "viewBox": "0 0 15 13",
        },
        element("path", {"d": path}),
    )


@component("pagination")
def pagination(p: Params) -> SafeString:
    block = p.get("items") is None and bool(p.get("next") or p.get("previous"))

    def arrow_link(link: Params, kind: str, words: str) -> SafeString:
        label_text = link.get("labelText")
        hidden = element("span", {"class": "govuk-visually-hidden"}, " page")
        title = element(
            "span",
            {
                "class": classes(
                    "govuk-pagination__link-title",
                    block and not label_text and "govuk-pagination__link-title--decorated",
                )
            },
            content(link) or join([words, hidden]),
        )
        named: list[object] = []
        if label_text and block:
            named = [
                element("span", {"class": "govuk-visually-hidden"}, ":"),
                " ",
                element("span", {"class": "govuk-pagination__link-label"}, label_text),
            ]
        before = arrow(kind) if block or kind == "prev" else None
        after = arrow(kind) if not block and kind == "next" else None
        return element(
            "div",
            {"class": f"govuk-pagination__{kind}"},
            element(
                "a",
                {
                    "class": "govuk-link govuk-pagination__link",
                    "href": link["href"],
                    "rel": kind,
                    **written(link.get("attributes")),
                },
                join([before, title, *([" ", *named] if named else []), after]),
            ),
        )

    def page(item: Params) -> SafeString:
        names = classes(
            "govuk-pagination__item",
            item.get("current") and "govuk-pagination__item--current",
            item.get("ellipsis") and "govuk-pagination__item--ellipsis",
        )
        if item.get("ellipsis"):
            return element("li", {"class": names}, "\N{MIDLINE HORIZONTAL ELLIPSIS}")
        number = item.get("number")
        link = {
            "class": "govuk-link govuk-pagination__link",
            "href": text(item.get("href")),
            "aria-label": text(item.get("visuallyHiddenText", f"Page {number}")),
            "aria-current": "page" if item.get("current") else None,
            **written(item.get("attributes")),
        }
        return element("li", {"class": names}, element("a", link, number))

    previous, following = part(p, "previous"), part(p, "next")
    return element(
        "nav",
        {
            "class": classes("govuk-pagination", block and "govuk-pagination--block", p.get("classes")),
            "aria-label": p.get("landmarkLabel") or "Pagination",
            **written(p.get("attributes")),
        },
        arrow_link(previous, "prev", "Previous") if previous.get("href") else None,
        element("ul", {"class": "govuk-pagination__list"}, *[page(item) for _, item in items_of(p)])
        if p.get("items") is not None
        else None,
        arrow_link(following, "next", "Next") if following.get("href") else None,
    )


@component("summary-list")
def summary_list(p: Params) -> SafeString:
    card = p.get("card")
    rows = [row for _, row in items_of(p, "rows")]

    def action_link(action: Params, title: Params | None) -> SafeString:
        hidden = join(
            [
                join([" ", action["visuallyHiddenText"]]) if action.get("visuallyHiddenText") else None,
                join([" (", content(title), ")"]) if title else None,
            ]
        )
        return element(
            "a",
            {
                "class": classes("govuk-link", action.get("classes")),
                "href": text(action.get("href")),
                **written(action.get("attributes")),
            },
            content(action),
            element("span", {"class": "govuk-visually-hidden"}, hidden) if hidden else None,
        )

    any_actions = any(part(row, "actions").get("items") for row in rows)

    def row_of(row: Params) -> SafeString:
        key, value, actions = part(row, "key"), part(row, "value"), part(row, "actions")
        title = part(p, "card").get("title")
        built = None
        if actions.get("items"):
            links = [action_link(action, title) for action in actions["items"]]
            inside: object = links[0]
            if len(links) > 1:
                entries = [element("li", {"class": "govuk-summary-list__actions-list-item"}, link) for link in links]
                inside = element("ul", {"class": "govuk-summary-list__actions-list"}, join(entries, "\n"))
            built = element("dd", {"class": classes("govuk-summary-list__actions", actions.get("classes"))}, inside)
        names = classes(
            "govuk-summary-list__row",
            any_actions and actions.get("items") is None and "govuk-summary-list__row--no-actions",
            row.get("classes"),
        )
        return element(
            "div",
            {"class": names},
            element("dt", {"class": classes("govuk-summary-list__key", key.get("classes"))}, content(key)),
            element("dd", {"class": classes("govuk-summary-list__value", value.get("classes"))}, content(value)),
            built,
        )

    built = element(
        "dl",
        {"class": classes("govuk-summary-list", p.get("classes")), **written(p.get("attributes"))},
        *[row_of(row) for row in rows],
    )
    if not card:
        return built
    title, actions = card.get("title"), part(card, "actions")
    head: list[object] = []
    if title:
        names = classes("govuk-summary-card__title", title.get("classes"))
        head.append(element(f"h{int(title.get('headingLevel') or 2)}", {"class": names}, content(title)))
    if actions.get("items"):
        links = [action_link(action, title) for action in actions["items"]]
        names = classes("govuk-summary-card__actions", actions.get("classes"))
        if len(links) == 1:
            head.append(element("div", {"class": names}, *links))
        else:
            entries = [element("li", {"class": "govuk-summary-card__action"}, link) for link in links]
            head.append(element("ul", {"class": names}, join(entries, "\n")))
    return element(
        "div",
        {"class": classes("govuk-summary-card", card.get("classes")), **written(card.get("attributes"))},
        element("div", {"class": "govuk-summary-card__title-wrapper"}, *head),
        element("div", {"class": "govuk-summary-card__content"}, built),
    )


@component("table")
def table(p: Params) -> SafeString:
    def spans(cell: Params) -> dict[str, object]:
        return {
            "colspan": cell.get("colspan") or None,
            "rowspan": cell.get("rowspan") or None,
            **written(cell.get("attributes")),
        }

    def heading(item: Params) -> SafeString:
        numeric = item.get("format") and f"govuk-table__header--{item['format']}"
        names = classes("govuk-table__header", numeric, item.get("classes"))
        return element("th", {"scope": "col", "class": names, **spans(item)}, content(item))

    def cell_of(cell: Params, first: bool) -> SafeString:
        if first and p.get("firstCellIsHeader"):
            names = classes("govuk-table__header", cell.get("classes"))
            return element("th", {"scope": "row", "class": names, **spans(cell)}, content(cell))
        numeric = cell.get("format") and f"govuk-table__cell--{cell['format']}"
        return element(
            "td", {"class": classes("govuk-table__cell", numeric, cell.get("classes")), **spans(cell)}, content(cell)
        )

    children: list[object] = []
    if p.get("caption"):
        names = classes("govuk-table__caption", p.get("captionClasses"))
        children.append(element("caption", {"class": names}, p["caption"]))
    if p.get("head"):
        headings = [heading(item) for item in p["head"]]
        children.append(
            element("thead", {"class": "govuk-table__head"}, element("tr", {"class": "govuk-table__row"}, *headings))
        )
    rows = [
        element("tr", {"class": "govuk-table__row"}, *[cell_of(cell, i == 0) for i, cell in enumerate(row)])
        for _, row in items_of(p, "rows")
    ]
    children.append(element("tbody", {"class": "govuk-table__body"}, *rows))
    return element(
        "table", {"class": classes("govuk-table", p.get("classes")), **written(p.get("attributes"))}, *children
    )


@component("tabs")
def tabs(p: Params) -> SafeString:
    items = items_of(p)

    def panel_id(number: int, item: Params) -> str:
        return str(item.get("id") or f"{p.get('idPrefix') or ''}-{number}")

    def tab(number: int, item: Params) -> SafeString:
        names = classes("govuk-tabs__list-item", number == 1 and "govuk-tabs__list-item--selected")
        link = {
            "class": "govuk-tabs__tab",
            "href": f"#{panel_id(number, item)}",
            **written(item.get("attributes")),
        }
        return element("li", {"class": names}, element("a", link, item.get("label")))

    def tab_panel(number: int, item: Params) -> SafeString:
        shown = part(item, "panel")
        body: object = text(shown.get("html"))
        if not body and shown.get("text"):
            body = element("p", {"class": "govuk-body"}, shown["text"])
        names = classes("govuk-tabs__panel", number > 1 and "govuk-tabs__panel--hidden")
        return element("div", {"class": names, "id": panel_id(number, item), **written(shown.get("attributes"))}, body)

    inside: list[object] = []
    if items:
        inside.append(element("ul", {"class": "govuk-tabs__list"}, *[tab(*entry) for entry in items]))
        inside += [tab_panel(*entry) for entry in items]
    return element(
        "div",
        {
            "id": p.get("id") or None,
            "class": classes("govuk-tabs", p.get("classes")),
            **written(p.get("attributes")),
            "data-module": "govuk-tabs",
        },
        element("h2", {"class": "govuk-tabs__title"}, p.get("title", "Contents")),
        *inside,
    )


@component("task-list")
def task_list(p: Params) -> SafeString:
    prefix = p.get("idPrefix") or "task-list"

    def task(number: int, item: Params) -> SafeString:
        hint_id, status_id = f"{prefix}-{number}-hint", f"{prefix}-{number}-status"
        title, status, advice = part(item, "title"), part(item, "status"), item.get("hint")
        if item.get("href"):
            name = element(
                "a",
                {
                    "class": classes("govuk-link govuk-task-list__link", title.get("classes")),
                    "href": item["href"],
                    "aria-describedby": classes(advice and hint_id, status_id),
                },
                content(title),
            )
        else:
            name = element("div", {"class": title.get("classes") or None}, content(title))
        shown = tag(status["tag"]) if status.get("tag") else content(status)
        return element(
            "li",
            {
                "class": classes(
                    "govuk-task-list__item",
                    item.get("href") and "govuk-task-list__item--with-link",
                    item.get("classes"),
                )
            },
            element(
                "div",
                {"class": "govuk-task-list__name-and-hint"},
                name,
                element("div", {"id": hint_id, "class": "govuk-task-list__hint"}, content(advice)) if advice else None,
            ),
            element(
                "div", {"class": classes("govuk-task-list__status", status.get("classes")), "id": status_id}, shown
            ),
        )

    return element(
        "ul",
        {"class": classes("govuk-task-list", p.get("classes")), **written(p.get("attributes"))},
        *[task(number, item) for number, item in items_of(p)],
    )


# --- forms ---------------------------------------------------------------------------------------------------------


@component("button")
def button(p: Params) -> SafeString:
    start = p.get("isStartButton")
    shared = {
        "class": classes("govuk-button", p.get("classes"), start and "govuk-button--start"),
        "data-module": "govuk-button",
        **written(p.get("attributes")),
        "id": p.get("id") or None,
    }
    words = element("span", {}, p["html"]) if p.get("html") and start else content(p)
    icon = (
        element(
            "svg",
            {
                "class": "govuk-button__start-icon",
                "xmlns": "http://www.w3.org/2000/svg",
                "width": "17.5",
                "height": "19",
                "viewBox": "0 0 33 40",
                "aria-hidden": "true",
                "focusable": "false",
            },
            element("path", {"fill": "currentColor", "d": "M0 0h13l20 20-20 20H0l20-20z"}),
        )
        if start
        else None
    )
    if p.get("href"):
        return element("a", {"href": p["href"], "role": "button", "draggable": "false", **shared}, words, icon)
    return element(
        "button",
        {
            "type": p.get("type") or "submit",
            "value": p.get("value") or None,
            "name": p.get("name") or None,
            "disabled": bool(p.get("disabled")),
            "aria-disabled": "true" if p.get("disabled") else None,
            "data-prevent-double-click": given(p, "preventDoubleClick"),
            **shared,
        },
        words,
        icon,
    )


@component("label")
def label(p: Params) -> SafeString:
    if not content(p):
        return text(None)
    built = element(
        "label",
        {
            "class": classes("govuk-label", p.get("classes")),
            **written(p.get("attributes")),
            "for": p.get("for") or None,
        },
        content(p),
    )
    return element("h1", {"class": "govuk-label-wrapper"}, built) if p.get("isPageHeading") else built


@component("hint")
def hint(p: Params) -> SafeString:
    names = classes("govuk-hint", p.get("classes"))
    return element("div", {"id": p.get("id") or None, "class": names, **written(p.get("attributes"))}, content(p))


@component("error-message")
def error_message(p: Params) -> SafeString:
    prefix = p.get("visuallyHiddenText", "Error")
    return element(
        "p",
        {
            "id": p.get("id") or None,
            "class": classes("govuk-error-message", p.get("classes")),
            **written(p.get("attributes")),
        },
        join([element("span", {"class": "govuk-visually-hidden"}, prefix, ":"), " "]) if prefix else None,
        content(p),
    )


@component("error-summary")
def error_summary(p: Params) -> SafeString:
    def entry(item: Params) -> SafeString:
        if not item.get("href"):
            return element("li", {}, content(item))
        return element("li", {}, element("a", {"href": item["href"], **written(item.get("attributes"))}, content(item)))

    described = content(p, "descriptionHtml", "descriptionText")
    body: list[object] = [element("p", {}, described)] if described else []
    if p.get("errorList"):
        entries = [entry(item) for item in p["errorList"]]
        body.append(element("ul", {"class": "govuk-list govuk-error-summary__list"}, *entries))
    return element(
        "div",
        {
            "class": classes("govuk-error-summary", p.get("classes")),
            "data-disable-auto-focus": given(p, "disableAutoFocus"),
            **written(p.get("attributes")),
            "data-module": "govuk-error-summary",
        },
        element(
            "div",
            {"role": "alert"},
            element("h2", {"class": "govuk-error-summary__title"}, content(p, "titleHtml", "titleText")),
            element("div", {"class": "govuk-error-summary__body"}, *body),
        ),
    )


@component("fieldset")
def fieldset(p: Params) -> SafeString:
    legend = part(p, "legend")
    built = None
    if content(legend):
        words = content(legend)
        if legend.get("isPageHeading"):
            words = element("h1", {"class": "govuk-fieldset__heading"}, words)
        built = element("legend", {"class": classes("govuk-fieldset__legend", legend.get("classes"))}, words)
    return element(
        "fieldset",
        {
            "class": classes("govuk-fieldset", p.get("classes")),
            "role": p.get("role") or None,
            "aria-describedby": p.get("describedBy") or None,
            **written(p.get("attributes")),
        },
        built,
        p.get("html"),
    )


@component("input")
def text_input(p: Params) -> SafeString:
    group = part(p, "formGroup")
    ident = str(p.get("id") or p.get("name"))
    described, described_by = hint_and_error(p, ident, p.get("describedBy") or "")
    spelling = p.get("spellcheck")
    built = element(
        "input",
        {
            "class": classes("govuk-input", p.get("classes"), p.get("errorMessage") and "govuk-input--error"),
            "id": ident,
            "name": text(p.get("name")),
            "type": p.get("type") or "text",
            "spellcheck": text(spelling) if isinstance(spelling, bool) else None,
            "value": p.get("value"),
            "disabled": p.get("disabled"),
            "aria-describedby": described_by or None,
            "autocomplete": p.get("autocomplete"),
            "autocapitalize": p.get("autocapitalize"),
            "pattern": p.get("pattern"),
            "inputmode": p.get("inputmode"),
            **written(p.get("attributes")),
        },
    )

    def affix(kind: str) -> SafeString | None:
        fix = part(p, kind)
        if not content(fix):
            return None
        names = classes(f"govuk-input__{kind}", fix.get("classes"))
        return element("div", {"class": names, "aria-hidden": "true", **written(fix.get("attributes"))}, content(fix))

    before, after = content(part(group, "beforeInput")), content(part(group, "afterInput"))
    prefix, suffix = affix("prefix"), affix("suffix")
    if prefix or suffix or before or after:
        wrapper = part(p, "inputWrapper")
        built = element(
            "div",
            {"class": classes("govuk-input__wrapper", wrapper.get("classes")), **written(wrapper.get("attributes"))},
            before,
            prefix,
            built,
            suffix,
            after,
        )
    return form_group(p, label({**part(p, "label"), "for": ident}), *described, built)


@component("password-input")
def password_input(p: Params) -> SafeString:
    group = part(p, "formGroup")
    ident = p.get("id") or p.get("name")
    toggle = button(
        {
            "type": "button",
            "classes": classes(
                "govuk-button--secondary govuk-password-input__toggle govuk-js-password-input-toggle",
                part(p, "button").get("classes"),
            ),
            "text": p.get("showPasswordText", "Show"),
            "attributes": {
                "aria-controls": ident,
                "aria-label": p.get("showPasswordAriaLabelText", "Show password"),
                "hidden": {"value": True, "optional": True},
            },
        }
    )
    return text_input(
        {
            **{
                key: p[key] for key in ("label", "hint", "errorMessage", "value", "disabled", "describedBy") if key in p
            },
            "attributes": p.get("attributes"),
            "id": ident,
            "name": p.get("name"),
            "type": "password",
            "spellcheck": False,
            "autocapitalize": "none",
            "autocomplete": p.get("autocomplete") or "current-password",
            "classes": classes("govuk-password-input__input govuk-js-password-input-input", p.get("classes")),
            "inputWrapper": {"classes": "govuk-password-input__wrapper"},
            "formGroup": {
                "classes": classes("govuk-password-input", group.get("classes")),
                "attributes": {
                    "data-module": "govuk-password-input",
                    **translations("show-password", p.get("showPasswordText")),
                    **translations("hide-password", p.get("hidePasswordText")),
                    **translations("show-password-aria-label", p.get("showPasswordAriaLabelText")),
                    **translations("hide-password-aria-label", p.get("hidePasswordAriaLabelText")),
                    **translations("password-shown-announcement", p.get("passwordShownAnnouncementText")),
                    **translations("password-hidden-announcement", p.get("passwordHiddenAnnouncementText")),
                    **part(group, "attributes"),
                },
                "beforeInput": group.get("beforeInput"),
                "afterInput": {"html": join([toggle, content(part(group, "afterInput"))])},
            },
        }
    )


@component("textarea")
def textarea(p: Params) -> SafeString:
    spelling = p.get("spellcheck")

    def build(ident: str, described_by: str) -> SafeString:
        return element(
            "textarea",
            {
                "class": classes("govuk-textarea", p.get("errorMessage") and "govuk-textarea--error", p.get("classes")),
                "id": ident,
                "name": text(p.get("name")),
                "rows": p.get("rows") or 5,
                "spellcheck": text(spelling) if isinstance(spelling, bool) else None,
                "disabled": bool(p.get("disabled")),
                "aria-describedby": described_by or None,
                "autocomplete": p.get("autocomplete") or None,
                **written(p.get("attributes")),
            },
            p.get("value"),
        )

    return labelled_field(p, build)


@component("character-count")
def character_count(p: Params) -> SafeString:
    group = part(p, "formGroup")
    ident = p.get("id") or p.get("name")
    limit = p.get("maxwords") or p.get("maxlength")
    kind = p.get("countType") or ("words" if p.get("maxwords") else None)
    described = p.get("textareaDescriptionText")
    description = described or f"You can enter up to %{{count}} {'words' if kind == 'words' else 'characters'}"
    message = hint(
        {
            "text": text(description).replace("%{count}", str(limit)) if limit else None,
            "id": f"{ident}-info",
            "classes": classes("govuk-character-count__message", part(p, "countMessage").get("classes")),
        }
    )
    attributes = {
        "data-module": "govuk-character-count",
        "data-maxlength": {"value": p.get("maxlength"), "optional": True},
        "data-maxwords": {"value": p.get("maxwords"), "optional": True},
        "data-threshold": {"value": p.get("threshold"), "optional": True},
        "data-count-type": {"value": kind, "optional": True},
        # With no limit here the script will be told of one, and writes the description itself.
        **({} if limit or not described else translations("textarea-description", {"other": described})),
        **translations("characters-under-limit", p.get("charactersUnderLimitText")),
        **translations("characters-at-limit", p.get("charactersAtLimitText")),
        **translations("characters-over-limit", p.get("charactersOverLimitText")),
        **translations("words-under-limit", p.get("wordsUnderLimitText")),
        **translations("words-at-limit", p.get("wordsAtLimitText")),
        **translations("words-over-limit", p.get("wordsOverLimitText")),
        **part(group, "attributes"),
    }
    shared = ("name", "rows", "spellcheck", "value", "label", "hint", "errorMessage", "attributes")
    return textarea(
        {
            **{key: p[key] for key in shared if key in p},
            "id": ident,
            "describedBy": f"{ident}-info",
            "classes": classes("govuk-js-character-count", p.get("classes")),
            "formGroup": {
                "classes": classes("govuk-character-count", group.get("classes")),
                "attributes": attributes,
                "beforeInput": group.get("beforeInput"),
                "afterInput": {"html": join([message, content(part(group, "afterInput"))])},
            },
        }
    )


@component("select")
def select(p: Params) -> SafeString:
    def option(item: Params) -> SafeString:
        # An option without a value counts as its own words.
        chosen = bool(p.get("value")) and same(item.get("value", item.get("text")), p.get("value"))
        selected = item.get("selected") or (chosen and item.get("selected") is not False)
        return element(
            "option",
            {
                "value": given(item, "value"),
                "selected": bool(selected),
                "disabled": bool(item.get("disabled")),
                **written(item.get("attributes")),
            },
            item.get("text"),
        )

    def build(ident: str, described_by: str) -> SafeString:
        return element(
            "select",
            {
                "class": classes("govuk-select", p.get("classes"), p.get("errorMessage") and "govuk-select--error"),
                "id": ident,
                "name": text(p.get("name")),
                "disabled": bool(p.get("disabled")),
                "aria-describedby": described_by or None,
                **written(p.get("attributes")),
            },
            *[option(item) for _, item in items_of(p)],
        )

    return labelled_field(p, build)


@component("file-upload")
def file_upload(p: Params) -> SafeString:
    def build(ident: str, described_by: str) -> SafeString:
        chooser = element(
            "input",
            {
                "class": classes(
                    "govuk-file-upload", p.get("classes"), p.get("errorMessage") and "govuk-file-upload--error"
                ),
                "id": ident,
                "name": text(p.get("name")),
                "type": "file",
                "disabled": bool(p.get("disabled")),
                "multiple": bool(p.get("multiple")),
                "aria-describedby": described_by or None,
                **written(p.get("attributes")),
            },
        )
        if not p.get("javascript"):
            return chooser
        return element(
            "div",
            {
                "class": classes("govuk-file-upload-wrapper", p.get("wrapperClasses")),
                "data-module": "govuk-file-upload",
                **translations("choose-files-button", p.get("chooseFilesButtonText")),
                **translations("no-file-chosen", p.get("noFileChosenText")),
                **translations("multiple-files-chosen", p.get("multipleFilesChosenText")),
                **translations("drop-instruction", p.get("dropInstructionText")),
                **translations("entered-drop-zone", p.get("enteredDropZoneText")),
                **translations("left-drop-zone", p.get("leftDropZoneText")),
                **written(p.get("wrapperAttributes")),
            },
            chooser,
        )

    return labelled_field(p, build)


def choice(p: Params, kind: str, number: int, item: Params, checked: bool, described_by: str) -> SafeString:
    """This will build one radio or checkbox with its label, hint and what it reveals."""
    prefix = str(p.get("idPrefix") or p.get("name"))
    if item.get("divider"):
        return element("div", {"class": f"govuk-{kind}__divider"}, item["divider"])
    # The first has no number, so that an error summary can link to the name alone.
    ident = str(item.get("id") or (f"{prefix}-{number}" if number > 1 else prefix))
    advice, own_label = part(item, "hint"), part(item, "label")
    hint_id = f"{ident}-item-hint" if content(advice) else ""
    revealed = part(item, "conditional").get("html")
    boxed = element(
        "div",
        {"class": f"govuk-{kind}__item"},
        element(
            "input",
            {
                "class": f"govuk-{kind}__input",
                "id": ident,
                "name": text(item.get("name") or p.get("name") if kind == "checkboxes" else p.get("name")),
                "type": "checkbox" if kind == "checkboxes" else "radio",
                "value": text(item.get("value")),
                "checked": checked,
                "disabled": bool(item.get("disabled")),
                "data-aria-controls": f"conditional-{ident}" if revealed else None,
                "data-behaviour": item.get("behaviour") or None if kind == "checkboxes" else None,
                "aria-describedby": classes(described_by, hint_id) or None,
                **written(item.get("attributes")),
            },
        ),
        label(
            {
                "html": item.get("html"),
                "text": item.get("text"),
                "classes": classes(f"govuk-{kind}__label", own_label.get("classes")),
                "attributes": own_label.get("attributes"),
                "for": ident,
            }
        ),
        hint({**advice, "id": hint_id, "classes": classes(f"govuk-{kind}__hint", advice.get("classes"))})
        if hint_id
        else None,
    )
    if not revealed:
        return boxed
    names = classes(f"govuk-{kind}__conditional", not checked and f"govuk-{kind}__conditional--hidden")
    return join([boxed, element("div", {"class": names, "id": f"conditional-{ident}"}, revealed)])


def choices(p: Params, kind: str, described_by: str, is_chosen: Callable[[object], bool]) -> SafeString:
    """This will build the whole of radios or checkboxes, given which values are chosen."""
    prefix = str(p.get("idPrefix") or p.get("name"))
    described, described_by = hint_and_error(p, prefix, described_by)
    # Without a fieldset to carry it, each checkbox repeats what describes the group.
    own = described_by if kind == "checkboxes" and not p.get("fieldset") else ""
    built = [
        choice(
            p,
            kind,
            number,
            item,
            bool(item.get("checked") or (is_chosen(item.get("value")) and item.get("checked") is not False)),
            own,
        )
        for number, item in items_of(p)
    ]
    inputs = element(
        "div",
        {
            "class": classes(f"govuk-{kind}", p.get("classes")),
            **written(p.get("attributes")),
            "data-module": f"govuk-{kind}",
        },
        beside(p, "beforeInputs"),
        *built,
        beside(p, "afterInputs"),
    )
    return field_group(p, described, described_by, inputs)


@component("checkboxes")
def checkboxes(p: Params) -> SafeString:
    chosen = p.get("values") or []
    described_by = part(p, "fieldset").get("describedBy") or p.get("describedBy") or ""
    return choices(p, "checkboxes", described_by, lambda value: any(same(value, one) for one in chosen))


@component("radios")
def radios(p: Params) -> SafeString:
    described_by = part(p, "fieldset").get("describedBy") or ""
    return choices(p, "radios", described_by, lambda value: bool(p.get("value")) and same(value, p.get("value")))


@component("date-input")
def date_input(p: Params) -> SafeString:
    values = part(p, "values")
    standard = {
        name: p.get(name, {"name": name, "value": values.get(name), "classes": f"govuk-input--width-{width}"})
        for name, width in (("day", 2), ("month", 2), ("year", 4))
    }
    items: list[Params] = p.get("items") or list(standard.values())

    def flagged(item: Params) -> bool:
        return bool(item.get("error")) or "govuk-input--error" in (item.get("classes") or "")

    any_flagged = any(flagged(item) for item in items if item)
    prefix = f"{p['namePrefix']}-" if p.get("namePrefix") else ""

    def box(item: Params) -> SafeString:
        name, value, width = item.get("name"), item.get("value"), 2
        for part_name, usual in standard.items():
            if item is usual or (name and name in (part_name, (usual or {}).get("name"))):
                name = name or part_name
                value = item.get("value", (usual or {}).get("value"))
                width = 4 if part_name == "year" else 2
                break
        own = item.get("classes") or ""
        wrong = flagged(item) or (item.get("error") is not False and p.get("errorMessage") and not any_flagged)
        names = classes(
            "govuk-date-input__input",
            wrong and "govuk-input--error" not in own and "govuk-input--error",
            "govuk-input--width-" not in own and f"govuk-input--width-{width}",
            own,
        )
        return element(
            "div",
            {"class": "govuk-date-input__item"},
            text_input(
                {
                    "label": {
                        "text": item.get("label") or str(name).capitalize(),
                        "classes": "govuk-date-input__label",
                    },
                    "id": item.get("id") or f"{p.get('id')}-{name}",
                    "classes": names,
                    "name": f"{prefix}{name}",
                    "value": values.get(f"{prefix}{name}") if value is None else value,
                    "inputmode": item.get("inputmode") or "numeric",
                    "autocomplete": item.get("autocomplete"),
                    "pattern": item.get("pattern"),
                    "attributes": item.get("attributes"),
                }
            ),
        )

    described, described_by = hint_and_error(p, str(p.get("id")), part(p, "fieldset").get("describedBy") or "")
    inputs = element(
        "div",
        {
            "class": classes("govuk-date-input", p.get("classes")),
            **written(p.get("attributes")),
            "id": p.get("id") or None,
        },
        beside(p, "beforeInputs"),
        *[box(item) for item in items if item],
        beside(p, "afterInputs"),
    )
    # A group by role, because some screen readers do not speak the description of a fieldset of text inputs.
    return field_group(p, described, described_by, inputs, role="group")
