"""Lasso: solvekit and linfa (through a child process) against scikit-learn, celer and skglm.

One interleaved run: in every round each contender solves the same problem once, in an order that
changes from round to round. What is reported is the median. Every answer is checked here, by numpy:
an objective more than 1e-6 * 0.5 * |y|^2 above the least that any contender found is no answer, and
its time does not count. On scikit-learn's diabetes data the least objectives must agree to ten digits.
The duality gap is recomputed too, with the rescaled residual as the dual
point; celer certifies its own with a better one, so that a larger number there is not held against it.

    python lasso.py CHILD OUTPUT.json [--rounds N] [--only TEXT]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import celer
import numpy as np
import sklearn
import skglm
from celer import celer_path
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Lasso, _cd_fast
from skglm.datafits import Quadratic
from skglm.penalties import L1
from skglm.solvers import AndersonCD
from skglm.utils.jit_compilation import compiled_clone

GAP = 1e-6
SHAPES = [(32, 16), (64, 32), (100, 500), (200, 2000)]
CORRELATIONS = [0.0, 0.5, 0.95]
FRACTIONS = [10, 100]
DIABETES_ALPHAS = [1.0, 0.1, 0.01]
# Half a unit of the tenth digit, at worst.
DIABETES_DIGITS = 5e-11


def problem(rows, columns, correlation, seed):
    """A Gaussian design whose neighbouring columns are correlated, a tenth of true weights, noise."""
    rng = np.random.default_rng(seed)
    design = rng.standard_normal((rows, columns))
    for j in range(1, columns):
        design[:, j] = correlation * design[:, j - 1] + np.sqrt(1 - correlation**2) * design[:, j]
    weights = np.zeros(columns)
    chosen = rng.choice(columns, max(1, columns // 10), replace=False)
    weights[chosen] = rng.standard_normal(len(chosen))
    signal = design @ weights
    noise = rng.standard_normal(rows)
    response = signal + 0.1 * np.linalg.norm(signal) / np.linalg.norm(noise) * noise
    return np.asfortranarray(design), response


def relative_gap(design, response, strength, weights):
    """The duality gap over 0.5 * |y|^2, computed here from the weights alone."""
    residual = response - design @ weights
    primal = 0.5 * residual @ residual + strength * np.abs(weights).sum()
    dual_point = residual * min(1.0, strength / max(np.abs(design.T @ residual).max(), 1e-300))
    dual = 0.5 * response @ response - 0.5 * np.sum((response - dual_point) ** 2)
    return (primal - dual) / (0.5 * response @ response)


class ScikitLearn:
    """The compiled kernel alone, without the estimator's checks around it."""

    name = "scikit-learn"

    def __init__(self):
        self.random = np.random.RandomState(0)

    def prepare(self, design, response, strength):
        # Its own tolerance is relative to |y|^2.
        self.arguments = (strength, 0.0, design, response, 100_000, 0.5 * GAP, self.random, False, False)
        self.columns = design.shape[1]

    def solve(self):
        weights = np.zeros(self.columns)
        _cd_fast.enet_coordinate_descent(weights, *self.arguments)
        return weights


class Celer:
    """Its own tolerance is relative to |y|^2 too; its strength is divided by the rows."""

    name = "celer"

    def prepare(self, design, response, strength):
        self.design, self.response = design, response
        self.strength = [strength / len(response)]

    def solve(self):
        path = celer_path(
            self.design, self.response, "lasso", alphas=self.strength, max_iter=200, tol=0.5 * GAP
        )
        return path[1][:, 0]


class Skglm:
    """It stops by the distance to stationarity, so the loosest tolerance that yields the gap is taken."""

    name = "skglm"

    def prepare(self, design, response, strength):
        self.design, self.response = design, response
        rows = len(response)
        self.penalty = compiled_clone(L1(strength / rows))
        self.datafit = compiled_clone(Quadratic())
        scale = np.abs(design.T @ response).max() / rows
        for exponent in range(2, 24):
            tolerance = scale * 10.0 ** (-0.5 * exponent)
            self.solver = AndersonCD(
                max_iter=200, fit_intercept=False, warm_start=False, tol=tolerance
            )
            if relative_gap(design, response, strength, self.solve()) <= GAP:
                break

    def solve(self):
        self.datafit.initialize(self.design, self.response)
        return self.solver.solve(self.design, self.response, self.datafit, self.penalty)[0]


class Child:
    """A contender inside the Rust program; it keeps its own time."""

    def __init__(self, process, name):
        self.process, self.name = process, name

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"the child ended when it was told: {' '.join(map(str, words))}")
        return answer.split()

    def prepare(self, design, response, strength):
        pass

    def solve(self):
        return np.array(self.ask("answer", self.name), dtype=float)

    def nanoseconds(self):
        return int(self.ask("time", self.name)[0])


