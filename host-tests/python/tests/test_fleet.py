"""Fleets of devices, on threads and on a cluster of this machine."""

import os
import signal
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import solvekit
from solvekit import fleet

from conftest import sensors

COLUMNS = [f"s{i}" for i in range(6)]


def readings(rng, devices, noise=0.001):
    """A (p, m, n), the rows of devices d0000, d0001, …, and the gains."""
    A, Y, gains, _ = sensors(rng, p=5, m=6, n=4, noise=noise, devices=devices)
    frame = pd.DataFrame(Y.reshape(-1, 6), columns=COLUMNS)
    frame.insert(0, "device", np.repeat([f"d{k:04}" for k in range(devices)], 5))
    return A, frame, gains


@pytest.fixture
def dataset(rng, tmp_path):
    """Three files of 40 devices, five of them broken; some rows of one device are in another file."""
    A, frame, gains = readings(rng, 40)
    frame.loc[frame.device == "d0003", "s2"] = np.nan
    frame.loc[frame.index[frame.device == "d0007"][1], "s1"] = np.nan
    frame.loc[frame.device == "d0011", COLUMNS] = 0.0
    frame = frame.drop(frame.index[frame.device == "d0019"][0])
    frame.loc[frame.device == "d0023", "s4"] = 0.0
    folder = tmp_path / "readings"
    folder.mkdir()
    for k, part in enumerate((frame.iloc[:70], frame.iloc[70:71], frame.iloc[71:])):
        part.to_parquet(folder / f"{k}.parquet", index=False, row_group_size=30)
    return A, folder, gains


BROKEN = {
    "d0003": "column 's2' holds no number",
    "d0007": "row 1: the number of column 's1' is missing",
    "d0011": "zero",
    "d0019": "4 rows for 5 snapshots in A",
}


def check(result, gains):
    assert list(result.device) == [f"d{k:04}" for k in range(40)]
    refused = result[result.status != "converged"]
    assert set(refused.device) == set(BROKEN)
    for row in refused.itertuples():
        assert BROKEN[row.device] in row.reason, row.reason
        assert np.isnan(row.gain_s0)
    good = (result.status == "converged").to_numpy(copy=True)
    good[23] = False
    found = result[[f"gain_{name}" for name in COLUMNS]].to_numpy()
    assert np.abs(found[good] - gains[good]).max() < 0.05
    assert result.faulty[23] == "s4 dead" and np.isfinite(result.gain_s0[23])


@pytest.mark.parametrize("group", [1, 7, 1024])
def test_every_device_has_one_row_and_bad_ones_their_reasons(dataset, group):
    A, folder, gains = dataset
    check(fleet.calibrate(folder, columns=COLUMNS, A=A, group=group, progress=False), gains)


def test_a_run_that_was_stopped_goes_on(dataset, tmp_path, monkeypatch):
    A, folder, gains = dataset
    output = tmp_path / "results"
    asked = []
    from solvekit.fleet import run

    calibrated = run._calibrated

    def stops(task, job):
        asked.append(task.devices)
        if len(asked) == 4:
            raise RuntimeError("the power went")
        return calibrated(task, job)

    monkeypatch.setattr(run, "_calibrated", stops)
    keywords = dict(columns=COLUMNS, A=A, output=output, group=5, progress=False)
    with pytest.raises(RuntimeError, match="the power went"):
        fleet.calibrate(folder, workers=1, **keywords)
    done = pq.read_table(output).num_rows
    assert 0 < done < 40
    (output / ".left-behind.half").write_bytes(b"half")
    monkeypatch.setattr(run, "_calibrated", calibrated)
    first = fleet.calibrate(folder, **keywords)
    check(first, gains)
    assert pq.read_table(output).num_rows == 40 and not list(output.glob(".*.half"))

    def never(task, job):
        raise AssertionError("all devices are done")

    monkeypatch.setattr(run, "_calibrated", never)
    pd.testing.assert_frame_equal(fleet.calibrate(folder, **keywords), first)
    with pytest.raises(ValueError, match="results of another job"):
        fleet.calibrate(folder, **(keywords | dict(A=2 * A)))


def test_rows_in_any_order_are_put_in_theirs(rng, tmp_path):
    A, frame, gains = readings(rng, 6)
    frame["snapshot"] = np.tile(np.arange(5), 6)
    shuffled = frame.sample(frac=1, random_state=1)
    shuffled.to_parquet(tmp_path / "a.parquet", row_group_size=7)
    keywords = dict(columns=COLUMNS, A=A)
    one = fleet.calibrate_frame(frame, **keywords).set_index("device")
    two = fleet.calibrate(tmp_path / "a.parquet", order="snapshot", progress=False, **keywords)
    pd.testing.assert_frame_equal(two.set_index("device").loc[one.index], one)
    with pytest.raises(ValueError, match="order: 's0'"):
        fleet.calibrate_frame(frame, order="s0", **keywords)


