"""A dataset, task by task, on Dask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from numpy.typing import ArrayLike
from tqdm import tqdm

from .dataset import DatasetError, Place, devices_of, files_of, rows_of
from .frame import of_job
from .job import Job
from .results import Results

#: Devices of a task: some 100 ms of work for 16 sensors. A task costs Dask a few milliseconds.
GROUP = 2048

#: Seconds that a cluster has to answer.
PATIENCE = 10

#: Workers that may die under a task before it is told as lost.
RETRIES = 5


def calibrate(
    dataset: str | Path | Sequence[str | Path],
    by: str = "device",
    *,
    columns: Sequence[str],
    order: str | None = None,
    kind: str = "gains",
    A: ArrayLike | None = None,
    output: str | Path | None = None,
    cluster: str | None = None,
    group: int = GROUP,
    workers: int | None = None,
    progress: bool = True,
    **options: Any,
) -> pd.DataFrame:
    """Calibrates every device of a Parquet dataset: a row a device, in the order of the dataset.

    dataset: a file, a folder, or a list of files; every file has the columns, of the same types. by: the column
    that names the device. columns: those of the sensors (or of three axes). order: the column by which rows of a
    device are in order; as they stand, in the order of the files, if None.
    kind: 'gains' (with ``A`` (p, m, n); all devices see through the same matrices), 'array' or 'norm'.
    options: those of ``calibrate_gains`` (``noise``), ``calibrate_array`` or ``calibrate_norm``.
    output: a folder for the results as Parquet, a file a task. Devices that it already holds are not
    calibrated again, so that a run that was stopped goes on where it was.
    cluster: the address of a Dask scheduler (``'tcp://10.0.0.1:8786'``), whose workers have solvekit and read
    the same files; without it this machine's threads work, ``workers`` of them (or all).
    group: devices of a task; give it at least 100 ms of work.

    The result has the columns ``by``, ``status`` ('converged' or 'refused'), ``reason`` (why a device was
    refused; it never fails the run), ``rows``, ``faulty`` (sensors that are not sound), then the numbers, with
    NaN where there are none.

    Raises DatasetError for a file that is none, that lacks a column or differs from the others;
    ConnectionError where no scheduler answers within 10 seconds; ValueError for options that are wrong.
    """
    job = Job.of(by, columns, order, kind, A, options)
    if group < 1:
        raise ValueError(f"group: {group} devices of a task; 1 or more are needed")
    files = files_of(dataset)
    places = devices_of(files, job)
    if not places:
        raise DatasetError(f"{files[0]}: there are no rows" + (" in any file" if files[1:] else ""))
    results = Results(job, output)
    done = results.done()
    left = [device for device in places if device not in done]
    tasks = [_Task.of(left[k : k + group], places) for k in range(0, len(left), group)]
    # A wrong option is the caller's, and not every device's.
    _try(job)
    bar = tqdm(total=len(places), initial=len(places) - len(left), unit="device", disable=not progress)
    with bar:
        work = _on_threads if cluster is None else _on_cluster
        for frame in work(tasks, job, cluster, workers):
            results.add(frame)
            bar.update(len(frame))
    return results.frame(list(places))


@dataclass(frozen=True)
class _Task:
    devices: tuple[Any, ...]
    places: tuple[Place, ...]

    @classmethod
    def of(cls, devices: list[Any], places: dict[Any, list[Place]]) -> _Task:
        # Each place once, in the order of the files.
        needed = sorted({place for device in devices for place in places[device]})
        return cls(tuple(devices), tuple(needed))


def _calibrated(task: _Task, job: Job) -> pd.DataFrame:
    return of_job(rows_of(task.devices, task.places, job), job)


def _try(job: Job) -> None:
    """Raises what the options are wrong about, before anything is read."""
    import inspect

    from ..calibration import calibrate_array, calibrate_gains, calibrate_norm

    kinds = {"gains": calibrate_gains, "array": calibrate_array, "norm": calibrate_norm}
    known = set(inspect.signature(kinds[job.kind]).parameters) - {"A", "Y", "samples", "threads"}
    if job.kind == "gains":
        # Those of a batch.
        known = {"noise"}
    for name in job.options:
        if name not in known:
            raise ValueError(f"{name}: kind={job.kind!r} takes {', '.join(sorted(known))}")


def _on_threads(
    tasks: list[_Task], job: Job, _: str | None, workers: int | None
) -> Iterator[pd.DataFrame]:
    import queue
    import threading

    import dask
    from dask.callbacks import Callback

    if not tasks:
        return
    told: queue.SimpleQueue[Any] = queue.SimpleQueue()
    delayed = [dask.delayed(_calibrated, pure=False)(task, job) for task in tasks]
    keys = {one.key for one in delayed}

    def finished(key: Any, result: Any, *_: Any) -> None:
        if key in keys:
            told.put(result)

    def work() -> None:
        try:
            with Callback(posttask=finished):
                # Of what comes back everything has been told.
                dask.compute(*delayed, scheduler="threads", num_workers=workers)
        except BaseException as error:  # noqa: BLE001
            told.put(error)

    # Results are written as they come, by whoever asked.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    for _ in tasks:
        result = told.get()
        if isinstance(result, BaseException):
            raise result
        yield result
    thread.join()


def _on_cluster(
    tasks: list[_Task], job: Job, cluster: str | None, _: int | None
) -> Iterator[pd.DataFrame]:
    from distributed import Client, as_completed

    try:
        client = Client(cluster, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise ConnectionError(
            f"cluster: no Dask scheduler answers at {cluster} within {PATIENCE} s"
        ) from error
    with client:
        # Once for every worker, and not for every task.
        shared = client.scatter(job, broadcast=True, hash=False)
        futures = client.map(_calibrated, tasks, job=shared, pure=False, retries=RETRIES)
        for _, frame in as_completed(futures, with_results=True, loop=client.loop):
            yield frame
