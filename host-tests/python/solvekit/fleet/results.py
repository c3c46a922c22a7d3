"""Results as a folder of Parquet files, one a task, to which a later run adds what is missing."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from .job import Job

_KEY = b"solvekit.fleet"


class Results:
    """Collects the frames of tasks, in memory or in a folder."""

    def __init__(self, job: Job, folder: str | Path | None) -> None:
        self.job = job
        self.folder = None if folder is None else Path(folder)
        self.frames: list[pd.DataFrame] = []
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            # What a run that was killed has left half-written counts for nothing.
            for half in self.folder.glob(".*.half"):
                half.unlink()

    def done(self) -> set[Any]:
        """Devices that an earlier run has seen to.

        Raises ValueError where the folder holds the results of another job.
        """
        if self.folder is None:
            return set()
        for file in sorted(self.folder.glob("*.parquet")):
            table = pq.read_table(file)
            job = (table.schema.metadata or {}).get(_KEY, b"").decode()
            if job != self.job.fingerprint():
                raise ValueError(
                    f"{file}: results of another job (other columns, matrices or options): "
                    "name another folder"
                )
            self.frames.append(table.to_pandas())
        return {device for frame in self.frames for device in frame[self.job.by]}

    def add(self, frame: pd.DataFrame) -> None:
        """Keeps the results of a task: in its folder they are whole or not there."""
        self.frames.append(frame)
        if self.folder is None:
            return
        table = pa.Table.from_pandas(frame, preserve_index=False)
        metadata = (table.schema.metadata or {}) | {_KEY: self.job.fingerprint().encode()}
        name = uuid.uuid4().hex
        half, whole = self.folder / f".{name}.half", self.folder / f"{name}.parquet"
        pq.write_table(table.replace_schema_metadata(metadata), half)
        os.replace(half, whole)

    def frame(self, order: list[Any]) -> pd.DataFrame:
        """All of them, in the order of the dataset."""
        if not self.frames:
            return pd.DataFrame(columns=[self.job.by, "status", "reason", "rows", "faulty"])
        every = pd.concat(self.frames, ignore_index=True)
        place = {device: k for k, device in enumerate(order)}
        return (
            every.assign(_place=every[self.job.by].map(place))
            .sort_values("_place", kind="stable")
            .drop(columns="_place")
            .reset_index(drop=True)
        )
