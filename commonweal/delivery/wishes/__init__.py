"""Promises and the needs of community groups that they could meet."""