def nanoseconds(contender):
    if isinstance(contender, Child):
        return contender.nanoseconds()
    start = time.perf_counter_ns()
    contender.solve()
    return time.perf_counter_ns() - start


def call_overhead(contender, design, response):
    """What calling the peer from Python costs: a problem whose answer is zero at once."""
    contender.prepare(design, response, 2 * np.abs(design.T @ response).max())
    contender.solve()
    return float(np.median([nanoseconds(contender) for _ in range(31)]))


def measure(contenders, rounds, seed):
    order = np.random.default_rng(seed)
    times = {contender.name: [] for contender in contenders}
    for _ in range(rounds):
        for index in order.permutation(len(contenders)):
            times[contenders[index].name].append(nanoseconds(contenders[index]))
    return {name: float(np.median(values)) for name, values in times.items()}


def diabetes(process, folder):
    """scikit-learn's own data, with an intercept: the least objective, ours against its, to ten digits.

    Both read the same numbers; each objective is evaluated by whoever solved, from its own weights.
    """
    design, response = load_diabetes(return_X_y=True)
    rows = len(response)
    np.asfortranarray(design).T.tofile(Path(folder) / "design.f64")
    response.tofile(Path(folder) / "response.f64")
    found = []
    for alpha in DIABETES_ALPHAS:
        words = Child(process, "").ask("objective", folder, *design.shape, repr(rows * alpha))
        ours = float(words[0]) / rows
        model = Lasso(alpha=alpha, tol=1e-15, max_iter=1_000_000).fit(design, response)
        residual = response - model.predict(design)
        theirs = float(residual @ residual / (2 * rows) + alpha * np.abs(model.coef_).sum())
        if not abs(ours - theirs) <= DIABETES_DIGITS * theirs:
            sys.exit(f"diabetes, alpha {alpha}: the objective is {ours!r}, scikit-learn's {theirs!r}")
        found.append({"alpha": alpha, "solvekit": ours, "scikit_learn": theirs})
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("child", help="the Rust program with solvekit and linfa")
    parser.add_argument("output", type=Path)
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--only", default="", help="only cases whose name contains this")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    process = subprocess.Popen(
        [options.child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    names = Child(process, "").ask("contenders")
    contenders = [Child(process, name) for name in names] + [ScikitLearn(), Celer(), Skglm()]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        agreement = diabetes(process, folder)
        for shape in SHAPES:
            for correlation in CORRELATIONS:
                for fraction in FRACTIONS:
                    name = f"{shape[0]}x{shape[1]} correlation {correlation} lambda_max/{fraction}"
                    if options.only in name:
                        rows.append(one(contenders, process, folder, name, shape, correlation,
                                        fraction, options.rounds))
    versions = {
        "scikit-learn": sklearn.__version__,
        "celer": celer.__version__,
        "skglm": skglm.__version__,
        "numpy": np.__version__,
        "python": sys.version.split()[0],
    }
    measured = {"gap": GAP, "versions": versions, "diabetes": agreement, "cases": rows}
    options.output.write_text(json.dumps(measured, indent=1))


def one(contenders, process, folder, name, shape, correlation, fraction, rounds):
    design, response = problem(*shape, correlation, seed=shape[1] + int(100 * correlation))
    strength = np.abs(design.T @ response).max() / fraction
    overheads = {
        peer.name: call_overhead(peer, design, response)
        for peer in contenders
        if not isinstance(peer, Child)
    }
    np.asfortranarray(design).T.tofile(Path(folder) / "design.f64")
    response.tofile(Path(folder) / "response.f64")
    Child(process, "").ask("case", folder, *shape, repr(float(strength)))
    gaps, objectives = {}, {}
    for contender in contenders:
        contender.prepare(design, response, strength)
        weights = contender.solve()
        gaps[contender.name] = float(relative_gap(design, response, strength, weights))
        residual = response - design @ weights
        objectives[contender.name] = float(
            0.5 * residual @ residual + strength * np.abs(weights).sum()
        )
    # Twice, so that nothing is compiled or faulted in while it is timed.
    measure(contenders, 2, 0)
    slow = shape[1] > 1000
    times = measure(contenders, max(3, rounds // 3) if slow else rounds, 1)
    print(name, {key: round(value / 1e3, 1) for key, value in times.items()}, file=sys.stderr)
    least = min(objectives.values())
    half_square = 0.5 * float(response @ response)
    excesses = {key: (value - least) / half_square for key, value in objectives.items()}
    return {
        "name": name,
        "nanoseconds": times,
        "gaps": gaps,
        "excesses": excesses,
        "call_overheads": overheads,
    }


if __name__ == "__main__":
    main()
