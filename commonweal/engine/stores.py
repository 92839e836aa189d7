"""Where a file of lines is read and summed when it is too long to hold: DuckDB on one machine, Spark on a cluster.

Both are given the same Ibis expression, written as their own SQL; neither does arithmetic of its own. All their sums
are of decimals or whole numbers, so both give the same digits.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import ibis
import ibis.backends.sql.compilers

GIVEN = "given"
#: The quantities of the file, summed by parameter set and group.
SUMMED = "summed"
#: The number of a row in its Parquet file, from 0, where the store knows it.
ROW = "file_row_number"
FACTORS = "factors"
#: DuckDB keeps what does not fit into this beside the file system's temporary files.
MEMORY = "400MB"


#: A Spark of our own on one machine: quiet, strict, and cut into a few pieces rather than the two hundred of a cluster.
_LOCAL = {
    "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.ansi.enabled": "true",
    "spark.sql.shuffle.partitions": "4",
}  # fmt: skip


class CannotRead(ValueError):
    """This will say that a store cannot read a file, in the store's own words."""


class OutOfRoom(RuntimeError):
    """This will say that a store had too little memory or disk, in the store's own words; the file may be in order."""


class Store(Protocol):
    """This will be what a valuation in bulk asks of the place where the lines are."""

    #: The columns of the file as an Ibis schema: name to type.
    columns: dict[str, str]

    def rows(self, wanted: ibis.Table) -> list[tuple[Any, ...]]:
        """This will give the rows of an expression over the tables `given`, `summed` and `factors`."""

    def arrays(self, wanted: ibis.Table) -> list[Any]:
        """This will give the columns of an expression as NumPy arrays, decimals as binary fractions: for draws alone."""

    def hold(self, name: str, wanted: ibis.Table) -> ibis.Table:
        """This will work an expression out once and keep it as the table of that name."""

    def add_factors(self, columns: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
        """This will put up the table `factors`."""


@contextmanager
def open_duckdb(path: Path, *, memory: str = MEMORY) -> Iterator[Store]:
    """This will open a CSV or Parquet file in DuckDB. Raises `CannotRead`."""
    import duckdb

    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="commonweal-value-"))
        connection = stack.enter_context(duckdb.connect())
        connection.execute(f"SET memory_limit = '{memory}'")
        connection.execute("SET temp_directory = ?", [folder])
        connection.execute("SET preserve_insertion_order = false")
        try:
            if path.suffix.lower() == ".parquet":
                connection.read_parquet(str(path), file_row_number=True).create_view(GIVEN)
            else:
                separator, header = _shape_of(path)
                types = dict.fromkeys(header, "VARCHAR")
                connection.read_csv(
                    str(path), delimiter=separator, quotechar='"', escapechar='"', header=True, columns=types,
                    auto_detect=False, null_padding=False, skiprows=0,
                ).create_view(GIVEN)  # fmt: skip
        except (duckdb.Error, UnicodeDecodeError, csv.Error, StopIteration) as error:
            raise CannotRead(str(error)) from error
        yield _DuckDB(connection, Path(folder))


