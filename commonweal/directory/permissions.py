"""Who may call which address of the directory."""

from __future__ import annotations

from typing import Final

from commonweal.base.access import ANY_PROVIDER, ANY_STAFF, PROVIDER, STAFF, Rule

_ADMIN: Final = ("body-admin",)
_KEEPERS: Final = ("lead", "body-admin")
_RECORDERS: Final = ("lead", "buyer", "contract-manager", "body-admin")
_PROVIDER_KEEPERS: Final = ("lead", "contract-manager", "body-admin")
_PROVIDER_ADMIN: Final = ("provider-admin",)
_BOTH: Final = ("GET", "POST")

_READ = "Only people who work for this body can look here."
_PEOPLE = "Only an administrator of the body invites people and gives or ends their roles."
_PROVIDER_PEOPLE = (
    "Only the social value lead, a contract manager or an administrator invites the first people of a provider."
)
_COLLEAGUES = "People of this organisation see who else reports for it."
_OWN_PEOPLE = "Only an administrator of this organisation invites people to it and ends their access."
_APPOINT = "Only the social value lead or an administrator says who answers for what."
_DEPARTMENTS = "Only the social value lead or an administrator changes departments."
_ORGANISATIONS = (
    "Only the social value lead, a buyer, a contract manager or an administrator records and changes organisations."
)


def _read(route: str) -> Rule:
    return Rule(f"directory:{route}", STAFF, _READ, ANY_STAFF)


RULES: tuple[Rule, ...] = (
    _read("people"),
    _read("export_people"),
    _read("person"),
    Rule("directory:invite_person", STAFF, _PEOPLE, _ADMIN, _BOTH),
    Rule("directory:invitations", STAFF, _PEOPLE, _ADMIN),
    Rule("directory:invitation", STAFF, _PEOPLE, _ADMIN),
    Rule("directory:withdraw_invitation", STAFF, _PEOPLE, _ADMIN, _BOTH, when="it was not accepted or taken back"),
    Rule("directory:give_role", STAFF, _PEOPLE, _ADMIN, _BOTH),
    Rule("directory:end_role", STAFF, _PEOPLE, _ADMIN, _BOTH),
    Rule("directory:appoint", STAFF, _APPOINT, _KEEPERS, _BOTH),
    Rule("directory:end_appointment", STAFF, _APPOINT, _KEEPERS, _BOTH),
    _read("departments"),
    _read("export_departments"),
    Rule("directory:add_department", STAFF, _DEPARTMENTS, _KEEPERS, _BOTH),
    Rule("directory:change_department", STAFF, _DEPARTMENTS, _KEEPERS, _BOTH),
    Rule("directory:end_department", STAFF, _DEPARTMENTS, _KEEPERS, _BOTH),
    _read("organisations"),
    _read("export_organisations"),
    _read("organisation"),
    Rule("directory:record_organisation", STAFF, _ORGANISATIONS, _RECORDERS, _BOTH),
    Rule("directory:change_organisation", STAFF, _ORGANISATIONS, _RECORDERS, _BOTH),
    Rule("directory:add_accreditation", STAFF, _ORGANISATIONS, _RECORDERS, _BOTH),
    Rule("directory:invite_for_provider", STAFF, _PROVIDER_PEOPLE, _PROVIDER_KEEPERS, _BOTH,
         when="the provider has no administrator of its own"),
    Rule("directory:provider_invitation", STAFF, _PROVIDER_PEOPLE, _PROVIDER_KEEPERS),
    Rule("directory:withdraw_provider_invitation", STAFF, _PROVIDER_PEOPLE, _PROVIDER_KEEPERS, _BOTH,
         when="it was not accepted or taken back"),
    _read("places"),
    _read("place"),
    _read("export_wards"),
    Rule("directory_provider:people", PROVIDER, _COLLEAGUES, ANY_PROVIDER),
    Rule("directory_provider:invite", PROVIDER, _OWN_PEOPLE, _PROVIDER_ADMIN, _BOTH),
    Rule("directory_provider:invitation", PROVIDER, _OWN_PEOPLE, _PROVIDER_ADMIN),
    Rule("directory_provider:withdraw_invitation", PROVIDER, _OWN_PEOPLE, _PROVIDER_ADMIN, _BOTH,
         when="it was not accepted or taken back"),
    Rule("directory_provider:end_access", PROVIDER, _OWN_PEOPLE, _PROVIDER_ADMIN, _BOTH,
         when="another administrator remains"),
)  # fmt: skip
