"""The rules and the arithmetic: pure Python over frozen values, with no Django, no clock and no network."""