class _DuckDB:
    def __init__(self, connection: Any, folder: Path) -> None:
        self._connection, self._folder = connection, folder
        described = connection.execute(f"DESCRIBE {GIVEN}").fetchall()
        self.columns = {name: _ibis_type(type) for name, type, *_ in described}

    def _run(self, statement: str) -> list[tuple[Any, ...]]:
        with _told_by_duckdb():
            return self._connection.execute(statement).fetchall()

    def rows(self, wanted: ibis.Table) -> list[tuple[Any, ...]]:
        return self._run(str(ibis.to_sql(wanted, dialect="duckdb")))

    def arrays(self, wanted: ibis.Table) -> list[Any]:
        with _told_by_duckdb():
            columns = self._connection.execute(str(ibis.to_sql(wanted, dialect="duckdb"))).fetchnumpy()
        return list(columns.values())

    def hold(self, name: str, wanted: ibis.Table) -> ibis.Table:
        self._run(f"CREATE TEMP TABLE held_{name} AS {ibis.to_sql(wanted, dialect='duckdb')}")
        self._run(f"CREATE OR REPLACE VIEW {name} AS FROM held_{name}")
        return ibis.table(wanted.schema(), name=name)

    def add_factors(self, columns: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
        path = self._folder / "factors.csv"  # DuckDB reads a file far faster than it parses a statement as long
        with path.open("w", encoding="utf-8", newline="") as text:
            text.writelines(",".join(map(_cell, row)) + "\n" for row in rows)
        types = {name: type.replace("string", "VARCHAR").replace("int32", "INTEGER") for name, type in columns.items()}
        self._connection.read_csv(
            str(path),
            delimiter=",",
            quotechar='"',
            escapechar='"',
            header=False,
            columns=types,
            auto_detect=False,
            na_values="\\N",
        ).create(FACTORS)


@contextmanager
def _told_by_duckdb() -> Iterator[None]:
    """This will say what DuckDB cannot do in an error of ours."""
    import duckdb

    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise OutOfRoom(str(error)) from error
    except duckdb.Error as error:
        raise CannotRead(str(error)) from error


@contextmanager
def open_spark(path: Path, *, session: Any = None) -> Iterator[Store]:
    """This will open a CSV or Parquet file in Spark: the session given, or one on this machine. Raises `CannotRead`."""
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    with ExitStack() as stack:
        if session is None:
            builder = SparkSession.builder.master("local[2]").appName("commonweal")
            for setting, value in _LOCAL.items():
                builder = builder.config(setting, value)
            session = builder.getOrCreate()
            stack.callback(session.stop)
        try:
            if path.suffix.lower() == ".parquet":
                frame = session.read.parquet(str(path))
            else:
                separator, header = _shape_of(path)
                schema = ", ".join(f"`{name}` STRING" for name in header)
                frame = session.read.csv(
                    str(path), sep=separator, quote='"', escape='"', header=True, schema=schema, multiLine=True,
                    mode="FAILFAST", enforceSchema=False,
                )  # fmt: skip
            frame.createOrReplaceTempView(GIVEN)
        except (PySparkException, UnicodeDecodeError, csv.Error, StopIteration) as error:
            raise CannotRead(str(error)) from error
        yield _Spark(session, frame)


@contextmanager
def _told_by_spark() -> Iterator[None]:
    """This will say what Spark cannot do in an error of ours."""
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JJavaError) as error:
        raise CannotRead(str(error)) from error


class _Spark:
    def __init__(self, session: Any, frame: Any) -> None:
        self._session = session
        self.columns = {field.name: _ibis_type(field.dataType.simpleString()) for field in frame.schema.fields}

    def rows(self, wanted: ibis.Table) -> list[tuple[Any, ...]]:
        with _told_by_spark():
            return [tuple(row) for row in self._session.sql(str(ibis.to_sql(wanted, dialect="pyspark"))).collect()]

    def arrays(self, wanted: ibis.Table) -> list[Any]:
        import numpy as np

        types = {"string": np.object_, "int32": np.int64}
        rows = self.rows(wanted)
        columns = zip(*rows, strict=True) if rows else ((),) * len(wanted.columns)
        kinds = (types.get(str(type).lstrip("!"), np.float64) for type in wanted.schema().types)
        return [np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)]

    def hold(self, name: str, wanted: ibis.Table) -> ibis.Table:
        frame = self._session.sql(str(ibis.to_sql(wanted, dialect="pyspark"))).persist()
        frame.createOrReplaceTempView(name)
        return ibis.table(wanted.schema(), name=name)

    def add_factors(self, columns: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
        schema = ", ".join(f"`{name}` {type.replace('int32', 'int')}" for name, type in columns.items())
        self._session.createDataFrame(list(rows), schema).createOrReplaceTempView(FACTORS)


def _shape_of(path: Path) -> tuple[str, list[str]]:
    """This will give the separator and the header of a UTF-8 file, as the careful reader finds them."""
    with path.open(encoding="utf-8", newline="") as text:
        first = text.readline()
        separator = max(",;\t", key=first.count)
        names = [name.strip() for name in next(csv.reader([first.rstrip("\r\n")], delimiter=separator, strict=True))]
    if first.startswith("\ufeff") or len({name.lower() for name in names}) < len(names) or not all(names):
        raise CannotRead("the header needs the careful reader")
    return separator, names


def _ibis_type(type: str) -> str:
    """This will name a column's type as Ibis does; one that lines cannot be read from keeps the store's name."""
    lower = type.lower()
    if lower in ("varchar", "string"):
        return "string"
    if lower.startswith("decimal") or lower in ("date",):
        return lower.replace(" ", "")
    whole = {"tinyint": "int8", "smallint": "int16", "integer": "int32", "int": "int32", "bigint": "int64"}
    return whole.get(lower, lower)


def _cell(value: Any) -> str:
    return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else str(value)
