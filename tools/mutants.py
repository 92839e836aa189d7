"""Apply each seeded bug in turn, in a copy of the code, and show that its test turns red.

    python tools/mutants.py              every mutant
    python tools/mutants.py NAME...      those named
    python tools/mutants.py --page       write docs/reference/promises.md

Prints one line for each; exits 1 when a mutant survives, or a test is red without any.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
PROMISES = ROOT / "tests" / "promises.yaml"
PAGE = ROOT / "docs" / "reference" / "promises.md"
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


def run(tree: Path, test: str) -> bool:
    """This will say whether a test is green in a copy of the code."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("COMMONWEAL_", "DJANGO_"))}
    environment |= {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    if samples := os.environ.get("COMMONWEAL_SAMPLES"):
        environment["COMMONWEAL_SAMPLES"] = samples
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:randomly", test]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{test} could not be run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == 0


def main(words: list[str]) -> int:
    """This will do what the words ask."""
    if words == ["--page"]:
        PAGE.write_text(page())
        return 0
    wanted = [each for promise in promises() for each in promise["mutants"] if not words or each["id"] in words]
    survived: list[str] = []
    with tempfile.TemporaryDirectory(prefix="commonweal-mutants-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_BEHIND)
        for test in dict.fromkeys(each["test"] for each in wanted):
            if not run(tree, test):
                print(f"red without any mutant: {test}")
                survived.append(test)
        for each in wanted:
            path = tree / each["file"]
            whole = path.read_text()
            if each["find"] not in whole:
                print(f"{each['id']}: the code it changes is not there any more")
                survived.append(each["id"])
                continue
            path.write_text(whole.replace(each["find"], each["put"], 1))
            green = run(tree, each["test"])
            path.write_text(whole)
            print(f"{'SURVIVED' if green else 'red     '}  {each['id']}", flush=True)
            if green:
                survived.append(each["id"])
    print(f"{len(wanted)} mutants, {len(survived)} survived")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
