"""A batch of ISTA with one dictionary: solvekit (through a child process) against NumPy and JAX.

X <- soft(X - g A'(A X - Y), t) from X = 0, so many times, in single precision. One interleaved run: in every
round each contender recovers the same signals, in an order that changes from round to round; the fused
multiply-adds in registers that tell the peak of the cores run in the same rounds. Each peer is a process of
its own for each number of threads. Before anything is timed all answers are held against those in double
precision. A peer that is not installed is skipped, and named.

    python recovery.py CHILD OUTPUT.json [--rounds N]
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

# A peer's threads are told before anything of it is imported.
PEER = sys.argv[1:2] == ["--peer"]
if PEER:
    NAME, THREADS, FOLDER = sys.argv[2], sys.argv[3], Path(sys.argv[4])
    for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"]:
        os.environ[variable] = THREADS
    if THREADS == "1":
        os.environ["XLA_FLAGS"] = (
            "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        )

import numpy as np

from interleaved import Child, measure

ROWS, COLUMNS, SIGNALS, ITERATIONS = 64, 128, 4096, 20
# Single precision sums of some hundred terms in another order, through all iterations.
AGREES = 2e-5


def problem(folder):
    """A, Y with a signal a column, g and t."""
    a = np.fromfile(folder / "a.f32", np.float32).reshape(COLUMNS, ROWS).T
    y = np.fromfile(folder / "y.f32", np.float32).reshape(SIGNALS, ROWS).T
    step, threshold = np.fromfile(folder / "numbers.f32", np.float32)
    return np.ascontiguousarray(a), np.ascontiguousarray(y), step, threshold


class NumPy:
    def __init__(self, a, y, step, threshold):
        self.a, self.y, self.threshold = a, y, threshold
        # g is within the matrix: one pass over memory less in every iteration.
        self.adjoint = np.ascontiguousarray(a.T * step)
        self.r, self.x, self.other = np.empty_like(y), *np.empty((2, a.shape[1], y.shape[1]), a.dtype)
        self.version = {"numpy": np.__version__, "python": platform.python_version()}

    def run(self):
        x, r, other = self.x, self.r, self.other
        x.fill(0)
        for _ in range(ITERATIONS):
            np.matmul(self.a, x, out=r)
            np.subtract(self.y, r, out=r)
            np.matmul(self.adjoint, r, out=other)
            np.add(x, other, out=x)
            np.clip(x, -self.threshold, self.threshold, out=other)
            np.subtract(x, other, out=x)
        return x


class Jax:
    def __init__(self, a, y, step, threshold):
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_platform_name", "cpu")

        def run(a, adjoint, y):
            x = jnp.zeros((a.shape[1], y.shape[1]), a.dtype)
            for _ in range(ITERATIONS):
                z = x + adjoint @ (y - a @ x)
                x = z - jnp.clip(z, -threshold, threshold)
            return x

        self.arguments = [jnp.asarray(part) for part in (a, a.T * step, y)]
        self.jitted = jax.jit(run)
        self.version = {"jax": jax.__version__}

    def run(self):
        return self.jitted(*self.arguments).block_until_ready()


def serve(name, folder):
    """The peer's side: a word a line."""
    try:
        peer = {"numpy": NumPy, "jax": Jax}[name](*problem(folder))
    except ImportError as error:
        print("missing", str(error).replace(" ", "_"), flush=True)
        return
    print("ready", json.dumps(peer.version).replace(" ", ""), flush=True)
    for line in sys.stdin:
        if line.split() == ["answers"]:
            np.asarray(peer.run()).T.tofile(folder / f"{name}.f32")
            print("written", flush=True)
        elif line.split() == ["cores"]:
            wall, busy = time.perf_counter(), time.process_time()
            for _ in range(10):
                peer.run()
            print((time.process_time() - busy) / (time.perf_counter() - wall), flush=True)
        else:
            start = time.perf_counter_ns()
            peer.run()
            print(time.perf_counter_ns() - start, flush=True)


