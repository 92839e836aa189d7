"""Apply each seeded bug in turn, in a copy of the code, and show that its test turns red.

    python tools/mutants.py              every mutant
    python tools/mutants.py NAME...      those named
    python tools/mutants.py --page       write docs/reference/promises.md

Prints one line for each; exits 1 when a mutant survives or breaks more than its test, or a test is red without any.
"""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
PROMISES = ROOT / "tests" / "promises.yaml"
PAGE = ROOT / "docs" / "reference" / "promises.md"
AT_ONCE = 2
LEFT_BEHIND = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", "*.egg-info", "geography-raw")


def promises() -> list[dict[str, Any]]:
    """This will read the promises with their tests and mutants."""
    return yaml.safe_load(PROMISES.read_text())["promises"]  # type: ignore[no-any-return]


def page() -> str:
    """This will write the page of promises, tests and mutants."""
    lines = ["<!-- Written by `make docs` from tests/promises.yaml. -->", "", "# Promises and how each is held", ""]
    lines += ["`make mutants` applies each seeded bug in turn and shows that its test turns red.", ""]
    for promise in promises():
        lines += [f"## {promise['id']}. {promise['title']}", "", promise["says"], ""]
        lines += ["Tests: " + ", ".join(f"`{test}`" for test in promise["tests"]) + ".", ""]
        lines += ["| mutant | in | turns red |", "|---|---|---|"]
        lines += [f"| {each['id']} | `{each['file']}` | `{each['test']}` |" for each in promise["mutants"]] + [""]
    return "\n".join(lines)


def run(tree: Path, *tests: str) -> str:
    """This will run tests in a copy of the code: "green", "red", or "could not be run" where none failed and none ran."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("COMMONWEAL_", "DJANGO_"))}
    environment |= {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_PROFILE": "unshrunk"}
    if samples := os.environ.get("COMMONWEAL_SAMPLES"):
        environment["COMMONWEAL_SAMPLES"] = samples
    command = [sys.executable, "-m", "pytest", "-q", "-rf", "-p", "no:randomly", *tests]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    if done.returncode in (0, 1):
        if done.returncode and len(tests) > 1:
            print(done.stdout[-4000:])
        return "red" if done.returncode else "green"
    print(f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return "could not be run"


def applied(tree: Path, mutant: dict[str, Any]) -> str:
    """This will run a mutant's test with the bug in the code, and take the bug out again."""
    path = tree / mutant["file"]
    whole = path.read_text()
    if mutant["find"] not in whole:
        return "not applied: the code it changes is not there any more"
    path.write_text(whole.replace(mutant["find"], mutant["put"], 1))
    try:
        return run(tree, mutant["test"])
    finally:
        path.write_text(whole)


def main(words: list[str]) -> int:
    """This will do what the words ask."""
    if words == ["--page"]:
        PAGE.write_text(page())
        return 0
    wanted = [each for promise in promises() for each in promise["mutants"] if not words or each["id"] in words]
    tests = list(dict.fromkeys(each["test"] for each in wanted))
    with tempfile.TemporaryDirectory(prefix="commonweal-mutants-") as folder:
        trees: queue.Queue[Path] = queue.Queue()
        for number in range(AT_ONCE):
            shutil.copytree(ROOT, Path(folder) / f"tree {number}", ignore=LEFT_BEHIND)
            trees.put(Path(folder) / f"tree {number}")

        def tried(mutant: dict[str, Any]) -> str:
            tree = trees.get()
            try:
                return applied(tree, mutant)
            finally:
                trees.put(tree)

        first = trees.get()
        if (before := run(first, *tests)) != "green":
            print(f"Without any mutant, their tests: {before}.")
            return 1
        trees.put(first)
        survived = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for mutant, answer in zip(wanted, pool.map(tried, wanted), strict=True):
                print(f"{'SURVIVED' if answer == 'green' else answer:8}  {mutant['id']}", flush=True)
                survived += [mutant["id"]] if answer != "red" else []
    print(f"{len(wanted)} mutants, {len(survived)} not red: {', '.join(survived) or 'none'}")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
