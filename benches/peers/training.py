"""One training step of an unrolled network: solvekit (through a child process) against JAX, jitted.

A step is what every training loop repeats: the loss of one batch, its exact gradient and Adam's update,
from numbers that lie in memory. One interleaved run: in every round each contender makes one step on the
same batch from the same numbers, in an order that changes from round to round. What is reported is the
median. Both use all cores of the machine, in single precision. Before anything is timed the loss and the
gradient of both are held against JAX's in double precision: a contender that is wrong is not timed.

    python training.py CHILD OUTPUT.json [--rounds N] [--only TEXT]
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

import jax
import jax.numpy as jnp
import numpy as np

from interleaved import Child, measure

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platform_name", "cpu")

# Single precision sums of some thousand terms, in another order; a support that flips at a threshold
# moves one entry of one sample.
LOSS_AGREES = 1e-4
GRADIENT_AGREES = 2e-2

# kind, loss, (rows, columns), layers, batch
CASES = [
    ("unfolded-ista", "supervised", (64, 128), 10, 100),
    ("unfolded-ista", "unsupervised", (64, 128), 10, 100),
    ("unfolded-iht", "supervised", (64, 128), 10, 100),
    ("alista", "supervised", (64, 128), 16, 64),
    ("alista", "supervised", (250, 500), 16, 64),
    ("lista-cp", "supervised", (250, 500), 16, 64),
]
LAMBDA = 0.1


def passing(layer, columns):
    """The published schedule: 1.2 % of the entries more a layer, 13 % at most."""
    return int(min(0.012 * (layer + 1), 0.13) * columns)


def soft(z, threshold):
    return jnp.sign(z) * jnp.maximum(jnp.abs(z) - threshold, 0)


def by_sort(size, count):
    return jnp.sort(size, axis=1)[:, -count, None]


def by_top_k(size, count):
    return jax.lax.top_k(size, count)[0][:, -1:]


# The two ways that JAX has to find the `count`-th largest entry; each case takes the faster one.
SELECTIONS = {"jnp.sort": by_sort, "lax.top_k": by_top_k}


def select(z, threshold, count, selection):
    """Soft thresholding that spares the `count` largest entries above the threshold."""
    if count == 0:
        return soft(z, threshold)
    size = jnp.abs(z)
    level = SELECTIONS[selection](jax.lax.stop_gradient(size), count)
    return jnp.where((size > threshold) & (size >= level), z, soft(z, threshold))


def network(kind, layers, columns, selection):
    """x after all layers; a sample a row."""

    def unfolded(numbers, constants, y):
        a = constants["dictionary"]
        x = jnp.zeros((y.shape[0], columns), y.dtype)
        for k in range(layers):
            step = numbers["steps"][k]
            z = step * (y @ a) if k == 0 else x + step * ((y - x @ a.T) @ a)
            if kind == "unfolded-ista":
                x = soft(z, LAMBDA * step)
            else:
                x = jnp.where(z * z > 2 * LAMBDA * step, z, 0)
        return x

    def coupled(numbers, constants, y):
        a = constants["dictionary"]
        x = jnp.zeros((y.shape[0], columns), y.dtype)
        for k in range(layers):
            w = numbers["weights"][k] if kind == "lista-cp" else constants["weight"]
            step = numbers["steps"][k]
            z = step * (y @ w) if k == 0 else x + step * ((y - x @ a.T) @ w)
            x = select(z, numbers["thresholds"][k], passing(k, columns), selection)
        return x

    return unfolded if kind.startswith("unfolded") else coupled


def objective(kind, loss, layers, columns, selection):
    run = network(kind, layers, columns, selection)

    def supervised(numbers, constants, y, truth):
        x = run(numbers, constants, y)
        return jnp.mean(jnp.sum((x - truth) ** 2, axis=1))

    def unsupervised(numbers, constants, y, _):
        x = run(numbers, constants, y)
        r = y - x @ constants["dictionary"].T
        return jnp.mean(0.5 * jnp.sum(r * r, axis=1) + LAMBDA * jnp.sum(jnp.abs(x), axis=1))

    return supervised if loss == "supervised" else unsupervised


class Jax:
    name = "jax"

    def __init__(self, case, data, dtype=jnp.float32, selection="lax.top_k"):
        kind, loss, (_, columns), layers, _ = case
        to_device = lambda tree: jax.tree.map(lambda leaf: jnp.asarray(leaf, dtype), tree)
        self.numbers = to_device(data["numbers"])
        self.constants = to_device(data["constants"])
        self.y, self.truth = to_device(data["y"]), to_device(data["x"])
        value_and_gradient = jax.value_and_grad(objective(kind, loss, layers, columns, selection))
        self.value = jax.jit(value_and_gradient)
        zeros = jax.tree.map(jnp.zeros_like, self.numbers)
        self.state = (self.numbers, zeros, zeros, jnp.asarray(0.0, dtype))

        def step(state, constants, y, truth):
            numbers, first, second, count = state
            value, gradient = value_and_gradient(numbers, constants, y, truth)
            count = count + 1
            first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
            second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)

            def moved(p, m, v):
                m, v = m / (1 - 0.9**count), v / (1 - 0.999**count)
                return p - 1e-4 * m / (jnp.sqrt(v) + 1e-8)

            return (jax.tree.map(moved, numbers, first, second), first, second, count), value

        # As a training loop has it: the new state takes the old one's memory.
        self.step = jax.jit(step, donate_argnums=0)

    def gradient(self):
        value, gradient = self.value(self.numbers, self.constants, self.y, self.truth)
        return float(value), {name: np.asarray(leaf, float) for name, leaf in gradient.items()}

    def nanoseconds(self):
        # The same numbers each time: what is timed is the same work. A copy, for it is given away.
        state = jax.block_until_ready(jax.tree.map(jnp.copy, self.state))
        start = time.perf_counter_ns()
        jax.block_until_ready(self.step(state, self.constants, self.y, self.truth))
        return time.perf_counter_ns() - start

    def cores(self):
        """Processor time over wall time, of some steps one after the other."""
        wall, busy = time.perf_counter(), time.process_time()
        for _ in range(10):
            self.nanoseconds()
        return (time.process_time() - busy) / (time.perf_counter() - wall)


class Timed(Child):
    def nanoseconds(self):
        return int(self.ask("step")[0])


def draw(case, seed):
    """A dictionary of unit columns, its analytic weights, a batch, and numbers some way into training."""
    kind, _, (rows, columns), layers, batch = case
    rng = np.random.default_rng(seed)
    a = rng.standard_normal((rows, columns))
    a /= np.linalg.norm(a, axis=0) if not kind.startswith("unfolded") else np.sqrt(rows)
    truth = rng.standard_normal((batch, columns)) * (rng.random((batch, columns)) < 0.1)
    y = truth @ a.T
    y += 0.1 * np.linalg.norm(y) / np.sqrt(y.size) * rng.standard_normal(y.shape)
    if kind.startswith("unfolded"):
        curvature = np.linalg.norm(a, 2) ** 2
        numbers = {"steps": rng.uniform(1.0, 2.0, layers) / curvature}
        return {"constants": {"dictionary": a}, "numbers": numbers, "x": truth, "y": y}
    w = np.linalg.solve(a @ a.T, a)
    w /= np.sum(w * a, axis=0)
    numbers = {
        "steps": rng.uniform(0.8, 1.0, layers),
        "thresholds": 0.3 * 0.8 ** np.arange(layers),
    }
    if kind == "lista-cp":
        numbers["weights"] = np.repeat(w[None], layers, axis=0)
        return {"constants": {"dictionary": a}, "numbers": numbers, "x": truth, "y": y}
    constants = {"dictionary": a, "weight": w}
    return {"constants": constants, "numbers": numbers, "x": truth, "y": y}


def store(data, folder):
    """Everything in single precision: matrices column by column, weights layer by layer, a sample a run."""
    for name, array in {**data["constants"], "x": data["x"].T, "y": data["y"].T}.items():
        np.asfortranarray(array, dtype=np.float32).T.tofile(Path(folder) / f"{name}.f32")
    for name, array in data["numbers"].items():
        ordered = np.swapaxes(array, -1, -2) if array.ndim == 3 else array
        np.ascontiguousarray(ordered, dtype=np.float32).tofile(Path(folder) / f"{name}.f32")


def check(case, data, contender, child, folder):
    """Both against JAX in double precision on the same rounded numbers."""
    rounded = jax.tree.map(lambda leaf: np.asarray(leaf, np.float32), data)
    value, gradient = Jax(case, rounded, jnp.float64).gradient()

    def agrees(name, found_value, found):
        off = abs(found_value - value) / value
        # The worst of the tables: weights have so many entries that they would hide the others.
        apart = max(
            np.linalg.norm(found[key].ravel() - exact.ravel()) / np.linalg.norm(exact)
            for key, exact in gradient.items()
        )
        if not (off <= LOSS_AGREES and apart <= GRADIENT_AGREES):
            sys.exit(f"{case}: {name} has a loss off by {off:.1e}, a gradient by {apart:.1e}")
        return {"loss": off, "gradient": float(apart)}

    single_value, single = contender.gradient()
    ours_value = float(child.ask("loss")[0])
    # A table a name; weights of a layer column by column.
    child.ask("gradient", folder)
    tables = {}
    for name in gradient:
        table = np.fromfile(Path(folder) / f"gradient-{name}.f32", np.float32)
        if gradient[name].ndim == 3:
            layers, rows, columns = gradient[name].shape
            table = table.reshape(layers, columns, rows).swapaxes(1, 2)
        tables[name] = table
    return {
        "jax": agrees("jax", single_value, single),
        "solvekit": agrees("solvekit", ours_value, tables),
    }


def summary(times, of):
    return {name: float(of(values)) for name, values in times.items()}


def fastest(case, data):
    """JAX with the way to select a support that is faster here, and what both took."""
    if case[0].startswith("unfolded"):
        return Jax(case, data), None
    ways = {name: Jax(case, data, selection=name) for name in SELECTIONS}
    for name, contender in ways.items():
        contender.name = name
    measure(list(ways.values()), 3, 0)
    times = summary(measure(list(ways.values()), 11, 1), np.median)
    chosen = min(times, key=times.get)
    ways[chosen].name = Jax.name
    return ways[chosen], {"chosen": chosen, "nanoseconds": times}


def one(process, folder, case, rounds):
    kind, loss, (rows, columns), layers, batch = case
    data = draw(case, seed=columns + layers)
    store(data, folder)
    child = Timed(process)
    child.ask("case", folder, kind, loss, rows, columns, layers, batch, LAMBDA)
    contender, selection = fastest(case, data)
    errors = check(case, data, contender, child, folder)
    contenders = [child, contender]
    # Some times first, so that nothing is compiled or faulted in while it is timed.
    measure(contenders, 5, 0)
    times = measure(contenders, rounds, 1)
    name = f"{kind} {loss} {rows}x{columns}, {layers} layers, batch {batch}"
    medians = summary(times, np.median)
    print(name, {key: round(value / 1e3) for key, value in medians.items()}, file=sys.stderr)
    return {
        "name": name,
        "nanoseconds": medians,
        "least": summary(times, np.min),
        "selection": selection,
        "jax_cores": contender.cores(),
        "errors": errors,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("child", help="the Rust program with solvekit")
    parser.add_argument("output", type=Path)
    parser.add_argument("--rounds", type=int, default=101)
    parser.add_argument("--only", default="", help="only cases whose name contains this")
    options = parser.parse_args()
    process = subprocess.Popen(
        [options.child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    rows = []
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            if options.only in f"{case[0]} {case[1]} {case[2][0]}x{case[2][1]}":
                rows.append(one(process, folder, case, options.rounds))
    versions = {"jax": jax.__version__, "numpy": np.__version__, "python": platform.python_version()}
    measured = {
        "versions": versions,
        "rounds": options.rounds,
        "load_before": load,
        "cases": rows,
    }
    options.output.write_text(json.dumps(measured, indent=1))


if __name__ == "__main__":
    main()
