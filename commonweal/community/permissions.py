"""Who may call the community addresses."""

from commonweal.base.access import Rule

RULES: tuple[Rule, ...] = ()
