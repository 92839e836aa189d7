"""Who may call which address of the directory."""

from __future__ import annotations

from typing import Final

from commonweal.base.access import ANY_STAFF, STAFF, Rule

_ADMIN: Final = ("body-admin",)
_KEEPERS: Final = ("lead", "body-admin")
_RECORDERS: Final = ("lead", "buyer", "contract-manager", "body-admin")
_BOTH: Final = ("GET", "POST")

_READ = "Only people who work for this body can look here."
_PEOPLE = "Only an administrator of the body adds people and gives or ends their roles."
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
    Rule("directory:add_person", STAFF, _PEOPLE, _ADMIN, _BOTH),
    Rule("directory:give_role", STAFF, _PEOPLE, _ADMIN, _BOTH),
    Rule("directory:end_role", STAFF, _PEOPLE, _ADMIN, _BOTH),
    Rule("directory:sign_in_link", STAFF, _PEOPLE, _ADMIN, _BOTH),
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
    _read("places"),
    _read("place"),
    _read("export_wards"),
)