def test_arrays_and_norms(rng, tmp_path):
    z = rng.normal(size=(3, 80, 1))
    Y = z * [0.9, 1.1, 1.0] + 0.01 * rng.normal(size=(3, 80, 3))
    frame = pd.DataFrame(Y.reshape(-1, 3), columns=["x", "y", "z"])
    frame.insert(0, "unit", np.repeat([4, 2, 9], 80))
    frame.to_parquet(tmp_path / "a.parquet")
    found = fleet.calibrate(
        tmp_path / "a.parquet", "unit", columns=["x", "y", "z"], kind="array", progress=False
    )
    assert list(found.unit) == [4, 2, 9] and (found.status == "converged").all()
    one = solvekit.calibrate_array(Y[1])
    assert found.gain_y[1] == one.gains[1] and found.offset_z[1] == one.offsets[2]
    V = rng.normal(size=(160, 3))
    V /= np.linalg.norm(V, axis=1, keepdims=True)
    frame = pd.DataFrame(V * [1.1, 0.9, 1.0] + 0.1, columns=["x", "y", "z"])
    frame.insert(0, "unit", np.repeat([1, 2], 80))
    found = fleet.calibrate_frame(frame, "unit", columns=["x", "y", "z"], kind="norm", norm=1.0)
    assert (found.status == "converged").all() and np.allclose(found.offset_x, 0.1, atol=1e-9)


def test_bad_datasets_name_the_file(dataset, tmp_path):
    A, folder, _ = dataset
    run = lambda where, **more: fleet.calibrate(  # noqa: E731
        where, **(dict(columns=COLUMNS, A=A, progress=False) | more)
    )
    with pytest.raises(fleet.DatasetError, match="0.parquet: there is no column 's9' among device, s0"):
        run(folder, columns=[*COLUMNS[:5], "s9"])
    with pytest.raises(fleet.DatasetError, match="no-such"):
        run(tmp_path / "no-such.parquet")
    (tmp_path / "empty").mkdir()
    with pytest.raises(fleet.DatasetError, match="a folder without"):
        run(tmp_path / "empty")
    (tmp_path / "void.parquet").write_bytes(b"")
    with pytest.raises(fleet.DatasetError, match="void.parquet: no Parquet file"):
        run(tmp_path / "void.parquet")
    rows = pq.read_table(folder / "0.parquet")
    pq.write_table(rows.slice(0, 0), tmp_path / "none.parquet")
    with pytest.raises(fleet.DatasetError, match="none.parquet: there are no rows"):
        run(tmp_path / "none.parquet")
    single = rows.set_column(3, "s2", rows.column("s2").cast(pa.float32()))
    pq.write_table(single, folder / "9.parquet")
    with pytest.raises(fleet.DatasetError, match="9.parquet: column 's2' is of type float"):
        run(folder)


def test_bad_options_are_the_callers(dataset):
    A, folder, _ = dataset
    with pytest.raises(ValueError, match="A: the sensing matrices"):
        fleet.calibrate(folder, columns=COLUMNS)
    with pytest.raises(ValueError, match="A: of shape"):
        fleet.calibrate(folder, columns=COLUMNS, A=A[:, :5])
    with pytest.raises(ValueError, match="kind: 'all'"):
        fleet.calibrate(folder, columns=COLUMNS, kind="all")
    with pytest.raises(ValueError, match="radius: kind='gains' takes noise"):
        fleet.calibrate(folder, columns=COLUMNS, A=A, radius=0.1)
    with pytest.raises(ValueError, match="group"):
        fleet.calibrate(folder, columns=COLUMNS, A=A, group=0)


def test_an_address_that_does_not_answer_is_told_in_time(dataset):
    A, folder, _ = dataset
    started = time.monotonic()
    with pytest.raises(ConnectionError, match="no Dask scheduler answers at tcp://127.0.0.1:9"):
        fleet.calibrate(folder, columns=COLUMNS, A=A, cluster="tcp://127.0.0.1:9", progress=False)
    # What the package promises, and not how fast this machine is.
    assert time.monotonic() - started < 30


def test_a_cluster_that_loses_a_worker_loses_no_device(rng, tmp_path):
    from distributed import LocalCluster

    A, frame, gains = readings(rng, 10_000)
    broken = rng.choice(10_000, 100, replace=False)
    rows = (broken[:, None] * 5 + np.arange(5)).ravel()
    frame.loc[rows, "s0"] = np.nan
    frame.to_parquet(tmp_path / "all.parquet", index=False)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        victim = next(iter(cluster.workers.values())).pid
        from solvekit.fleet import run

        on_cluster = run._on_cluster

        def killing(*arguments):
            for k, frame in enumerate(on_cluster(*arguments)):
                if k == 1:
                    os.kill(victim, signal.SIGKILL)
                yield frame

        run._on_cluster = killing
        try:
            result = fleet.calibrate(
                tmp_path / "all.parquet",
                columns=COLUMNS,
                A=A,
                cluster=cluster.scheduler_address,
                group=200,
                progress=False,
            )
        finally:
            run._on_cluster = on_cluster
    assert len(result) == 10_000 and result.device.is_unique
    refused = result.index[result.status != "converged"]
    assert set(broken) <= set(refused)
    assert all("holds no number" in result.reason[k] for k in broken)
    good = (result.status == "converged").to_numpy()
    assert good.sum() > 9_800
    found = result[[f"gain_{name}" for name in COLUMNS]].to_numpy()[good]
    assert np.median(np.abs(found - gains[good])) < 0.01
