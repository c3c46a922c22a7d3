"""The bits of the program on the same files."""

import json
import subprocess

import numpy as np
import pytest
import solvekit
from scipy import io

from conftest import laplacian, sensors


def run(program, folder, *words):
    told = subprocess.run(
        [program, *map(str, words), "--json"], cwd=folder, capture_output=True, text=True
    )
    assert told.returncode in (0, 1), told.stderr
    return json.loads(told.stdout)


def without_times(told):
    if isinstance(told, dict):
        return {k: without_times(v) for k, v in told.items() if k != "seconds"}
    return [without_times(v) for v in told] if isinstance(told, list) else told


@pytest.mark.parametrize("method", ["auto", "sor", "cg", "bcd", "direct"])
def test_solve(program, tmp_path, rng, method):
    A, B = laplacian(9), rng.normal(size=(81, 3))
    io.mmwrite(tmp_path / "a.mtx", A, precision=17)
    np.save(tmp_path / "b.npy", B)
    told = run(
        program, tmp_path, "solve", "--matrix", "a.mtx", "--rhs", "b.npy", "--method", method,
        "--output", "x.npy",
    )
    X, report = solvekit.solve(A, B, method=method)
    np.testing.assert_array_equal(X, np.load(tmp_path / "x.npy"))
    assert without_times(report.details) == without_times(told)


@pytest.mark.parametrize("form", ["full", "sparse"])
def test_lasso(program, tmp_path, rng, form):
    X = rng.normal(size=(40, 25))
    X[np.abs(X) < 0.8] = 0
    y = rng.normal(size=40)
    if form == "full":
        np.save(tmp_path / "x.npy", X)
        file, design = "x.npy", X
    else:
        from scipy import sparse

        design = sparse.coo_matrix(X)
        io.mmwrite(tmp_path / "x.mtx", design, precision=17)
        file = "x.mtx"
    np.save(tmp_path / "y.npy", y)
    told = run(
        program, tmp_path, "lasso", "--design", file, "--response", "y.npy", "--lambda-fraction", 0.05,
        "--path", 8, "--intercept", "--standardize", "--output", "w.npy",
    )
    W, report = solvekit.lasso(
        design, y, lambda_fraction=0.05, path=8, intercept=True, standardize=True
    )
    np.testing.assert_array_equal(W, np.load(tmp_path / "w.npy"))
    assert without_times(report.details) == without_times(told)


def test_recover(program, tmp_path, rng):
    A, Y = rng.normal(size=(20, 40)), rng.normal(size=(20, 3))
    np.save(tmp_path / "a.npy", A)
    np.save(tmp_path / "y.npy", Y)
    told = run(
        program, tmp_path, "recover", "--dictionary", "a.npy", "--measurements", "y.npy",
        "--method", "fista", "--lambda-fraction", 0.1, "--output", "x.npy",
    )
    X, report = solvekit.recover(A, Y, "fista", lambda_fraction=0.1)
    np.testing.assert_array_equal(X, np.load(tmp_path / "x.npy"))
    assert without_times(report.details) == without_times(told)


@pytest.mark.parametrize("method", ["auto", "gauss-newton", "gradient"])
def test_calibrate_gains(program, tmp_path, rng, method):
    A, Y, _, _ = sensors(rng, noise=0.01)
    np.save(tmp_path / "a.npy", A)
    np.savetxt(tmp_path / "y.csv", Y, fmt="%.17g", delimiter=",")
    told = run(
        program, tmp_path, "calibrate", "gains", "--sensing", "a.npy", "--observations", "y.csv",
        "--method", method,
    )
    found = solvekit.calibrate_gains(A, Y, method=method)
    for name in ("gains", "signal", "sigma", "standard_errors", "sensors", "identifiability"):
        assert told[name] == found.details[name], name
    assert told["residuals"] == found.details["residuals"]


def test_calibrate_array_and_norm(program, tmp_path, rng):
    Y = rng.normal(size=(100, 1)) * [0.9, 1.1, 1.0] + 0.01 * rng.normal(size=(100, 3))
    np.savetxt(tmp_path / "y.csv", Y, fmt="%.17g", delimiter=",")
    told = run(program, tmp_path, "calibrate", "array", "--observations", "y.csv")
    found = solvekit.calibrate_array(Y)
    assert told["gains"] == found.gains.tolist() and told["offsets"] == found.offsets.tolist()
    V = rng.normal(size=(60, 3))
    V /= np.linalg.norm(V, axis=1, keepdims=True)
    V = V * [1.1, 0.9, 1.0] + 0.1
    np.savetxt(tmp_path / "v.csv", V, fmt="%.17g", delimiter=",")
    told = run(program, tmp_path, "calibrate", "norm", "--log", "v.csv", "--norm", 1)
    found = solvekit.calibrate_norm(V, norm=1.0)
    assert told["offset"] == found.offset.tolist() and told["matrix"] == found.matrix.tolist()
