"""The look: GOV.UK Frontend's components as pure functions, a form renderer made of them, and the parts of a list."""

from commonweal.base.govuk.components import render

__all__ = ["render"]
