"""Linear systems, against NumPy's own solver."""

import numpy as np
import pytest
import solvekit
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from conftest import laplacian

METHODS = ["auto", "sor", "ssor", "ssor-cg", "cg", "bcd", "direct"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["full", "sparse"])
def test_every_method_solves(method, kind):
    A = laplacian(6)
    b = np.arange(36.0)
    x, report = solvekit.solve(A if kind == "sparse" else A.toarray(), b, method=method, tol=1e-10)
    assert report.converged and report.status == "converged"
    assert np.linalg.norm(A @ x - b) <= 1e-9 * np.linalg.norm(b)
    assert report.details["method"] == method and report.residual <= 1e-10


@pytest.mark.parametrize("turn", ["csr", "csc", "coo", "lil"])
def test_sparse_matrices_of_any_format_give_the_same_bits(turn):
    A = laplacian(5)
    b = np.ones(25)
    expected, _ = solvekit.solve(A, b, method="direct")
    x, _ = solvekit.solve(getattr(A, f"to{turn}")(), b, method="direct")
    np.testing.assert_array_equal(x, expected)
    np.testing.assert_allclose(x, np.linalg.solve(A.toarray(), b), rtol=1e-12)


def test_columns_come_back_as_columns_and_bits_do_not_depend_on_threads(rng):
    A, B = laplacian(5), rng.normal(size=(25, 3))
    X, report = solvekit.solve(A, B, omega=1.5)
    assert X.shape == (25, 3) and len(report.details["reports"]) == 3
    Y, _ = solvekit.solve(A, B, omega=1.5, threads=2)
    Z, _ = solvekit.solve(A, B, omega=1.5, backend="simd")
    np.testing.assert_array_equal(X, Y)
    np.testing.assert_array_equal(X, Z)
    one, _ = solvekit.solve(A, np.ascontiguousarray(B[:, 1]), omega=1.5)
    np.testing.assert_array_equal(X[:, 1], one)


def test_single_precision_stays_single():
    A, b = laplacian(4).astype(np.float32), np.ones(16, dtype=np.float32)
    x, report = solvekit.solve(A, b)
    assert x.dtype == np.float32 and report.details["precision"] == "f32" and report.converged
    x, report = solvekit.solve(A, np.ones(16))
    assert x.dtype == np.float64


def test_shifts_are_a_sequence_that_learns():
    A, shifts = laplacian(6), np.linspace(0, 1, 20)
    X, report = solvekit.solve(A, np.ones(36), shifts=shifts, omega="tsallis", seed=3)
    assert X.shape == (36, 20) and report.details["tuner"]["rounds"] == 20
    for shift, x in zip(shifts, X.T):
        assert np.linalg.norm(A @ x + shift * x - 1) <= 1e-7 * 6


def test_bounds_hold_a_solution_back():
    A = laplacian(4).toarray()
    x, report = solvekit.solve(A, np.ones(16), method="psor", lower=0.0, upper=np.full(16, 0.5))
    assert report.converged and x.max() == 0.5 and x.min() >= 0


def test_a_start_is_started_from():
    A, b = laplacian(4), np.ones(16)
    x, _ = solvekit.solve(A, b, method="direct")
    again, report = solvekit.solve(A, b, x0=x, omega=1.0)
    assert report.iterations == 0
    np.testing.assert_array_equal(again, x)


def test_what_does_not_converge_says_so():
    x, report = solvekit.solve(laplacian(8), np.ones(64), omega=1.0, max_iterations=3)
    assert not report.converged and report.status == "iteration_limit" and np.isfinite(x).all()
    wild = np.array([[1.0, 5.0], [7.0, 1.0]])
    x, report = solvekit.solve(wild, np.ones(2), omega=1.0)
    assert report.status in ("diverged", "non_finite") and np.isfinite(x).all()
    x, report = solvekit.solve(wild, np.ones(2), method="cg")
    assert report.status == "breakdown"


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7), st.integers(0, 2**32 - 1), st.sampled_from(METHODS))
def test_any_definite_system_is_solved_or_told(n, seed, method):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(n, n))
    A, b = root @ root.T + 0.1 * np.eye(n), rng.normal(size=n)
    A = np.ascontiguousarray((A + A.T) / 2)
    x, report = solvekit.solve(A, b, method=method)
    assert np.isfinite(x).all()
    if report.converged:
        assert np.linalg.norm(A @ x - b) <= 1.01e-8 * np.linalg.norm(b)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (dict(A=np.eye(3)[:2]), ValueError, "must be square"),
        (dict(b=np.ones(3)), ValueError, "b: 3 rows"),
        (dict(b=[1.0, np.nan]), ValueError, r"b: entry \[1\] is NaN"),
        (dict(A=[[1, 0], [np.inf, 1]]), ValueError, r"A: entry \[1, 0\] is inf"),
        (dict(A=np.ones(2)), ValueError, "A: an array of 1 dimensions"),
        (dict(b=np.ones((2, 1, 1))), ValueError, "b: an array of 3 dimensions"),
        (dict(A=np.array([["a"]])), TypeError, "A: of dtype <U1"),
        (dict(A=np.array([[1j]])), TypeError, "A: of dtype complex128"),
        (dict(b=np.array([None, 1])), TypeError, "b: an array of objects"),
        (dict(b=np.ma.masked_array([1.0, 2.0], [True, False])), TypeError, "b: a masked array"),
        (dict(A=np.diag([0.0, 1.0])), ValueError, "diagonal entry of row 1 is zero"),
        (dict(method="gauss"), ValueError, "method: 'gauss' is none of 'auto'"),
        (dict(omega=2.5), ValueError, "omega"),
        (dict(omega="fast"), ValueError, "omega"),
        (dict(omega="cheb"), ValueError, "one solve cannot learn"),
        (dict(tol=2.0), ValueError, "tol: 2 accepts x = 0"),
        (dict(tol=-1.0), ValueError, "tol"),
        (dict(threads=0), ValueError, "threads"),
        (dict(max_iterations=-1), OverflowError, "max_iterations"),
        (dict(shifts=[0.0, 1.0], backend="simd"), ValueError, "backend"),
        (dict(wrong=1), TypeError, "wrong"),
    ],
)
def test_bad_input_is_named(call, error, words):
    call = {"A": np.eye(2) * 2, "b": np.ones(2)} | call
    A, b = call.pop("A"), call.pop("b")
    with pytest.raises(error, match=words):
        solvekit.solve(A, b, **call)


def test_sparse_matrices_that_are_broken_are_refused():
    A = sparse.csr_matrix(np.eye(3))
    A.indices = np.array([0, 1, 7], dtype=np.int32)
    with pytest.raises(ValueError, match="A: "):
        solvekit.solve(A, np.ones(3))
