"""Many small systems: solvekit (through a child process) against NumPy's solver for batches.

Symmetric positive definite systems in single precision. One interleaved run: in every round each contender
solves the same systems, in an order that changes from round to round. One thread each. A contender that is
off by more than 1e-4 from the answers in double precision is not timed.

    python direct.py CHILD OUTPUT.json [--rounds N]
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

# Condition numbers are below about 10: a few hundred roundings of f32, and not the wrong system.
AGREES = 1e-4

# unknowns, systems: whole groups of lanes, and one that leaves the second cache
CASES = [(4, 1024), (8, 1024), (16, 1024), (32, 1024)]


def draw(order, count):
    rng = np.random.default_rng(order)
    g = rng.standard_normal((count, order, order))
    a = g @ g.transpose(0, 2, 1) / order + np.eye(order)
    b = rng.standard_normal((count, order))
    return a.astype(np.float32), b.astype(np.float32)


class Peer:
    name = "numpy"

    def __init__(self, a, b):
        self.a, self.b = a, b[:, :, None]

    def answers(self):
        return np.linalg.solve(self.a, self.b)[:, :, 0]

    def nanoseconds(self):
        start = time.perf_counter_ns()
        np.linalg.solve(self.a, self.b)
        return time.perf_counter_ns() - start


class Timed(Child):
    def __init__(self, process, name):
        super().__init__(process)
        self.name = name

    def nanoseconds(self):
        return int(self.ask(self.name)[0])


def one(process, folder, case, rounds):
    order, count = case
    a, b = draw(order, count)
    a.tofile(Path(folder) / "a.f32")
    b.tofile(Path(folder) / "b.f32")
    own = [Timed(process, name) for name in ("simd", "scalar", "lanes")]
    own[0].ask("case", folder, order, count)
    own[0].ask("answers", folder)
    peer = Peer(a, b)
    found = {way.name: np.fromfile(Path(folder) / f"{way.name}.f32", np.float32) for way in own}
    found["numpy"] = peer.answers().ravel()
    meant = np.linalg.solve(a.astype(float), b.astype(float)[:, :, None]).ravel()
    errors = {name: float(np.abs(x - meant).max() / np.abs(meant).max()) for name, x in found.items()}
    for name, error in errors.items():
        if not error <= AGREES:
            sys.exit(f"n {order}: {name} is off by {error:.1e}")
    contenders = [*own, peer]
    # Some times first, so that nothing is faulted in while it is timed.
    measure(contenders, 10, 0)
    times = {name: np.array(t) / count for name, t in measure(contenders, rounds, 1).items()}
    medians = {name: float(np.median(t)) for name, t in times.items()}
    print(f"n {order}", {name: round(t, 1) for name, t in medians.items()}, file=sys.stderr)
    return {
        "order": order,
        "count": count,
        "nanoseconds": medians,
        "least": {name: float(t.min()) for name, t in times.items()},
        "ratios": {name: float(np.median(t / times["numpy"])) for name, t in times.items()},
        "errors": errors,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("child", help="the Rust program with solvekit")
    parser.add_argument("output", type=Path)
    parser.add_argument("--rounds", type=int, default=201)
    options = parser.parse_args()
    process = subprocess.Popen(
        [options.child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        rows = [one(process, folder, case, options.rounds) for case in CASES]
    measured = {
        "versions": {"numpy": np.__version__, "python": platform.python_version()},
        "rounds": options.rounds,
        "load_before": load,
        "cases": rows,
    }
    options.output.write_text(json.dumps(measured, indent=1))


if __name__ == "__main__":
    main()
