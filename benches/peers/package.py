"""What the Python package costs: beside the same calls from Rust, beside NumPy, and as a fleet on Dask.

Three jobs, each one interleaved run: in every round each contender does the same, in an order that changes from
round to round.

call   `solvekit.solve` of a 4 x 4 system, and the same from Rust.
batch  gains of 10,000 devices of 16 sensors, 16 unknowns and 8 snapshots in one call, noise 40 dB below: from
       Python, from Rust, and NumPy's solution of the linear problem by gauge-fixed normal equations, all devices
       in one `linalg.solve` or one after the other.
fleet  the same devices in a Parquet file, calibrated into files of results: by the program on two threads, on
       Dask's threads, and on a Dask cluster of two workers that is there already.

    python package.py CHILD PROGRAM OUTPUT.json [--rounds N]
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import dask
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import solvekit
from calibration import by_solve
from dask.distributed import LocalCluster
from interleaved import Child, measure
from solvekit import fleet
from threadpoolctl import threadpool_limits

# unknowns, sensors, snapshots, devices
SIZES = (16, 16, 8, 10_000)
NOISE = 0.01

# Standard errors of gains are about .003, more where a signal hides from a sensor, and the linear problem knows of
# no weights: of 160,000 gains some are off by ten of them. Who solves something else is off by more.
AGREES = 0.1

# Calls in a row, of which the mean is one round's time: a clock's step is .1 microseconds.
CALLS = 500


def draw():
    n, m, p, devices = SIZES
    rng = np.random.default_rng(9)
    a = rng.standard_normal((p, m, n)) / np.sqrt(n)
    x = rng.standard_normal((devices, n))
    gains = 1 + 0.5 * (rng.random((devices, m)) - 0.5)
    gains /= gains.mean(axis=1, keepdims=True)
    y = np.einsum("pmn,dn->dpm", a, x) * gains[:, None, :]
    return a, y + NOISE * rng.standard_normal(y.shape), gains


def all_by_solve(a, y):
    """Gains by the normal equations of signal and reciprocal gains, all devices in one call."""
    p, m, n = a.shape
    rows = a.reshape(p * m, n)
    k = np.empty((len(y), n + m, n + m))
    k[:, :n, :n] = rows.T @ rows
    # Sensor by sensor a product of two matrices.
    cross = np.matmul(y.transpose(2, 0, 1), a.transpose(1, 0, 2))
    k[:, n:, :n] = -cross.transpose(1, 0, 2)
    k[:, :n, n:] = -cross.transpose(1, 2, 0)
    # The square of the row that fixes the sum of the reciprocal gains.
    k[:, n:, n:] = 1.0
    k[:, range(n, n + m), range(n, n + m)] += np.einsum("dpm,dpm->dm", y, y)
    b = np.zeros((len(y), n + m, 1))
    b[:, n:] = m
    gains = 1 / np.linalg.solve(k, b)[:, n:, 0]
    return gains / gains.mean(axis=1, keepdims=True)


class Timed:
    """A contender whose job is a function; what it returned last is kept."""

    def __init__(self, name, job, before=None):
        self.name, self.job, self.before = name, job, before

    def nanoseconds(self):
        if self.before:
            self.before()
        start = time.perf_counter_ns()
        self.last = self.job()
        return time.perf_counter_ns() - start


class Rust(Child):
    def __init__(self, process, name, *words):
        super().__init__(process)
        self.name, self.words = name, words

    def nanoseconds(self):
        return int(self.ask(*self.words)[0])


def call(process, rounds):
    a = np.array([[4.0, -1, 0, 0], [-1, 4, -1, 0], [0, -1, 4, -1], [0, 0, -1, 4]])
    b = np.array([1.0, 2, 0, 3])

    def calls():
        for _ in range(CALLS):
            solvekit.solve(a, b, method="direct")

    x, report = solvekit.solve(a, b, method="direct")
    if not (report.converged and np.abs(a @ x - b).max() < 1e-12):
        sys.exit("the system of four was not solved")
    contenders = [Timed("python", calls), Rust(process, "rust", "solve", CALLS)]
    measure(contenders, 5, 0)
    times = measure(contenders, rounds, 1)
    python, rust = np.array(times["python"]) / CALLS / 1e3, np.array(times["rust"]) / 1e3
    return {
        "python": float(np.median(python)),
        "rust": float(np.median(rust)),
        "more": float(np.median(python - rust)),
        "rounds": rounds,
    }


def part(job, contenders, asked, errors, rounds):
    measure(contenders, 2, 0)
    for name, error in errors().items():
        if not error <= AGREES:
            sys.exit(f"{name} is off by {error:.1e}")
    times = {name: np.array(t) / 1e9 for name, t in measure(contenders, rounds, 1).items()}
    ratios = [
        {
            "of": of,
            "over": over,
            "median": float(np.median(times[of] / times[over])),
            "least": float(times[of].min() / times[over].min()),
            "goal": goal,
        }
        for of, over, goal in asked
    ]
    seconds = {name: float(np.median(t)) for name, t in times.items()}
    print(job, {name: round(t, 4) for name, t in seconds.items()}, file=sys.stderr)
    return {
        "job": job,
        "rounds": rounds,
        "seconds": seconds,
        "least": {name: float(t.min()) for name, t in times.items()},
        "errors": errors(),
        "ratios": ratios,
    }


def batch(process, folder, data, rounds):
    a, y, planted = data
    n, m, p, devices = SIZES
    a.tofile(folder / "a.f64")
    y.tofile(folder / "y.f64")
    rust = [Rust(process, f"Rust, {t}", "calibrate", t) for t in (1, 2)]
    rust[0].ask("case", folder, *SIZES)
    rust[0].ask("answers", folder)
    own = [
        Timed(f"Python, {t}", lambda t=t: solvekit.calibrate_gains(a, y, threads=t)) for t in (1, 2)
    ]

    def limited():
        with threadpool_limits(1):
            return all_by_solve(a, y)

    peers = [
        Timed("NumPy, batched", lambda: all_by_solve(a, y)),
        Timed("NumPy, batched, 1", limited),
        Timed("NumPy, looped", lambda: np.array([by_solve(a, one)[1] for one in y])),
    ]
    answers = np.fromfile(folder / "answers.f64").reshape(devices, -1)
    found = solvekit.calibrate_gains(a, y)
    bits = np.concatenate([found.gains, found.signal, found.gain_errors, found.signal_errors], axis=1)
    if not (bits == answers).all():
        sys.exit("Python's answers are not Rust's, to the bit")

    def errors():
        of = {peer.name: np.abs(peer.last - planted).max() for peer in peers}
        of |= {one.name: np.abs(one.last.gains - planted).max() for one in own}
        return {name: float(error) for name, error in of.items()}

    asked = [
        ("Python, 1", "Rust, 1", "≤ 1.1"),
        ("Python, 2", "Rust, 2", "≤ 1.1"),
        ("Python, 2", "NumPy, batched", "≤ 0.5"),
        ("Python, 1", "NumPy, batched, 1", ""),
        ("Python, 1", "NumPy, looped", ""),
    ]
    job = (
        f"Gains of {devices:,} devices (n = {n}, m = {m}, p = {p}, f64, noise {NOISE}) in one call, from numbers in "
        "memory to gains, signals, standard errors and marks of faulty sensors; NumPy: gains and signals alone. "
        "The number is that of threads, without one whatever NumPy takes"
    )
    return part(job, [*rust, *own, *peers], asked, errors, rounds)


def of_fleet(program, folder, data, rounds):
    a, y, planted = data
    _, m, p, devices = SIZES
    columns = [f"s{i}" for i in range(m)]
    table = {"device": np.repeat([f"device-{k:05}" for k in range(devices)], p)}
    table |= dict(zip(columns, y.reshape(devices * p, m).T))
    readings, sensing = folder / "readings.parquet", folder / "sensing.npy"
    pq.write_table(pa.table(table), readings, row_group_size=1024 * p)
    np.save(sensing, a)
    by_program, results = folder / "gains.csv", folder / "gains"
    words = [program, "calibrate", "gains", "--sensing", sensing, "--observations", readings]
    words += ["--device", "device", "--threads", "2", "--output", by_program]

    def fresh():
        shutil.rmtree(results, ignore_errors=True)

    def on(**where):
        return fleet.calibrate(
            readings, columns=columns, A=a, output=results, progress=False, **where
        )

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        contenders = [
            Timed("program, 2", lambda: subprocess.run(words, check=True, stderr=subprocess.DEVNULL)),
            Timed("Dask's threads, 2", lambda: on(workers=2), fresh),
            Timed("Dask cluster, 2", lambda: on(cluster=address), fresh),
        ]

        def errors():
            of = {}
            for one in contenders[1:]:
                gains = one.last[[f"gain_{c}" for c in columns]].to_numpy()
                of[one.name] = float(np.abs(gains - planted).max())
            return of

        asked = [
            ("program, 2", "Dask's threads, 2", "≥ 0.8"),
            ("program, 2", "Dask cluster, 2", "≥ 0.8"),
        ]
        job = (
            f"The same {devices:,} devices from one Parquet file to files of results; the cluster is there already"
        )
        return part(job, contenders, asked, errors, rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("child", help="the Rust program with solvekit")
    parser.add_argument("program", help="the program solvekit")
    parser.add_argument("output", type=Path)
    parser.add_argument("--rounds", type=int, default=21)
    options = parser.parse_args()
    warnings.filterwarnings("ignore", module="distributed")
    process = subprocess.Popen(
        [options.child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    load = os.getloadavg()[0]
    data = draw()
    with tempfile.TemporaryDirectory() as folder:
        measured = {
            "versions": {
                "solvekit": solvekit.__version__,
                "Python": platform.python_version(),
                "NumPy": np.__version__,
                "Dask": dask.__version__,
            },
            "load_before": load,
            "call": call(process, options.rounds),
            "batch": batch(process, Path(folder), data, options.rounds),
            "fleet": of_fleet(options.program, Path(folder), data, options.rounds),
        }
    options.output.write_text(json.dumps(measured, indent=1))


if __name__ == "__main__":
    main()
