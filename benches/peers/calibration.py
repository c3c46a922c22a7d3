"""Blind gain calibration: solvekit (through a child process) against NumPy's linear solvers.

NumPy solves what is linear: A_l x - y_l s = 0 for the signal and the reciprocal gains s, with the sum of s
fixed; by normal equations, and by a least-squares solver. solvekit makes the weighted linear start and two
Gauss-Newton steps, which is the answer of maximum likelihood under noise. One interleaved run: in every
round each contender solves the same problem, in an order that changes from round to round. What is reported
is the median. One thread each, double precision. A contender that is off by more than 1e-6 is not timed.

    python calibration.py CHILD OUTPUT.json [--rounds N] [--only TEXT]
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from interleaved import Child, measure

# What all have to reach on noiseless snapshots.
AGREES = 1e-6

# unknowns, sensors, snapshots
CASES = [(8, 8, 4), (16, 16, 4), (32, 32, 4), (64, 64, 4), (64, 16, 8), (16, 64, 4)]


def draw(case, seed):
    n, m, p = case
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((p, m, n))
    x = rng.standard_normal(n)
    x /= np.linalg.norm(x)
    e = rng.random(m) - 0.5
    e -= e.mean()
    gains = 1 + 0.5 * e / np.abs(e).max()
    return {"a": a, "y": gains * (a @ x), "x": x, "gains": gains}


def finished(x, s):
    """Signal and gains of mean 1."""
    gains = 1 / s
    scale = gains.mean()
    return x * scale, gains / scale


def by_solve(a, y):
    """Normal equations of x and s, the sum of s fixed by one more row."""
    p, m, n = a.shape
    rows = a.reshape(p * m, n)
    k = np.empty((n + m, n + m))
    k[:n, :n] = rows.T @ rows
    k[n:, :n] = -np.einsum("lij,li->ij", a, y)
    k[:n, n:] = k[n:, :n].T
    # The square of the row that fixes the sum: a positive definite matrix instead of a bordered one.
    k[n:, n:] = 1.0
    k[range(n, n + m), range(n, n + m)] += np.einsum("li,li->i", y, y)
    b = np.zeros(n + m)
    b[n:] = m
    v = np.linalg.solve(k, b)
    return finished(v[:n], v[n:])


def by_lstsq(a, y):
    p, m, n = a.shape
    k = np.zeros((p * m + 1, n + m))
    k[:-1, :n] = a.reshape(p * m, n)
    k[:-1, n:].reshape(p, m, m)[:, range(m), range(m)] = -y
    k[-1, n:] = 1
    b = np.zeros(p * m + 1)
    b[-1] = m
    v = np.linalg.lstsq(k, b, rcond=None)[0]
    return finished(v[:n], v[n:])


class Peer:
    def __init__(self, name, method, data):
        self.name, self.method, self.data = name, method, data

    def nanoseconds(self):
        start = time.perf_counter_ns()
        self.method(self.data["a"], self.data["y"])
        return time.perf_counter_ns() - start

    def error(self):
        found = self.method(self.data["a"], self.data["y"])
        meant = (self.data["x"], self.data["gains"])
        return max(np.linalg.norm(f - t) / np.linalg.norm(t) for f, t in zip(found, meant))


class Timed(Child):
    def nanoseconds(self):
        return int(self.ask("fit")[0])

    def error(self):
        return float(self.ask("fit")[1])


def one(process, folder, case, rounds):
    data = draw(case, seed=sum(case))
    for name, array in data.items():
        np.ascontiguousarray(array).tofile(Path(folder) / f"{name}.f64")
    child = Timed(process)
    child.ask("case", folder, *case)
    contenders = [child, Peer("solve", by_solve, data), Peer("lstsq", by_lstsq, data)]
    errors = {contender.name: float(contender.error()) for contender in contenders}
    for name, error in errors.items():
        if not error <= AGREES:
            sys.exit(f"{case}: {name} is off by {error:.1e}")
    # Some times first, so that nothing is faulted in while it is timed.
    measure(contenders, 20, 0)
    times = measure(contenders, rounds, 1)
    medians = {name: float(np.median(values)) for name, values in times.items()}
    n, m, p = case
    name = f"n {n}, m {m}, p {p}"
    print(name, {key: round(value / 1e3, 1) for key, value in medians.items()}, file=sys.stderr)
    least = {name: float(np.min(values)) for name, values in times.items()}
    return {"name": name, "nanoseconds": medians, "least": least, "errors": errors}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("child", help="the Rust program with solvekit")
    parser.add_argument("output", type=Path)
    parser.add_argument("--rounds", type=int, default=501)
    parser.add_argument("--only", default="", help="only cases whose name contains this")
    options = parser.parse_args()
    process = subprocess.Popen(
        [options.child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            one(process, folder, case, options.rounds)
            for case in CASES
            if options.only in f"n {case[0]}, m {case[1]}, p {case[2]}"
        ]
    versions = {"numpy": np.__version__, "python": platform.python_version()}
    measured = {
        "versions": versions,
        "rounds": options.rounds,
        "load_before": load,
        "cases": rows,
    }
    options.output.write_text(json.dumps(measured, indent=1))


if __name__ == "__main__":
    main()
