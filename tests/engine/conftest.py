"""The command line, run in a folder of its own."""

import sys

import pytest

from commonweal.__main__ import main


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs a command in a folder of its own; gives exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def _run(*words):
        monkeypatch.setattr(sys, "argv", ["commonweal", *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return _run
