"""Who may call the addresses of the rights of a provider's people."""

from commonweal.base.access import PROVIDER, Rule

SAY = "Only an administrator of this organisation says what each of its people may do."

_ADMIN = ("provider-admin",)

RULES = (
    Rule("rights_provider:rights", PROVIDER, SAY, _ADMIN),
    Rule("rights_provider:rights_export", PROVIDER, SAY, _ADMIN),
    Rule("rights_provider:person", PROVIDER, SAY, _ADMIN, ("GET", "POST"), when="they are no administrator"),
    Rule("rights_provider:lift", PROVIDER, SAY, _ADMIN, ("GET", "POST"), when="they are limited"),
)
