"""Forms as GOV.UK forms: every kind of field, its errors, and where they lead."""

import datetime
import re
from decimal import Decimal

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Engine
from django.utils.safestring import mark_safe
from django.utils.translation import override

from commonweal.base.govuk.forms import (
    DateField,
    GovukRenderer,
    MaxWordsValidator,
    MoneyField,
    QuantityField,
    count_words,
    render_form,
)

SECTORS = [("charity", "Charity"), ("cic", "Community interest company"), ("firm", "Firm")]


class Everything(forms.Form):
    name = forms.CharField(
        label="Name", help_text="As on your <b>register</b>", widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(label="Email", required=False)
    amount = forms.DecimalField(label="Amount")
    starts = DateField(label="When does it start?")
    sector = forms.ChoiceField(label="Sector", choices=SECTORS, widget=forms.RadioSelect)
    wards = forms.MultipleChoiceField(label="Wards", choices=SECTORS, widget=forms.CheckboxSelectMultiple)
    kind = forms.ChoiceField(label="Kind", choices=[("", "Choose"), ("1", "One"), ("2", "Two")])
    why = forms.CharField(label="Why", widget=forms.Textarea, validators=[MaxWordsValidator(3)])
    notes = forms.CharField(label="Notes", widget=forms.Textarea, max_length=50, required=False)
    proof = forms.FileField(label="Proof", required=False)
    secret = forms.CharField(label="Password", widget=forms.PasswordInput, required=False)
    agree = forms.BooleanField(label="I agree")
    token = forms.CharField(widget=forms.HiddenInput, required=False)
    default_renderer = GovukRenderer
    govuk = {"amount": {"prefix": {"text": "£"}}}


GOOD = {
    "name": "Harbour Kitchens", "amount": "12.50", "starts-day": "1", "starts-month": "March", "starts-year": "2027",
    "sector": "cic", "wards": ["charity", "firm"], "kind": "2", "why": "one two three", "agree": "on",
}  # fmt: skip


def drawn(form, **more):
    return render_form(form, csrf_token="t0ken", submit="Save", **more)


def described_elements_exist(html):
    wanted = {ident for value in re.findall(r'aria-describedby="([^"]*)"', html) for ident in value.split()}
    return wanted <= set(re.findall(r' id="([^"]*)"', html))


def test_a_good_form_reads_back_what_was_typed():
    form = Everything(GOOD, {"proof": SimpleUploadedFile("a.txt", b"x")})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["starts"] == datetime.date(2027, 3, 1)


def test_every_field_has_a_label_and_nothing_is_marked_by_browser_checks():
    html = drawn(Everything())
    ids = set(re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', html))
    hidden = {"id_token"}
    assert ids - hidden <= set(re.findall(r'<label[^>]* for="([^"]+)"', html))
    assert " required" not in html
    assert "novalidate" in html
    assert 'enctype="multipart/form-data"' in html
    assert '<input type="hidden" name="csrfmiddlewaretoken" value="t0ken">' in html
    assert "style=" not in html
    assert described_elements_exist(html)


def test_help_text_is_escaped_and_the_autocomplete_reaches_the_input():
    html = drawn(Everything())
    assert "As on your &lt;b&gt;register&lt;/b&gt;" in html
    assert 'autocomplete="name"' in html


def test_optional_fields_say_so_unless_the_form_declines():
    assert "Email (optional)" in drawn(Everything())
    form = Everything()
    form.mark_optional = False
    assert "(optional)" not in drawn(form)


def test_a_number_is_a_text_box_with_a_decimal_keyboard_and_the_forms_own_prefix():
    html = drawn(Everything())
    box = re.search(r'<input[^>]*id="id_amount"[^>]*>', html)[0]
    assert 'type="text"' in box
    assert 'inputmode="decimal"' in box
    assert '<div class="govuk-input__prefix" aria-hidden="true">£</div>' in html


def test_values_typed_come_back_chosen():
    html = drawn(Everything(GOOD))
    assert re.search(r'<input[^>]*value="cic" checked', html)
    assert len(re.findall(r'type="checkbox" value="(?:charity|firm)" checked', html)) == 2
    assert '<option value="2" selected>' in html
    assert re.search(r'id="id_starts-month"[^>]*value="March"', html)


def test_errors_are_summed_up_first_and_each_leads_to_an_input_that_exists():
    html = drawn(Everything({}))
    assert html.startswith('<div class="govuk-error-summary"')
    targets = re.findall(r'<a href="#([^"]+)"', html)
    assert len(targets) == 8
    ids = set(re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', html))
    assert set(targets) <= ids
    assert html.count('aria-invalid="true"') >= 6
    assert described_elements_exist(html)


def test_an_error_that_belongs_to_no_field_stands_in_the_summary_without_a_link():
    form = Everything(GOOD)
    form.add_error(None, "These two cannot both be <true>")
    assert "<li>These two cannot both be &lt;true&gt;</li>" in drawn(form)


def test_a_blank_field_is_told_what_to_do_by_name_unless_the_form_has_words_of_its_own():
    html = drawn(Everything({}))
    assert '<a href="#id_amount">Fill in “Amount”</a>' in html
    assert '<a href="#id_sector">Choose an answer to “Sector”</a>' in html
    assert '<a href="#id_agree">Tick “I agree”</a>' in html
    assert '<a href="#id_starts-day">Enter a date</a>' in html
    form = Everything({})
    form.fields["amount"].error_messages["required"] = "Say how much"
    assert '<a href="#id_amount">Say how much</a>' in drawn(form)
    assert "This field is required" not in html


def test_no_summary_before_anything_is_sent():
    assert "govuk-error-summary" not in drawn(Everything())


@pytest.mark.parametrize(
    ("typed", "message", "target"),
    [
        (("", "", ""), "Enter a date", "day"),
        (("1", "", "2027"), "The date must include a month", "month"),
        (("", "2", ""), "The date must include a day and year", "day"),
        (("1", "3", "27"), "The year must include 4 numbers", "year"),
        (("1", "13", "2027"), "The date must be a real date", "month"),
        (("31", "2", "2027"), "The date must be a real date", "day"),
        (("x", "2", "2027"), "The date must be a real date", "day"),
        (("1", "3", "٢٠٢٧"), "The year must include 4 numbers", "year"),
    ],
)
def test_a_wrong_date_says_which_part_and_leads_there(typed, message, target):
    names = dict(zip(("starts-day", "starts-month", "starts-year"), typed, strict=True))
    form = Everything({**GOOD, **names})
    assert not form.is_valid()
    assert form.errors["starts"][0].startswith(message)
    html = drawn(form)
    assert f'href="#id_starts-{target}"' in html
    box = re.search(rf'<input[^>]*id="id_starts-{target}"[^>]*>', html)[0]
    assert "govuk-input--error" in box
    assert 'aria-invalid="true"' in box


@pytest.mark.parametrize("month", ["3", "03", "Mar", "MARCH", "Mawrth"])
def test_a_month_may_be_a_number_or_a_name_in_either_language(month):
    form = Everything({**GOOD, "starts-month": month})
    assert form.is_valid()
    assert form.cleaned_data["starts"].month == 3


def test_a_date_may_be_given_whole_and_shows_in_its_boxes():
    without = {key: value for key, value in GOOD.items() if not key.startswith("starts")}
    form = Everything({**without, "starts": "2027-03-01"})
    assert form.is_valid()
    assert re.search(r'id="id_starts-year"[^>]*value="2027"', drawn(form))
    unsent = Everything(initial={"starts": datetime.date(2026, 11, 21)})
    assert re.search(r'id="id_starts-day"[^>]*value="21"', drawn(unsent))


def test_a_date_that_did_not_change_is_known_as_such():
    field = DateField()
    assert not field.has_changed(datetime.date(2027, 3, 1), ("1", "mar", "2027"))
    assert field.has_changed(datetime.date(2027, 3, 1), ("", "mar", "2027"))


def test_words_and_characters_are_counted_where_a_field_limits_them():
    html = drawn(Everything())
    assert 'data-maxlength="3" data-count-type="words"' in html
    assert 'data-maxlength="50"' in html
    assert "You can write up to 3 words" in html
    assert 'data-i18n.words-under-limit.one="You have %{count} word remaining"' in html
    form = Everything({**GOOD, "why": "one two three four"})
    assert form.errors["why"] == ["Write at most 3 words (you have written 4)"]


def test_a_widget_of_its_own_kind_is_drawn_within_the_usual_group():
    class Odd(forms.Widget):
        def render(self, name, value, attrs=None, renderer=None):
            return mark_safe(
                f'<output id="{attrs["id"]}" aria-describedby="{attrs.get("aria-describedby", "")}"></output>'
            )

    class OddForm(forms.Form):
        odd = forms.CharField(label="Odd", help_text="Odder", widget=Odd)

    html = drawn(OddForm({}))
    assert '<label class="govuk-label govuk-label--s" for="id_odd">Odd</label>' in html
    assert '<output id="id_odd" aria-describedby="id_odd-hint id_odd-error">' in html


def test_django_draws_any_form_and_formset_through_the_renderer():
    class Small(forms.Form):
        who = forms.CharField(label="Who")

    form = Small(renderer=GovukRenderer())
    assert str(form) == str(form["who"].as_field_group())
    assert 'class="govuk-input"' in str(form)
    formset = forms.formset_factory(Small, extra=2)()
    formset.renderer = GovukRenderer()
    assert str(formset).count("govuk-form-group") == 2
    assert 'name="form-TOTAL_FORMS"' in str(formset)


def test_tags_draw_the_same_from_a_template():
    engine = Engine(libraries={"govuk": "commonweal.base.templatetags.govuk"})
    template = engine.from_string(
        '{% load govuk %}{% govuk "button" options text=words %}{% govuk_form form "Send" method="get" %}'
        "{% govuk_field form.who %}{% govuk_error_summary form %}"
    )

    class Small(forms.Form):
        who = forms.CharField(label="Who")

    html = template.render(
        Context({"form": Small({}), "words": "<Go>", "options": {"type": "button"}, "csrf_token": "t"})
    )
    assert '<button type="button" class="govuk-button" data-module="govuk-button">&lt;Go&gt;</button>' in html
    assert 'method="get"' in html
    assert "csrfmiddlewaretoken" not in html
    assert html.count("govuk-error-summary__title") == 2


@pytest.mark.parametrize("field", [QuantityField(), MoneyField()])
@pytest.mark.parametrize("typed", ["1e3", "1E+3", "1_000", "１２", "٣", "१२"])
def test_number_not_in_plain_digits_is_refused_with_what_to_write(field, typed):
    with pytest.raises(forms.ValidationError, match="in the digits 0 to 9, such as 1500"):
        field.clean(typed)


@pytest.mark.parametrize("field", [QuantityField(), MoneyField()])
def test_plain_number_is_read_exactly(field):
    assert [field.clean(typed) for typed in (" 12 ", "0.5", ".5", "007", "+3")] == [
        12, Decimal("0.5"), Decimal("0.5"), 7, 3,
    ]  # fmt: skip
    assert field.clean(Decimal("1E+3")) == 1000, "a number that is one already is taken as it is"


def test_characters_left_are_counted_in_welsh_in_every_plural_form():
    with override("cy"):
        words = count_words()
    for name in ("charactersUnderLimitText", "charactersOverLimitText", "wordsUnderLimitText", "wordsOverLimitText"):
        assert set(words[name]) == {"zero", "one", "two", "few", "many", "other"}
        assert all(each.startswith("Mae gennych %{count} ") for each in words[name].values())
    assert words["wordsUnderLimitText"]["two"] == "Mae gennych %{count} air ar ôl"
