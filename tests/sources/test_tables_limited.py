"""The child process that reads strangers' files has limits that hold, and its failures say which."""

import sys
from pathlib import Path

import pytest

from commonweal.sources import limited
from commonweal.sources.grids import TableError, read_content

FILES = Path(__file__).parent / "files"


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(FILES))

    def run(name, content=b"abc"):
        (tmp_path / "upload").write_bytes(content)
        with (tmp_path / "upload").open("rb") as content:
            return list(limited.stream(f"limited_targets:{name}", content))

    return run


def test_child_has_no_network_no_files_no_programs_and_no_secrets(run, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    folder = tmp_path / "folder"
    folder.mkdir()
    answers = dict(run("attempt", str(folder).encode()))
    assert answers.pop("content") == str(folder)
    assert list(folder.iterdir()) == []
    assert "DATABASE_URL" not in answers.pop("environment")
    assert sys.platform == "linux"
    assert set(answers.values()) == {"refused"}, answers


@pytest.mark.parametrize(
    ("name", "limit"), [("swell", "memory"), ("flood", "output"), ("crash", "memory"), ("fail", "crash")]
)
def test_child_stopped_by_its_limit(run, name, limit):
    with pytest.raises(limited.LimitReached) as stopped:
        run(name)
    assert stopped.value.limit == limit


def test_child_stopped_by_the_processor_clock(run, monkeypatch):
    monkeypatch.setattr(limited, "WALL_SECONDS", 1)
    with pytest.raises(limited.LimitReached) as stopped:
        run("spin")
    assert stopped.value.limit == "time"


def test_reader_that_fails_is_not_told_as_a_damaged_file(monkeypatch):
    monkeypatch.syspath_prepend(str(FILES))
    in_child = limited.stream

    def fails(target, content, **options):
        return in_child("limited_targets:fail", content)

    monkeypatch.setattr(limited, "stream", fails)
    with pytest.raises(TableError, match=r"a fault of ours and not of the file\. Save .* tell whoever runs") as told:
        read_content(b"a,b\n1,2\n", "tracker.csv")
    assert "damaged" not in str(told.value)


def test_limit_reaches_the_owner_as_one_line(monkeypatch):
    def never_ends(*args, **options):
        raise limited.LimitReached("time")
        yield

    monkeypatch.setattr(limited, "stream", never_ends)
    with pytest.raises(TableError, match=r"slow.csv: it takes more than 20 seconds to read. Save"):
        read_content(b"a,b\n1,2\n", "slow.csv")
