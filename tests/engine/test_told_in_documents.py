"""What the tutorial and the reference show is what happens: every block is run as it is printed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


def blocks(page, kind):
    return re.findall(rf"```{kind}\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)


@pytest.mark.parametrize(
    ("page", "files"), [("tutorials/value-one-apprenticeship.md", {"apprentice.csv": "csv", "ours.yaml": "yaml"})]
)
def test_commands_print_what_the_page_says(tmp_path, page, files):
    for name, kind in files.items():
        (tmp_path / name).write_text(blocks(page, kind)[0])
    shell = 'commonweal() { "$COMMONWEAL_PYTHON" -m commonweal "$@"; }; python3() { "$COMMONWEAL_PYTHON" "$@"; }; '
    environment = os.environ | {"COMMONWEAL_PYTHON": sys.executable, "PYTHONPATH": str(DOCS.parent)}
    ran = 0
    for block in blocks(page, "console"):
        commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
        said = "".join(
            subprocess.run(["bash", "-c", shell + each], cwd=tmp_path, env=environment, capture_output=True, text=True,
                           check=False).stdout
            for each in commands
        )  # fmt: skip
        shown = "\n".join(line for line in block.splitlines() if not line.startswith("$ "))
        assert said.strip("\n") == shown.strip("\n")
        ran += len(commands)
    assert ran >= 5


def test_python_example_runs(capsys):
    code = blocks("reference/python.md", "python")[0]
    found: dict[str, object] = {}
    exec(compile(code, "python.md", "exec"), found)
    said = capsys.readouterr().out
    assert "economic gross" in said
    assert "Unit value: " in said
    assert found["change"].totals
