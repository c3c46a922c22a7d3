"""ω learned over calls."""

import threading

import numpy as np
import pytest
import solvekit

from conftest import laplacian


def test_a_sequence_has_the_bits_of_one_call_with_shifts():
    A, shifts = laplacian(8), np.linspace(0.0, 0.5, 12)
    b = np.arange(1.0, 65.0)
    X, report = solvekit.solve(A, b, shifts=shifts)
    sequence = solvekit.SorSequence(contexts=(0.0, 0.5))
    for k, shift in enumerate(shifts):
        x, one = sequence.solve(A + shift * _eye(64), b, context=shift)
        np.testing.assert_array_equal(x, X[:, k])
        assert one.iterations == report.details["reports"][k]["iterations"]
    assert sequence.tuner == report.details["tuner"]


def _eye(n):
    from scipy import sparse

    return sparse.eye(n, format="csr")


@pytest.mark.parametrize("omega", ["auto", "tsallis", "cheb"])
def test_it_learns(omega):
    sequence = solvekit.SorSequence(omega, contexts=(0.0, 1.0), seed=1)
    A, b = laplacian(8), np.ones(64)
    assert sequence.tuner is None or sequence.tuner["rounds"] == 0
    costs = []
    for k in range(60):
        shift = (k % 10) / 10
        x, report = sequence.solve(A + shift * _eye(64), b, context=shift)
        assert report.converged
        costs.append(report.iterations)
    assert sequence.tuner["rounds"] == 60
    if omega == "auto":
        assert sum(costs[-20:]) < sum(costs[:20])


def test_one_method_that_learns_is_needed():
    with pytest.raises(ValueError, match="learns nothing"):
        solvekit.SorSequence(1.5)
    with pytest.raises(ValueError, match="dtype"):
        solvekit.SorSequence(dtype="int8")


def test_threads_take_turns():
    sequence = solvekit.SorSequence()
    A, b = laplacian(6), np.ones(36)
    failed = []

    def work():
        for _ in range(20):
            _, report = sequence.solve(A, b)
            if not report.converged:
                failed.append(report)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed and sequence.tuner["rounds"] == 80
