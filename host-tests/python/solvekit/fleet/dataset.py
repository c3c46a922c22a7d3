"""A Parquet dataset: its files, and which devices stand where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .job import Job

#: Where rows of a device stand: files, and row groups of each.
Place = tuple[str, int]


class DatasetError(ValueError):
    """A file of a dataset is none, is not like the others, or lacks a column. The file is named."""


def files_of(dataset: str | Path | Sequence[str | Path]) -> list[str]:
    """The Parquet files of a folder, of a list, or one."""
    if isinstance(dataset, str | Path):
        path = Path(dataset)
        if path.is_dir():
            found = sorted(str(file) for file in path.rglob("*.parquet"))
            if not found:
                raise DatasetError(f"{path}: a folder without .parquet files")
            return found
        return [str(path)]
    found = [str(path) for path in dataset]
    if not found:
        raise DatasetError("dataset: no files are named")
    return found


def _opened(file: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(file)
    except FileNotFoundError:
        raise DatasetError(f"{file}: there is no such file") from None
    except (pa.ArrowInvalid, OSError) as error:
        raise DatasetError(f"{file}: no Parquet file: {error}") from None


def devices_of(files: Sequence[str], job: Job) -> dict[Any, list[Place]]:
    """Every device with the places of its rows, in the order in which the files name them.

    Raises DatasetError for a file that lacks a column, or whose columns are of other types than those of
    the first.
    """
    wanted = job.needed()
    types: dict[str, pa.DataType] = {}
    places: dict[Any, list[Place]] = defaultdict(list)
    for file in files:
        opened = _opened(file)
        schema = opened.schema_arrow
        for name in wanted:
            if name not in schema.names:
                there = ", ".join(schema.names)
                raise DatasetError(f"{file}: there is no column {name!r} among {there}")
            found = schema.field(name).type
            expected = types.setdefault(name, found)
            if found != expected:
                raise DatasetError(
                    f"{file}: column {name!r} is of type {found}, and of {expected} in {files[0]}"
                )
        for group in range(opened.num_row_groups):
            names = opened.read_row_group(group, columns=[job.by]).column(0)
            if names.null_count:
                raise DatasetError(f"{file}: {names.null_count} rows name no device in {job.by!r}")
            for device in pc.unique(names).to_pylist():
                places[device].append((file, group))
    return dict(places)


@lru_cache(maxsize=2)
def _row_group(file: str, group: int, columns: tuple[str, ...]) -> pa.Table:
    """Kept, since the devices of several tasks may stand in one row group."""
    return pq.ParquetFile(file).read_row_group(group, columns=list(columns))


def rows_of(devices: Sequence[Any], places: Sequence[Place], job: Job) -> Any:
    """All rows of these devices as a pandas frame, in the order of the files."""
    columns = job.needed()
    parts = []
    for file, group in places:
        table = _row_group(file, group, columns)
        names = table.column(job.by)
        wanted = pa.array(devices, type=names.type)
        parts.append(table.filter(pc.is_in(names, value_set=wanted)))
    return pa.concat_tables(parts).to_pandas()
