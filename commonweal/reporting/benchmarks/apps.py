"""The Django app of the room of benchmarks."""

from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    name = "commonweal.reporting.benchmarks"
    label = "benchmarks"
