"""The product as a service: it starts, heals, and stops; its jobs survive a killed worker (promise 3)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest
from running import children, run_python, start_product, stop_product

from commonweal.base import postgres

pytestmark = pytest.mark.journey


@pytest.fixture
def bare():
    """A product with no demonstration, in a folder with a space in its name."""
    folder = Path(tempfile.mkdtemp(prefix="commonweal bare "))
    var = folder / "var"
    var.mkdir()
    running = start_product(var)
    yield running
    if running.process.poll() is None:
        stop_product(running)
    postgres.remove_own_server(var)
    shutil.rmtree(folder, ignore_errors=True)


def test_service_heals_and_stops(bare):
    before = children(bare.process.pid)
    assert set(before) == {"worker", "gunicorn", "postgres"}
    os.kill(before["worker"], signal.SIGKILL)
    deadline = time.monotonic() + 30
    while children(bare.process.pid).get("worker") in (None, before["worker"]) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert children(bare.process.pid)["worker"] != before["worker"]
    with urllib.request.urlopen(f"{bare.address}/", timeout=20) as answer:
        assert answer.status == 200
    again = subprocess.run(
        [sys.executable, "-m", "commonweal", "up"],
        env={k: v for k, v in os.environ.items() if not k.startswith("COMMONWEAL_")} | {"COMMONWEAL_VAR": str(bare.var)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert again.returncode == 0
    assert bare.address in again.stdout
    assert stop_product(bare) == 0
    for pid in before.values():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


MAKE = """
from pathlib import Path
from commonweal.base.actions import create_person, give_role
from commonweal.base.jobs import defer_job
from commonweal.base.queries import get_body
from commonweal.base.scope import open_scope
from commonweal.delivery.actions import open_batch
from commonweal.engine.document import CATALOGUE
body = get_body("killed")
with open_scope(body=body.pk):
    by = create_person(name="Somebody")
    give_role(person=by, role="lead", by=None, body=body)
    file = CATALOGUE / "examples" / "legacy-contracts.xlsx"
    batch = open_batch(by=by, body=body, name=file.name, content=file.read_bytes())
    print(defer_job("delivery.read_file", body=body, by=by, batch=batch.public_id).public_id, batch.public_id)
"""
STATE = """
from commonweal.base.queries import get_body, get_job_run
from commonweal.delivery.queries import get_batch
from commonweal.base.scope import open_scope
body = get_body("killed")
with open_scope(body=body.pk):
    batch = get_batch(body, "{batch}")
    print(get_job_run("{run}").state, batch.rows_in, batch.accepted + batch.unchanged + batch.rejected)
"""


def test_job_survives_a_killed_worker(bare):
    with postgres.database(bare.var) as connections:
        import psycopg

        with psycopg.connect(connections.owner_url, autocommit=True) as owner:
            owner.execute(
                "INSERT INTO base_body (public_id, slug, name, name_cy, kind, nation, place_code, org_id, colour, tagline,"
                " tagline_cy, is_invented, is_example) VALUES ('killedbody0001', 'killed', 'Killed', '', 'council',"
                " 'england', '', '', '#1d3d5c', '', '', true, false)"
            )
        with psycopg.connect(connections.owner_url, autocommit=True) as owner:
            run, batch = run_python(bare, MAKE).split()
            killed = False
            deadline = time.monotonic() + 60
            while not killed and time.monotonic() < deadline:
                (state,) = owner.execute("SELECT state FROM base_jobrun WHERE public_id = %s", [run]).fetchone()
                assert state != "finished", "the job was over before it could be killed"
                if state == "running":
                    os.kill(children(bare.process.pid)["worker"], signal.SIGKILL)
                    killed = True
            assert killed
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline:
                (state,) = owner.execute("SELECT state FROM base_jobrun WHERE public_id = %s", [run]).fetchone()
                if state == "finished":
                    break
                time.sleep(0.5)
    state, rows, accounted = run_python(bare, STATE.format(run=run, batch=batch)).split()
    assert (state, rows, accounted) == ("finished", "336", "336")
