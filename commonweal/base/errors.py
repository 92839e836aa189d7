"""Refusals that a person reads."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied


class Refused(PermissionDenied):
    """Someone may not do this; the message is the sentence of the rule that says so."""


class NotPossible(ValueError):
    """What was asked cannot be done; the message says what, why and what to do instead."""
