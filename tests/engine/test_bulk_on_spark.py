"""The same answer from Spark; `make test-spark` runs this where Java is."""

import pytest
from made_editions import edition
from test_bulk import AS_OF, OWN, made_rows, told, write

from commonweal.engine.bulk import draw_file, value_file
from commonweal.engine.catalogue import load_edition
from commonweal.engine.lines import LinesRefused, read_lines
from commonweal.engine.value import value

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def session():
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.shuffle.partitions", "4").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.mark.parametrize("own", [{}, OWN], ids=["plain", "own rates"])
@pytest.mark.parametrize("made", [edition(), load_edition("open-measures@1.0")], ids=["made", "open measures"])
def test_spark_equals_careful(tmp_path, session, own, made):
    path = write(tmp_path / "lines.csv", made_rows(made, 3, **own))
    wanted = {"as_of": AS_OF, "by": ("theme", "dept"), "price_year": "2024"}
    quick = value_file(path, made, engine="spark", session=session, **wanted)
    assert not quick.lines
    assert told(quick) == told(value(read_lines(path, made), made, **wanted))


def test_spark_draws_groups_as_duckdb_does(tmp_path, session):
    made = load_edition("open-measures@1.0")
    path = write(tmp_path / "lines.csv", made_rows(made, 3, **OWN))
    wanted = {"as_of": AS_OF, "by": ("theme", "dept"), "number": 200, "seed": 4}
    quick, drawn = draw_file(path, made, engine="spark", session=session, **wanted)
    assert not quick.lines
    assert len(drawn.groups) > 3
    assert drawn == draw_file(path, made, **wanted)[1]


def test_spark_refuses_in_the_same_words(tmp_path, session):
    made = edition()
    rows = made_rows(made, 1, 20)
    rows[4]["quantity"] = "12,5"
    path = write(tmp_path / "lines.csv", rows)
    with pytest.raises(LinesRefused, match="row 6, column quantity"):
        value_file(path, made, as_of=AS_OF, engine="spark", session=session)
