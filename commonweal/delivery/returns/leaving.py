"""Links, parts and reminders of returns end with what somebody may do for a provider."""

from commonweal.delivery.returns.actions import let_go as let_go