class Asked(Child):
    """Nanoseconds for some words."""

    def __init__(self, process, name, *words):
        super().__init__(process)
        self.name, self.words = name, words

    def nanoseconds(self):
        return int(self.ask(*self.words)[0])


def start(*words):
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def draw(folder):
    """A dictionary of unit columns, signals of which one entry in ten is not zero, and some noise."""
    rng = np.random.default_rng(20)
    a = rng.standard_normal((ROWS, COLUMNS)) / np.sqrt(ROWS)
    x = rng.standard_normal((COLUMNS, SIGNALS)) * (rng.random((COLUMNS, SIGNALS)) < 0.1)
    y = a @ x + 0.01 * rng.standard_normal((ROWS, SIGNALS))
    step = 1 / np.linalg.norm(a, 2) ** 2
    a.T.astype(np.float32).tofile(folder / "a.f32")
    y.T.astype(np.float32).tofile(folder / "y.f32")
    np.array([step, 0.05 * step], np.float32).tofile(folder / "numbers.f32")


def check(folder, name, exact):
    found = np.fromfile(folder / f"{name}.f32", np.float32).reshape(SIGNALS, COLUMNS).T
    error = float(np.abs(found - exact).max() / np.abs(exact).max())
    if not error <= AGREES:
        sys.exit(f"{name} is off by {error:.1e}")
    return error


def one_run(child, folder, rounds):
    draw(folder)
    a, y, step, threshold = problem(folder)
    exact = NumPy(*(part.astype(np.float64) for part in (a, y)), float(step), float(threshold)).run()
    own = Child(start(child))
    own.ask("case", folder, ROWS, COLUMNS, SIGNALS, ITERATIONS, step, threshold)
    own.ask("answers", folder)
    os.replace(folder / "x.f32", folder / "solvekit.f32")
    errors = {name: check(folder, name, exact) for name in ["solvekit", "layers"]}
    contenders, cores, skipped, versions = [], {}, {}, {}
    for threads in ["1", "2"]:
        contenders.append(Asked(own.process, f"solvekit {threads}", "ista", threads))
        contenders.append(Asked(own.process, f"layers {threads}", "layers", threads))
        contenders.append(Asked(own.process, f"peak {threads}", "peak", threads))
        for name in ["numpy", "jax"]:
            process = start(sys.executable, __file__, "--peer", name, threads, str(folder))
            state, told = process.stdout.readline().split()
            if state == "missing":
                skipped[name] = told.replace("_", " ")
                continue
            versions.update(json.loads(told))
            peer = Asked(process, f"{name} {threads}", "step")
            peer.ask("answers")
            errors[peer.name] = check(folder, name, exact)
            cores[peer.name] = float(peer.ask("cores")[0])
            contenders.append(peer)
    # Some times first, so that nothing is compiled or faulted in while it is timed.
    measure(contenders, 5, 0)
    times = measure(contenders, rounds, 1)
    own_of = lambda name: np.array(times["solvekit " + name.rsplit(" ", 1)[1]])
    return {
        "versions": versions,
        "shape": [ROWS, COLUMNS, SIGNALS, ITERATIONS],
        "nanoseconds": {name: float(np.median(each)) for name, each in times.items()},
        "least": {name: float(np.min(each)) for name, each in times.items()},
        # Of the peak the other way round: the fraction that is reached.
        "ratios": {name: float(np.median(np.array(each) / own_of(name))) for name, each in times.items()},
        "cores": cores,
        "errors": errors,
        "skipped": skipped,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("child", help="the Rust program with solvekit")
    parser.add_argument("output", type=Path)
    parser.add_argument("--rounds", type=int, default=101)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        measured = one_run(options.child, Path(folder), options.rounds)
    measured.update(rounds=options.rounds, load_before=load)
    for name, ratio in sorted(measured["ratios"].items()):
        print(f"{name}: {measured['nanoseconds'][name] / 1e6:.2f} ms, {ratio:.3f}", file=sys.stderr)
    options.output.write_text(json.dumps(measured, indent=1))


if PEER:
    serve(NAME, FOLDER)
elif __name__ == "__main__":
    main()
