"""The questions a body asks itself, as the catalogue has them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and what evidence answers it."""

    id: str
    words: str
    evidence: str


@functools.cache
def questions() -> dict[str, Question]:
    """This will give the questions by id, in their order."""
    path = resources.files("commonweal") / "catalogue" / "benchmarks" / "self-assessment.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {each["id"]: Question(each["id"], each["question"], each["evidence"]) for each in content["questions"]}
