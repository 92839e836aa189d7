"""Who may call which address: one table, assembled from every room's `permissions.py`.

An address without a row is refused. The table drives the middleware, `docs/reference/permissions.md` and the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from django.apps import apps

PUBLIC: Final = "public"  # anybody; the page reads only what was published
SIGNED_IN: Final = "signed-in"  # anybody with an account, about themselves
STAFF: Final = "staff"  # people with a role in the body the address names
PROVIDER: Final = "provider"  # people with a role in the party the address names

#: The roles a person can hold, with the words a person reads.
ROLES: Final[dict[str, str]] = {
    "lead": "Social value lead",
    "buyer": "Buyer",
    "evaluator": "Evaluator",
    "contract-manager": "Contract manager",
    "finance": "Finance officer",
    "department-officer": "Department officer",
    "member": "Councillor",
    "assurer": "Assurer",
    "learning-lead": "Learning lead",
    "casework": "Casework officer",
    "body-admin": "Administrator of the body",
    "provider-admin": "Provider administrator",
    "provider-contributor": "Provider contributor",
    "community-member": "Community group member",
    "hub-officer": "Hub officer",
    "operator": "Operator of the platform",
}
PARTY_ROLES: Final = frozenset({"provider-admin", "provider-contributor", "community-member"})
BODY_ROLES: Final = frozenset(ROLES) - PARTY_ROLES - {"operator"}
ANY_STAFF: Final = tuple(role for role in ROLES if role in BODY_ROLES)
ANY_PROVIDER: Final = ("provider-admin", "provider-contributor")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: who may call an address with which methods, and the sentence a refused person reads."""

    route: str
    audience: str
    sentence: str
    roles: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("GET",)
    when: str = ""
    #: A GET that writes: only the way back from a sign-in elsewhere, which its protocol makes a GET.
    writes_on_get: bool = False

    def allows(self, roles: frozenset[str]) -> bool:
        """This will say whether someone with these roles (in the body or party of the address) may call it."""
        return bool(roles & set(self.roles))


class NotInTable(LookupError):
    """No row of the permission table names this address and method."""


def rules() -> dict[tuple[str, str], Rule]:
    """This will assemble the table: (route, method) to its rule.

    Raises ValueError when two rows name the same address and method, or a row names an unknown role.
    """
    table: dict[tuple[str, str], Rule] = {}
    for app in apps.get_app_configs():
        module = f"{app.name}.permissions"
        if not app.name.startswith("commonweal.") or find_spec(module) is None:
            continue
        for rule in import_module(module).RULES:
            unknown = set(rule.roles) - set(ROLES)
            if unknown:
                raise ValueError(f"{rule.route} names unknown roles: {', '.join(sorted(unknown))}")
            for method in rule.methods:
                if (rule.route, method) in table:
                    raise ValueError(f"two rows of the permission table name {method} {rule.route}")
                table[rule.route, method] = rule
    return table


_table: dict[tuple[str, str], Rule] = {}


def rule_for(route: str, method: str) -> Rule:
    """This will find the row for an address; HEAD is read as GET. Raises NotInTable."""
    if not _table:
        _table.update(rules())
    try:
        return _table[route, "GET" if method == "HEAD" else method]
    except KeyError:
        raise NotInTable(f"{method} {route}") from None


def is_listed(route: str) -> bool:
    """This will say whether any method of an address is in the table."""
    if not _table:
        _table.update(rules())
    return any(listed == route for listed, _ in _table)
