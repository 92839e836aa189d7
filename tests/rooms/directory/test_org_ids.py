"""Organisation identifiers in their one form."""

import pytest

from commonweal.directory import org_ids


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("9506232", "09506232"), ("09506232", "09506232"), (" 950 6232 ", "09506232"), ("sc1234", "SC001234"),
        ("NI012345", "NI012345"), ("ip27093r", "IP27093R"), ("OC301540", "OC301540"),
    ],
)  # fmt: skip
def test_company_number_is_padded_and_capital(typed, written):
    assert org_ids.company_number(typed) == written


@pytest.mark.parametrize("typed", ["", "123456789", "AB123456", "SC", "12345O7", "SC1234567", "٠١٢٣٤٥٦٧"])
def test_company_number_of_no_known_form_is_refused(typed):
    with pytest.raises(org_ids.NotAnOrganisationId, match="is not a company number"):
        org_ids.company_number(typed)


@pytest.mark.parametrize(
    ("typed", "identifier", "number"),
    [
        ("279417", "GB-CHC-279417", "279417"), ("1164883", "GB-CHC-1164883", "1164883"),
        ("1164883-2", "GB-CHC-1164883", "1164883"), ("sc042386", "GB-SC-SC042386", "SC042386"),
        ("NIC100019", "GB-NIC-100019", "NIC100019"),
    ],
)  # fmt: skip
def test_charity_number_tells_its_regulator(typed, identifier, number):
    assert org_ids.charity_id(typed) == identifier
    assert org_ids.charity_number(identifier) == number
    assert org_ids.charity_id(number) == identifier


@pytest.mark.parametrize("typed", ["12345", "12345678", "1164883-x", "charity"])
def test_charity_number_of_no_known_form_is_refused(typed):
    with pytest.raises(org_ids.NotAnOrganisationId, match="is not a charity number"):
        org_ids.charity_id(typed)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("gb-coh-9506232", "GB-COH-09506232"), ("GB-SC-SC042386", "GB-SC-SC042386"),
        ("GB-PPON-PBZB-4962-TVLR", "GB-PPON-PBZB-4962-TVLR"), ("GB-NHS-RAX", "GB-NHS-RAX"),
        ("GB-SCOTEDU-5200129", "GB-SCOTEDU-5200129"),
    ],
)  # fmt: skip
def test_organisation_id_in_its_one_form(typed, written):
    assert org_ids.organisation_id(typed) == written


@pytest.mark.parametrize("typed", ["09506232", "XX-123", "GB-CHC-", "GB-PPON-PBZB4962TVLR", "GB-COH-ABC"])
def test_organisation_id_of_no_known_form_is_refused(typed):
    with pytest.raises(org_ids.NotAnOrganisationId):
        org_ids.organisation_id(typed)


@pytest.mark.parametrize("prefix", sorted(org_ids.REGISTERS))
def test_every_registers_example_is_of_its_own_form(prefix):
    example = org_ids.REGISTERS[prefix][2].split(" or ")[0]
    identifier = org_ids.organisation_id(f"{prefix}-{example}")
    assert org_ids.register_of(identifier) == (org_ids.REGISTERS[prefix][0], example)
