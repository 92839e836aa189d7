"""The pages of a provider's own people say where whom they work for is invented, and only there."""

from __future__ import annotations

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
BANNER = "Invented for demonstration: no body, person or figure on this page is real."


@pytest.mark.parametrize("invented", [True, False])
@pytest.mark.parametrize("page", ["directory_provider:people", "assurance_provider:claims", "assurance_provider:keys"])
def test_pages_of_people_and_decisions_say_that_a_body_is_invented(make_desk, make_body, sign_in, page, invented):
    desk = make_desk(body=make_body(is_invented=invented))
    shown = sign_in(desk.reporter).get(reverse(page, args=[desk.party.public_id]))
    assert shown.status_code == 200
    assert (BANNER in shown.content.decode()) is invented
