"""The devices of one pandas frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..calibration import SENSORS, calibrate_array, calibrate_gains, calibrate_norm
from .job import Job


def calibrate_frame(
    frame: pd.DataFrame,
    by: str = "device",
    *,
    columns: Sequence[str],
    order: str | None = None,
    kind: str = "gains",
    A: ArrayLike | None = None,
    **options: Any,
) -> pd.DataFrame:
    """Calibrates every device of a frame that holds all rows of it: a row a device.

    This is what a task of :func:`solvekit.fleet.calibrate` does; call it from Ray's ``map_groups`` or
    Spark's ``mapInPandas`` likewise. A device that cannot be calibrated has a row with its ``reason``, and
    NaN for numbers; nothing is raised for it.

    frame: a row a snapshot, frame or sample. by: the column that names the device. columns: those of the
    sensors. order: the column by which rows of a device are in order; as they stand if None (a shuffle may
    change that). kind, A and options: as for :func:`solvekit.fleet.calibrate`.
    """
    return of_job(frame, Job.of(by, columns, order, kind, A, options))


def of_job(frame: pd.DataFrame, job: Job) -> pd.DataFrame:
    for name in job.needed():
        if name not in frame.columns:
            raise ValueError(f"there is no column {name!r} among {', '.join(map(str, frame.columns))}")
    codes, devices = pd.factorize(frame[job.by], use_na_sentinel=False)
    order = np.argsort(codes, kind="stable")
    if job.order is not None:
        order = np.lexsort((frame[job.order].to_numpy(), codes))
    if not len(devices):
        return _Table(job, devices, np.empty(0, dtype=np.int64)).frame()
    counts = np.bincount(codes, minlength=len(devices))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    numbers = _numbers(frame, job)[order]
    table = _Table(job, devices, counts)
    if job.kind == "gains":
        _gains(job, table, numbers, starts, counts)
    else:
        for k, (start, count) in enumerate(zip(starts, counts)):
            _alone(job, table, k, numbers[start : start + count])
    return table.frame()


def _numbers(frame: pd.DataFrame, job: Job) -> NDArray[np.float64]:
    """The sensors' columns (rows, m); what is no number is NaN."""
    values = []
    for name in job.columns:
        column = frame[name]
        if not pd.api.types.is_numeric_dtype(column.dtype):
            column = pd.to_numeric(column, errors="coerce")
        values.append(column.to_numpy(dtype=np.float64, na_value=np.nan))
    return np.column_stack(values) if values else np.empty((len(frame), 0))


class _Table:
    """The rows of the result, as they come."""

    def __init__(self, job: Job, devices: Any, counts: NDArray[np.int64]) -> None:
        self.job, self.devices, self.counts = job, devices, counts
        self.names = job.numbers()
        self.numbers = np.full((len(devices), len(self.names)), np.nan)
        self.status = np.full(len(devices), "refused", dtype=object)
        self.reasons: list[str | None] = [None] * len(devices)
        self.faults: list[str] = [""] * len(devices)

    def refuse(self, device: int, reason: str | None) -> None:
        self.reasons[device] = reason

    def frame(self) -> pd.DataFrame:
        head = {
            self.job.by: self.devices,
            "status": self.status,
            "reason": pd.array(self.reasons, dtype="string"),
            "rows": self.counts,
            "faulty": pd.array(self.faults, dtype="string"),
        }
        return pd.DataFrame(head | dict(zip(self.names, self.numbers.T)))


def _missing(job: Job, block: NDArray[np.float64]) -> str | None:
    """Why the numbers of a device are no input, if they are not."""
    bad = ~np.isfinite(block)
    if not bad.any():
        return None
    row, column = (int(i[0]) for i in np.nonzero(bad))
    name = job.columns[column]
    if bad[:, column].all():
        return f"column {name!r} holds no number"
    return f"row {row}: the number of column {name!r} is missing"


def _gains(
    job: Job,
    table: _Table,
    numbers: NDArray[np.float64],
    starts: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> None:
    assert job.A is not None
    snapshots = job.A.shape[0]
    whole = np.isfinite(numbers).all(axis=1)
    whole = np.logical_and.reduceat(whole, starts) & (counts == snapshots)
    for k in np.flatnonzero(~whole):
        if counts[k] != snapshots:
            table.refuse(k, f"{counts[k]} rows for {snapshots} snapshots in A")
        elif reason := _missing(job, numbers[starts[k] : starts[k] + counts[k]]):
            table.refuse(k, reason)
    places = np.flatnonzero(whole)
    if not len(places):
        return
    rows = starts[places][:, None] + np.arange(snapshots)
    # What comes over a network may lie anywhere in memory.
    sensing = np.require(job.A, requirements=["C", "A"])
    found = calibrate_gains(sensing, numbers[rows], threads=1, **job.options)
    table.numbers[places] = np.column_stack(
        [found.sigma, found.gains, found.gain_errors, found.signal]
    )
    good = found.converged
    table.status[places[good]] = "converged"
    # What is said of a device is said of few.
    for i in np.flatnonzero(~good):
        table.refuse(places[i], found.reasons[i])
    for i in np.flatnonzero(found.sensors.any(axis=1)):
        table.faults[places[i]] = _faults(job, (SENSORS[state] for state in found.sensors[i]))


def _alone(job: Job, table: _Table, k: int, block: NDArray[np.float64]) -> None:
    if reason := _missing(job, block):
        return table.refuse(k, reason)
    try:
        if job.kind == "array":
            array = calibrate_array(block, **job.options)
            offsets = np.full(len(job.columns), np.nan) if array.offsets is None else array.offsets
            numbers = [[array.sigma], array.gains, array.gain_errors, offsets]
            table.faults[k] = _faults(job, array.sensors)
        else:
            norm = calibrate_norm(block, **job.options)
            spreads = [norm.spread_before, norm.spread]
            numbers = [[norm.norm], norm.offset, norm.offset_errors, norm.matrix.ravel(), spreads]
    except ValueError as refusal:
        return table.refuse(k, str(refusal))
    table.numbers[k] = np.concatenate(numbers)
    table.status[k] = "converged"
    return None


def _faults(job: Job, states: Any) -> str:
    """'s3 dead, s5 flipped'."""
    names: Iterator[str] = iter(job.columns)
    return ", ".join(f"{name} {state}" for name, state in zip(names, states) if state != "sound")
